import { decodeCharset } from './charset';

/**
 * An encoded word, RFC 2047 section 2, as it is met: with spaces in its text (section 2 forbids them), with an
 * RFC 2231 language suffix, and without its closing `?=` when it is the last thing in the header.
 */
const WORD = /=\?([^?\s]{1,60})\?([BbQq])\?([^?]*(?:\?(?!=)[^?]*)*?)(?:\?=|$)/g;

interface Word {
	charset: string;
	bytes: Buffer;
}

function fromQ(text: string): Buffer {
	const raw = text.replace(/=\s+(?=[0-9A-Fa-f])/g, '=').replace(/_/g, ' ');
	return Buffer.from(
		raw.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
		'latin1',
	);
}

/** Base64 with each padded run decoded for itself: some producers encode a word in several pieces. */
export function fromBase64(text: string): Buffer {
	const pieces = [...text.replace(/[^A-Za-z0-9+/=_-]/g, '').matchAll(/[^=]+=*/g)].map((match) => match[0]);
	return pieces.length === 1
		? Buffer.from(pieces[0] ?? '', 'base64')
		: Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64')));
}

/**
 * Decodes the RFC 2047 encoded words of a header value in which one character is one byte (the 8-bit ones included).
 *
 * Neighbouring words are joined before their charset is decoded, so that a character cut in two by a producer
 * (section 5 forbids it, many do it) comes out whole. White space between them is dropped (section 6.2).
 *
 * @param decodeRaw decodes what stands between the words
 */
export function decodeEncodedWords(value: string, decodeRaw: (raw: string) => string): string {
	if (!value.includes('=?')) return decodeRaw(value);
	let out = '';
	let end = 0;
	let pending: Word[] = [];
	const flush = (): void => {
		for (let i = 0; i < pending.length;) {
			const first = pending[i];
			if (first === undefined) break;
			let next = i + 1;
			while (pending[next]?.charset === first.charset) next++;
			out += decodeWords(pending.slice(i, next), first.charset);
			i = next;
		}
		pending = [];
	};
	for (const match of value.matchAll(WORD)) {
		const [whole, charset = '', encoding = '', text = ''] = match;
		const between = value.slice(end, match.index);
		if (pending.length === 0 || /[^ \t\r\n]/.test(between)) {
			flush();
			out += decodeRaw(between);
		}
		const bytes = encoding.toUpperCase() === 'B' ? fromBase64(text) : fromQ(text);
		pending.push({ charset: charset.replace(/\*.*$/, '').toLowerCase(), bytes });
		end = match.index + whole.length;
	}
	flush();
	return out + decodeRaw(value.slice(end));
}

/** Stateful charsets start over in every word, so joining them first would be wrong only for those; all others gain. */
function decodeWords(words: readonly Word[], charset: string): string {
	if (/^(?:iso-2022|utf-?7|hz)/.test(charset))
		return words.map((word) => decodeCharset(word.bytes, charset).text).join('');
	return decodeCharset(Buffer.concat(words.map((word) => word.bytes)), charset).text;
}
