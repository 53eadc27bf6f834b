import { type Expression, type ExpressionBuilder, type ReferenceExpression, type SqlBool, sql } from 'kysely';
import { purgeObject } from '../archive/archive';
import { deleteBlob, objectName } from '../archive/write';
import type { Database } from '../database';
import type { Db, Trx } from '../dialect';
import { forgetIdentities } from '../identities';
import { PENDING } from '../sendStates';
import { dropContent, releaseEnded } from '../sends/content';
import type { Millis, PurgeReport, Retention } from '../store';
import type { Tables } from '../tables';
import { threadName } from '../threads/assign';
import { deleteThreads } from '../threads/threads';

/** An upload that has not ended after this is not going to, in ms. */
const UPLOAD_GIVEN_UP = 24 * 3_600_000;

/** Removes one batch. @returns how many */
type Step = (trx: Trx, now: Millis, batch: number) => Promise<number>;

/** What may be over: found in the order of an index, looked at again alone, under the locks of those who write it. */
interface Candidates<Row> {
	find: (db: Db, before: Millis, after: Row | null, limit: number) => Promise<Row[]>;
	locks: (row: Row) => string[];
	/** @returns false when it is needed after all */
	remove: (trx: Trx, now: Millis, before: Millis, row: Row) => Promise<boolean>;
}

export async function purge(database: Database, retention: Retention, batch: number): Promise<PurgeReport> {
	const drain = async (step: Step): Promise<number> => {
		for (let total = 0; ;) {
			const count = await database.transaction([], (trx, now) => step(trx, now, batch));
			total += count;
			if (count < batch) return total;
			// Others get their turn between two batches.
			await new Promise((resolve) => setImmediate(resolve));
		}
	};
	const aged = (kind: keyof Retention, step: (before: Millis) => Step): Promise<number> => {
		const keep = retention[kind];
		if (keep === undefined) return Promise.resolve(0);
		return drain((trx, now, size) => step(now - keep)(trx, now, size));
	};
	const one = async <Row>(kind: keyof Retention, { find, locks, remove }: Candidates<Row>): Promise<number> => {
		const keep = retention[kind];
		if (keep === undefined) return 0;
		let removed = 0;
		const before = (await database.transaction([], (_trx, now) => Promise.resolve(now))) - keep;
		for (let after: Row | null = null; ;) {
			const last: Row | null = after;
			const rows: Row[] = await database.read((db) => find(db, before, last, batch));
			for (const row of rows) {
				if (await database.transaction(locks(row), (trx, now) => remove(trx, now, before, row))) removed++;
			}
			after = rows.at(-1) ?? null;
			if (after === null) return removed;
		}
	};
	let expired = 0;
	for (const step of [replayKeys, suppressions, quotaHits, limitSlots, pauses, uploads]) expired += await drain(step);
	expired += await releaseEnded(database, batch);
	expired += await aged('ingestion', endpointCounts);
	expired += await aged('identities', identities);
	return {
		ingestion: await aged('ingestion', ingestion),
		deadLetters: await aged('deadLetters', deadLetters),
		sends: await one('sends', sends),
		threads: await one('threads', threads),
		archive: await one('archive', archive),
		expired,
	};
}

const replayKeys: Step = async (trx, now, batch) => {
	const rows = await trx
		.selectFrom('replay_keys')
		.select(['scope', 'key', 'fence'])
		.where('expires_at', '<=', now)
		.limit(batch)
		.execute();
	for (const { scope, key, fence } of rows) {
		// Unless it was taken anew meanwhile.
		await trx
			.deleteFrom('replay_keys')
			.where('scope', '=', scope)
			.where('key', '=', key)
			.where('fence', '=', fence)
			.where('expires_at', '<=', now)
			.execute();
	}
	return rows.length;
};

const suppressions: Step = async (trx, now, batch) => {
	const due = trx.selectFrom('suppressions').select('id').where('expires_at', '<=', now).limit(batch);
	const gone = await trx
		.deleteFrom('suppressions')
		.where('id', 'in', due)
		.where('expires_at', '<=', now)
		.returning('id')
		.execute();
	return gone.length;
};

const quotaHits: Step = async (trx, now, batch) => {
	const due = trx.selectFrom('quota_hits').select('id').where('until', '<=', now).limit(batch);
	return (await trx.deleteFrom('quota_hits').where('id', 'in', due).returning('id').execute()).length;
};

