import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Change, Db, Dialect, Read, Rows, Trx, Verdict } from '../dialect';
import type { Millis } from '../store';
import { explain, wasRolledBack } from './failure';

export class PostgresDialect implements Dialect {
	readonly driver = 'postgres';
	readonly clock = sql<Millis>`cast(floor(extract(epoch from clock_timestamp()) * 1000) as bigint)`;
	readonly numberedColumn = { type: 'bigserial', autoIncrement: false } as const;
	readonly locksRows = true;
	readonly changesWithin = true;
	readonly partOfCount = null;
	readonly bytesColumn = 'bytea';

	constructor(
		readonly location: string,
		private readonly schema: string,
		private readonly statementTimeout: Millis,
	) {}

	/**
	 * Advisory locks of the transaction: they need no row to lock and end with it, also behind a pooler. Taken in one
	 * order, two transactions that want the same names wait for each other instead of blocking one another. The time-out
	 * is the transaction's too: a SET would stay with the server connection of a pooler. All of it is one text without
	 * parameters, which the pool sends together with BEGIN.
	 */
	async enter(trx: Trx, names: readonly string[], shared: readonly string[] = []): Promise<Millis> {
		const locks = new Map(shared.map((name) => [this.#lockOf(name), 'pg_advisory_xact_lock_shared']));
		for (const name of names) locks.set(this.#lockOf(name), 'pg_advisory_xact_lock');
		const waits = [...locks]
			.sort(([one], [other]) => (one < other ? -1 : 1))
			.map(([lock, take]) => sql`select ${sql.raw(take)}(${sql.lit(lock)}); `);
		const timeout = sql.lit(`${this.statementTimeout}ms`);
		const { rows } = await sql<{
			now: Millis;
		}>`${sql.join(waits, sql``)}select ${this.clock} as now, set_config('statement_timeout', ${timeout}, true)`.execute(
			trx,
		);
		return rows[0]?.now ?? Date.now();
	}

	/** https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING */
	async changeTogether(trx: Trx, changes: readonly Change[]): Promise<void> {
		const last = changes.at(-1);
		if (last === undefined || changes.length === 1) {
			await last?.execute();
			return;
		}
		const within = changes.slice(0, -1).map((change, index) => sql`${sql.raw(`change_${index}`)} as (${change})`);
		await sql`with ${sql.join(within)} ${last}`.execute(trx);
	}

	/** Each read's rows as one value: an array in JSON. */
	async readTogether<const Reads extends ReadonlyArray<Read<unknown>>>(trx: Trx, reads: Reads): Promise<Rows<Reads>> {
		const values = reads.map((read) => sql`(select coalesce(json_agg(answer), '[]') from (${read}) answer)`);
		const { rows } = await sql<{
			answers: Rows<Reads>;
		}>`select json_build_array(${sql.join(values)}) as answers`.execute(trx);
		return rows[0]?.answers ?? (reads.map(() => []) as unknown as Rows<Reads>);
	}

	judge(error: unknown): Verdict {
		return { retry: wasRolledBack(error), error: explain(error, this.location) };
	}

	async prepare(trx: Trx): Promise<void> {
		const { rows } = await sql`select 1 from pg_namespace where nspname = ${this.schema}`.execute(trx);
		// CREATE SCHEMA IF NOT EXISTS asks for the right to create even where the schema is there.
		if (rows.length === 0) await trx.schema.createSchema(this.schema).execute();
	}

	seal(): Promise<void> {
		return Promise.resolve();
	}

	async serverVersion(db: Db): Promise<string> {
		const { rows } = await sql<{ version: string }>`select current_setting('server_version') as version`.execute(db);
		return `PostgreSQL ${rows[0]?.version ?? ''}`;
	}

	async size(db: Db): Promise<number> {
		const { rows } = await sql<{ size: number }>`
			select cast(coalesce(sum(pg_total_relation_size(c.oid)), 0) as bigint) as size
			from pg_class c join pg_namespace n on n.oid = c.relnamespace
			where n.nspname = ${this.schema} and c.relkind = 'r'`.execute(db);
		return rows[0]?.size ?? 0;
	}

	/** 64 bits; two names that share a lock only wait for each other without need. */
	#lockOf(name: string): string {
		return createHash('sha256').update(`${this.schema}\0${name}`).digest().readBigInt64BE().toString();
	}
}
