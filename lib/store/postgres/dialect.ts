import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db, Dialect, Trx, Verdict } from '../dialect';
import type { Millis } from '../store';
import { explain, wasRolledBack } from './failure';

export class PostgresDialect implements Dialect {
	readonly driver = 'postgres';
	readonly clock = sql<Millis>`cast(floor(extract(epoch from clock_timestamp()) * 1000) as bigint)`;
	readonly numberedColumn = { type: 'bigserial', autoIncrement: false } as const;
	readonly locksRows = true;
	readonly changesWithin = true;
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
	async enter(trx: Trx, names: readonly string[]): Promise<Millis> {
		const locks = [...new Set(names.map((name) => this.#lockOf(name)))].sort();
		const waits = locks.map((lock) => sql`select pg_advisory_xact_lock(${sql.lit(lock)}); `);
		const timeout = sql.lit(`${this.statementTimeout}ms`);
		const { rows } = await sql<{
			now: Millis;
		}>`${sql.join(waits, sql``)}select ${this.clock} as now, set_config('statement_timeout', ${timeout}, true)`.execute(
			trx,
		);
		return rows[0]?.now ?? Date.now();
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
