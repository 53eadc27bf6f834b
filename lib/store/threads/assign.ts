import type { Database } from '../database';
import type { Trx } from '../dialect';
import type { JsonObject, Millis, ThreadAssignment, ThreadEntry } from '../store';
import { foldAddress } from '../subjects';
import { fileKin, kinBucketNames, kinLinks } from './kin';
import { mergeThreads } from './merge';
import { type ThreadRow, addParticipants, canonical, createThread, participantsOf } from './rows';

/** What an assignment answered at first, kept for repeats. */
interface Answer extends JsonObject {
	isNew: boolean;
	position: number;
	parentKey: string | null;
	matched: Array<{ key: string; evidence: string }>;
	merged: string[];
	suspect: boolean;
	keyUse: ThreadAssignment['keyUse'];
}

/** A key of the entry that is already filed. */
interface Hit {
	key: string;
	evidence: string;
	threadId: string;
	merges: boolean;
}

interface KnownKey {
	key: string;
	thread_id: string;
	kind: 'record' | 'placeholder' | 'index';
}

export function assignThread(database: Database, scope: string, given: ThreadEntry): Promise<ThreadAssignment> {
	const names = [given.key, ...given.links.map(({ key }) => key)].map((key) => threadKeyName(scope, key));
	if (given.kin) names.push(...kinBucketNames(scope, given.kin));
	return database.transaction([...new Set(names)], async (trx, now) => {
		const { key, keyUse } = await ownKeyOf(trx, scope, given);
		const repeat = await findRepeat(trx, scope, key, given.contentHash);
		if (repeat) return answerAgain(trx, scope, repeat);

		const at = given.at ?? now;
		const named = { ...given, key, participants: [...new Set(given.participants.map(foldAddress))] };
		const entry = { ...named, links: [...given.links, ...(await kinLinks(trx, scope, named, at))] };
		const keys = [...new Set([key, ...entry.links.map((link) => link.key)])];
		const known = await holdKnown(database, trx, scope, keys);
		const { hits, suspect } = await findHits(trx, entry, known);
		const { thread, merged, isNew } = await chooseThread(trx, scope, hits, now);
		const matched = hits.filter(({ threadId }) => threadId === thread.id || merged.includes(threadId));
		const parentKey = await fileKeys(trx, scope, entry, { threadId: thread.id, known, matched });
		const record = await trx
			.insertInto('thread_records')
			.values({
				scope,
				thread_id: thread.id,
				key,
				content_hash: entry.contentHash ?? '',
				sort_at: at,
				participants: JSON.stringify(entry.participants),
				answer: '{}',
				metadata: JSON.stringify(entry.lineage ? { lineage: entry.lineage } : {}),
			})
			.returning('id')
			.executeTakeFirstOrThrow();
		await fileKin(trx, scope, entry, at);
		await addParticipants(trx, scope, thread.id, entry.participants);
		const lastAt = Math.max(at, thread.last_at ?? at);
		const messageCount = thread.message_count + 1;
		await trx
			.updateTable('threads')
			.set({ message_count: messageCount, last_at: lastAt })
			.where('id', '=', thread.id)
			.execute();
		const answer: Answer = {
			isNew,
			// Most messages are the newest of their thread: then there is nothing to count.
			position: at >= lastAt ? messageCount : messageCount - (await countAfter(trx, thread.id, at, record.id)),
			parentKey,
			matched: matched.map((hit) => ({ key: hit.key, evidence: hit.evidence })),
			merged,
			suspect,
			keyUse,
		};
		await trx
			.updateTable('thread_records')
			.set({ answer: JSON.stringify(answer) })
			.where('id', '=', record.id)
			.execute();
		const participants = await participantsOf(trx, thread.id);
		const data = JSON.parse(thread.data) as JsonObject;
		return { ...answer, threadId: thread.id, repeated: false, messageCount, lastAt, participants, data };
	});
}

