/** On whose word threads become one: a mail that anybody could have written shows nothing about the mails it names. */
import type { Trx } from '../dialect';
import type { ThreadEntry } from '../store';
import { foldAddress } from '../subjects';
import type { KnownKey } from './assign';

/** A key of the entry that is already filed. */
export interface Hit {
	key: string;
	evidence: string;
	threadId: string;
	merges: boolean;
	/** Needs nobody's word for the thread, as a signed address of ours. */
	trusted?: boolean;
}

/** The entry's own key, then its links, as far as they are filed and vouched for. */
export async function findHits(
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

/**
 * The hits by which the entry may join threads. Where they lie in several threads, these are the threads in which one
 * and the same of its people or groups has standing, or which it proves by a signed address; where there is no such
 * thread, that of its best evidence alone.
 * @returns `refused`: it named further threads; `standing`: its people had standing in a thread it may join
 */
export async function hitsThatMayJoin(
	trx: Trx,
	{ key, standing, links }: ThreadEntry,
	hits: readonly Hit[],
): Promise<{ hits: Hit[]; refused: boolean; standing: boolean }> {
	if (standing === undefined) return { hits: [...hits], refused: false, standing: true };
	if (hits.length === 0) return { hits: [], refused: false, standing: false };
	const joining = hits.filter(({ merges }) => merges);
	const named = new Set((joining.length > 0 ? joining : hits.slice(0, 1)).map(({ threadId }) => threadId));
	// The place that another mail kept for this one says nothing of who wrote it.
	const proven = links.flatMap((link) => (link.trusted === true && link.key !== key ? [link.key] : []));
	const byToken = hits.filter((hit) => proven.includes(hit.key)).map(({ threadId }) => threadId);
	const known = new Set([...(await bestKnown(trx, standing, [...named])), ...byToken]);
	if (named.size === 1) return { hits: [...hits], refused: false, standing: [...named].some((id) => known.has(id)) };
	const [best] = joining;
	const allowed = known.size > 0 ? known : new Set(best ? [best.threadId] : []);
	return {
		hits: hits.filter((hit) => allowed.has(hit.threadId)),
		refused: [...named].some((id) => !allowed.has(id)),
		standing: known.size > 0,
	};
}

/** The threads in which one of them has standing: of that one who has it in most of `threadIds`. */
async function bestKnown(
	trx: Trx,
	{ people, groups }: NonNullable<ThreadEntry['standing']>,
	threadIds: readonly string[],
): Promise<string[]> {
	const names = [...new Set([...people.map(foldAddress), ...groups])];
	if (names.length === 0) return [];
	const rows = await trx
		.selectFrom('thread_participants')
		.select(['thread_id', 'participant'])
		.where('thread_id', 'in', threadIds)
		.where('participant', 'in', names)
		.where('standing', '=', 1)
		.execute();
	const threadsOf = names.map((name) => rows.filter((row) => row.participant === name).map((row) => row.thread_id));
	return threadsOf.reduce((most, one) => (one.length > most.length ? one : most), []);
}
