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
export async function feedRaw(raw: Buffer | Readable, target: RawTarget, limit: number, defects: Defects): Promise<RawDigest> {
	const hash = createHash('sha256');
	let size = 0;
	let sample: Buffer[] = [];
	let sampled = 0;
	let bareCr: boolean | null = null;
	let written = 0;

	const write = async (chunk: Buffer): Promise<void> => {
		const fitting = written + chunk.length > limit ? chunk.subarray(0, limit - written) : chunk;
		if (fitting.length < chunk.length) defects.add('limit-message', `The message is longer than ${limit} bytes; the rest was left out.`);
		if (fitting.length === 0) return;
		written += fitting.length;
		if (!target.write(bareCr === true ? lineFeeds(fitting) : fitting)) await drained(target);
	};
	const decide = async (): Promise<void> => {
		let start = Buffer.concat(sample);
		sample = [];
		if (start.subarray(0, 3).equals(UTF8_BOM)) start = start.subarray(3);
		bareCr = start.includes(CR) && !start.includes(LF);
		if (bareCr) defects.add('line-ends-cr', 'Lines end in CR alone.');
		await write(start);
	};

	for await (const chunk of slices(raw)) {
		if (target.destroyed) break;
		hash.update(chunk);
		size += chunk.length;
		if (bareCr !== null) {
			await write(chunk);
			continue;
		}
		sample.push(chunk);
		sampled += chunk.length;
		if (sampled >= SAMPLE) await decide();
	}
	if (bareCr === null) await decide();
	target.end();
	return { sha256: hash.digest('hex'), size };
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
		await Promise.race([once(target, 'drain', { signal: stop.signal }), once(target, 'close', { signal: stop.signal })]);
	} finally {
		stop.abort();
	}
}
