import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { isUnavailable, leavesConnectionUnusable } from './failure';

/** How long a caller waits for a server that is away, as long as none of its work was sent, in ms. */
const PATIENCE = 5_000;
const PAUSE = 100;

/** The answer to what need not be asked. */
const NOTHING: PostgresQueryResult<never> = { command: 'COMMIT', rowCount: 0, rows: [] };

/** The pool as Kysely wants it, which bears with a server that restarts and lets go of broken connections. */
export function patientPool(pool: Pool): PostgresPool {
	return {
		connect: async () => new Connection(pool, await connectPatiently(pool)),
		end: () => pool.end(),
		options: pool.options,
	};
}

class Connection implements PostgresPoolClient {
	readonly #pool: Pool;
	#client: PoolClient | null;
	#broken = false;
	/** BEGIN is kept back until the first statement, to go with it: a round trip less. */
	#toBegin = false;

	constructor(pool: Pool, client: PoolClient) {
		this.#pool = pool;
		this.#client = client;
	}

	query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
	query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
	query<R>(
		sql: string | PostgresCursor<R>,
		parameters: readonly unknown[] = [],
	): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
		if (typeof sql !== 'string') throw new TypeError('The store reads whole results, not through cursors.');
		return this.#query(sql, parameters);
	}

	async #query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
		if (sql === 'begin') {
			this.#toBegin = true;
			return NOTHING;
		}
		if (!this.#toBegin) return await this.#attempt<R>(sql, parameters);
		this.#toBegin = false;
		// The transaction ends before it has begun.
		if (sql === 'rollback' || sql === 'commit') return NOTHING;
		if (parameters.length === 0) return await this.#begin<R>(`begin; ${sql}`);
		await this.#begin('begin');
		return await this.#attempt<R>(sql, parameters);
	}

	async #begin<R>(sql: string): Promise<PostgresQueryResult<R>> {
		try {
			return await this.#attempt<R>(sql, []);
		} catch (error) {
			if (!isUnavailable(error)) throw error;
			// The connection had died in the pool. Nothing was changed yet, so another one serves as well.
			this.release();
			this.#client = await connectPatiently(this.#pool);
			this.#broken = false;
			return await this.#attempt<R>(sql, []);
		}
	}

	async #attempt<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
		try {
			return await this.#send<R>(sql, parameters);
		} catch (error) {
			this.#broken ||= leavesConnectionUnusable(error);
			throw error;
		}
	}

	release(): void {
		this.#client?.release(this.#broken);
		this.#client = null;
	}

	async #send<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
		// A text in Postgres cannot hold U+0000, but a header of a hostile mail can.
		if (this.#client === null) throw new Error('The connection was given back.');
		const values = parameters.map((value) => (typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value));
		const result: unknown = await this.#client.query(sql, values);
		// Of several statements in one text, the last one is meant.
		return (Array.isArray(result) ? result.at(-1) : result) as PostgresQueryResult<R>;
	}
}

async function connectPatiently(pool: Pool): Promise<PoolClient> {
	const deadline = Date.now() + PATIENCE;
	for (;;) {
		try {
			return await pool.connect();
		} catch (error) {
			if (!isUnavailable(error) || Date.now() > deadline) throw error;
			await new Promise((resolve) => setTimeout(resolve, PAUSE * (0.5 + Math.random())));
		}
	}
}
