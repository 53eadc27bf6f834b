import { randomBytes } from 'node:crypto';
import { Readable, pipeline } from 'node:stream';
import { StoreError } from '../../errors';
import type { Database } from '../database';
import type { Trx } from '../dialect';
import type { Keyring } from '../keyring';
import type { ArchiveMode } from '../store';
import type { Tables } from '../tables';
import { chunked, sealChunk } from './chunks';
import { compressed, compressor, preferredCodec } from './codec';
import { Measure, type Measured } from './measure';

type ObjectRow = Tables['archive_objects'];
type Storing = Pick<ObjectRow, 'mode' | 'codec' | 'key_id' | 'wrapped_key'>;

/** How much each mode keeps; more replaces less. */
export const KEEPS: Record<ArchiveMode, number> = { hash: 0, headers: 1, full: 2 };

/**
 * Streams a message into rows of its own and files them under its hash at the very end, in one transaction: until then
 * nobody sees it, and what a crash leaves behind belongs to an upload that maintenance clears away.
 */
export async function writeObject(
	database: Database,
	keyring: Keyring,
	scope: string,
	content: AsyncIterable<Buffer | Uint8Array | string>,
	mode: ArchiveMode,
): Promise<ObjectRow> {
	const upload = new Upload(database);
	try {
		const { measured, how } = await fill(upload, keyring, scope, content, mode);
		return await upload.file(scope, measured, how);
	} catch (error) {
		await upload.abandon();
		throw error;
	}
}

/**
 * Puts the part of an archived message that `mode` keeps in the place of what is there, unless somebody changed the
 * object meanwhile or `mayLose` says no.
 *
 * @returns the object as it is then
 */
export async function rewriteObject(
	database: Database,
	keyring: Keyring,
	before: ObjectRow,
	content: AsyncIterable<Buffer>,
	mode: ArchiveMode,
	mayLose: (trx: Trx) => Promise<boolean>,
): Promise<ObjectRow> {
	const upload = new Upload(database);
	try {
		const { measured, how } = await fill(upload, keyring, before.scope, content, mode);
		return await upload.replace(before, measured.keptSha256, how, mayLose);
	} catch (error) {
		await upload.abandon();
		throw error;
	}
}

async function fill(
	upload: Upload,
	keyring: Keyring,
	scope: string,
	content: AsyncIterable<Buffer | Uint8Array | string>,
	mode: ArchiveMode,
): Promise<{ measured: Measured; how: Storing }> {
	const sealed = mode === 'hash' ? null : await keyring.seal(scope);
	const measure = new Measure(mode);
	const kept = measure.pass(content);
	if (mode === 'hash') {
		while ((await kept.next()).done !== true);
	} else {
		// Whoever reads the end of it sees the error; the callback only keeps it from being unhandled.
		const compressed: AsyncIterable<Buffer> = pipeline(
			Readable.from(kept),
			compressor(preferredCodec),
			() => undefined,
		);
		for await (const chunk of chunked(compressed)) await upload.add(chunk, sealed?.key ?? null);
	}
	const how: Storing = {
		mode,
		codec: mode === 'hash' ? null : preferredCodec,
		key_id: sealed?.stored.keyId ?? null,
		wrapped_key: sealed?.stored.wrapped ?? null,
	};
	return { measured: measure.result(), how };
}

/** {@link writeObject} of content that is in memory and fits into one chunk, whole and hashed already. */
export async function writeSmallObject(
	database: Database,
	keyring: Keyring,
	scope: string,
	content: Buffer,
	sha256: string,
): Promise<Tables['archive_objects']> {
	const sealed = await keyring.seal(scope);
	const upload = new Upload(database);
	await upload.add(compressed(preferredCodec, content), sealed?.key ?? null);
	return await upload.file(
		scope,
		{ sha256, size: content.length, keptSha256: sha256 },
		{
			mode: 'full',
			codec: preferredCodec,
			key_id: sealed?.stored.keyId ?? null,
			wrapped_key: sealed?.stored.wrapped ?? null,
		},
	);
}

/** The rows of one message on their way in. The last chunk waits for the final transaction, so most need only that. */
class Upload {
	readonly #blobId = randomBytes(16).toString('hex');
	#seq = 0;
	#waiting: Buffer | null = null;
	#begun = false;

	constructor(private readonly database: Database) {}

