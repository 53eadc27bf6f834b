import { createHash } from 'node:crypto';
import type { ArchiveMode } from '../store';

/** A header section is rarely above 100 KB; what goes on for longer without an empty line is no header section. */
const MAX_HEADER_BYTES = 1024 * 1024;
const SLICE = 64 * 1024;

/** What was learnt about a message while it streamed through. */
export interface Measured {
	sha256: string;
	size: number;
	/** Of the part that is kept. */
	keptSha256: string;
}

/** Passes on the part of a message that `mode` keeps, while it hashes and counts all of it. */
export class Measure {
	readonly #hash = createHash('sha256');
	readonly #keptHash = createHash('sha256');
	readonly #mode: ArchiveMode;
	#size = 0;
	#kept = 0;
	/** The last bytes seen, to find an empty line across two buffers. */
	#tail = Buffer.alloc(0);
	#open = true;

	constructor(mode: ArchiveMode) {
		this.#mode = mode;
		this.#open = mode !== 'hash';
	}

	async *pass(source: AsyncIterable<Buffer | Uint8Array | string>): AsyncGenerator<Buffer> {
		for await (const piece of source) {
			const part = typeof piece === 'string' ? Buffer.from(piece) : asBuffer(piece);
			this.#hash.update(part);
			this.#size += part.length;
			if (!this.#open) continue;
			const kept = this.#mode === 'full' ? part : this.#untilBody(part);
			this.#keptHash.update(kept);
			this.#kept += kept.length;
			yield kept;
		}
	}

	result(): Measured {
		return { sha256: this.#hash.digest('hex'), size: this.#size, keptSha256: this.#keptHash.digest('hex') };
	}

	/** The header section ends with an empty line (RFC 5322, 2.1); bare LF is tolerated. */
	#untilBody(part: Buffer): Buffer {
		const seen = Buffer.concat([this.#tail, part]);
		const ends = [
			['\r\n\r\n', 4],
			['\n\n', 2],
			['\n\r\n', 3],
		] as const;
		const found = ends.flatMap(([mark, length]) => {
			const at = seen.indexOf(mark, 0, 'latin1');
			return at < 0 ? [] : [at + length];
		});
		const end = found.length > 0 ? Math.min(...found) - this.#tail.length : part.length;
		const limit = Math.min(end, MAX_HEADER_BYTES - this.#kept);
		if (found.length > 0 || limit < part.length) this.#open = false;
		this.#tail = seen.subarray(-3);
		return part.subarray(0, Math.max(0, limit));
	}
}

/** A buffer in slices, so that hashing and compressing it leaves room for others on the event loop. */
export function* sliced(content: Buffer): Generator<Buffer> {
	for (let from = 0; from < content.length; from += SLICE) yield content.subarray(from, from + SLICE);
}

export function asBuffer(bytes: Uint8Array): Buffer {
	return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
