import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { StoreError } from '../../errors';

export type Codec = 'zstd' | 'gzip';

/** zstd is in Node since 22.15; what was stored with it cannot be read by an older one. */
const hasZstd = typeof (zlib as Partial<typeof zlib>).createZstdCompress === 'function';

export const preferredCodec: Codec = hasZstd ? 'zstd' : 'gzip';

export function compressor(codec: Codec): Transform {
	return codec === 'zstd' ? zlib.createZstdCompress() : zlib.createGzip();
}

/** For small content, for which a stream would cost more than the work. */
export function compressed(codec: Codec, content: Buffer): Buffer {
	return codec === 'zstd' ? zlib.zstdCompressSync(content) : zlib.gzipSync(content);
}

/** @throws StoreError `ARCHIVE_CODEC_UNAVAILABLE` when this Node lacks the codec the content was stored with */
export function decompressor(codec: string): Transform {
	if (codec === 'gzip') return zlib.createGunzip();
	if (codec === 'zstd' && hasZstd) return zlib.createZstdDecompress();
	throw new StoreError(`This Node.js (${process.version}) cannot read archive content compressed with ${codec}.`, {
		code: 'ARCHIVE_CODEC_UNAVAILABLE',
		hint: 'Run n8n on Node.js 22.16 or newer on every worker.',
		record: { codec },
	});
}
