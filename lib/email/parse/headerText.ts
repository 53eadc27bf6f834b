import { decodeCharset } from './charset';
import { decodeEncodedWords } from './encodedWords';

const NON_ASCII = /[\x80-\xff]/;

/**
 * Decodes the 8-bit bytes of a header, one character per byte: UTF-8 (RFC 6532), else the charset the message uses
 * elsewhere, else a guess. `guessed` tells that it was neither ASCII nor UTF-8.
 */
export function decodeRawHeader(raw: string, hint: string | null): { text: string; guessed: boolean } {
	if (!NON_ASCII.test(raw)) return { text: raw, guessed: false };
	const decoded = decodeCharset(Buffer.from(raw, 'latin1'), null, hint);
	return { text: decoded.text, guessed: decoded.charset !== 'utf-8' };
}

/** Decodes unstructured header text: RFC 2047 words, RFC 6532 UTF-8, and raw 8-bit text by a guess. Never throws. */
export class HeaderDecoder {
	/** Told once for each header whose 8-bit bytes had to be guessed. */
	private guessed = false;

	constructor(private readonly hint: string | null = null) {}

	decode(value: string): string {
		return decodeEncodedWords(value, (raw) => this.raw(raw));
	}

	/** Only the bytes, no encoded words: for message ids and addresses, where RFC 2047 (5) forbids them. */
	raw(value: string): string {
		const { text, guessed } = decodeRawHeader(value, this.hint);
		if (guessed) this.guessed = true;
		return text;
	}

	/** Whether anything was guessed since the last call. */
	tookGuess(): boolean {
		const { guessed } = this;
		this.guessed = false;
		return guessed;
	}
}