const limitSlots: Step = async (trx, now, batch) => {
	const due = trx.selectFrom('limit_slots').select('id').where('until', '<=', now).limit(batch);
	return (await trx.deleteFrom('limit_slots').where('id', 'in', due).returning('id').execute()).length;
};

/** They are few: one batch is all. */
const pauses: Step = async (trx, now) => {
	await trx.deleteFrom('pauses').where('until', '<=', now).execute();
	return 0;
};

const uploads: Step = async (trx, now, batch) => {
	const due = trx
		.selectFrom('archive_uploads')
		.select('blob_id')
		.where('started_at', '<=', now - UPLOAD_GIVEN_UP)
		.limit(batch);
	const gone = await trx.deleteFrom('archive_uploads').where('blob_id', 'in', due).returning('blob_id').execute();
	for (const { blob_id } of gone) await deleteBlob(trx, blob_id);
	return gone.length;
};

const ingestion = (before: Millis): Step => {
	return async (trx, _now, batch) => {
		const due = trx
			.selectFrom('ingestion')
			.select('id')
			.where('updated_at', '<', before)
			// As literals, so that the index of what is over serves it.
			.where(sql<SqlBool>`stage in ('confirmed', 'dead')`)
			.limit(batch);
		const gone = await trx
			.deleteFrom('ingestion')
			.where('id', 'in', due)
			.where('stage', 'in', ['confirmed', 'dead'])
			.returning(['scope', 'key'])
			.execute();
		for (const { scope, key } of gone) await forgetSubjects(trx, scope, 'ingestion', [key]);
		return gone.length;
	};
};

const identities = (before: Millis): Step => {
	return (trx, _now, batch) => forgetIdentities(trx, before, batch);
};

const endpointCounts = (before: Millis): Step => {
	return async (trx, _now, batch) => {
		const rows = await trx
			.selectFrom('endpoint_counts')
			.select(['scope', 'endpoint', 'outcome', 'hour'])
			.where('hour', '<', before)
			.limit(batch)
			.execute();
		for (const { scope, endpoint, outcome, hour } of rows) {
			await trx
				.deleteFrom('endpoint_counts')
				.where('scope', '=', scope)
				.where('endpoint', '=', endpoint)
				.where('outcome', '=', outcome)
				.where('hour', '=', hour)
				.execute();
		}
		return rows.length;
	};
};

const deadLetters = (before: Millis): Step => {
	return async (trx, _now, batch) => {
		const due = trx
			.selectFrom('dead_letters')
			.select('id')
			.where('updated_at', '<', before)
			.where(sql<SqlBool>`state <> 'waiting'`)
			.limit(batch);
		const gone = await trx
			.deleteFrom('dead_letters')
			.where('id', 'in', due)
			.where('state', '!=', 'waiting')
			.returning(['scope', 'id'])
			.execute();
		for (const { scope, id } of gone) await forgetSubjects(trx, scope, 'dead_letter', [id]);
		return gone.length;
	};
};

/** A group goes as a whole, once every recipient's send has been over for long enough. */
const sends: Candidates<{ id: string; scope: string; created_at: Millis }> = {
	find: (db, before, after, limit) =>
		db
			.selectFrom('send_groups')
			.select(['id', 'scope', 'created_at'])
			.where('created_at', '<', before)
			.$if(after !== null, (query) =>
				query.where((e) => follows(e, ['created_at', 'id'], [after?.created_at, after?.id])),
			)
			.orderBy('created_at')
			.orderBy('id')
			.limit(limit)
			.execute(),
	locks: ({ id }) => [`send:${id}`],
	remove: async (trx, _now, before, { id, scope }) => {
		const live = await trx
			.selectFrom('sends')
			.select('id')
			.where('group_id', '=', id)
			.where((e) => e.or([e('updated_at', '>=', before), e('state', 'in', PENDING)]))
			.limit(1)
			.executeTakeFirst();
		if (live) return false;
		const gone = await trx.deleteFrom('sends').where('group_id', '=', id).returning('id').execute();
		const ids = gone.map((send) => send.id);
		if (ids.length > 0) await trx.deleteFrom('send_events').where('send_id', 'in', ids).execute();
		await forgetSubjects(trx, scope, 'send', ids);
		await trx.deleteFrom('send_tags').where('group_id', '=', id).execute();
		const removed = await trx.deleteFrom('send_groups').where('id', '=', id).returning('content_ref').execute();
		for (const { content_ref: ref } of removed) await dropContent(trx, scope, ref);
		return removed.length > 0;
	},
};

