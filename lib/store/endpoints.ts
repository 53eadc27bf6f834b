import type { Database } from './database';
import type { EndpointCount, EndpointStore, Millis } from './store';

export const HOUR: Millis = 3_600_000;

export class SqlEndpoints implements EndpointStore {
	constructor(private readonly database: Database) {}

	async add(scope: string, counts: ReadonlyArray<Omit<EndpointCount, 'lastAt'>>): Promise<void> {
		// In one order, so that two processes that count the same do not block one another.
		const ordered = counts.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
		await this.database.transaction([], async (trx, now) => {
			for (const { endpoint, outcome, label, count } of ordered) {
				await trx
					.insertInto('endpoint_counts')
					.values({ scope, endpoint, outcome, hour: Math.floor(now / HOUR) * HOUR, label, count, last_at: now })
					.onConflict((conflict) =>
						conflict
							.columns(['scope', 'endpoint', 'outcome', 'hour'])
							.doUpdateSet((e) => ({ label, count: e('endpoint_counts.count', '+', count), last_at: now })),
					)
					.execute();
			}
		});
	}

	async counts(scope: string, since: Millis): Promise<EndpointCount[]> {
		const rows = await this.database.read((db) =>
			db
				.selectFrom('endpoint_counts')
				.selectAll()
				.where('scope', '=', scope)
				.where('hour', '>', since - HOUR)
				.orderBy('endpoint')
				.orderBy('outcome')
				.orderBy('hour')
				.execute(),
		);
		const sums = new Map<string, EndpointCount>();
		for (const { endpoint, outcome, label, count, last_at: lastAt } of rows) {
			const key = keyOf({ endpoint, outcome });
			sums.set(key, { endpoint, label, outcome, count: (sums.get(key)?.count ?? 0) + count, lastAt });
		}
		return [...sums.values()];
	}
}

function keyOf({ endpoint, outcome }: Pick<EndpointCount, 'endpoint' | 'outcome'>): string {
	return `${endpoint}\0${outcome}`;
}
