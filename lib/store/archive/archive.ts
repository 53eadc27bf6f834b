import { createHash } from 'node:crypto';
import { Readable, type Transform, pipeline } from 'node:stream';
import { PipelineError, StoreError } from '../../errors';
import type { Database } from '../database';
import type { Trx } from '../dialect';
import type { Keyring } from '../keyring';
import type { Archive, ArchiveEntry, ArchiveMode } from '../store';
import type { Tables } from '../tables';
import { openChunk } from './chunks';
import { decompressor } from './codec';
import { asBuffer, sliced } from './measure';
import { neededMode } from './needed';
import { KEEPS, deleteBlob, objectName, rewriteObject, writeObject, writeSmallObject } from './write';

/** Bytes that are compressed at once, in well under a millisecond. */
const SMALL = 64 * 1024;

type ObjectRow = Tables['archive_objects'];

export class SqlArchive implements Archive {
	constructor(
		private readonly database: Database,
		private readonly keyring: Keyring,
	) {}

	async put(scope: string, content: Buffer | Readable, options: { mode?: ArchiveMode } = {}): Promise<ArchiveEntry> {
		const mode = options.mode ?? 'full';
		if (Buffer.isBuffer(content)) {
			const hash = createHash('sha256');
			for (const part of sliced(content)) hash.update(part);
			const sha256 = hash.digest('hex');
			const before = await this.#row(scope, sha256);
			if (before && before.purged_at === null && KEEPS[before.mode] >= KEEPS[mode]) return entryOf(before);
			if (mode === 'full' && content.length <= SMALL) {
				return entryOf(await writeSmallObject(this.database, this.keyring, scope, content, sha256));
			}
		}
		const source = Buffer.isBuffer(content) ? Readable.from(sliced(content)) : content;
		return entryOf(await writeObject(this.database, this.keyring, scope, source, mode));
	}

	open(scope: string, ref: string): Promise<Readable> {
		return this.#open(scope, ref, false);
	}

	async encrypt(scope: string, sha256: string): Promise<boolean> {
		const row = await this.#row(scope, sha256);
		if (row === null || row.key_id !== null || row.codec === null || row.purged_at !== null) return false;
		const content = await this.#open(scope, `sha256:${sha256}`, true);
		const now = await rewriteObject(this.database, this.keyring, row, content, row.mode, () => Promise.resolve(true));
		return now.key_id !== null;
	}

	async #open(scope: string, ref: string, inTheClear: boolean): Promise<Readable> {
		const sha256 = hashOf(ref);
		const row = sha256 === null ? null : await this.#row(scope, sha256);
		if (row === null) throw problem('ARCHIVE_NOT_FOUND', scope, ref);
		if (row.purged_at !== null) throw problem('ARCHIVE_PURGED', scope, ref);
		if (row.mode === 'hash' || row.codec === null) throw problem('ARCHIVE_CONTENT_NOT_KEPT', scope, ref);
		const { key_id: keyId, wrapped_key: wrapped } = row;
		// Whoever could write to the database would only have to leave the key out.
		if (keyId === null && this.keyring.newestKeyId !== null && !inTheClear) {
			throw problem('ARCHIVE_NOT_ENCRYPTED', scope, ref);
		}
		const key = keyId === null ? null : await this.keyring.unseal(scope, { keyId, wrapped: wrapped ?? '' });
		return Readable.from(this.#content(row, key, decompressor(row.codec)), { objectMode: false });
	}

	async stat(scope: string, ref: string): Promise<ArchiveEntry | null> {
		const sha256 = hashOf(ref);
		const row = sha256 === null ? null : await this.#row(scope, sha256);
		return row && entryOf(row);
	}

	async reduce(scope: string, ref: string, mode: ArchiveMode): Promise<ArchiveEntry | null> {
		const sha256 = hashOf(ref);
		const row = sha256 === null ? null : await this.#row(scope, sha256);
		if (row === null) return null;
		const target = await this.database.read((db) => neededMode(db, scope, ref, mode));
		if (row.purged_at !== null || row.codec === null || KEEPS[row.mode] <= KEEPS[target]) return entryOf(row);
		const mayLose = async (trx: Trx): Promise<boolean> =>
			KEEPS[await neededMode(trx, scope, ref, mode)] <= KEEPS[target];
		// Of what is kept as a hash nothing has to be read, also not where the key is gone.
		const content = target === 'hash' ? Readable.from([]) : await this.open(scope, ref);
		return entryOf(await rewriteObject(this.database, this.keyring, row, content, target, mayLose));
	}

	purge(scope: string, ref: string): Promise<boolean> {
		const sha256 = hashOf(ref);
		if (sha256 === null) return Promise.resolve(false);
		return this.database.transaction([objectName(scope, sha256)], (trx, now) => purgeObject(trx, now, scope, sha256));
	}