/** When it ended: with its last message, but not before it was made here. A thread only reserved has no message. */
const THREAD_END = sql<Millis>`(case when last_at > created_at then last_at else created_at end)`;

/** As `ThreadStore.forget`, under the lock of those who file something in it. */
const threads: Candidates<{ id: string; ended: Millis }> = {
	find: (db, before, after, limit) =>
		db
			.selectFrom('threads')
			.select(['id', THREAD_END.as('ended')])
			.where('merged_into', 'is', null)
			.where(THREAD_END, '<', before)
			.$if(after !== null, (query) => query.where((e) => follows(e, [THREAD_END, 'id'], [after?.ended, after?.id])))
			.orderBy(THREAD_END)
			.orderBy('id')
			.limit(limit)
			.execute(),
	locks: ({ id }) => [threadName(id)],
	remove: async (trx, _now, before, { id }) => {
		const still = await trx
			.selectFrom('threads')
			.select('id')
			.where('id', '=', id)
			.where('merged_into', 'is', null)
			.where(THREAD_END, '<', before)
			.executeTakeFirst();
		if (!still) return false;
		await deleteThreads(trx, [id]);
		return true;
	},
};

/** Never what a message under way, a waiting dead letter or a send that is not over still needs. */
const archive: Candidates<{ scope: string; sha256: string; stored_at: Millis }> = {
	find: (db, before, after, limit) =>
		db
			.selectFrom('archive_objects')
			.select(['scope', 'sha256', 'stored_at'])
			.where('purged_at', 'is', null)
			.where('stored_at', '<', before)
			.$if(after !== null, (query) =>
				query.where((e) =>
					follows(e, ['stored_at', 'scope', 'sha256'], [after?.stored_at, after?.scope, after?.sha256]),
				),
			)
			.orderBy('stored_at')
			.orderBy('scope')
			.orderBy('sha256')
			.limit(limit)
			.execute(),
	locks: ({ scope, sha256 }) => [objectName(scope, sha256)],
	remove: async (trx, now, before, { scope, sha256 }) => {
		const still = await trx
			.selectFrom('archive_objects')
			.select('sha256')
			.where('scope', '=', scope)
			.where('sha256', '=', sha256)
			.where('stored_at', '<', before)
			.executeTakeFirst();
		if (!still || (await isUnderWay(trx, scope, `sha256:${sha256}`))) return false;
		return purgeObject(trx, now, scope, sha256);
	},
};

async function isUnderWay(trx: Trx, scope: string, ref: string): Promise<boolean> {
	const record = await trx
		.selectFrom('ingestion')
		.select('id')
		.where('scope', '=', scope)
		.where('raw_ref', '=', ref)
		.where('stage', 'not in', ['confirmed', 'dead'])
		.limit(1)
		.executeTakeFirst();
	if (record) return true;
	const letter = await trx
		.selectFrom('dead_letters')
		.select('id')
		.where('scope', '=', scope)
		.where('raw_ref', '=', ref)
		.where('state', '=', 'waiting')
		.limit(1)
		.executeTakeFirst();
	if (letter) return true;
	const send = await trx
		.selectFrom('send_groups')
		.select('id')
		.where('content_ref', '=', ref)
		.where('scope', '=', scope)
		.executeTakeFirst();
	return send !== undefined;
}

/** What comes after a row in the order of these columns; the first condition is what the index serves. */
function follows<Table extends keyof Tables>(
	e: ExpressionBuilder<Tables, Table>,
	columns: ReadonlyArray<ReferenceExpression<Tables, Table>>,
	values: readonly unknown[],
): Expression<SqlBool> {
	const [first] = columns;
	const later = columns.map((column, place) =>
		e.and([
			...columns.slice(0, place).map((equal, index) => e(equal, '=', values[index] as never)),
			e(column, '>', values[place] as never),
		]),
	);
	return first === undefined ? e.lit(false) : e.and([e(first, '>=', values[0] as never), e.or(later)]);
}

export async function forgetSubjects(
	trx: Trx,
	scope: string,
	kind: 'ingestion' | 'dead_letter' | 'send',
	refs: readonly string[],
): Promise<void> {
	if (refs.length === 0) return;
	await trx
		.deleteFrom('subjects')
		.where('scope', '=', scope)
		.where('kind', '=', kind)
		.where('ref', 'in', refs)
		.execute();
}
