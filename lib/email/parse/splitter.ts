import { Splitter } from '@zone-eu/mailsplit';
import type { Defects } from './defects';
import { readHeaderBlock } from './headerBlock';
import { matchBoundary, opensBody } from './boundaries';
import { Part } from './part';

/** What comes out: a part when its header section is complete, then its still encoded body in pieces. */
export type StructureEvent =
	Part | { type: 'body'; node: Part; value: Buffer } | { type: 'data'; node: Part; value: Buffer };

export interface StructureLimits {
	/** Parts of the tree, the root included. */
	parts: number;
	/** Levels of multipart in multipart. */
	depth: number;
	/** Bytes of one header section. */
	headerBytes: number;
}

type Next = (error: null, event: StructureEvent | false) => void;

const HEAD = 0x01;
const BODY = 0x02;
const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;
/** A body line longer than this is no delimiter (RFC 2046 allows 70 characters, some producers write thousands). */
const MAX_PENDING_LINE = 64 * 1024;
const EMPTY = Buffer.alloc(0);

/**
 * mailparser's splitter with its decisions about structure replaced. The stream of lines, the grouping into large
 * chunks and the line end that belongs to a delimiter (RFC 2046, 5.1.1) stay as mailsplit does them; what begins and
 * ends a part is decided here, so that no content makes it fail:
 *
 * - a delimiter of any enclosing multipart ends the parts within, also where inner ones were never closed;
 * - white space behind a delimiter, and a last line without line end, are accepted;
 * - a multipart without a declared boundary, or whose declared one never comes, takes the first line that looks like
 *   a delimiter and is followed by a Content- header;
 * - a header section without any field is body; a part of nothing but a header exists;
 * - limits stop the splitting, not the parsing.
 */
export class StructureSplitter extends Splitter {
	declare private node: Part;
	declare private state: number;
	declare private lineLength: number;
	declare private pendingLineTruncated: boolean;
	declare private takePendingLine: () => Buffer | false;
	declare private appendPendingLine: (chunk: Buffer) => void;

	readonly root = new Part(false);
	private parts = 1;
	private headerLines: Buffer[] = [];
	private headerLength = 0;
	/** Content of the current header section so far: leading empty lines are no end of it. */
	private headerStarted = false;
	/** A line of the preamble that may be a delimiter nobody declared. */
	private candidate: Buffer | null = null;
	/** Line end of body text that stood in the header section: content only if more body follows. */
	private heldLineEnd = EMPTY;
	/** What must be handed out behind the event that is handed out now. */
	private late: StructureEvent[] = [];
	/** Set when there is nothing more to split: the rest belongs to no part. */
	private ignoring = false;

	constructor(
		private readonly limits: StructureLimits,
		private readonly defects: Defects,
	) {
		super();
		this.node = this.root;
		this.state = HEAD;
	}

	/** Called by mailsplit for each line with its line end, and once more at the end. */
	processLine(chunk: Buffer | false, final: boolean, next: Next): void {
		const truncated = this.pendingLineTruncated;
		this.pendingLineTruncated = false;
		const pending = this.takePendingLine();
		let line = chunk === false ? EMPTY : chunk;
		if (pending !== false) line = line.length === 0 ? pending : Buffer.concat([pending, line]);
		const event = this.takeLine(line, truncated, final);
		if (final) this.noteUnclosed(this.node, false);
		// mailsplit counts on the part to be handed over here: it begins a new group of body lines.
		next(null, event);
		for (const late of this.late) this.push(late);
		this.late = [];
	}

