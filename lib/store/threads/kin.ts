import type { Change, Dialect, Trx } from '../dialect';
import type { JsonObject, Millis, ThreadEntry, ThreadKin, ThreadLink } from '../store';

/** Records looked at on each side of the entry in time: the bound on what one entry can cost. */
const MOST = 500;

export function kinBucketNames(scope: string, kin: ThreadKin): string[] {
	return kin.buckets.map((bucket) => `thread-kin:${scope}:${bucket}`);
}

/** Links to the records of the buckets that the entry's judge takes for kin. */
export async function kinLinks(
	dialect: Dialect,
	trx: Trx,
	scope: string,
	entry: ThreadEntry,
	at: Millis,
): Promise<ThreadLink[]> {
	const { kin } = entry;
	if (kin === undefined) return [];
	const links = new Map<string, ThreadLink>();
	const reads = kin.buckets.flatMap((bucket) => recordsNear(trx, scope, bucket, kin, at));
	for (const row of (await dialect.readTogether(trx, reads)).flat()) {
		if (links.has(row.key) || row.key === entry.key) continue;
		const evidence = kin.judge({ facts: JSON.parse(row.facts) as JsonObject, at: row.at }, at);
		if (evidence !== null) links.set(row.key, { key: row.key, evidence, unknown: 'none', merges: true });
	}
	return [...links.values()];
}

/** Those before, from the nearest on, and those after. */
function recordsNear(trx: Trx, scope: string, bucket: string, { seeking, reach }: ThreadKin, at: Millis) {
	const near = trx
		.selectFrom('thread_kin')
		.select(['key', 'at', 'facts'])
		.where('scope', '=', scope)
		.where('bucket', '=', bucket)
		// What seeks nothing is compared only with what does.
		.$if(!seeking, (query) => query.where('seeking', '=', 1))
		.limit(MOST);
	return [
		near
			.where('at', '<=', at)
			.where('at', '>=', at - reach)
			.orderBy('at', 'desc'),
		near
			.where('at', '>', at)
			.where('at', '<=', at + reach)
			.orderBy('at'),
	];
}

export function filingKin(trx: Trx, scope: string, key: string, kin: ThreadKin, at: Millis): Change {
	const rest = { scope, at, key, seeking: kin.seeking ? 1 : 0, facts: JSON.stringify(kin.facts) };
	return trx.insertInto('thread_kin').values(kin.buckets.map((bucket) => ({ ...rest, bucket })));
}
