import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { isBusy } from './failure';

/** How long a statement waits for another process before it gives up with SQLITE_BUSY, in ms. */
const PATIENCE = 30_000;
/** A transaction of many statements lets others on the event loop after so many ms of them. */
const TURN = 10;
/** Longest pause between two tries, in ms. */
const LONGEST_PAUSE = 12;
/** Prepared statements kept; the store has some hundred texts, and searches have many. */
const KEPT_STATEMENTS = 600;

/**
 * Kysely's driver over one connection of node:sqlite. Whoever holds the connection is alone on it (first come, first
 * served). While another process holds the file the wait is asynchronous: SQLite's own busy handler would stop the
 * event loop.
 */
export class SqliteDriver implements Driver {
	readonly #database: DatabaseSync;
	readonly #connection: SqliteConnection;
	#turn: Promise<void> = Promise.resolve();
	#leave: () => void = () => undefined;

	constructor(database: DatabaseSync) {
		this.#database = database;
		this.#connection = new SqliteConnection(database);
	}

	init(): Promise<void> {
		return Promise.resolve();
	}

	async acquireConnection(): Promise<DatabaseConnection> {
		const before = this.#turn;
		let leave = (): void => undefined;
		this.#turn = new Promise((resolve) => {
			leave = resolve;
		});
		await before;
		// Every call here is synchronous underneath: without a pause, many of them in a row would hold up everybody else.
		await this.#connection.giveWay();
		this.#leave = leave;
		return this.#connection;
	}

	releaseConnection(): Promise<void> {
		this.#leave();
		return Promise.resolve();
	}

	/** IMMEDIATE takes the write lock now, so that nothing in the transaction can fail for want of it later. */
	beginTransaction(): Promise<void> {
		return this.#connection.control('begin immediate');
	}

	commitTransaction(): Promise<void> {
		return this.#connection.control('commit');
	}

	/** SQLite has rolled back by itself after some errors (SQLITE_FULL, SQLITE_IOERR). */
	rollbackTransaction(): Promise<void> {
		return this.#database.isTransaction ? this.#connection.control('rollback') : Promise.resolve();
	}

	/** Whoever opened the connection closes it. */
	destroy(): Promise<void> {
		return Promise.resolve();
	}
}

class SqliteConnection implements DatabaseConnection {
	readonly #database: DatabaseSync;
	#turnEnds = 0;
	readonly #statements = new Map<string, { statement: StatementSync; returnsRows: boolean }>();

	constructor(database: DatabaseSync) {
		this.#database = database;
	}

	control(sql: string): Promise<void> {
		return patiently(() => this.#database.exec(sql));
	}

	/** Lets others on the event loop. */
	async giveWay(): Promise<void> {
		await new Promise((resolve) => setImmediate(resolve));
		this.#turnEnds = performance.now() + TURN;
	}

	async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
		if (performance.now() > this.#turnEnds) await this.giveWay();
		return patiently(() => {
			const { statement, returnsRows } = this.#prepared(query.sql);
			const parameters = query.parameters as SQLInputValue[];
			if (returnsRows) return { rows: statement.all(...parameters) as R[] };
			return { rows: [], numAffectedRows: BigInt(statement.run(...parameters).changes) };
		});
	}

	async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
		yield await this.executeQuery<R>(query);
	}

	#prepared(sql: string): { statement: StatementSync; returnsRows: boolean } {
		let prepared = this.#statements.get(sql);
		if (prepared === undefined) {
			const statement = this.#database.prepare(sql);
			prepared = { statement, returnsRows: statement.columns().length > 0 };
			if (this.#statements.size < KEPT_STATEMENTS) this.#statements.set(sql, prepared);
		}
		return prepared;
	}
}

/** Runs one statement, again and again while another connection holds the file. */
export async function patiently<T>(statement: () => T, patience = PATIENCE): Promise<T> {
	const deadline = Date.now() + patience;
	for (let attempt = 1; ; attempt++) {
		try {
			return statement();
		} catch (error) {
			if (!isBusy(error) || Date.now() > deadline) throw error;
			const pause = Math.min(attempt, LONGEST_PAUSE) * (0.5 + Math.random());
			await new Promise((resolve) => setTimeout(resolve, pause));
		}
	}
}
