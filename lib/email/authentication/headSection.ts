/** The header section of a raw message, gathered from the stream that it begins. */

const LF = 0x0a;
const CR = 0x0d;
/** More header than this is no mail; it is what the parser reads of one section, too. */
const MAX_BYTES = 256 * 1024;

export interface HeadSection {
	/** All bytes up to the empty line, it included; what came behind it in the same chunk is `rest`. */
	head: Buffer;
	rest: Buffer;
	/** False when the section is longer than what is read of one. */
	complete: boolean;
}

/** Reads chunks until the header section has ended. The iterator stands behind it then. */
export async function readHead(chunks: AsyncIterator<Buffer>): Promise<HeadSection> {
	const read: Buffer[] = [];
	let size = 0;
	for (;;) {
		const next = await chunks.next();
		if (next.done === true) return { head: Buffer.concat(read), rest: Buffer.alloc(0), complete: true };
		read.push(next.value);
		size += next.value.length;
		const bytes = Buffer.concat(read);
		const end = headEnd(bytes);
		if (end >= 0) return { head: bytes.subarray(0, end), rest: bytes.subarray(end), complete: true };
		if (size > MAX_BYTES) return { head: bytes, rest: Buffer.alloc(0), complete: false };
	}
}

/**
 * Whether white space and folding take up more than `most` bytes in a row. No mail program writes that, and the patterns
 * of a verifier take time by the square of it.
 */
export function hasBlankRun(head: Buffer, most: number): boolean {
	let run = 0;
	for (const byte of head) {
		run = byte === 0x20 || byte === 0x09 || byte === CR || byte === LF ? run + 1 : 0;
		if (run > most) return true;
	}
	return false;
}

/** Offset behind the first empty line, -1 when there is none. */
function headEnd(bytes: Buffer): number {
	if (bytes[0] === LF) return 1;
	if (bytes[0] === CR && bytes[1] === LF) return 2;
	for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
		if (bytes[at + 1] === LF) return at + 2;
		if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
	}
	return -1;
}

/** A header field with its folded lines, as it stands in the message. */
interface RawField {
	key: string;
	lines: Buffer;
}

function fieldsOf(head: Buffer): RawField[] {
	const fields: RawField[] = [];
	for (let at = 0; at < head.length;) {
		let end = at;
		do {
			const newline = head.indexOf(LF, end);
			end = newline < 0 ? head.length : newline + 1;
		} while (end < head.length && (head[end] === 0x20 || head[end] === 0x09));
		const lines = head.subarray(at, end);
		const colon = lines.indexOf(0x3a);
		fields.push({ key: colon < 0 ? '' : lines.toString('latin1', 0, colon).trim().toLowerCase(), lines });
		at = end;
	}
	return fields;
}

/** Unfolded values of a header, topmost first. */
export function valuesOf(head: Buffer, key: string): string[] {
	return fieldsOf(head)
		.filter((field) => field.key === key)
		.map(({ lines }) =>
			lines
				.toString('latin1')
				.slice(lines.indexOf(0x3a) + 1)
				.replace(/\s+/g, ' ')
				.trim(),
		);
}

/** The section with no more than the first `most` fields of that name; how many were left out. */
export function withAtMost(head: Buffer, key: string, most: number): { head: Buffer; left: number } {
	let seen = 0;
	const fields = fieldsOf(head);
	const kept = fields.filter((field) => field.key !== key || ++seen <= most);
	const left = fields.length - kept.length;
	return { head: left === 0 ? head : Buffer.concat(kept.map(({ lines }) => lines)), left };
}
