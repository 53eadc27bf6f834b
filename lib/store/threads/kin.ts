import type { Trx } from '../dialect';
import type { JsonObject, Millis, ThreadEntry, ThreadKin, ThreadLink } from '../store';

/** Records looked at on each side of the entry in time: the bound on what one entry can cost. */
const MOST = 500;

export function kinBucketNames(scope: string, kin: ThreadKin): string[] {
	return kin.buckets.map((bucket) => `thread-kin:${scope}:${bucket}`);
}

/** Links to the records of the bucket that the entry's judge takes for kin. */
export async function kinLinks(trx: Trx, scope: string, entry: ThreadEntry, at: Millis): Promise<ThreadLink[]> {
	const { kin } = entry;
	if (kin === undefined) return [];
	const links = new Map<string, ThreadLink>();
	for (const bucket of kin.buckets) {
		for (const row of await recordsNear(trx, scope, bucket, kin, at)) {
			if (links.has(row.key) || row.key === entry.key) continue;
			const evidence = kin.judge({ facts: JSON.parse(row.facts) as JsonObject, at: row.at }, at);
			if (evidence !== null) links.set(row.key, { key: row.key, evidence, unknown: 'none', merges: true });
		}
	}
	return [...links.values()];
}

async function recordsNear(
	trx: Trx,
	scope: string,
	bucket: string,
	{ seeking, reach }: ThreadKin,
	at: Millis,
): Promise<Array<{ key: string; at: Millis; facts: string }>> {
	const near = trx
		.selectFrom('thread_kin')
		.select(['key', 'at', 'facts'])
		.where('scope', '=', scope)
		.where('bucket', '=', bucket)
		// What seeks nothing is compared only with what does.
		.$if(!seeking, (query) => query.where('seeking', '=', 1))
		.limit(MOST);
	const before = await near
		.where('at', '<=', at)
		.where('at', '>=', at - reach)
		.orderBy('at', 'desc')
		.execute();
	const after = await near
		.where('at', '>', at)
		.where('at', '<=', at + reach)
		.orderBy('at')
		.execute();
	return [...before, ...after];
}

export async function fileKin(trx: Trx, scope: string, entry: ThreadEntry, at: Millis): Promise<void> {
	const { kin } = entry;
	if (kin === undefined) return;
	await trx
		.insertInto('thread_kin')
		.values(
			kin.buckets.map((bucket) => ({
				scope,
				bucket,
				at,
				key: entry.key,
				seeking: kin.seeking ? 1 : 0,
				facts: JSON.stringify(kin.facts),
			})),
		)
		.execute();
}