	/** The kept bytes; the last thing it does is to compare their hash. */
	async *#content(row: ObjectRow, key: Buffer | null, decompress: Transform): AsyncGenerator<Buffer> {
		const corrupt = (cause?: unknown): StoreError =>
			problem('ARCHIVE_CORRUPT', row.scope, `sha256:${row.sha256}`, cause);
		const hash = createHash('sha256');
		let size = 0;
		try {
			// Whoever reads the end of it sees the error; the callback only keeps it from being unhandled.
			const parts = pipeline(Readable.from(this.#chunks(row, key)), decompress, () => undefined);
			for await (const part of parts as AsyncIterable<Buffer>) {
				hash.update(part);
				size += part.length;
				// What was stored has no more; compressed bytes that were put in its place might have no end.
				if (size > row.size) throw corrupt();
				yield part;
			}
		} catch (cause) {
			throw cause instanceof PipelineError ? cause : corrupt(cause);
		}
		// The whole content is what its reference says, whatever else the row says.
		if (hash.digest('hex') !== (row.mode === 'full' ? row.sha256 : row.kept_sha256)) throw corrupt();
	}

	/** Chunk by chunk, so that a purge takes effect at the next one. */
	async *#chunks(row: ObjectRow, key: Buffer | null): AsyncGenerator<Buffer> {
		const { scope, sha256, blob_id: blobId } = row;
		const ref = `sha256:${sha256}`;
		for (let seq = 0; blobId !== null && seq < row.chunks; seq++) {
			const chunk = await this.database.read((db) =>
				db
					.selectFrom('archive_chunks')
					.select('data')
					.where('blob_id', '=', blobId)
					.where('seq', '=', seq)
					.executeTakeFirst(),
			);
			if (!chunk) {
				const now = await this.#row(scope, sha256);
				throw problem(now?.blob_id === blobId ? 'ARCHIVE_CORRUPT' : 'ARCHIVE_PURGED', scope, ref);
			}
			const data = asBuffer(chunk.data);
			try {
				yield key ? openChunk(key, blobId, seq, data) : data;
			} catch (cause) {
				throw problem('ARCHIVE_CORRUPT', scope, ref, cause);
			}
		}
	}

	async #row(scope: string, sha256: string): Promise<ObjectRow | null> {
		const row = await this.database.read((db) =>
			db
				.selectFrom('archive_objects')
				.selectAll()
				.where('scope', '=', scope)
				.where('sha256', '=', sha256)
				.executeTakeFirst(),
		);
		return row ?? null;
	}
}

/** Removes the content of an object and keeps its tombstone; the caller holds {@link objectName}. @returns false when there was none */
export async function purgeObject(trx: Trx, now: number, scope: string, sha256: string): Promise<boolean> {
	const row = await trx
		.selectFrom('archive_objects')
		.select('blob_id')
		.where('scope', '=', scope)
		.where('sha256', '=', sha256)
		.where('purged_at', 'is', null)
		.executeTakeFirst();
	if (!row) return false;
	if (row.blob_id !== null) await deleteBlob(trx, row.blob_id);
	await trx
		.updateTable('archive_objects')
		.set({ purged_at: now, blob_id: null, chunks: 0, kept_sha256: null, key_id: null, wrapped_key: null })
		.where('scope', '=', scope)
		.where('sha256', '=', sha256)
		.execute();
	return true;
}

/** The hex of `sha256:<hex>`; null for anything else. */
export function hashOf(ref: string): string | null {
	return /^sha256:([0-9a-f]{64})$/.exec(ref)?.[1] ?? null;
}

function entryOf(row: ObjectRow): ArchiveEntry {
	return {
		ref: `sha256:${row.sha256}`,
		sha256: row.sha256,
		size: row.size,
		mode: row.mode,
		storedAt: row.stored_at,
		purgedAt: row.purged_at,
	};
}

const PROBLEMS = {
	ARCHIVE_NOT_FOUND: ['is not in the archive of this scope', 'Check the reference and the scope.'],
	ARCHIVE_PURGED: [
		'was purged',
		'Its hash and size are still known; fetch the message from its source if it is still there.',
	],
	ARCHIVE_CONTENT_NOT_KEPT: [
		'was stored without its content',
		'Set the archive mode of the pipeline to keep the full message, for messages to come.',
	],
	ARCHIVE_NOT_ENCRYPTED: [
		'is not encrypted, although the store has an encryption key',
		'Encrypt what was stored before the key was set with `store.maintenance.rewrapKeys()` (operations, Rotating the encryption key).',
	],
	ARCHIVE_CORRUPT: [
		'is damaged: its bytes are not those that were stored',
		'Restore the store from a backup, or fetch the message from its source again.',
	],
} as const;

function problem(code: keyof typeof PROBLEMS, scope: string, ref: string, cause?: unknown): StoreError {
	const [what, hint] = PROBLEMS[code];
	return new StoreError(`The raw message ${ref} ${what}.`, { code, hint, record: { scope, ref }, cause });
}
