import { hashOf, purgeObject } from '../archive/archive';
import { objectName } from '../archive/write';
import type { Database } from '../database';
import { letterName } from '../deadLetters';
import type { Db, Dialect, Trx } from '../dialect';
import type { AddressHasher } from '../keyring';
import { ERASED, moveSends } from '../sends/move';
import { statesBefore } from '../sendStates';
import type { DeadLetter, ErasureReport, IngestionStage, Millis } from '../store';
import { storedKey } from '../storedText';
import { type Subject, foldAddress } from '../subjects';
import { threadName } from '../threads/assign';
import type { RecordMetadata } from '../threads/rows';
import { deleteThreads } from '../threads/threads';

/** Threads read in one statement. */
const THREADS_AT_ONCE = 500;

type Erase = (
	trx: Trx,
	now: Millis,
	subject: Subject,
	dialect: Dialect,
) => Promise<{ changed: boolean; rawRef: string | null }>;

/**
 * Record by record, each in its own transaction, so that a crash leaves some for the next call and nobody waits long.
 * Keys stay, because they keep things from happening twice; what a record says of the person goes.
 */
export async function eraseAddress(
	database: Database,
	hash: AddressHasher,
	scope: string,
	address: string,
): Promise<ErasureReport> {
	const report = { archive: 0, ingestion: 0, threads: 0, sends: 0, suppressions: 0, deadLetters: 0 };
	const addressHash = await hash.one(scope, address);
	const subjects = await database.read((db) =>
		db.selectFrom('subjects').selectAll().where('scope', '=', scope).where('address_hash', '=', addressHash).execute(),
	);
	for (const subject of subjects) {
		const { erase, counter, locks } = KINDS[subject.kind];
		const names = await database.read((db) => locks(db, subject));
		const { changed, purged } = await database.transaction(names, async (trx, now) => {
			const erased = await erase(trx, now, subject, database.dialect);
			const sha256 = erased.rawRef === null ? null : hashOf(erased.rawRef);
			const gone = sha256 !== null && (await purgeObject(trx, now, scope, sha256));
			await trx
				.deleteFrom('subjects')
				.where('scope', '=', scope)
				.where('address_hash', '=', addressHash)
				.where('kind', '=', subject.kind)
				.where('ref', '=', subject.ref)
				.execute();
			return { changed: erased.changed, purged: gone };
		});
		if (changed) report[counter]++;
		if (purged) report.archive++;
	}
	report.threads = await eraseParticipant(database, scope, storedKey(foldAddress(address)));
	report.suppressions = await database.write(async (db) => {
		const rows = await db
			.updateTable('suppressions')
			.set({ address: '' })
			.where('scope', '=', scope)
			.where('address_hash', '=', addressHash)
			.where('address', '!=', '')
			.returning('id')
			.execute();
		return rows.length;
	});
	return report;
}

/** Who writes a record of this kind holds these names; what they are made of never changes. */
type Locks = (db: Db, subject: Subject) => Promise<string[]>;

