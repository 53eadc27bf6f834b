import type { Kysely, RawBuilder, Transaction } from 'kysely';
import type { Millis } from './store';
import type { Tables } from './tables';

export type Db = Kysely<Tables>;
export type Trx = Transaction<Tables>;

/** What to do with an error of the driver: begin the same work again, or throw this instead. */
export interface Verdict {
	retry: boolean;
	error: unknown;
}

/** All that differs between the two drivers, so that one text of each query serves both. */
export interface Dialect {
	readonly driver: 'sqlite' | 'postgres';
	/** File or database, without credentials. */
	readonly location: string;
	/** The database's clock as an SQL expression, in ms since 1970. */
	readonly clock: RawBuilder<Millis>;
	readonly numberedColumn: { type: 'integer' | 'bigserial'; autoIncrement: boolean };
	/** True where a row that was read can change before it is written, unless it is read FOR UPDATE. */
	readonly locksRows: boolean;
	/** True where one statement may change several tables (data-modifying WITH), which saves round trips. */
	readonly changesWithin: boolean;
	readonly bytesColumn: 'blob' | 'bytea';
	/** Makes this transaction the only one that holds these names until it ends; the time after that. */
	enter(trx: Trx, names: readonly string[]): Promise<Millis>;
	judge(error: unknown): Verdict;
	/** Readies the place for the migrations, within their transaction and lock. */
	prepare(trx: Trx): Promise<void>;
	/** Called when the migrations are through, in the same transaction. */
	seal(trx: Trx): Promise<void>;
	serverVersion(db: Db): Promise<string>;
	/** Bytes on disk, indexes included. */
	size(db: Db): Promise<number>;
}