/** The entry's key, or that of its own lineage where another thing has the key already. */
async function ownKeyOf(
	trx: Trx,
	scope: string,
	{ key, lineage, contentHash }: ThreadEntry,
): Promise<{ key: string; keyUse: ThreadAssignment['keyUse'] }> {
	const first = await trx
		.selectFrom('thread_records')
		.select(['metadata', 'content_hash'])
		.where('scope', '=', scope)
		.where('key', '=', key)
		.orderBy('id')
		.limit(1)
		.executeTakeFirst();
	if (!first) return { key, keyUse: 'first' };
	const kept = (JSON.parse(first.metadata) as { lineage?: string[] }).lineage ?? [];
	const [mark] = lineage ?? [];
	if (kept.length === 0 || mark === undefined || lineage?.some((one) => kept.includes(one))) {
		return { key, keyUse: 'version' };
	}
	return contentHash === first.content_hash ? { key, keyUse: 'version' } : { key: `${key}#${mark}`, keyUse: 'reused' };
}

/** The filed keys among `keys`, with their threads held, so that no other entry joins those to others meanwhile. */
export async function holdKnown(
	database: Database,
	trx: Trx,
	scope: string,
	keys: readonly string[],
): Promise<Map<string, KnownKey>> {
	const held = new Set<string>();
	for (;;) {
		const rows = await trx
			.selectFrom('thread_keys')
			.select(['key', 'thread_id', 'kind'])
			.where('scope', '=', scope)
			.where('key', 'in', keys)
			.execute();
		const free = [...new Set(rows.map((row) => row.thread_id))].filter((id) => !held.has(id));
		if (free.length === 0) return new Map(rows.map((row) => [row.key, row]));
		if (database.dialect.locksRows) await database.dialect.enter(trx, free.map(threadName));
		for (const id of free) held.add(id);
	}
}

export function threadKeyName(scope: string, key: string): string {
	return `thread-key:${scope}:${key}`;
}

export function threadName(threadId: string): string {
	return `thread:${threadId}`;
}

/** An unknown content hash counts as the same content. */
async function findRepeat(
	trx: Trx,
	scope: string,
	key: string,
	contentHash: string | null,
): Promise<{ thread_id: string; answer: string } | undefined> {
	return trx
		.selectFrom('thread_records')
		.select(['thread_id', 'answer'])
		.where('scope', '=', scope)
		.where('key', '=', key)
		.$if(contentHash !== null, (query) => query.where('content_hash', 'in', ['', contentHash ?? '']))
		.orderBy('id')
		.limit(1)
		.executeTakeFirst();
}

async function answerAgain(
	trx: Trx,
	scope: string,
	repeat: { thread_id: string; answer: string },
): Promise<ThreadAssignment> {
	const thread = await canonical(trx, scope, repeat.thread_id);
	return {
		...(JSON.parse(repeat.answer) as Answer),
		keyUse: 'repeat',
		threadId: thread?.id ?? repeat.thread_id,
		repeated: true,
		messageCount: thread?.message_count ?? 0,
		lastAt: thread?.last_at ?? null,
		participants: await participantsOf(trx, thread?.id ?? repeat.thread_id),
		data: JSON.parse(thread?.data ?? '{}') as JsonObject,
	};
}

