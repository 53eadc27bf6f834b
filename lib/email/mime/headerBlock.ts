import { decodeEncodedWords } from '../parse/encodedWords';
import { parseStructured as parseParameters } from '../parse/parameters';
import { trimBytes } from '../parse/stripEnds';

/** One header field, RFC 5322 section 2.2: name in lower case, value unfolded but not decoded. */
export interface HeaderField {
	name: string;
	value: string;
}

const FIELD_NAME = /^[!-9;-~]{1,100}[ \t]{0,8}:/;
const ENCODED_WORD = '=?';

/**
 * Reads a header block from text in which one character is one byte.
 *
 * Starts at `start`, ends before the first line that is neither a field nor a folded continuation. Folding is
 * undone (RFC 5322 section 2.2.3). An mbox `From ` line at the top, and a `>From ` line, are skipped. Never throws.
 *
 * @returns the fields in their order, and `bodyStart`, the offset behind the blank line that ends the block.
 */
export function readHeaderBlock(
	text: string,
	start: number,
	end: number,
): { fields: HeaderField[]; bodyStart: number; closed: boolean } {
	const fields: HeaderField[] = [];
	let at = start;
	while (at < end) {
		const newline = text.indexOf('\n', at);
		const next = newline < 0 || newline >= end ? end : newline + 1;
		const line = lineOf(text, at, next);
		if (line === '') return { fields, bodyStart: next, closed: true };
		const first = line.charCodeAt(0);
		const previous = fields.at(-1);
		if ((first === 32 || first === 9) && previous !== undefined) {
			previous.value += ` ${trimBytes(line)}`;
		} else if (FIELD_NAME.test(line)) {
			const colon = line.indexOf(':');
			fields.push({ name: line.slice(0, colon).trimEnd().toLowerCase(), value: trimBytes(line.slice(colon + 1)) });
		} else if (!(fields.length === 0 && /^>?From /.test(line))) {
			return { fields, bodyStart: at, closed: false };
		}
		at = next;
	}
	return { fields, bodyStart: end, closed: false };
}

function lineOf(text: string, start: number, next: number): string {
	let end = next;
	if (end > start && text.charCodeAt(end - 1) === 10) end--;
	if (end > start && text.charCodeAt(end - 1) === 13) end--;
	return text.slice(start, end);
}

/** The first field of that name (lower case), raw, or null. */
export function rawHeader(fields: readonly HeaderField[], name: string): string | null {
	for (const field of fields) if (field.name === name) return field.value;
	return null;
}

/** The first field of that name, decoded (RFC 2047; bare UTF-8 is taken as such), or null. */
export function header(fields: readonly HeaderField[], name: string): string | null {
	const raw = rawHeader(fields, name);
	return raw === null ? null : decodeHeaderValue(raw);
}

/** Decodes encoded words and 8-bit UTF-8. What cannot be decoded stays as it was. */
export function decodeHeaderValue(raw: string): string {
	return raw.includes(ENCODED_WORD) ? decodeEncodedWords(raw, decodeEightBit) : decodeEightBit(raw);
}

function decodeEightBit(raw: string): string {
	if (!/[\x80-\xff]/.test(raw)) return raw;
	const utf8 = Buffer.from(raw, 'latin1').toString('utf8');
	return utf8.includes('\ufffd') ? raw : utf8;
}

/**
 * A structured value such as Content-Type: the value before the first `;` in lower case, and its parameters
 * (names in lower case; RFC 2231 continuations joined and decoded).
 */
export function parseStructured(raw: string): { value: string; params: Record<string, string> } {
	const { value, params } = parseParameters(raw);
	return { value, params: Object.fromEntries(params) };
}
