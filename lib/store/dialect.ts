import type { Kysely, OperationNodeSource, RawBuilder, Transaction } from 'kysely';
import type { Millis } from './store';
import type { Tables } from './tables';

export type Db = Kysely<Tables>;
export type Trx = Transaction<Tables>;

/** A statement that changes a table, such as an insert of the transaction's. */
export interface Change extends OperationNodeSource {
	execute(): Promise<unknown>;
}

/** A statement that reads rows: numbers, texts and nulls. */
export interface Read<Row> extends OperationNodeSource {
	execute(): Promise<Row[]>;
}

/** The answers of reads, each in its place. */
export type Rows<Reads extends ReadonlyArray<Read<unknown>>> = {
	-readonly [Place in keyof Reads]: Reads[Place] extends Read<infer Row> ? Row[] : never;
};

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
	/** Rows counted by one statement: null where a statement does not stop the event loop. */
	readonly partOfCount: number | null;
	readonly bytesColumn: 'blob' | 'bytea';
	/**
	 * Makes this transaction the only one that holds these names until it ends; the time after that.
	 * @param shared names held beside others who share them, and beside nobody who holds them alone
	 */
	enter(trx: Trx, names: readonly string[], shared?: readonly string[]): Promise<Millis>;
	/** Makes changes none of which reads, or changes the rows of, another: in one round trip where that can be. */
	changeTogether(trx: Trx, changes: readonly Change[]): Promise<void>;
	/** Reads none of which needs another's answer: in one round trip where that can be. */
	readTogether<const Reads extends ReadonlyArray<Read<unknown>>>(trx: Trx, reads: Reads): Promise<Rows<Reads>>;
	judge(error: unknown): Verdict;
	/** Readies the place for the migrations, within their transaction and lock. */
	prepare(trx: Trx): Promise<void>;
	/** Called when the migrations are through, in the same transaction. */
	seal(trx: Trx): Promise<void>;
	serverVersion(db: Db): Promise<string>;
	/** Bytes on disk, indexes included. */
	size(db: Db): Promise<number>;
}
