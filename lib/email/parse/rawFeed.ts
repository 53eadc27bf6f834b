import { createHash } from 'node:crypto';
import { type EventEmitter, once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Defects } from './defects';

const SLICE = 64 * 1024;
/** So much is looked at to tell which line ends the message uses. */
const SAMPLE = 16 * 1024;
const CR = 0x0d;
const LF = 0x0a;
const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** What is needed of the stream that takes the message. */
export interface RawTarget extends EventEmitter {
	readonly destroyed: boolean;
	write(chunk: Buffer): boolean;
	end(): unknown;
}

export interface RawDigest {
	sha256: string;
	size: number;
}

async function* slices(raw: Buffer | Readable): AsyncGenerator<Buffer> {
	if (Buffer.isBuffer(raw)) {
		for (let at = 0; at < raw.length; at += SLICE) yield raw.subarray(at, at + SLICE);
		return;
	}
	for await (const chunk of raw) {
		const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk as Uint8Array);
		for (let at = 0; at < bytes.length; at += SLICE) yield bytes.subarray(at, at + SLICE);
	}
}

/**
 * Writes the raw message into `target` while hashing and counting all of it. A byte order mark is taken off, and
 * where CR alone ends the lines (old Macintosh producers) it becomes LF. Beyond `limit` bytes nothing more is
 * written, but hash and size still cover everything.
 *
 * @throws whatever reading `raw` throws
 */
export async function feedRaw(
	raw: Buffer | Readable,
	target: RawTarget,
	limit: number,
	defects: Defects,
): Promise<RawDigest> {
	const hash = createHash('sha256');
	let size = 0;
	const writer = new LineEndWriter(target, limit, defects);
	for await (const chunk of slices(raw)) {
		if (target.destroyed) break;
		hash.update(chunk);
		size += chunk.length;
		await writer.write(chunk);
	}
	await writer.end();
	return { sha256: hash.digest('hex'), size };
}

/** Writes on with LF for bare CR, after a look at the beginning. */
class LineEndWriter {
	private sample: Buffer[] = [];
	private sampled = 0;
	private lineEnd: 'unknown' | 'with LF' | 'CR' = 'unknown';
	private written = 0;

	constructor(
		private readonly target: RawTarget,
		private readonly limit: number,
		private readonly defects: Defects,
	) {}

	async write(chunk: Buffer): Promise<void> {
		if (this.lineEnd !== 'unknown') return this.pass(chunk);
		this.sample.push(chunk);
		this.sampled += chunk.length;
		if (this.sampled >= SAMPLE) await this.decide();
	}

	async end(): Promise<void> {
		if (this.lineEnd === 'unknown') await this.decide();
		this.target.end();
	}

	private async decide(): Promise<void> {
		let start = Buffer.concat(this.sample);
		this.sample = [];
		if (start.subarray(0, 3).equals(UTF8_BOM)) start = start.subarray(3);
		this.lineEnd = start.includes(CR) && !start.includes(LF) ? 'CR' : 'with LF';
		if (this.lineEnd === 'CR') this.defects.add('line-ends-cr', 'Lines end in CR alone.');
		await this.pass(start);
	}

	private async pass(chunk: Buffer): Promise<void> {
		const fitting = chunk.subarray(0, this.limit - this.written);
		if (fitting.length < chunk.length) {
			this.defects.add('limit-message', `The message is longer than ${this.limit} bytes; the rest was left out.`);
		}
		if (fitting.length === 0) return;
		this.written += fitting.length;
		if (!this.target.write(this.lineEnd === 'CR' ? lineFeeds(fitting) : fitting)) await drained(this.target);
	}
}

function lineFeeds(chunk: Buffer): Buffer {
	const out = Buffer.from(chunk);
	for (let at = out.indexOf(CR); at >= 0; at = out.indexOf(CR, at + 1)) out[at] = LF;
	return out;
}

async function drained(target: RawTarget): Promise<void> {
	if (target.destroyed) return;
	const stop = new AbortController();
	try {
		await Promise.race([
			once(target, 'drain', { signal: stop.signal }),
			once(target, 'close', { signal: stop.signal }),
		]);
	} finally {
		stop.abort();
	}
}
