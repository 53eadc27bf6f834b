import type { Database } from '../database';
import type { Change, Read, Trx } from '../dialect';
import type { JsonObject, Millis, ThreadAssignment, ThreadEntry } from '../store';
import { storedKey } from '../storedText';
import { foldAddress } from '../subjects';
import { filingKin, kinBucketNames, kinLinks } from './kin';
import { mergeThreads } from './merge';
import { findHits, type Hit, hitsThatMayJoin } from './standing';
import {
	MOST_PARTICIPANTS,
	type RecordMetadata,
	type ThreadRow,
	addingParticipants,
	canonical,
	newThread,
	participantsOf,
} from './rows';

/** What an assignment answered at first, kept for repeats. */
interface Answer extends JsonObject {
	isNew: boolean;
	position: number;
	parentKey: string | null;
	matched: Array<{ key: string; evidence: string }>;
	merged: string[];
	suspect: boolean;
	suspectReason: ThreadAssignment['suspectReason'];
	keyUse: ThreadAssignment['keyUse'];
}

export interface KnownKey {
	key: string;
	thread_id: string;
	kind: 'record' | 'placeholder' | 'index';
}

export function assignThread(database: Database, scope: string, entry: ThreadEntry): Promise<ThreadAssignment> {
	return assignStored(database, scope, storedEntry(entry));
}

/** With keys and participants as they are stored, since what was read is compared with them. */
function storedEntry(entry: ThreadEntry): ThreadEntry {
	return {
		...entry,
		key: storedKey(entry.key),
		links: entry.links.map((link) => ({ ...link, key: storedKey(link.key) })),
		participants: entry.participants.map((participant) => storedKey(foldAddress(participant))),
		...(entry.kin ? { kin: { ...entry.kin, buckets: [...new Set(entry.kin.buckets.map(storedKey))] } } : {}),
	};
}

function assignStored(database: Database, scope: string, given: ThreadEntry): Promise<ThreadAssignment> {
	const names = [given.key, ...given.links.map(({ key }) => key)].map((key) => threadKeyName(scope, key));
	const buckets = given.kin ? kinBucketNames(scope, given.kin) : [];
	// Those that seek nothing do not look at each other, so that mails under one subject need not wait for each other.
	const shared = given.kin?.seeking === false ? buckets : [];
	if (shared.length === 0) names.push(...buckets);
	const file = async (trx: Trx, now: Millis): Promise<ThreadAssignment> => {
		const asked = [...new Set([given.key, ...given.links.map((link) => link.key)])];
		const [[first], filed] = await database.dialect.readTogether(trx, [
			firstRecord(trx, scope, given.key),
			filedKeys(trx, scope, asked),
		]);
		const { key, keyUse, repeat } = await ownKeyOf(trx, scope, given, first);
		if (repeat) return answerAgain(trx, scope, repeat);

		const at = given.at ?? now;
		const renamed = { ...given, key, participants: [...new Set(given.participants)] };
		const entry = {
			...renamed,
			links: [...given.links, ...(await kinLinks(database.dialect, trx, scope, renamed, at))],
		};
		const keys = [...new Set([key, ...entry.links.map((link) => link.key)])];
		const known = await holdKnown(
			database,
			trx,
			scope,
			keys,
			keys.every((one) => asked.includes(one)) ? filed : undefined,
		);
		const { hits: found, suspect } = await findHits(trx, entry, known);
		const { hits, refused, standing } = await hitsThatMayJoin(trx, entry, found);
		const { thread, merged, isNew } = await chooseThread(trx, scope, hits, now);
		const matched = hits.filter(({ threadId }) => threadId === thread.id || merged.includes(threadId));
		const { fresh, parentKey } = keysToFile(entry, { threadId: thread.id, known, matched });
		const lastAt = Math.max(at, thread.last_at ?? at);
		const messageCount = thread.message_count + 1;
		const answer: Answer = {
			isNew,
			// Most messages are the newest of their thread: then there is nothing to count.
			position: at >= lastAt ? messageCount : messageCount - (await countAfter(trx, thread.id, at)),
			parentKey,
			matched: matched.map((hit) => ({ key: hit.key, evidence: hit.evidence })),
			merged,
			suspect: suspect || refused,
			suspectReason: refused ? 'would-merge-threads' : suspect ? 'not-a-participant' : null,
			keyUse,
		};
		const stands = isNew || standing;
		const groups = entry.standing?.groups ?? [];
		const metadata: RecordMetadata = {
			...(entry.lineage && { lineage: entry.lineage }),
			...(!stands && { standing: false }),
			...(groups.length > 0 && { groups }),
		};
		const counted = { message_count: messageCount, last_at: lastAt };
		const changes: Change[] = [
			isNew
				? trx.insertInto('threads').values({ ...thread, ...counted })
				: trx.updateTable('threads').set(counted).where('id', '=', thread.id),
			trx.insertInto('thread_records').values({
				scope,
				thread_id: thread.id,
				key,
				content_hash: entry.contentHash ?? '',
				sort_at: at,
				participants: JSON.stringify(entry.participants),
				answer: JSON.stringify(answer),
				metadata: JSON.stringify(metadata),
			}),
		];
		if (fresh.length > 0) {
			changes.push(trx.insertInto('thread_keys').values(fresh.map((row) => ({ scope, ...row }))));
		}
		if ((known.get(key)?.kind ?? 'record') !== 'record') changes.push(becomingRecord(trx, scope, key, thread.id));
		if (entry.kin) changes.push(filingKin(trx, scope, key, entry.kin, at));
		const named = [...entry.participants, ...groups];
		if (named.length > 0) changes.push(addingParticipants(trx, scope, thread.id, named, stands));
		await database.dialect.changeTogether(trx, changes);
		const participants = isNew
			? entry.participants.toSorted().slice(0, MOST_PARTICIPANTS)
			: await participantsOf(trx, thread.id);
		const data = JSON.parse(thread.data) as JsonObject;
		return { ...answer, threadId: thread.id, repeated: false, messageCount, lastAt, participants, data };
	};
	return database.transaction(names, file, shared);
}

