import { deleteBlob, objectName } from '../archive/write';
import type { Database } from '../database';
import { scopeSecretNames } from '../keyring';

/** Every table with a scope, and a column that tells its rows apart well enough to remove them in batches. */
const TABLES = [
	['ingestion', 'id'],
	['replay_keys', 'key'],
	['endpoint_counts', 'endpoint'],
	['thread_keys', 'key'],
	['thread_records', 'id'],
	['thread_participants', 'thread_id'],
	['thread_kin', 'key'],
	['threads', 'id'],
	['send_events', 'id'],
	['sends', 'id'],
	['send_tags', 'group_id'],
	['send_groups', 'id'],
	['suppressions', 'id'],
	['token_buckets', 'bucket'],
	['quota_hits', 'id'],
	['breakers', 'breaker'],
	['limit_slots', 'id'],
	['pauses', 'name'],
	['dead_letters', 'id'],
	['subjects', 'ref'],
	['mailbox_cursors', 'mailbox'],
	['mailbox_statuses', 'mailbox'],
	['mailbox_windows', 'mailbox'],
	['mail_identities', 'identity'],
] as const;

/** @returns records removed */
export async function eraseScope(database: Database, scope: string, batch: number): Promise<number> {
	// From here on nobody can read the scope's encrypted content, wherever a copy of it lies.
	await database.write((db) => db.deleteFrom('scope_keys').where('scope', '=', scope).execute());
	await database.write((db) => db.deleteFrom('settings').where('name', 'in', scopeSecretNames(scope)).execute());
	let removed = await eraseArchive(database, scope, batch);
	for (const [table, column] of TABLES) {
		for (;;) {
			const gone = await database.write((db) => {
				// All of these tables have `scope` and the column named beside them; one stands for the others' types.
				const name = table as 'ingestion';
				const id = column as 'id';
				// Events have no index by scope: their sends, which go after them, find them.
				if (table === 'send_events') {
					const events = db
						.selectFrom('sends')
						.innerJoin('send_events', 'send_events.send_id', 'sends.id')
						.select('send_events.id')
						.where('sends.scope', '=', scope)
						.limit(batch);
					return db.deleteFrom('send_events').where('id', 'in', events).returning('id').execute();
				}
				const some = db.selectFrom(name).select(id).where('scope', '=', scope).limit(batch);
				return db.deleteFrom(name).where('scope', '=', scope).where(id, 'in', some).returning(id).execute();
			});
			removed += gone.length;
			if (gone.length === 0) break;
		}
	}
	return removed;
}

async function eraseArchive(database: Database, scope: string, batch: number): Promise<number> {
	for (let removed = 0; ;) {
		const some = await database.read((db) =>
			db.selectFrom('archive_objects').select('sha256').where('scope', '=', scope).limit(batch).execute(),
		);
		if (some.length === 0) return removed;
		for (const { sha256 } of some) {
			removed += await database.transaction([objectName(scope, sha256)], async (trx) => {
				const gone = await trx
					.deleteFrom('archive_objects')
					.where('scope', '=', scope)
					.where('sha256', '=', sha256)
					.returning('blob_id')
					.execute();
				for (const { blob_id } of gone) if (blob_id !== null) await deleteBlob(trx, blob_id);
				return gone.length;
			});
		}
	}
}
