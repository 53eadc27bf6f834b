import { type SqlBool, sql } from 'kysely';
import type { Database } from './database';
import type { Db } from './dialect';
import { firstIdAt } from './recordId';
import type {
	Backlog,
	IngestionStage,
	Latency,
	Millis,
	SendDimension,
	SendState,
	StateCount,
	StatisticsStore,
} from './store';

const HOUR: Millis = 3_600_000;

/** Columns that sends are counted by. */
const COLUMNS = {
	provider: 'sends.provider',
	template: 'send_groups.template',
	stream: 'send_groups.stream',
	sender: 'send_groups.sender',
	reason: 'sends.reason',
} as const satisfies Record<SendDimension, string>;

interface Range {
	since: Millis;
	until?: Millis;
}

/** Everything is counted by the database; the ids of sends begin with the time, so the primary key finds a range. */
export class SqlStatistics implements StatisticsStore {
	constructor(private readonly database: Database) {}

	async states(scope: string, range: Range): Promise<StateCount<null>[]> {
		// As an expression, so that SQLite does not walk the index of all states for the sake of their order.
		const state = sql<SendState>`sends.state || ''`;
		return this.#counts(scope, range, (db, within) =>
			within
				.select([sql<null>`null`.as('name'), state.as('state'), db.fn.countAll<number>().as('count')])
				.groupBy(state)
				.execute(),
		);
	}

	async hours(scope: string, range: Range): Promise<StateCount<Millis>[]> {
		const hour = sql<number>`sends.created_at / ${sql.lit(HOUR)}`;
		const counts = await this.#counts(scope, range, (db, within) =>
			within
				.select([hour.as('name'), 'sends.state', db.fn.countAll<number>().as('count')])
				.groupBy([hour, 'sends.state'])
				.execute(),
		);
		return counts.map((count) => ({ ...count, name: count.name * HOUR })).sort((a, b) => a.name - b.name);
	}

	async by(scope: string, dimension: SendDimension, range: Range, top: number): Promise<StateCount[]> {
		const column = COLUMNS[dimension];
		const counts = await this.#counts(scope, range, (db, within) =>
			(column.startsWith('sends.')
				? within
				: within.crossJoin('send_groups').whereRef('send_groups.id', '=', 'sends.group_id')
			)
				.select([sql.ref<string | null>(column).as('name'), 'sends.state', db.fn.countAll<number>().as('count')])
				.groupBy([sql.ref(column), 'sends.state'])
				.execute(),
		);
		const totals = new Map<string | null, number>();
		for (const { name, count } of counts) totals.set(name, (totals.get(name) ?? 0) + count);
		const frequent = [...totals]
			.sort(([a, few], [b, many]) => many - few || ((a ?? '') < (b ?? '') ? -1 : 1))
			.slice(0, top)
			.map(([name]) => name);
		const order = new Map(frequent.map((name, index) => [name, index]));
		return counts
			.filter(({ name }) => order.has(name))
			.sort((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0));
	}

	async latency(scope: string, until: 'accepted' | 'delivered', range: Range): Promise<Latency> {
		/** How often it took how long. */
		const times = new Map<Millis, number>();
		await this.#sumUp(scope, range, async (db, within) => {
			const accepted = within.where('sends.accepted_at', 'is not', null);
			const took =
				until === 'accepted'
					? sql<Millis>`sends.accepted_at - sends.created_at`
					: sql<Millis>`send_events.at - sends.accepted_at`;
			const measured =
				until === 'accepted'
					? accepted
					: accepted
							.crossJoin('send_events')
							.whereRef('send_events.send_id', '=', 'sends.id')
							.where('send_events.to_state', '=', 'delivered');
			const rows = await measured
				.select([took.as('took'), db.fn.countAll<number>().as('count')])
				.groupBy(took)
				.execute();
			for (const { took, count } of rows) times.set(took, (times.get(took) ?? 0) + count);
		});
		return latencyOf(times);
	}

	/** The same counts from each part of the range, added up. */
	async #counts<Name>(
		scope: string,
		range: Range,
		count: (db: Db, within: SendsWithin) => Promise<StateCount<Name>[]>,
	): Promise<StateCount<Name>[]> {
		const sums = new Map<Name, Map<SendState, StateCount<Name>>>();
		await this.#sumUp(scope, range, async (db, within) => {
			for (const row of await count(db, within)) {
				const states = sums.get(row.name) ?? new Map<SendState, StateCount<Name>>();
				sums.set(row.name, states);
				const known = states.get(row.state);
				if (known) known.count += row.count;
				else states.set(row.state, { name: row.name, state: row.state, count: row.count });
			}
		});
		return [...sums.values()].flatMap((states) => [...states.values()]);
	}

	/**
	 * Part by part, each a stretch of ids that SQLite reads within the time that one statement may take. Sends made while
	 * this goes on do not count.
	 */
	async #sumUp(
		scope: string,
		{ since, until }: Range,
		add: (db: Db, within: SendsWithin) => Promise<unknown>,
	): Promise<void> {
		const end = until === undefined ? null : firstIdAt(until);
		for (let from = firstIdAt(since); ;) {
			const start = from;
			const edge = await this.#edge((db) =>
				madeWithin(db, scope, start, end).select('sends.id as at').orderBy('sends.id'),
			);
			await this.database.read((db) => add(db, madeWithin(db, scope, start, edge ?? end)));
			if (edge === undefined) return;
			from = edge;
		}
	}

	async backlog(scope: string): Promise<Backlog> {
		const waiting: readonly SendState[] = [
			'reserved',
			'leased',
			'transmitting',
			'deferred',
			'in_doubt',
			'needs_review',
		];
		const { clock } = this.database;
		const { states, due, scheduled } = await this.database.read(async (db) => ({
			states: await db
				.selectFrom('sends')
				.select(['state', db.fn.countAll<number>().as('count')])
				.where('scope', '=', scope)
				.where('state', 'in', waiting)
				.groupBy('state')
				.execute(),
			due: await db
				.selectFrom('sends')
				.select((e) => [
					e.fn.countAll<number>().as('count'),
					e.fn.min(e.fn.coalesce('not_before', 'created_at')).as('oldest'),
				])
				.where('scope', '=', scope)
				// As literals, so that the index of whose turn it is serves it.
				.where(sql<SqlBool>`state in ('reserved', 'deferred')`)
				.where(sql<Millis>`coalesce(not_before, created_at)`, '<=', clock)
				.executeTakeFirstOrThrow(),
			scheduled: await db
				.selectFrom('sends')
				.select((e) => [e.fn.countAll<number>().as('count'), e.fn.min('not_before').as('next')])
				.where('scope', '=', scope)
				.where('state', '=', 'deferred')
				.where('not_before', '>', clock)
				.executeTakeFirstOrThrow(),
		}));
		const inState = (...names: SendState[]): number =>
			states.filter(({ state }) => names.includes(state)).reduce((sum, { count }) => sum + count, 0);
		return {
			due: due.count,
			scheduled: scheduled.count,
			underWay: inState('leased', 'transmitting'),
			inDoubt: inState('in_doubt'),
			needsReview: inState('needs_review'),
			oldestDue: due.oldest,
			nextDue: scheduled.next,
		};
	}

	async intake(scope: string, range: Range): Promise<Array<{ hour: Millis; stage: IngestionStage; count: number }>> {
		const hour = sql<number>`created_at / ${sql.lit(HOUR)}`;
		const sums = new Map<string, { hour: Millis; stage: IngestionStage; count: number }>();
		const within = (db: Db, from: Millis, end?: Millis) => {
			const query = db.selectFrom('ingestion').where('scope', '=', scope).where('created_at', '>=', from);
			return end === undefined ? query : query.where('created_at', '<', end);
		};
		for (let from: Millis | undefined = range.since; from !== undefined;) {
			const start: Millis = from;
			const edge: Millis | undefined = await this.#edge((db) =>
				within(db, start, range.until).select('created_at as at').orderBy('created_at'),
			);
			// At least one ms, however much came in it.
			from = edge === undefined ? undefined : Math.max(edge, start + 1);
			const rows = await this.database.read((db) =>
				within(db, start, from ?? range.until)
					.where('kind', '=', 'message')
					.select([hour.as('hour'), 'stage', db.fn.countAll<number>().as('count')])
					.groupBy([hour, 'stage'])
					.execute(),
			);
			for (const { hour, stage, count } of rows) {
				const key = `${hour} ${stage}`;
				sums.set(key, { hour: hour * HOUR, stage, count: (sums.get(key)?.count ?? 0) + count });
			}
		}
		return [...sums.values()].sort((a, b) => a.hour - b.hour);
	}

	async suppressions(scope: string): Promise<Array<{ reason: string; count: number }>> {
		const { clock } = this.database;
		const sums = new Map<string, number>();
		const after = (db: Db, id: string, last?: string) => {
			const query = db.selectFrom('suppressions').where('scope', '=', scope).where('id', '>', id);
			return last === undefined ? query : query.where('id', '<=', last);
		};
		for (let from: string | undefined = ''; from !== undefined;) {
			const start: string = from;
			from = await this.#edge((db) => after(db, start).select('id as at').orderBy('id'));
			const rows = await this.database.read((db) =>
				after(db, start, from)
					.select(['reason', db.fn.countAll<number>().as('count')])
					.where((e) => e.or([e('expires_at', 'is', null), e('expires_at', '>', clock)]))
					.groupBy('reason')
					.execute(),
			);
			for (const { reason, count } of rows) sums.set(reason, (sums.get(reason) ?? 0) + count);
		}
		return [...sums]
			.map(([reason, count]) => ({ reason, count }))
			.sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
	}

	/** Where the next part of what is counted begins; undefined when one statement may count the rest. */
	async #edge<At>(rows: (db: Db) => Ordered<At>): Promise<At | undefined> {
		const { partOfCount } = this.database.dialect;
		if (partOfCount === null) return undefined;
		const row = await this.database.read((db) => rows(db).offset(partOfCount).limit(1).executeTakeFirst());
		return row?.at;
	}

	async breakers(
		scope: string,
	): Promise<Array<{ name: string; failures: number; openUntil: Millis | null; updatedAt: Millis }>> {
		const rows = await this.database.read((db) =>
			db
				.selectFrom('breakers')
				.select(['breaker', 'failures', 'open_until', 'updated_at'])
				.where('scope', '=', scope)
				.where((e) => e.or([e('failures', '>', 0), e('open_until', 'is not', null)]))
				.orderBy('breaker')
				.execute(),
		);
		return rows.map(({ breaker, failures, open_until, updated_at }) => ({
			name: breaker,
			failures,
			openUntil: open_until,
			updatedAt: updated_at,
		}));
	}
}

/** A query of rows in order. */
interface Ordered<At> {
	offset(count: number): { limit(count: number): { executeTakeFirst(): Promise<{ at: At } | undefined> } };
}

function madeWithin(db: Db, scope: string, from: string, end: string | null) {
	const query = db.selectFrom('sends').where('sends.scope', '=', scope).where('sends.id', '>=', from);
	return end === null ? query : query.where('sends.id', '<', end);
}

type SendsWithin = ReturnType<typeof madeWithin>;

/** Percentiles by the nearest rank. */
function latencyOf(times: ReadonlyMap<Millis, number>): Latency {
	const sorted = [...times].sort(([a], [b]) => a - b);
	const total = sorted.reduce((sum, [, count]) => sum + count, 0);
	const at = (share: number): Millis | null => {
		let rank = Math.min(total, Math.max(1, Math.ceil(total * share)));
		for (const [took, count] of sorted) {
			rank -= count;
			if (rank <= 0) return took;
		}
		return null;
	};
	return { count: total, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
