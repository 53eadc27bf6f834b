import { createCipheriv, createDecipheriv } from 'node:crypto';

/** Compressed bytes in one row. */
export const CHUNK_BYTES = 256 * 1024;
const TAG_BYTES = 16;

/** Puts a stream of buffers of any size into chunks of CHUNK_BYTES; the last may be shorter. */
export async function* chunked(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	let parts: Buffer[] = [];
	let size = 0;
	for await (let part of source) {
		while (size + part.length >= CHUNK_BYTES) {
			const rest = CHUNK_BYTES - size;
			yield Buffer.concat([...parts, part.subarray(0, rest)]);
			part = part.subarray(rest);
			parts = [];
			size = 0;
		}
		parts.push(part);
		size += part.length;
	}
	if (size > 0) yield Buffer.concat(parts);
}

/**
 * AES-256-GCM of one chunk. The key belongs to one blob only, so the position is a nonce that never repeats; blob and
 * position are authenticated, so that chunks cannot be exchanged.
 */
export function sealChunk(key: Buffer, blobId: string, seq: number, chunk: Buffer): Buffer {
	const cipher = createCipheriv('aes-256-gcm', key, nonce(seq)).setAAD(Buffer.from(`${blobId}:${seq}`));
	return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error when the chunk is not what was stored */
export function openChunk(key: Buffer, blobId: string, seq: number, sealed: Buffer): Buffer {
	const decipher = createDecipheriv('aes-256-gcm', key, nonce(seq)).setAAD(Buffer.from(`${blobId}:${seq}`));
	decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
	return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
}

function nonce(seq: number): Buffer {
	const bytes = Buffer.alloc(12);
	bytes.writeUInt32BE(seq, 8);
	return bytes;
}