const KINDS: Record<Subject['kind'], { erase: Erase; locks: Locks; counter: 'ingestion' | 'deadLetters' | 'sends' }> = {
	ingestion: {
		locks: async (db, { scope, ref }) => {
			const row = await db
				.selectFrom('ingestion')
				.select('raw_ref')
				.where('scope', '=', scope)
				.where('key', '=', ref)
				.executeTakeFirst();
			return contentNames(scope, row?.raw_ref ?? null);
		},
		counter: 'ingestion',
		erase: async (trx, now, { scope, ref }) => {
			const row = await trx
				.updateTable('ingestion')
				.set((e) => ({
					metadata: '{}',
					error: 'erased',
					// Its raw message goes too, so there is nothing left to process.
					stage: e
						.case()
						.when('stage', '=', 'confirmed')
						.then(e.val<IngestionStage>('confirmed'))
						.else(e.val<IngestionStage>('dead'))
						.end(),
					updated_at: now,
				}))
				.where('scope', '=', scope)
				.where('key', '=', ref)
				.returning('raw_ref')
				.executeTakeFirst();
			return { changed: row !== undefined, rawRef: row?.raw_ref ?? null };
		},
	},
	dead_letter: {
		locks: async (db, { scope, ref }) => {
			const row = await db
				.selectFrom('dead_letters')
				.select(['key', 'raw_ref'])
				.where('scope', '=', scope)
				.where('id', '=', ref)
				.executeTakeFirst();
			return row ? [letterName(scope, row.key), ...contentNames(scope, row.raw_ref)] : [];
		},
		counter: 'deadLetters',
		erase: async (trx, now, { scope, ref }) => {
			const row = await trx
				.updateTable('dead_letters')
				.set((e) => ({
					item: '{}',
					message: 'erased',
					state: e
						.case()
						.when('state', '=', 'waiting')
						.then(e.val<DeadLetter['state']>('discarded'))
						.else(e.ref('state'))
						.end(),
					updated_at: now,
				}))
				.where('scope', '=', scope)
				.where('id', '=', ref)
				.returning('raw_ref')
				.executeTakeFirst();
			return { changed: row !== undefined, rawRef: row?.raw_ref ?? null };
		},
	},
	send: {
		locks: async (db, { ref }) => {
			const row = await db.selectFrom('sends').select('group_id').where('id', '=', ref).executeTakeFirst();
			return row ? [`send:${row.group_id}`] : [];
		},
		counter: 'sends',
		erase: async (trx, now, { ref, address_hash }, dialect) => {
			const detail = { why: 'address erased' };
			// What is in doubt is not decided by it; that it is never sent again is (sends/move.ts).
			for (const from of statesBefore('canceled', 'outside')) {
				await moveSends(dialect, trx, [ref], from, { to: 'canceled', now, detail });
			}
			const row = await trx
				.updateTable('sends')
				.set({ recipient: `${ERASED}${address_hash.slice(0, 32)}`, response: null, updated_at: now })
				.where('id', '=', ref)
				.returning('group_id')
				.executeTakeFirst();
			if (!row) return { changed: false, rawRef: null };
			await trx.updateTable('send_events').set({ detail: '{}' }).where('send_id', '=', ref).execute();
			const group = await trx
				.selectFrom('send_groups')
				.select('content_ref')
				.where('id', '=', row.group_id)
				.executeTakeFirst();
			await trx.updateTable('send_groups').set({ content_ref: null }).where('id', '=', row.group_id).execute();
			const others = await trx
				.selectFrom('sends')
				.select('id')
				.where('group_id', '=', row.group_id)
				.where('recipient', 'not like', `${ERASED}%`)
				.limit(1)
				.execute();
			if (others.length === 0) {
				const nothing = { fixed: '{}', metadata: '{}', tags: '[]', correlation_id: null };
				await trx.updateTable('send_groups').set(nothing).where('id', '=', row.group_id).execute();
				await trx.deleteFrom('send_tags').where('group_id', '=', row.group_id).execute();
			}
			// The kept content names everybody; who else waits for it is sent what the next run brings.
			return { changed: true, rawRef: group?.content_ref ?? null };
		},
	},
};

function contentNames(scope: string, rawRef: string | null): string[] {
	const sha256 = rawRef === null ? null : hashOf(rawRef);
	return sha256 === null ? [] : [objectName(scope, sha256)];
}

/** A thread that then names nobody any more is removed. Threads that are joined meanwhile are looked at again. */
async function eraseParticipant(database: Database, scope: string, participant: string): Promise<number> {
	const erased = new Set<string>();
	for (;;) {
		const threads = await database.read((db) =>
			db
				.selectFrom('thread_participants')
				.select('thread_id')
				.where('scope', '=', scope)
				.where('participant', '=', participant)
				.limit(THREADS_AT_ONCE)
				.execute(),
		);
		if (threads.length === 0) return erased.size;
		for (const { thread_id: threadId } of threads) {
			await database.transaction([threadName(threadId)], (trx) => eraseFromThread(trx, scope, threadId, participant));
			erased.add(threadId);
		}
	}
}

async function eraseFromThread(trx: Trx, scope: string, threadId: string, participant: string): Promise<void> {
	const records = await trx
		.selectFrom('thread_records')
		.select(['id', 'key', 'participants', 'metadata'])
		.where('thread_id', '=', threadId)
		.execute();
	for (const { id, key, participants, metadata } of records) {
		const names = JSON.parse(participants) as string[];
		if (!names.includes(participant)) continue;
		await trx.deleteFrom('thread_kin').where('scope', '=', scope).where('key', '=', key).execute();
		const rest = JSON.stringify(names.filter((name) => name !== participant));
		const { standing, groups } = JSON.parse(metadata) as RecordMetadata;
		const kept = JSON.stringify({ standing, groups });
		await trx.updateTable('thread_records').set({ participants: rest, metadata: kept }).where('id', '=', id).execute();
	}
	await trx
		.deleteFrom('thread_participants')
		.where('thread_id', '=', threadId)
		.where('participant', '=', participant)
		.execute();
	const left = await trx
		.selectFrom('thread_participants')
		.select('participant')
		.where('thread_id', '=', threadId)
		.where('participant', 'not like', 'list:%')
		.limit(1)
		.execute();
	if (left.length === 0) await deleteThreads(trx, [threadId]);
}
