import type { RawBuilder } from 'kysely';
import type { Db, Dialect, Trx } from './dialect';
import type { Millis } from './store';
import { fullJitter, pause } from '../retry';

/** How often work is begun again after the database rolled it back for the sake of another (SQLSTATE 40001, 40P01). */
const MAX_ATTEMPTS = 20;

/**
 * A connected database: the one place where statements are run, begun again when the database says so, and their
 * errors translated. Work handed in may run several times and must do nothing but SQL.
 */
export class Database {
	readonly #writer: Db;
	readonly #reader: Db;
	readonly #flush: () => Promise<void>;
	readonly #end: () => Promise<void>;

	/** @param connections `flush` settles when what was committed before is on the disk; absent where a commit sees to it */
	constructor(
		readonly dialect: Dialect,
		connections: { writer: Db; reader: Db; flush?: () => Promise<void>; end: () => Promise<void> },
	) {
		this.#writer = connections.writer;
		this.#reader = connections.reader;
		this.#flush = connections.flush ?? (() => Promise.resolve());
		this.#end = connections.end;
	}

	/** The database's clock, to be used inside a statement. */
	get clock(): RawBuilder<Millis> {
		return this.dialect.clock;
	}

	/** Statements that change nothing. */
	read<T>(work: (db: Db) => Promise<T>): Promise<T> {
		return this.#attempt(() => work(this.#reader));
	}

	/** One statement that changes something; atomic by itself. */
	write<T>(work: (db: Db) => Promise<T>): Promise<T> {
		return this.#flushed(() => work(this.#writer));
	}

	/**
	 * Several statements as one atomic step, alone among those that name the same things.
	 * @param names what is read and then written, e.g. `send:<group id>`
	 * @param shared what is written in a way that others who share it do not read
	 */
	transaction<T>(
		names: readonly string[],
		work: (trx: Trx, now: Millis) => Promise<T>,
		shared: readonly string[] = [],
	): Promise<T> {
		return this.#flushed(() =>
			this.#writer.transaction().execute(async (trx) => work(trx, await this.dialect.enter(trx, names, shared))),
		);
	}

	close(): Promise<void> {
		return this.#end();
	}

	/** Settles when everything committed before is on the disk. */
	flush(): Promise<void> {
		return this.#flush();
	}

	/** The same connections, for work that is flushed by whoever asked for it. */
	withoutFlush(): Database {
		return new Database(this.dialect, { writer: this.#writer, reader: this.#reader, end: this.#end });
	}

	/** The connection is free again while the disk is waited for, so that others commit meanwhile. */
	async #flushed<T>(work: () => Promise<T>): Promise<T> {
		const result = await this.#attempt(work);
		await this.#flush();
		return result;
	}

	async #attempt<T>(work: () => Promise<T>): Promise<T> {
		for (let attempt = 1; ; attempt++) {
			try {
				return await work();
			} catch (error) {
				const verdict = this.dialect.judge(error);
				if (!verdict.retry || attempt >= MAX_ATTEMPTS) throw verdict.error;
				await pause(fullJitter(attempt, { first: 4, longest: 256 }));
			}
		}
	}
}