	private takeLine(line: Buffer, truncated: boolean, final: boolean): StructureEvent | false {
		if (this.state === HEAD && opensBody(line, this.headerLines)) this.pushAll(this.endHeader('delimiter'));
		if (!truncated && this.isDelimiter(line)) return { type: 'data', node: this.node, value: line };
		const seeking = this.state === BODY && this.node.multipart !== false && !this.ignoring;
		if (seeking && this.inPreamble(line)) this.openPart(this.node);
		if (this.state === HEAD) {
			const ended = this.addHeaderLine(line, truncated);
			if (!ended && !final) return false;
			const [part, ...body] = this.endHeader(ended && !final ? 'empty line' : 'end of input');
			if (final) this.pushAll([part, ...body]);
			else this.late = body;
			return final ? false : part;
		}
		if (this.node.multipart !== false || this.ignoring) return { type: 'data', node: this.node, value: line };
		this.releaseLineEnd();
		return { type: 'body', node: this.node, value: line };
	}

	private pushAll(events: readonly StructureEvent[]): void {
		for (const event of events) this.push(event);
	}

	/** Called by mailsplit when a line goes on over a chunk's end: lets nothing grow without bound. */
	enforcePendingLineLimit(): null {
		if (this.lineLength <= MAX_PENDING_LINE) return null;
		const pending = this.takePendingLine();
		if (pending === false) return null;
		if (this.state === HEAD) {
			this.addHeaderLine(pending, false);
		} else {
			let value = pending;
			if (value.at(-1) === CR) {
				this.appendPendingLine(Buffer.from([CR]));
				value = value.subarray(0, -1);
			}
			this.releaseLineEnd();
			this.push({ type: this.node.leaf && !this.ignoring ? 'body' : 'data', node: this.node, value });
		}
		this.pendingLineTruncated = true;
		return null;
	}

	private addHeaderLine(line: Buffer, continued: boolean): boolean {
		// A gateway that turned every line feed into CR and LF leaves two CR at each end.
		const end = line[0] === CR ? (line[1] === CR && line[2] === LF ? 2 : 1) : 0;
		const empty = !continued && (line.length === 0 || line[end] === LF);
		if (empty && (this.headerStarted || this.node !== this.root)) return true;
		if (!empty) this.headerStarted = true;
		if (this.headerLength + line.length > this.limits.headerBytes) {
			this.defects.add(
				'limit-header',
				`The header section is longer than ${this.limits.headerBytes} bytes; the rest of it was left out.`,
				this.node.path || undefined,
			);
			this.headerLength = this.limits.headerBytes;
			return false;
		}
		this.headerLines.push(line);
		this.headerLength += line.length;
		return false;
	}

	/** Reads the collected header section: gives the part, and what turned out to be body behind it. */
	private endHeader(by: 'empty line' | 'delimiter' | 'end of input'): [Part, ...StructureEvent[]] {
		const bytes = Buffer.concat(this.headerLines);
		this.headerLines = [];
		this.headerLength = 0;
		this.headerStarted = false;
		this.state = BODY;
		const part = this.node;
		const block = readHeaderBlock(bytes.toString('latin1'), by === 'empty line', this.defects, part.path || undefined);
		part.readHeaders(block.fields, this.defects);
		if (part.multipart !== false && part.depth >= this.limits.depth) {
			part.multipart = false;
			this.defects.add(
				'limit-depth',
				`Parts are nested deeper than ${this.limits.depth} levels; the rest was kept as one attachment.`,
				part.path || undefined,
			);
		}
		const body = bytes.subarray(block.end);
		if (body.length === 0) return [part];
		if (part.multipart !== false) {
			part.keepPreamble(body);
			return [part];
		}
		const lineEnd = by === 'end of input' ? 0 : lineEndLength(body);
		// The empty line that seemed to end a header section is body too, unless a delimiter follows at once.
		if (by === 'empty line')
			this.heldLineEnd = Buffer.concat([body.subarray(body.length - lineEnd), Buffer.from('\r\n')]);
		return body.length > lineEnd
			? [part, { type: 'body', node: part, value: body.subarray(0, body.length - lineEnd) }]
			: [part];
	}

	private releaseLineEnd(): void {
		if (this.heldLineEnd.length === 0) return;
		this.push({ type: 'body', node: this.node, value: this.heldLineEnd });
		this.heldLineEnd = EMPTY;
	}

