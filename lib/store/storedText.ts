/**
 * What a text becomes on its way into the store, on both drivers alike, and on its way into a condition, so that what was
 * written is found again. PostgreSQL has no NUL in a text and no lone surrogate in UTF-8, and no index entry longer than
 * 2,704 bytes (https://www.postgresql.org/docs/current/btree.html); SQLite takes all of it.
 */
import { createHash } from 'node:crypto';

/** Bytes of a text that is part of an index: with three of them an entry stays well below PostgreSQL's limit. */
export const LONGEST_KEY = 512;
/** Bytes of a text that is only read. */
export const LONGEST_TEXT = 64 * 1024;

const MARK = '#sha256:';
const HASH_DIGITS = 64;
const REPLACEMENT = '\uFFFD';

/** NUL and lone surrogates become U+FFFD. */
export function storable(text: string): string {
	// Pairs are what the second expression leaves alone; most texts have not even those.
	const formed = /[\uD800-\uDFFF]/.test(text) ? text.replace(/\p{Surrogate}/gu, REPLACEMENT) : text;
	return formed.includes('\0') ? formed.replaceAll('\0', REPLACEMENT) : formed;
}

/** A key, id, name or address as it is stored: one of more than 512 bytes keeps its beginning and is told apart by its hash. */
export function storedKey(text: string): string {
	const key = storable(text);
	if (fits(key, LONGEST_KEY)) return key;
	const hash = createHash('sha256').update(key).digest('hex');
	return `${cut(key, LONGEST_KEY - MARK.length - HASH_DIGITS)}${MARK}${hash}`;
}

/** A text that nothing is told apart by: what is too long is cut. */
export function storedText(text: string, most = LONGEST_TEXT): string {
	const sound = storable(text);
	return fits(sound, most) ? sound : cut(sound, most);
}

/** A UTF-16 unit is at most three bytes of UTF-8, so that most texts need not be measured. */
function fits(text: string, most: number): boolean {
	return text.length * 3 <= most || Buffer.byteLength(text) <= most;
}

/** At most so many bytes, whole characters. */
function cut(text: string, most: number): string {
	// `encodeInto` stops before the character that does not fit.
	return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(most)).read);
}