interface Repeat {
	thread_id: string;
	answer: string;
}

/** What was filed under the key first. */
function firstRecord(trx: Trx, scope: string, key: string) {
	return trx
		.selectFrom('thread_records')
		.select(['metadata', 'content_hash'])
		.where('scope', '=', scope)
		.where('key', '=', key)
		.orderBy('id')
		.limit(1);
}

function filedKeys(trx: Trx, scope: string, keys: readonly string[]): Read<KnownKey> {
	return trx
		.selectFrom('thread_keys')
		.select(['key', 'thread_id', 'kind'])
		.where('scope', '=', scope)
		.where('key', 'in', keys);
}

/** The entry's key, or that of its own lineage where another thing has the key already; and its record, if it has one. */
async function ownKeyOf(
	trx: Trx,
	scope: string,
	{ key, lineage, contentHash }: ThreadEntry,
	first: { metadata: string; content_hash: string } | undefined,
): Promise<{ key: string; keyUse: ThreadAssignment['keyUse']; repeat: Repeat | undefined }> {
	if (!first) return { key, keyUse: 'first', repeat: undefined };
	const kept = (JSON.parse(first.metadata) as { lineage?: string[] }).lineage ?? [];
	const [mark] = lineage ?? [];
	const related = kept.length === 0 || mark === undefined || lineage?.some((one) => kept.includes(one));
	if (related || contentHash === first.content_hash) {
		return { key, keyUse: 'version', repeat: await findRepeat(trx, scope, key, contentHash) };
	}
	const own = storedKey(`${key}#${mark}`);
	return { key: own, keyUse: 'reused', repeat: await findRepeat(trx, scope, own, contentHash) };
}

/**
 * The filed keys among `keys`, with their threads held, so that no other entry joins those to others meanwhile.
 * @param filed what this transaction has read of them
 */
export async function holdKnown(
	database: Database,
	trx: Trx,
	scope: string,
	keys: readonly string[],
	filed?: readonly KnownKey[],
): Promise<Map<string, KnownKey>> {
	const held = new Set<string>();
	for (let rows = filed; ; rows = undefined) {
		rows ??= await filedKeys(trx, scope, keys).execute();
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
): Promise<Repeat | undefined> {
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

async function answerAgain(trx: Trx, scope: string, repeat: Repeat): Promise<ThreadAssignment> {
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
	if (strongest === undefined) return { thread: newThread(scope, now), merged: [], isNew: true };
	const rows = (await trx.selectFrom('threads').selectAll().where('id', 'in', ids).execute()).sort(
		(a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1),
	);
	const chosen = rows.find(({ id }) => id === strongest);
	const apart = (row: ThreadRow): boolean => row.split_from === strongest || chosen?.split_from === row.id;
	const [survivor, ...others] = rows.filter((row) => !apart(row));
	if (survivor === undefined) return { thread: newThread(scope, now), merged: [], isNew: true };
	return { thread: await mergeThreads(trx, survivor, others), merged: others.map(({ id }) => id), isNew: false };
}

/** The entry's own key and those of its links, as far as they are new, and the key of the parent. */
function keysToFile(
	entry: ThreadEntry,
	found: { threadId: string; known: ReadonlyMap<string, KnownKey>; matched: readonly Hit[] },
): { fresh: KnownKey[]; parentKey: string | null } {
	const { threadId, known, matched } = found;
	const fresh = new Map<string, KnownKey>();
	for (const { key, unknown } of entry.links) {
		if (unknown === 'none' || known.has(key) || fresh.has(key) || key === entry.key) continue;
		fresh.set(key, { key, thread_id: threadId, kind: unknown });
	}
	if (!known.has(entry.key)) fresh.set(entry.key, { key: entry.key, thread_id: threadId, kind: 'record' });
	const here = new Set([...matched.map(({ key }) => key), ...fresh.keys()]);
	const parent = entry.links.find(
		({ key }) => key !== entry.key && here.has(key) && (known.get(key) ?? fresh.get(key))?.kind !== 'index',
	);
	return { fresh: [...fresh.values()], parentKey: parent?.key ?? null };
}

/** A key that was only named before; in another thread it stays what it is. */
function becomingRecord(trx: Trx, scope: string, key: string, threadId: string): Change {
	return trx
		.updateTable('thread_keys')
		.set({ kind: 'record' })
		.where('scope', '=', scope)
		.where('key', '=', key)
		.where('thread_id', '=', threadId);
}

/** Of those of the same time, the one that comes now is the last. */
async function countAfter(trx: Trx, threadId: string, at: Millis): Promise<number> {
	const row = await trx
		.selectFrom('thread_records')
		.select((e) => e.fn.countAll<number>().as('count'))
		.where('thread_id', '=', threadId)
		.where('sort_at', '>', at)
		.executeTakeFirstOrThrow();
	return row.count;
}