	/** Whether the line delimits parts of this multipart or one around it; if so, moves there. */
	private isDelimiter(line: Buffer): boolean {
		const start = line[0] === CR && line[1] === LF ? 2 : line[0] === LF || line[0] === CR ? 1 : 0;
		if (line[start] !== DASH || line[start + 1] !== DASH) return false;
		const text = line.subarray(start + 2);
		for (let part: Part | false = this.node; part !== false; part = part.parentNode) {
			if (part.multipart === false || part.closed) continue;
			const match = matchBoundary(text, part.boundaries);
			if (match === null) continue;
			part.settleBoundary(match.boundary);
			this.leaveTo(part);
			part.delimiterSeen = true;
			part.dropPreamble();
			if (match.closes) part.closed = true;
			else this.openPart(part);
			return true;
		}
		this.noteClosed(text);
		return false;
	}

	/** A delimiter of a multipart that was closed: what follows it is epilogue (RFC 2046, 5.1.1) to every client. */
	private noteClosed(text: Buffer): void {
		for (let part: Part | false = this.node; part !== false; part = part.parentNode) {
			if (!part.closed || matchBoundary(text, part.boundaries)?.closes !== false) continue;
			this.defects.add('part-after-close', 'A part behind the closing boundary was left out.', part.path || undefined);
		}
	}

	private leaveTo(target: Part): void {
		if (this.state === HEAD) this.pushAll(this.endHeader('delimiter'));
		this.heldLineEnd = EMPTY;
		this.candidate = null;
		this.noteUnclosed(this.node, target);
		this.node = target;
		this.state = BODY;
		this.ignoring = false;
	}

	/** Tells of every multipart from `from` up to but without `target` that ends without its closing boundary. */
	private noteUnclosed(from: Part, target: Part | false): void {
		for (let part: Part | false = from; part !== target && part !== false; part = part.parentNode) {
			if (part.multipart === false || part.closed) continue;
			const where = part.path || undefined;
			if (part.delimiterSeen) this.defects.add('boundary-unclosed', 'The multipart has no closing boundary.', where);
			else this.defects.add('boundary-missing', 'The boundary of the multipart never comes.', where);
		}
	}

	private openPart(parent: Part): void {
		if (this.parts >= this.limits.parts) {
			this.defects.add('limit-parts', `The message has more than ${this.limits.parts} parts; the rest was left out.`);
			this.ignoring = true;
			this.node = parent;
			this.state = BODY;
			return;
		}
		this.parts++;
		this.node = new Part(parent);
		this.state = HEAD;
	}

	/** Keeps the preamble, and tells whether this line is the first of a part behind a delimiter nobody declared. */
	private inPreamble(line: Buffer): boolean {
		const part = this.node;
		if (part.delimiterSeen || part.closed) return false;
		const { candidate } = this;
		this.candidate = null;
		const text = line.subarray(0, 200).toString('latin1');
		if (
			candidate !== null &&
			(/^content-[a-z-]+[ \t]*:/i.test(text) || (part.boundaries.length === 0 && /^\r?\n/.test(text)))
		) {
			part.boundaries.push(candidate);
			part.delimiterSeen = true;
			part.dropPreamble();
			this.defects.add(
				'boundary-guessed',
				'The parts are separated by another line than the declared boundary.',
				part.path || undefined,
			);
			return true;
		}
		const dashes = /^--([^\r\n]*[^\s-][^\r\n]*)/.exec(text);
		if (dashes?.[1] !== undefined && line.length < 200) this.candidate = Buffer.from(dashes[1].trimEnd(), 'latin1');
		part.keepPreamble(line);
		return false;
	}
}

function lineEndLength(bytes: Buffer): number {
	if (bytes.at(-1) !== LF) return 0;
	return bytes.at(-2) === CR ? 2 : 1;
}