	async add(chunk: Buffer, key: Buffer | null): Promise<void> {
		const seq = this.#seq++;
		const ready = this.#waiting;
		this.#waiting = key ? sealChunk(key, this.#blobId, seq, chunk) : chunk;
		if (ready === null) return;
		await this.database.transaction([], async (trx, now) => {
			if (!this.#begun) {
				await trx
					.insertInto('archive_uploads')
					.values({ blob_id: this.#blobId, started_at: now })
					.onConflict((conflict) => conflict.doNothing())
					.execute();
			}
			await insertChunk(trx, this.#blobId, seq - 1, ready);
		});
		this.#begun = true;
	}

	file(scope: string, { sha256, size, keptSha256 }: Measured, how: Storing): Promise<ObjectRow> {
		return this.database.transaction([objectName(scope, sha256)], async (trx, now) => {
			if (this.#begun) await this.#finish(trx);
			const before = await trx
				.selectFrom('archive_objects')
				.selectAll()
				.where('scope', '=', scope)
				.where('sha256', '=', sha256)
				.executeTakeFirst();
			if (before && before.purged_at === null && KEEPS[before.mode] >= KEEPS[how.mode]) {
				await deleteBlob(trx, this.#blobId);
				return before;
			}
			if (before?.blob_id) await deleteBlob(trx, before.blob_id);
			if (this.#waiting) await insertChunk(trx, this.#blobId, this.#seq - 1, this.#waiting);
			const values = {
				...how,
				size,
				blob_id: this.#seq > 0 ? this.#blobId : null,
				chunks: this.#seq,
				kept_sha256: keptSha256,
				stored_at: now,
				purged_at: null,
			};
			return trx
				.insertInto('archive_objects')
				.values({ scope, sha256, ...values })
				.onConflict((conflict) => conflict.columns(['scope', 'sha256']).doUpdateSet(values))
				.returningAll()
				.executeTakeFirstOrThrow();
		});
	}

	replace(
		before: ObjectRow,
		keptSha256: string,
		how: Storing,
		mayLose: (trx: Trx) => Promise<boolean>,
	): Promise<ObjectRow> {
		const { scope, sha256 } = before;
		return this.database.transaction([objectName(scope, sha256)], async (trx) => {
			if (this.#begun) await this.#finish(trx);
			const now = await trx
				.selectFrom('archive_objects')
				.selectAll()
				.where('scope', '=', scope)
				.where('sha256', '=', sha256)
				.executeTakeFirstOrThrow();
			if (now.blob_id !== before.blob_id || now.purged_at !== null || !(await mayLose(trx))) {
				await deleteBlob(trx, this.#blobId);
				return now;
			}
			if (now.blob_id !== null) await deleteBlob(trx, now.blob_id);
			if (this.#waiting) await insertChunk(trx, this.#blobId, this.#seq - 1, this.#waiting);
			return trx
				.updateTable('archive_objects')
				.set({ ...how, blob_id: this.#seq > 0 ? this.#blobId : null, chunks: this.#seq, kept_sha256: keptSha256 })
				.where('scope', '=', scope)
				.where('sha256', '=', sha256)
				.returningAll()
				.executeTakeFirstOrThrow();
		});
	}

	/** Best effort: when the database is away, maintenance does it later. */
	async abandon(): Promise<void> {
		if (!this.#begun) return;
		await this.database
			.transaction([], async (trx) => {
				await deleteBlob(trx, this.#blobId);
				await trx.deleteFrom('archive_uploads').where('blob_id', '=', this.#blobId).execute();
			})
			.catch(() => undefined);
	}

	async #finish(trx: Trx): Promise<void> {
		const upload = await trx
			.deleteFrom('archive_uploads')
			.where('blob_id', '=', this.#blobId)
			.returning('blob_id')
			.executeTakeFirst();
		if (upload) return;
		throw new StoreError('The message took so long to arrive that its upload was given up.', {
			code: 'ARCHIVE_UPLOAD_LOST',
			hint: 'Store the message again.',
			retryable: true,
		});
	}
}

function insertChunk(trx: Trx, blobId: string, seq: number, data: Buffer): Promise<unknown> {
	return trx.insertInto('archive_chunks').values({ blob_id: blobId, seq, data }).execute();
}

/** The lock under which an object is written, reduced and purged. */
export function objectName(scope: string, sha256: string): string {
	return `archive:${scope}:${sha256}`;
}

export function deleteBlob(trx: Trx, blobId: string): Promise<unknown> {
	return trx.deleteFrom('archive_chunks').where('blob_id', '=', blobId).execute();
}