/** The entry's own key, then its links, as far as they are filed and vouched for. */
async function findHits(
	trx: Trx,
	entry: ThreadEntry,
	known: ReadonlyMap<string, KnownKey>,
): Promise<{ hits: Hit[]; suspect: boolean }> {
	const own = known.get(entry.key);
	const candidates = [
		// A placeholder was made by a message that names this one: filling it needs nobody's word.
		{ key: entry.key, evidence: 'own-key', merges: true, trusted: own?.kind === 'placeholder' },
		...entry.links.filter(({ key }) => key !== entry.key),
	];
	const found = candidates.flatMap((link) => {
		const filed = known.get(link.key);
		return filed ? [{ ...link, threadId: filed.thread_id }] : [];
	});
	if (entry.vouchers === undefined || found.length === 0) return { hits: found, suspect: false };
	const threadIds = [...new Set(found.map(({ threadId }) => threadId))];
	const vouching =
		entry.vouchers.length === 0
			? []
			: await trx
					.selectFrom('thread_participants')
					.select('thread_id')
					.where('thread_id', 'in', threadIds)
					.where('participant', 'in', entry.vouchers.map(foldAddress))
					.execute();
	const vouched = new Set(vouching.map((row) => row.thread_id));
	const hits = found.filter((hit) => hit.trusted === true || vouched.has(hit.threadId));
	return { hits, suspect: hits.length < found.length };
}

/** The oldest of the threads that the hits join, the others merged into it; a new one when there is none. */
async function chooseThread(
	trx: Trx,
	scope: string,
	hits: readonly Hit[],
	now: Millis,
): Promise<{ thread: ThreadRow; merged: string[]; isNew: boolean }> {
	const joining = hits.filter(({ merges }) => merges);
	const ids = [...new Set((joining.length > 0 ? joining : hits.slice(0, 1)).map(({ threadId }) => threadId))];
	const [strongest] = ids;
	if (strongest === undefined) return { thread: await createThread(trx, scope, now, null), merged: [], isNew: true };
	const rows = (await trx.selectFrom('threads').selectAll().where('id', 'in', ids).execute()).sort(
		(a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1),
	);
	const chosen = rows.find(({ id }) => id === strongest);
	const apart = (row: ThreadRow): boolean => row.split_from === strongest || chosen?.split_from === row.id;
	const [survivor, ...others] = rows.filter((row) => !apart(row));
	if (survivor === undefined) return { thread: await createThread(trx, scope, now, null), merged: [], isNew: true };
	return { thread: await mergeThreads(trx, survivor, others), merged: others.map(({ id }) => id), isNew: false };
}

/** Files the entry's own key and those of its links that are new. @returns the key of the parent */
async function fileKeys(
	trx: Trx,
	scope: string,
	entry: ThreadEntry,
	found: { threadId: string; known: ReadonlyMap<string, KnownKey>; matched: readonly Hit[] },
): Promise<string | null> {
	const { threadId, known, matched } = found;
	const fresh = new Map<string, KnownKey>();
	for (const { key, unknown } of entry.links) {
		if (unknown === 'none' || known.has(key) || fresh.has(key) || key === entry.key) continue;
		fresh.set(key, { key, thread_id: threadId, kind: unknown });
	}
	if (!known.has(entry.key)) fresh.set(entry.key, { key: entry.key, thread_id: threadId, kind: 'record' });
	if (fresh.size > 0) {
		await trx
			.insertInto('thread_keys')
			.values([...fresh.values()].map((row) => ({ scope, ...row })))
			.execute();
	}
	await trx
		.updateTable('thread_keys')
		.set({ kind: 'record' })
		.where('scope', '=', scope)
		.where('key', '=', entry.key)
		.where('thread_id', '=', threadId)
		.where('kind', '!=', 'record')
		.execute();
	const here = new Set([...matched.map(({ key }) => key), ...fresh.keys()]);
	const parent = entry.links.find(
		({ key }) => key !== entry.key && here.has(key) && (known.get(key) ?? fresh.get(key))?.kind !== 'index',
	);
	return parent?.key ?? null;
}

async function countAfter(trx: Trx, threadId: string, at: Millis, id: number): Promise<number> {
	const row = await trx
		.selectFrom('thread_records')
		.select((e) => e.fn.countAll<number>().as('count'))
		.where('thread_id', '=', threadId)
		.where('sort_at', '>=', at)
		.where((e) => e.or([e('sort_at', '>', at), e('id', '>', id)]))
		.executeTakeFirstOrThrow();
	return row.count;
}
