import { decodeCharset } from './charset';
import { decodeEncodedWords } from './encodedWords';
import { decodeRawHeader } from './headerText';
import { trimBytes } from './stripEnds';

/** A structured header such as Content-Type: RFC 2045 section 5.1, parameters as RFC 2231 extends them. */
export interface StructuredValue {
	/** What stands before the first `;`, lower case, without comments. */
	value: string;
	/** Parameter names in lower case; continuations joined, charsets decoded. */
	params: Map<string, string>;
}

interface Piece {
	order: number;
	encoded: boolean;
	text: string;
}

/** Takes comments (RFC 5322, 3.2.2: nested, quoted pairs) out of text, those in quoted strings excepted. */
export function withoutComments(text: string): string {
	if (!text.includes('(')) return text;
	let out = '';
	let depth = 0;
	let quoted = false;
	let opened = 0;
	let keptUntil = 0;
	for (let i = 0; i < text.length; i++) {
		const character = text[i] ?? '';
		if (character === '\\' && (depth > 0 || quoted)) {
			if (depth === 0) out += character + (text[i + 1] ?? '');
			i++;
		} else if (character === '"' && depth === 0) {
			quoted = !quoted;
			out += character;
		} else if (character === '(' && !quoted) {
			if (depth === 0) {
				opened = i;
				keptUntil = out.length;
			}
			depth++;
		} else if (character === ')' && depth > 0) {
			depth--;
			if (depth === 0) out += ' ';
		} else if (depth === 0) {
			out += character;
		}
	}
	// A parenthesis that never closes is no comment: keep it as text.
	return depth > 0 ? out.slice(0, keptUntil) + text.slice(opened) : out;
}

function percentBytes(text: string): Buffer {
	return Buffer.from(
		text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
		'latin1',
	);
}

/** Splits at `;` outside quotes and comments. An unbalanced quote ends at the end of the header. */
function splitParameters(text: string): string[] {
	const pieces: string[] = [];
	let quoted = false;
	let start = 0;
	for (let i = 0; i < text.length; i++) {
		const character = text[i];
		if (quoted && character === '\\') i++;
		else if (character === '"') quoted = !quoted;
		else if (character === '(' && !quoted) i = commentEnd(text, i);
		else if (character === ';' && !quoted) {
			pieces.push(text.slice(start, i));
			start = i + 1;
		}
	}
	pieces.push(text.slice(start));
	return pieces;
}

/** A longer comment is none. */
const LONGEST_COMMENT = 1000;

/** Where a comment ends; where it begins when it never does, and is none. */
function commentEnd(text: string, start: number): number {
	const near = text.slice(start, start + LONGEST_COMMENT);
	const end = near.indexOf(')');
	return end < 0 || near.slice(0, end).includes('"') ? start : start + end;
}

/**
 * A parameter without its comments. In an unquoted file name, which producers write in spite of RFC 2045, parentheses
 * belong to the name (`Offer (2).pdf`), unless all of it stands before them.
 */
function withoutParameterComments(parameter: string): string {
	const name = /^\s{0,20}(?:file)?name\*?\s{0,9}=\s{0,9}(?!["\s])/i.exec(parameter);
	if (name === null) return withoutComments(parameter);
	return parameter.replace(/(\.\w{1,5})[ \t]{1,9}\([^()]*\)[ \t]{0,9}$/, '$1');
}

/** Undoes quoting. Backslashes before anything but a quote or backslash are kept: file names of Windows hold them. */
function unquote(text: string): string {
	const trimmed = trimBytes(text);
	if (!trimmed.startsWith('"')) return trimmed;
	const closing = /(?<!\\)(?:\\\\)*"/g;
	closing.lastIndex = 1;
	const match = closing.exec(trimmed);
	const inner = match === null ? trimmed.slice(1) : trimmed.slice(1, match.index + match[0].length - 1);
	return inner.replace(/\\(["\\])/g, '$1');
}

/**
 * Reads a structured header value, one character per byte. Unquoted values with spaces, missing semicolons between
 * parameters, RFC 2047 words in values, and RFC 2231 pieces out of order or without their first are all read.
 *
 * @param hint charset to try for raw 8-bit values
 */
export function parseStructured(raw: string, hint: string | null = null): StructuredValue {
	const [head = '', ...rest] = splitParameters(raw).map(withoutParameterComments);
	const plain = new Map<string, string>();
	const pieces = new Map<string, Piece[]>();
	const take = (name: string, text: string): void => {
		const match = /^([^*]+)(?:\*(\d{1,4}))?(\*)?$/.exec(name);
		if (match?.[1] !== undefined && (match[2] !== undefined || match[3] !== undefined)) {
			const key = match[1];
			const list = pieces.get(key) ?? [];
			list.push({ order: Number(match[2] ?? 0), encoded: match[3] !== undefined, text });
			pieces.set(key, list);
		} else if (!plain.has(name)) {
			plain.set(name, text);
		}
	};
	// "text/html charset=utf-8": the semicolon is missing.
	const [value = '', ...glued] = trimBytes(head).split(/[ \t\r\n]{1,100}(?=[A-Za-z*0-9-]{1,60}=)/);
	for (const parameter of [...glued, ...rest]) {
		const equals = parameter.indexOf('=');
		if (equals <= 0) continue;
		const name = trimBytes(parameter.slice(0, equals)).toLowerCase();
		const text = trimBytes(parameter.slice(equals + 1));
		// "charset=utf-8 format=flowed": again a missing semicolon, told from a space in a value by the known name.
		const more = text.startsWith('"')
			? null
			: /^([^ \t\r\n]+)[ \t\r\n]{1,100}((?:charset|boundary|format|delsp|name|filename|type)=.*)$/i.exec(text);
		take(name, more?.[1] ?? unquote(text));
		if (more?.[2] !== undefined) {
			const split = more[2].indexOf('=');
			take(more[2].slice(0, split).trim().toLowerCase(), unquote(more[2].slice(split + 1)));
		}
	}
	const params = new Map<string, string>();
	const decodeRaw = (text: string): string => decodeRawHeader(text, hint).text;
	// A boundary is compared byte by byte and never decoded.
	for (const [name, text] of plain) params.set(name, name === 'boundary' ? text : decodeEncodedWords(text, decodeRaw));
	for (const [name, list] of pieces) {
		const joined = joinPieces(list, decodeRaw);
		// RFC 2231 wins over the plain form that some producers add for old readers (RFC 5987, 4.2 says the same).
		if (joined !== '' || !params.has(name)) params.set(name, joined);
	}
	return { value: value.replace(/^"|"$/g, '').trim().toLowerCase(), params };
}

function joinPieces(list: Piece[], decodeRaw: (text: string) => string): string {
	const ordered = [...list].sort((a, b) => a.order - b.order);
	const first = ordered[0];
	if (first === undefined) return '';
	const charset = first.encoded ? /^([^']*)'([^']*)'([^]*)$/.exec(first.text) : null;
	if (!ordered.some((piece) => piece.encoded)) {
		return decodeEncodedWords(ordered.map((piece) => piece.text).join(''), decodeRaw);
	}
	const bytes = ordered.map((piece, index) => {
		const text = index === 0 && charset !== null ? (charset[3] ?? '') : piece.text;
		return piece.encoded ? percentBytes(text) : Buffer.from(text, 'latin1');
	});
	const declared = charset?.[1] ?? '';
	return decodeCharset(Buffer.concat(bytes), declared === '' ? null : declared).text;
}
