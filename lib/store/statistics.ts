import { sql } from 'kysely';
import type { Database } from './database';
import type { Db } from './dialect';
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
		const rows = await this.database.read((db) =>
			madeWithin(db, scope, range)
				.select(['sends.state', db.fn.countAll<number>().as('count')])
				.groupBy('sends.state')
				.execute(),
		);
		return rows.map(({ state, count }) => ({ name: null, state, count }));
	}

	async hours(scope: string, range: Range): Promise<StateCount<Millis>[]> {
		const hour = sql<number>`sends.created_at / ${sql.lit(HOUR)}`;
		const rows = await this.database.read((db) =>
			madeWithin(db, scope, range)
				.select([hour.as('hour'), 'sends.state', db.fn.countAll<number>().as('count')])
				.groupBy([hour, 'sends.state'])
				.orderBy(hour)
				.execute(),
		);
		return rows.map(({ hour, state, count }) => ({ name: hour * HOUR, state, count }));
	}

	async by(scope: string, dimension: SendDimension, range: Range, top: number): Promise<StateCount[]> {
		const column = COLUMNS[dimension];
		const { frequent, rows } = await this.database.read(async (db) => {
			const within = () => madeWithin(db, scope, range).innerJoin('send_groups', 'send_groups.id', 'sends.group_id');
			const count = db.fn.countAll<number>();
			const frequent = await within()
				.select([`${column} as name`, count.as('count')])
				.groupBy(column)
				.orderBy(count, 'desc')
				.orderBy(column)
				.limit(top)
				.execute();
			const rows = await within()
				.select([`${column} as name`, 'sends.state', count.as('count')])
				.groupBy([column, 'sends.state'])
				.execute();
			return { frequent, rows };
		});
		const order = new Map(frequent.map(({ name }, index) => [name, index]));
		return rows
			.filter(({ name }) => order.has(name))
			.sort((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0))
			.map(({ name, state, count }) => ({ name, state, count }));
	}

	latency(scope: string, until: 'accepted' | 'delivered', range: Range): Promise<Latency> {
		return this.database.read(async (db) => {
			const measured =
				until === 'accepted'
					? madeWithin(db, scope, range)
							.where('sends.accepted_at', 'is not', null)
							.select(sql<Millis>`sends.accepted_at - sends.created_at`.as('took'))
					: madeWithin(db, scope, range)
							.innerJoin('send_events', 'send_events.send_id', 'sends.id')
							.where('send_events.to_state', '=', 'delivered')
							.where('sends.accepted_at', 'is not', null)
							.select(sql<Millis>`send_events.at - sends.accepted_at`.as('took'));
			const { count } = await db
				.selectFrom(measured.as('measured'))
				.select((e) => e.fn.countAll<number>().as('count'))
				.executeTakeFirstOrThrow();
			const total = count;
			/** Nearest rank; neither database has the same function for it. */
			const at = async (share: number): Promise<Millis | null> => {
				if (total === 0) return null;
				const row = await measured
					.orderBy('took')
					.offset(Math.min(total - 1, Math.max(0, Math.ceil(total * share) - 1)))
					.limit(1)
					.executeTakeFirst();
				return row ? row.took : null;
			};
			return { count: total, p50: await at(0.5), p95: await at(0.95), p99: await at(0.99), max: await at(1) };
		});
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
				.where('state', 'in', ['reserved', 'deferred'])
				.where((e) => e.or([e('not_before', 'is', null), e('not_before', '<=', clock)]))
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

	async intake(
		scope: string,
		{ since, until }: Range,
	): Promise<Array<{ hour: Millis; stage: IngestionStage; count: number }>> {
		const hour = sql<number>`created_at / ${sql.lit(HOUR)}`;
		const rows = await this.database.read((db) => {
			const query = db
				.selectFrom('ingestion')
				.where('scope', '=', scope)
				.where('kind', '=', 'message')
				.where('created_at', '>=', since);
			return (until === undefined ? query : query.where('created_at', '<', until))
				.select([hour.as('hour'), 'stage', db.fn.countAll<number>().as('count')])
				.groupBy([hour, 'stage'])
				.orderBy(hour)
				.execute();
		});
		return rows.map(({ hour, stage, count }) => ({ hour: hour * HOUR, stage, count }));
	}

	async suppressions(scope: string): Promise<Array<{ reason: string; count: number }>> {
		const { clock } = this.database;
		const rows = await this.database.read((db) => {
			const count = db.fn.countAll<number>();
			return db
				.selectFrom('suppressions')
				.select(['reason', count.as('count')])
				.where('scope', '=', scope)
				.where((e) => e.or([e('expires_at', 'is', null), e('expires_at', '>', clock)]))
				.groupBy('reason')
				.orderBy(count, 'desc')
				.orderBy('reason')
				.execute();
		});
		return rows.map(({ reason, count }) => ({ reason, count }));
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

function madeWithin(db: Db, scope: string, { since, until }: Range) {
	const query = db.selectFrom('sends').where('sends.scope', '=', scope).where('sends.id', '>=', firstIdOf(since));
	return until === undefined ? query : query.where('sends.id', '<', firstIdOf(until));
}

/** The lowest id that a record of this time can have (recordId.ts). */
function firstIdOf(time: Millis): string {
	return Math.max(0, Math.floor(time)).toString(16).padStart(12, '0');
}
