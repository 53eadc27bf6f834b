import { type HeaderField, parseStructured, rawHeader, readHeaderBlock } from './headerBlock';

/** One node of the MIME tree (RFC 2045). A leaf has no children; an enclosed message has one, the message itself. */
export interface Part {
	/** IMAP-style position, '' for the root, `1.2` for the second child of the first (RFC 9051 section 6.4.5). */
	path: string;
	headers: HeaderField[];
	/** Media type in lower case, `text/plain` where none is given or it cannot be read. */
	contentType: string;
	params: Record<string, string>;
	/** Content-Transfer-Encoding in lower case, `7bit` where none is given. */
	encoding: string;
	/** The encoded body: a view into the given buffer, no copy. */
	body: Buffer;
	children: Part[];
	/** False where the structure is damaged: no end of the header, no closing boundary, a limit reached. */
	complete: boolean;
}

/** Nested deeper, or more parts, than this is not followed: the rest stays the body of what encloses it. */
export const PART_LIMITS = { depth: 12, parts: 400 } as const;

interface Reading {
	raw: Buffer;
	text: string;
	parts: number;
}

/**
 * Reads a whole message into a tree, in memory and in one pass over the bytes per level of nesting.
 *
 * Tolerant: a missing closing boundary ends at the end of the enclosing part, a `multipart` without a usable
 * boundary is a leaf, a message/rfc822 part cut in its header is still a message. Never throws, whatever the bytes.
 */
export function readPartTree(raw: Buffer): Part {
	const reading: Reading = { raw, text: raw.toString('latin1'), parts: 0 };
	return readEntity(reading, 0, raw.length, '', 0, 'text/plain');
}

function readEntity(
	reading: Reading,
	start: number,
	end: number,
	path: string,
	depth: number,
	defaultType: string,
): Part {
	reading.parts++;
	const { fields, bodyStart, closed } = readHeaderBlock(reading.text, start, end);
	const rawType = rawHeader(fields, 'content-type');
	const type = rawType === null ? null : parseStructured(rawType);
	const contentType = type !== null && /^[^/\s]+\/[^/\s]+$/.test(type.value) ? type.value : defaultType;
	const encoding = (rawHeader(fields, 'content-transfer-encoding') ?? '7bit').split(/[;\s(]/, 1)[0] ?? '7bit';
	const part: Part = {
		path,
		headers: fields,
		contentType,
		params: type?.params ?? {},
		encoding: encoding.toLowerCase(),
		body: reading.raw.subarray(bodyStart, end),
		children: [],
		complete: closed || bodyStart === end,
	};
	if (depth >= PART_LIMITS.depth) return part;
	if (contentType.startsWith('multipart/')) readMultipart(reading, part, bodyStart, end, depth);
	else if (isMessageType(contentType) && /^(7bit|8bit|binary|)$/.test(part.encoding)) {
		part.children.push(readEntity(reading, bodyStart, end, childPath(path, 1), depth + 1, 'text/plain'));
	}
	return part;
}

function isMessageType(contentType: string): boolean {
	return contentType === 'message/rfc822' || contentType === 'message/global';
}

function readMultipart(reading: Reading, part: Part, bodyStart: number, end: number, depth: number): void {
	const boundary = part.params.boundary?.trimEnd();
	if (boundary === undefined || boundary === '') {
		part.complete = false;
		return;
	}
	const childType = part.contentType === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
	const delimiter = `--${Buffer.from(boundary, 'utf8').toString('latin1')}`;
	let open = -1;
	let closed = false;
	for (const line of delimiterLines(reading.text, delimiter, bodyStart, end)) {
		if (open >= 0) addChild(reading, part, open, line.contentEnd, depth, childType);
		open = line.closing ? -1 : line.next;
		if (line.closing) {
			closed = true;
			break;
		}
		if (reading.parts >= PART_LIMITS.parts) break;
	}
	if (open >= 0 && open < end) addChild(reading, part, open, end, depth, childType);
	if (!closed) part.complete = false;
}

function addChild(reading: Reading, part: Part, start: number, end: number, depth: number, childType: string): void {
	const path = childPath(part.path, part.children.length + 1);
	part.children.push(readEntity(reading, start, Math.max(start, end), path, depth + 1, childType));
}

function childPath(path: string, index: number): string {
	return path === '' ? String(index) : `${path}.${index}`;
}

/** The lines that begin with the delimiter (RFC 2046 section 5.1.1). The line break before one belongs to it. */
function* delimiterLines(
	text: string,
	delimiter: string,
	start: number,
	end: number,
): Generator<{ contentEnd: number; next: number; closing: boolean }> {
	let at = start;
	while (at < end) {
		const found = text.indexOf(delimiter, at);
		if (found < 0 || found >= end) return;
		const lineEnd = text.indexOf('\n', found);
		const next = lineEnd < 0 || lineEnd >= end ? end : lineEnd + 1;
		const rest = text.slice(found + delimiter.length, next).trimEnd();
		if ((found === start || text.charCodeAt(found - 1) === 10) && (rest === '' || rest === '--')) {
			let contentEnd = found;
			if (contentEnd > start && text.charCodeAt(contentEnd - 1) === 10) contentEnd--;
			if (contentEnd > start && text.charCodeAt(contentEnd - 1) === 13) contentEnd--;
			yield { contentEnd, next, closing: rest === '--' };
		}
		at = next;
	}
}

/** The tree's parts, depth first, the root first. */
export function* walkParts(part: Part): Generator<Part> {
	yield part;
	for (const child of part.children) yield* walkParts(child);
}
