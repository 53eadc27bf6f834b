import { StoreError } from '../../errors';
import type { Database } from '../database';
import type { Trx } from '../dialect';
import type { JsonObject, ThreadAssignment, ThreadEntry, ThreadStore, ThreadView } from '../store';
import { storedKey } from '../storedText';
import { assignThread, holdKnown, threadKeyName, threadName } from './assign';
import { mergeThreads } from './merge';
import {
	type RecordMetadata,
	type ThreadRow,
	addingParticipants,
	canonical,
	createThread,
	newThread,
	threadOfKey,
	viewOf,
} from './rows';

export class SqlThreads implements ThreadStore {
	constructor(private readonly database: Database) {}

	assign(scope: string, entry: ThreadEntry): Promise<ThreadAssignment> {
		return assignThread(this.database, scope, entry);
	}

	reserve(
		scope: string,
		keys: ReadonlyArray<{ key: string; kind: 'placeholder' | 'index' }>,
		threadId: string | null,
	): Promise<string> {
		const filed = keys.map(({ key, kind }) => ({ key: storedKey(key), kind }));
		const names = filed.map(({ key }) => threadKeyName(scope, key));
		return this.database.transaction(names, async (trx, now) => {
			const wanted = threadId === null ? null : await this.#find(trx, scope, threadId);
			const known = await holdKnown(
				this.database,
				trx,
				scope,
				filed.map(({ key }) => key),
			);
			const [first] = filed.flatMap(({ key }) => known.get(key)?.thread_id ?? []);
			const target = wanted?.id ?? first ?? (await createThread(trx, newThread(scope, now))).id;
			const missing = filed.filter(({ key }) => !known.has(key));
			if (missing.length > 0) {
				await trx
					.insertInto('thread_keys')
					.values(missing.map(({ key, kind }) => ({ scope, key, kind, thread_id: target })))
					.execute();
			}
			return target;
		});
	}

	async resolve(scope: string, threadId: string): Promise<string | null> {
		const row = await this.database.read((db) => canonical(db, scope, threadId));
		return row?.id ?? null;
	}

	get(scope: string, threadId: string): Promise<ThreadView | null> {
		return this.database.read(async (db) => {
			const row = await canonical(db, scope, threadId);
			return row && viewOf(db, row);
		});
	}

	find(scope: string, key: string): Promise<ThreadView | null> {
		return this.database.read(async (db) => {
			const threadId = await threadOfKey(db, scope, key);
			const row = threadId === null ? null : await canonical(db, scope, threadId);
			return row && viewOf(db, row);
		});
	}

	/** A key that was filed by hand moves; one that is a message of another thread does not: that is a merge. */
	link(scope: string, threadId: string, given: string[], data?: JsonObject): Promise<ThreadView> {
		const keys = given.map(storedKey);
		const names = keys.map((key) => threadKeyName(scope, key));
		return this.database.transaction(names, async (trx) => {
			const thread = await this.#hold(trx, scope, threadId);
			for (const key of new Set(keys)) {
				const filed = await trx
					.insertInto('thread_keys')
					.values({ scope, key, thread_id: thread.id, kind: 'index' })
					.onConflict((conflict) =>
						conflict
							.columns(['scope', 'key'])
							.doUpdateSet({ thread_id: thread.id })
							.where((e) => e.or([e('thread_keys.kind', '=', 'index'), e('thread_keys.thread_id', '=', thread.id)])),
					)
					.returning('key')
					.executeTakeFirst();
				if (!filed) throw keyTaken(scope, key);
			}
			const merged = JSON.stringify({ ...(JSON.parse(thread.data) as JsonObject), ...data });
			await trx.updateTable('threads').set({ data: merged }).where('id', '=', thread.id).execute();
			return viewOf(trx, { ...thread, data: merged });
		});
	}

	merge(scope: string, into: string, other: string): Promise<ThreadView> {
		return this.database.transaction([], async (trx) => {
			const survivor = await this.#hold(trx, scope, into);
			const loser = await this.#hold(trx, scope, other);
			if (survivor.id === loser.id) return viewOf(trx, survivor);
			return viewOf(trx, await mergeThreads(trx, survivor, [loser]));
		});
	}

