import type { Defects } from './defects';
import type { TransferEncoding } from './part';
import { UuDecoder } from './uuencode';

/** Undoes a Content-Transfer-Encoding piece by piece (RFC 2045, section 6). Takes anything, throws never. */
export interface TransferDecoder {
	write(chunk: Buffer): Buffer;
	end(): Buffer;
}

export function transferDecoder(encoding: TransferEncoding, defects: Defects, where?: string): TransferDecoder {
	switch (encoding) {
		case 'base64':
			return new Base64Decoder(defects, where);
		case 'quoted-printable':
			return new QuotedPrintableDecoder(defects, where);
		case 'uuencode':
			return new UuDecoder();
		case 'identity':
			return new IdentityDecoder();
	}
}

/** Decodes content that is there in one piece. */
export function decodeTransfer(bytes: Buffer, encoding: TransferEncoding, defects: Defects, where?: string): Buffer {
	const decoder = transferDecoder(encoding, defects, where);
	const head = decoder.write(bytes);
	const tail = decoder.end();
	return tail.length === 0 ? head : Buffer.concat([head, tail]);
}

class IdentityDecoder implements TransferDecoder {
	write(chunk: Buffer): Buffer {
		return chunk;
	}

	end(): Buffer {
		return EMPTY;
	}
}

const EMPTY = Buffer.alloc(0);
const LF = 0x0a;
const CR = 0x0d;
const EQUALS = 0x3d;

/**
 * Base64, RFC 2045 section 6.8. Characters outside the alphabet are skipped as the section asks. Padding ends a run,
 * not the content: some gateways join several encoded pieces. Behind padding a line that is no base64 (a footer that
 * a mailing list put there) ends the content.
 */
class Base64Decoder implements TransferDecoder {
	private carry = '';
	private ended = false;

	constructor(
		private readonly defects: Defects,
		private readonly where: string | undefined,
	) {}

	write(chunk: Buffer): Buffer {
		if (this.ended) return EMPTY;
		const text = chunk.toString('latin1');
		return /[^A-Za-z0-9+/\r\n]/.test(text) ? this.tolerant(text) : this.run(text.replace(/[\r\n]+/g, ''));
	}

	end(): Buffer {
		if (this.carry.length === 1) this.defect('base64-truncated', 'The base64 text ends within a byte.');
		const rest = Buffer.from(this.carry, 'base64');
		this.carry = '';
		return rest;
	}

	private run(text: string): Buffer {
		const all = this.carry + text;
		const whole = all.length - (all.length % 4);
		this.carry = all.slice(whole);
		return Buffer.from(all.slice(0, whole), 'base64');
	}

	private tolerant(text: string): Buffer {
		const out: Buffer[] = [];
		let padded = this.afterPadding;
		for (const line of text.split(/\r\n|\r|\n/)) {
			const trimmed = line.trim();
			if (trimmed === '') continue;
			if (padded && !/^[A-Za-z0-9+/=]+$/.test(trimmed)) {
				this.ended = true;
				this.defect('base64-trailing', 'Text behind the end of the base64 content was left out.');
				break;
			}
			const clean = trimmed.replace(/[^A-Za-z0-9+/=]/g, '');
			if (clean.length !== trimmed.length)
				this.defect('base64-invalid', 'Characters that are not base64 were skipped.');
			for (const piece of clean.match(/[^=]+|=+/g) ?? []) {
				padded = piece.startsWith('=');
				out.push(padded ? this.end() : this.run(piece));
			}
		}
		this.afterPadding = padded;
		return Buffer.concat(out);
	}

	private afterPadding = false;

	private defect(code: string, message: string): void {
		this.defects.add(code, message, this.where);
	}
}

/**
 * Quoted-printable, RFC 2045 section 6.7: white space at a line's end goes, a `=` before it is a soft line break.
 * A `=` that begins neither a code nor a soft break stays as it is.
 */
class QuotedPrintableDecoder implements TransferDecoder {
	private carry = EMPTY;

	constructor(
		private readonly defects: Defects,
		private readonly where: string | undefined,
	) {}

	write(chunk: Buffer): Buffer {
		return this.decode(this.carry.length === 0 ? chunk : Buffer.concat([this.carry, chunk]), false);
	}

	end(): Buffer {
		return this.decode(this.carry, true);
	}

	private decode(bytes: Buffer, final: boolean): Buffer {
		const out = Buffer.allocUnsafe(bytes.length);
		const { length } = bytes;
		let at = 0;
		let end = 0;
		let spaceFrom = -1;
		let spaceInput = 0;
		this.carry = EMPTY;
		while (at < length) {
			const byte = bytes[at] ?? 0;
			if (byte === EQUALS) {
				let next = at + 1;
				while (next < length && isBlank(bytes[next]) && next - at < MAX_BLANKS) next++;
				const incomplete =
					next >= length || (bytes[next] === CR && next + 1 >= length) || (next === at + 1 && next + 1 >= length);
				if (incomplete && !final) {
					this.carry = Buffer.from(bytes.subarray(at));
					return out.subarray(0, end);
				}
				if (next >= length) {
					at = length;
				} else if (bytes[next] === LF || bytes[next] === CR) {
					at = next + (bytes[next] === CR && bytes[next + 1] === LF ? 2 : 1);
				} else {
					const high = hexDigit(bytes[at + 1]);
					const low = hexDigit(bytes[at + 2]);
					if (high >= 0 && low >= 0) {
						out[end++] = high * 16 + low;
						at += 3;
					} else {
						this.defects.add(
							'quoted-printable-invalid',
							'A code that is not quoted-printable was kept as it is.',
							this.where,
						);
						out[end++] = byte;
						at++;
					}
				}
				spaceFrom = -1;
				continue;
			}
			if (isBlank(byte)) {
				if (spaceFrom < 0) {
					spaceFrom = end;
					spaceInput = at;
				}
			} else {
				if (byte === LF || (byte === CR && bytes[at + 1] === LF)) {
					if (spaceFrom >= 0) end = spaceFrom;
				}
				spaceFrom = -1;
			}
			out[end++] = byte;
			at++;
		}
		if (!final && (spaceFrom >= 0 || bytes[length - 1] === CR)) {
			// White space or a CR at the end may still turn out to stand before a line end.
			const trailing = spaceFrom >= 0 ? spaceInput : blankStart(bytes, length - 1);
			if (length - trailing <= MAX_BLANKS) {
				end -= spaceFrom >= 0 ? end - spaceFrom : length - trailing;
				this.carry = Buffer.from(bytes.subarray(trailing));
			}
		}
		return out.subarray(0, end);
	}
}

const MAX_BLANKS = 1000;

function isBlank(byte: number | undefined): boolean {
	return byte === 0x20 || byte === 0x09;
}

function blankStart(bytes: Buffer, from: number): number {
	let start = from;
	while (start > 0 && isBlank(bytes[start - 1])) start--;
	return start;
}

function hexDigit(byte: number | undefined): number {
	if (byte === undefined) return -1;
	if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
	if (byte >= 0x41 && byte <= 0x46) return byte - 0x37;
	if (byte >= 0x61 && byte <= 0x66) return byte - 0x57;
	return -1;
}
