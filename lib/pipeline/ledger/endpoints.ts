/** Webhook endpoints, and what became of the requests that they got. */
import type { JsonObject, Millis, Store } from '../../store/store';
import { isoTime } from './records';

const TAKEN = 'taken';
const REPEATED = 'repeated';

/** @param since from the hour of this time on */
export async function endpointActivity(store: Store, scope: string, since: Millis): Promise<JsonObject[]> {
	const counts = await store.endpoints.counts(scope, since);
	return [...new Set(counts.map(({ endpoint }) => endpoint))].map((endpoint) => {
		const own = counts.filter((count) => count.endpoint === endpoint);
		const refusals = own.filter(({ outcome }) => outcome !== TAKEN && outcome !== REPEATED);
		const of = (outcome: string) => own.find((count) => count.outcome === outcome);
		const newest = own.toSorted((a, b) => b.lastAt - a.lastAt)[0];
		return {
			endpoint,
			node: newest?.label ?? '',
			taken: of(TAKEN)?.count ?? 0,
			repeated: of(REPEATED)?.count ?? 0,
			refused: refusals.reduce((sum, { count }) => sum + count, 0),
			refusedByCode: Object.fromEntries(refusals.map(({ outcome, count }) => [outcome, count])),
			lastTakenAt: isoTime(of(TAKEN)?.lastAt ?? null),
			lastRefusedAt: refusals.length === 0 ? null : isoTime(Math.max(...refusals.map(({ lastAt }) => lastAt))),
		};
	});
}
