import { purgeObject } from '../archive/archive';
import { deleteBlob } from '../archive/write';
import type { Database } from '../database';
import type { Trx } from '../dialect';
import { forgetIdentities } from '../identities';
import type { Millis, PurgeReport, Retention, SendState } from '../store';
import { deleteThreads } from '../threads/threads';

/** An upload that has not ended after this is not going to, in ms. */
const UPLOAD_GIVEN_UP = 24 * 3_600_000;
/** Sends that something may still happen to by our own doing. */
const PENDING: readonly SendState[] = ['reserved', 'leased', 'transmitting', 'deferred', 'in_doubt', 'needs_review'];

/** Removes one batch. @returns how many */
type Step = (trx: Trx, now: Millis, batch: number) => Promise<number>;

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
	let expired = 0;
	for (const step of [replayKeys, suppressions, quotaHits, limitSlots, pauses, uploads]) expired += await drain(step);
	expired += await aged('ingestion', endpointCounts);
	expired += await aged('identities', identities);
	return {
		ingestion: await aged('ingestion', ingestion),
		deadLetters: await aged('deadLetters', deadLetters),
		sends: await aged('sends', sends),
		threads: await aged('threads', threads),
		archive: await aged('archive', archive),
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
			.where('stage', 'in', ['confirmed', 'dead'])
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
			.where('state', '!=', 'waiting')
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
const sends = (before: Millis): Step => {
	return async (trx, _now, batch) => {
		const groups = await trx
			.selectFrom('send_groups')
			.select(['id', 'scope'])
			.where('created_at', '<', before)
			.where((e) =>
				e.not(
					e.exists(
						e
							.selectFrom('sends')
							.select('sends.id')
							.whereRef('sends.group_id', '=', 'send_groups.id')
							.where((s) => s.or([s('updated_at', '>=', before), s('state', 'in', PENDING)])),
					),
				),
			)
			.limit(batch)
			.execute();
		for (const { id, scope } of groups) {
			const gone = await trx.deleteFrom('sends').where('group_id', '=', id).returning('id').execute();
			const ids = gone.map((send) => send.id);
			if (ids.length > 0) await trx.deleteFrom('send_events').where('send_id', 'in', ids).execute();
			await forgetSubjects(trx, scope, 'send', ids);
			await trx.deleteFrom('send_tags').where('group_id', '=', id).execute();
			await trx.deleteFrom('send_groups').where('id', '=', id).execute();
		}
		return groups.length;
	};
};

const threads = (before: Millis): Step => {
	return async (trx, _now, batch) => {
		const rows = await trx
			.selectFrom('threads')
			.select('id')
			.where('merged_into', 'is', null)
			// A thread that was only reserved has no message.
			.where((e) => e.or([e('last_at', '<', before), e('last_at', 'is', null)]))
			.where('created_at', '<', before)
			.limit(batch)
			.execute();
		await deleteThreads(
			trx,
			rows.map(({ id }) => id),
		);
		return rows.length;
	};
};

/** Never what a message under way or a waiting dead letter still needs. */
const archive = (before: Millis): Step => {
	return async (trx, now, batch) => {
		const rows = await trx
			.selectFrom('archive_objects')
			.select(['scope', 'sha256'])
			.where('stored_at', '<', before)
			.where('purged_at', 'is', null)
			.where((e) => {
				const ref = e(e.val('sha256:'), '||', e.ref('archive_objects.sha256'));
				const underWay = e
					.selectFrom('ingestion')
					.select('ingestion.id')
					.whereRef('ingestion.scope', '=', 'archive_objects.scope')
					.where('ingestion.raw_ref', '=', ref)
					.where('ingestion.stage', 'not in', ['confirmed', 'dead']);
				const waiting = e
					.selectFrom('dead_letters')
					.select('dead_letters.id')
					.whereRef('dead_letters.scope', '=', 'archive_objects.scope')
					.where('dead_letters.raw_ref', '=', ref)
					.where('dead_letters.state', '=', 'waiting');
				return e.and([e.not(e.exists(underWay)), e.not(e.exists(waiting))]);
			})
			.limit(batch)
			.execute();
		for (const { scope, sha256 } of rows) await purgeObject(trx, now, scope, sha256);
		return rows.length;
	};
};

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
