/** Who wrote a message: one reading of From for the parser, the verification and every verdict that is told to us. */
import { domainToASCII, domainToUnicode } from 'node:url';
import type { EmailAddress } from '../message';
import { parseAddressList } from './addresses';
import { decodeEncodedWords } from './encodedWords';
import type { HeaderField } from './headerBlock';
import { HeaderDecoder } from './headerText';

/** The author as far as all readers agree. */
export interface AuthorReading {
	/** Domain of From in lower case as DNS has it (A-labels); null when From names none, or can be read in two ways. */
	domain: string | null;
	/** Why From has more than one reading; null when it has one, or names nobody. */
	ambiguity: string | null;
}

export const NO_AUTHOR: AuthorReading = { domain: null, ambiguity: null };

/** RFC 5322, 2.1.1 allows 998 per line; a From of one author that needs more than two of them was made for a reader's limit. */
const LONGEST = 2000;
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f]/;
/** RFC 5322, 3.2.3 and RFC 6532: a local part without quotes. */
const PLAIN_LOCAL = /^[^\s\x00-\x20\x7f"(),:;<>@[\]\\]+$/;
/** What may be an address to a reader that is in a hurry. */
const ADDRESS_LIKE = /[^\s<>()[\]"',;:\\]+@[^\s<>()[\]"',;:\\]+/g;

/**
 * Reads From strictly (RFC 5322, 3.4, one mailbox) beside the parser's lenient reading. Where a second author could be
 * seen, by reading another header, decoding first and parsing then, stopping earlier or later, or taking a comment or a
 * name for the address, the author is ambiguous: no verdict about one of them says anything about the other.
 *
 * @param fields all fields of the header section
 * @param disguised whether a line stands there that another reader may take for a From header
 */
export function readAuthor(fields: readonly HeaderField[], disguised = false): AuthorReading {
	const values = fields.filter(({ key }) => key === 'from').map(({ value }) => value);
	if (disguised) return ambiguous('a line that is no From header may pass for one');
	if (values.length > 1) return ambiguous(`${values.length} From headers`);
	const [value = ''] = values;
	if (value === '') return NO_AUTHOR;
	if (value.length > LONGEST) return ambiguous(`it is longer than ${LONGEST} characters`);
	const list = parseAddressList(value, new HeaderDecoder(), 3);
	if (list.length > 1) return ambiguous('it names several authors');
	const [author] = list;
	if (author === undefined || author.address === '' || !value.includes('@')) return unnamed(value);
	const ambiguity = secondReading(value, author);
	if (ambiguity !== null) return ambiguous(ambiguity);
	return { domain: domainOf(author.address), ambiguity: null };
}

/** The domain of an address as DNS has it; null when it has none. */
export function domainOf(address: string): string | null {
	const at = address.lastIndexOf('@');
	return at < 0 ? null : asciiDomain(address.slice(at + 1)) || null;
}

/** Lower case, A-labels (RFC 5890), without the root's dot. What is no domain stays as it is, in lower case. */
export function asciiDomain(domain: string): string {
	const lower = domain.toLowerCase().replace(/\.$/, '');
	return domainToASCII(lower) || lower;
}

function ambiguous(ambiguity: string): AuthorReading {
	return { domain: null, ambiguity };
}

/** No address, but something that decodes into one: who decodes first sees an author. */
function unnamed(value: string): AuthorReading {
	return decoded(value).includes('@') ? ambiguous('an address stands where none belongs') : NO_AUTHOR;
}

function decoded(value: string): string {
	return decodeEncodedWords(value, utf8);
}

function utf8(bytes: string): string {
	return Buffer.from(bytes, 'latin1').toString('utf8');
}

function secondReading(value: string, author: EmailAddress): string | null {
	if (CONTROLS.test(value)) return 'it holds control characters';
	if (author.group !== undefined) return 'it is a group';
	const pieces = scan(value);
	if (typeof pieces === 'string') return pieces;
	const address = utf8(pieces.address);
	if (!same(address, author.address)) return 'the address can be read in two ways';
	const unusual = unusualAddress(address);
	if (unusual !== null) return unusual;
	const others = (text: string): string[] => (text.match(ADDRESS_LIKE) ?? []).filter((one) => !same(one, address));
	const spaced = pieces.words.replace(/ {0,9}@ {0,9}(?=[^\s.]+\.)/g, '@');
	if (others(spaced).length > 0) return 'another address stands beside it';
	if (pieces.comments.some((comment) => others(utf8(comment)).length > 0)) return 'a comment holds another address';
	return bracketed(value, address) ?? encodedReading(value, address);
}

/** An address in brackets is one to whoever looks for brackets, wherever it stands. */
function bracketed(text: string, address: string): string | null {
	const inner = [...text.matchAll(/<([^<>]*@[^<>]*)/g)].map((match) => (match[1] ?? '').trim());
	return inner.every((one) => same(one, address) || same(utf8(one), address))
		? null
		: 'another address stands in brackets';
}

/** Who decodes the encoded words first (against RFC 2047, 6.2) finds syntax in them. */
function encodedReading(value: string, address: string): string | null {
	if (!value.includes('=?')) return null;
	if (/=\?utf-?7[?*]/i.test(value)) return 'its name is in UTF-7';
	const text = decoded(value);
	if (CONTROLS.test(text)) return 'its name decodes to control characters';
	const other = bracketed(text, address);
	if (other !== null) return other;
	const names = decoded(value.replace(/<[^<>]*>/g, ' '));
	const found = (names.match(ADDRESS_LIKE) ?? []).filter((one) => !same(one, address));
	return found.length > 0 && /[,;:<>()\\]/.test(names) ? 'its name decodes to another address' : null;
}

/** Addresses that readers take differently: what is left is `local@domain` with a domain that is written one way. */
function unusualAddress(address: string): string | null {
	const at = address.lastIndexOf('@');
	const domain = address.slice(at + 1);
	if (!PLAIN_LOCAL.test(address.slice(0, at))) return 'the part before the @ is not plain';
	if (address.includes('=?')) return 'the address holds an encoded word';
	if (address.includes('\ufffd')) return 'the address holds bytes of no known charset';
	if (/^\[[\d.]{7,15}\]$|^\[IPv6:[\da-f:.]+\]$/i.test(domain)) return null;
	const lower = domain.toLowerCase().replace(/\.$/, '');
	const ascii = domainToASCII(lower);
	// Full-width letters, other dots and ignorable characters become plain ones only for those who map them (UTS 46).
	const written = lower === ascii || lower === domainToUnicode(ascii);
	return ascii !== '' && written && !/[^a-z0-9._-]/.test(ascii) ? null : 'the domain is not written in its normal form';
}

function same(a: string, b: string): boolean {
	const [x, y] = [a.lastIndexOf('@'), b.lastIndexOf('@')];
	return (
		lowerAscii(a.slice(0, x)) === lowerAscii(b.slice(0, y)) &&
		asciiDomain(a.slice(x + 1)) === asciiDomain(b.slice(y + 1))
	);
}

/** Only A to Z: `K` (Kelvin sign) becomes a `k` otherwise, and is another mailbox. */
export function lowerAscii(text: string): string {
	return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

interface Pieces {
	address: string;
	/** What stands outside of brackets, quotes and comments. */
	words: string;
	comments: string[];
}

const BEFORE_QUOTE = /[^\s]$/;

/** The strict reading; a text says why there is none. */
function scan(value: string): Pieces | string {
	let words = '';
	let quoted = false;
	let address: string | null = null;
	const comments: string[] = [];
	for (let i = 0; i < value.length; i++) {
		const character = value[i] ?? '';
		if (character === '"') {
			const end = closing(value, i, '"');
			if (end < 0) return 'a quotation mark is never closed';
			if (address !== null || BEFORE_QUOTE.test(words) || value[end + 1] === '@')
				return 'a quoted text touches the address';
			quoted = true;
			words += ' ';
			i = end;
		} else if (character === '(') {
			const end = closing(value, i, ')');
			if (end < 0) return 'a comment is never closed';
			comments.push(value.slice(i + 1, end));
			words += ' ';
			i = end;
		} else if (character === '<') {
			const end = value.indexOf('>', i);
			if (end < 0) return 'a bracket is never closed';
			if (address !== null) return 'it has several addresses in brackets';
			address = value.slice(i + 1, end);
			if (!/^[^\s"(),:;<>[\]\\]+@[^\s"(),:;<>\\]+$/.test(address)) return 'what stands in brackets is no plain address';
			words += ' ';
			i = end;
		} else if (/[,;:\\>)]/.test(character)) {
			return `a ${character} stands outside of quotes`;
		} else {
			if (address !== null && !/\s/.test(character)) return 'something follows the address';
			words += character;
		}
	}
	if (address !== null) return { address, words, comments };
	const lone = words.trim();
	return quoted || /\s/.test(lone) || !lone.includes('@')
		? 'the address is neither in brackets nor alone'
		: { address: lone, words: '', comments };
}

/** Where what began at `start` ends (RFC 5322, 3.2.1 quoted pairs, 3.2.2 nested comments); -1 when it never does. */
function closing(text: string, start: number, close: '"' | ')'): number {
	let depth = 0;
	for (let i = start + 1; i < text.length; i++) {
		if (text[i] === '\\') i++;
		else if (close === ')' && text[i] === '(') depth++;
		else if (text[i] === close && depth-- === 0) return i;
	}
	return -1;
}