	split(scope: string, key: string): Promise<ThreadView> {
		return this.database.transaction([threadKeyName(scope, key)], async (trx, now) => {
			const threadId = await threadOfKey(trx, scope, key);
			if (threadId === null) throw notFound(scope, 'key', key);
			const source = await this.#hold(trx, scope, threadId);
			const records = await trx
				.selectFrom('thread_records')
				.select('id')
				.where('scope', '=', scope)
				.where('key', '=', key)
				.where('thread_id', '=', source.id)
				.execute();
			if (records.length === 0) throw notFound(scope, 'key', key);
			const target = await createThread(trx, { ...newThread(scope, now), split_from: source.id });
			const moved = { thread_id: target.id };
			await trx
				.updateTable('thread_records')
				.set(moved)
				.where(
					'id',
					'in',
					records.map(({ id }) => id),
				)
				.execute();
			await trx.updateTable('thread_keys').set(moved).where('scope', '=', scope).where('key', '=', key).execute();
			await recount(trx, source);
			return viewOf(trx, await recount(trx, target));
		});
	}

	forget(scope: string, threadId: string): Promise<boolean> {
		return this.database.transaction([], async (trx) => {
			const thread = await this.#find(trx, scope, threadId);
			if (thread === null) return false;
			await deleteThreads(trx, [thread.id]);
			return true;
		});
	}

	/** The canonical thread, held so that nobody changes or merges it before this transaction ends. */
	async #find(trx: Trx, scope: string, threadId: string): Promise<ThreadRow | null> {
		for (let row = await canonical(trx, scope, threadId); row !== null;) {
			if (this.database.dialect.locksRows) await this.database.dialect.enter(trx, [threadName(row.id)]);
			const now = await canonical(trx, scope, row.id);
			if (now === null || now.id === row.id) return now;
			row = now;
		}
		return null;
	}

	async #hold(trx: Trx, scope: string, threadId: string): Promise<ThreadRow> {
		const row = await this.#find(trx, scope, threadId);
		if (row === null) throw notFound(scope, 'threadId', threadId);
		return row;
	}
}

/** Removes threads, their aliases and all that is filed under them. */
export async function deleteThreads(trx: Trx, ids: readonly string[]): Promise<void> {
	if (ids.length === 0) return;
	for (const id of ids) {
		const keys = trx.selectFrom('thread_records').select(['scope', 'key']).where('thread_id', '=', id);
		await trx
			.deleteFrom('thread_kin')
			.where((e) => e(e.refTuple('scope', 'key'), 'in', keys.$asTuple('scope', 'key')))
			.execute();
	}
	await trx.deleteFrom('thread_keys').where('thread_id', 'in', ids).execute();
	await trx.deleteFrom('thread_records').where('thread_id', 'in', ids).execute();
	await trx.deleteFrom('thread_participants').where('thread_id', 'in', ids).execute();
	await trx
		.deleteFrom('threads')
		.where((e) => e.or([e('id', 'in', ids), e('merged_into', 'in', ids)]))
		.execute();
}

/** Makes count, last time and participants of a thread agree with the records it has now. */
async function recount(trx: Trx, thread: ThreadRow): Promise<ThreadRow> {
	const records = await trx
		.selectFrom('thread_records')
		.select(['sort_at', 'participants', 'metadata'])
		.where('thread_id', '=', thread.id)
		.execute();
	await trx.deleteFrom('thread_participants').where('thread_id', '=', thread.id).execute();
	const standing = records.map((record) => ({ record, ...(JSON.parse(record.metadata) as RecordMetadata) }));
	for (const stands of [true, false]) {
		const named = standing
			// What is alone in a thread begins it.
			.filter((one) => (records.length === 1 || one.standing !== false) === stands)
			.flatMap(({ record, groups = [] }) => [...(JSON.parse(record.participants) as string[]), ...groups]);
		if (named.length > 0) await addingParticipants(trx, thread.scope, thread.id, named, stands).execute();
	}
	return trx
		.updateTable('threads')
		.set({
			message_count: records.length,
			last_at: records.length === 0 ? null : Math.max(...records.map(({ sort_at }) => sort_at)),
		})
		.where('id', '=', thread.id)
		.returningAll()
		.executeTakeFirstOrThrow();
}

function notFound(scope: string, what: 'threadId' | 'key', value: string): StoreError {
	return new StoreError(`There is no such thread in the scope "${scope}".`, {
		code: 'STORE_THREAD_NOT_FOUND',
		hint: 'Check the thread id and the scope; a thread may also have been removed by retention.',
		record: { scope, [what]: value },
	});
}

function keyTaken(scope: string, key: string): StoreError {
	return new StoreError('The key belongs to a message of another thread.', {
		code: 'STORE_THREAD_KEY_TAKEN',
		hint: 'Merge the two threads, or choose another key.',
		record: { scope, key },
	});
}
