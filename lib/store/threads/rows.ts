import type { Selectable } from 'kysely';
import { newRecordId } from '../recordId';
import type { Change, Db, Trx } from '../dialect';
import type { JsonObject, Millis, ThreadView } from '../store';
import type { Tables } from '../tables';

/** Handed out with every message: a list of thousands of people would make each of them as big. */
export const MOST_PARTICIPANTS = 100;
/** Keys that a view shows. */
const MOST_KEYS = 1000;

export type ThreadRow = Selectable<Tables['threads']>;

/** What a record keeps beside its columns. */
export interface RecordMetadata {
	lineage?: string[];
	/** False: its author had no standing in the thread when it came. */
	standing?: boolean;
	groups?: string[];
}

/** The canonical thread behind an id; null when the scope has none such. Aliases always point straight at it. */
export async function canonical(db: Db, scope: string, threadId: string): Promise<ThreadRow | null> {
	const row = await db
		.selectFrom('threads')
		.selectAll()
		.where('scope', '=', scope)
		.where('id', '=', threadId)
		.executeTakeFirst();
	if (!row) return null;
	return row.merged_into === null ? row : canonical(db, scope, row.merged_into);
}

export async function threadOfKey(db: Db, scope: string, key: string): Promise<string | null> {
	const row = await db
		.selectFrom('thread_keys')
		.select('thread_id')
		.where('scope', '=', scope)
		.where('key', '=', key)
		.executeTakeFirst();
	return row?.thread_id ?? null;
}

export async function participantsOf(db: Db, threadId: string): Promise<string[]> {
	const rows = await db
		.selectFrom('thread_participants')
		.select('participant')
		.where('thread_id', '=', threadId)
		.where('participant', 'not like', 'list:%')
		.orderBy('participant')
		.limit(MOST_PARTICIPANTS)
		.execute();
	return rows.map(({ participant }) => participant).sort();
}

export async function viewOf(db: Db, row: ThreadRow): Promise<ThreadView> {
	const aliases = await db.selectFrom('threads').select('id').where('merged_into', '=', row.id).orderBy('id').execute();
	const keys = await db
		.selectFrom('thread_keys')
		.select('key')
		.where('thread_id', '=', row.id)
		.orderBy('key')
		.limit(MOST_KEYS)
		.execute();
	return {
		threadId: row.id,
		aliases: aliases.map(({ id }) => id),
		messageCount: row.message_count,
		createdAt: row.created_at,
		lastAt: row.last_at,
		participants: await participantsOf(db, row.id),
		keys: keys.map(({ key }) => key),
		data: JSON.parse(row.data) as JsonObject,
	};
}

/** A thread that is not stored yet. */
export function newThread(scope: string, now: Millis): ThreadRow {
	return {
		id: newRecordId(now),
		scope,
		merged_into: null,
		split_from: null,
		message_count: 0,
		last_at: null,
		data: '{}',
		created_at: now,
	};
}

export async function createThread(trx: Trx, thread: ThreadRow): Promise<ThreadRow> {
	await trx.insertInto('threads').values(thread).execute();
	return thread;
}

/**
 * Standing, once had, stays.
 * @param participants not empty
 */
export function addingParticipants(
	trx: Trx,
	scope: string,
	threadId: string,
	participants: readonly string[],
	standing: boolean,
): Change {
	const rest = { scope, thread_id: threadId, standing: standing ? 1 : 0 };
	return trx
		.insertInto('thread_participants')
		.values([...new Set(participants)].map((participant) => ({ ...rest, participant })))
		.onConflict((conflict) => {
			if (!standing) return conflict.doNothing();
			return conflict.columns(['thread_id', 'participant']).doUpdateSet({ standing: 1 });
		});
}
