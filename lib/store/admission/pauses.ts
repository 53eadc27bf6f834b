import type { Database } from '../database';
import type { Trx } from '../dialect';
import type { Millis, Pause, PauseStore, PauseTarget } from '../store';
import type { Tables } from '../tables';

export class SqlPauses implements PauseStore {
	constructor(private readonly database: Database) {}

	async pause({ scope, kind, name, reason, by, until }: Omit<Pause, 'createdAt'>): Promise<Pause> {
		const content = { reason, by_whom: by, until };
		const row = await this.database.transaction([], (trx, now) =>
			trx
				.insertInto('pauses')
				.values({ scope, kind, name, created_at: now, ...content })
				.onConflict((conflict) => conflict.columns(['scope', 'kind', 'name']).doUpdateSet(content))
				.returningAll()
				.executeTakeFirstOrThrow(),
		);
		return pauseOf(row);
	}

	async resume(scope: string, { kind, name }: PauseTarget): Promise<boolean> {
		const rows = await this.database.write((db) =>
			db
				.deleteFrom('pauses')
				.where('scope', '=', scope)
				.where('kind', '=', kind)
				.where('name', '=', name)
				.where((e) => e.or([e('until', 'is', null), e('until', '>', this.database.clock)]))
				.returning('name')
				.execute(),
		);
		return rows.length > 0;
	}

	async list(scope: string): Promise<Pause[]> {
		const rows = await this.database.read((db) =>
			db
				.selectFrom('pauses')
				.selectAll()
				.where('scope', '=', scope)
				.where((e) => e.or([e('until', 'is', null), e('until', '>', this.database.clock)]))
				.orderBy('created_at')
				.orderBy('kind')
				.orderBy('name')
				.execute(),
		);
		return rows.map(pauseOf);
	}
}

/** The pauses in force among the targets. */
export function pausesAmong(trx: Trx, scope: string, targets: readonly PauseTarget[], now: Millis) {
	return trx
		.selectFrom('pauses')
		.selectAll()
		.where('scope', '=', scope)
		.where((e) => e.or([e('until', 'is', null), e('until', '>', now)]))
		.where((e) => e.or(targets.map(({ kind, name }) => e.and([e('kind', '=', kind), e('name', '=', name)]))));
}

/** The one that lasts longest; null when there is none. */
export function longestOf(rows: ReadonlyArray<Tables['pauses']>): Pause | null {
	const [longest] = rows.toSorted((a, b) => (b.until ?? Infinity) - (a.until ?? Infinity));
	return longest ? pauseOf(longest) : null;
}

function pauseOf({ scope, kind, name, reason, by_whom, until, created_at }: Tables['pauses']): Pause {
	return { scope, kind, name, reason, by: by_whom, until, createdAt: created_at };
}
