import { sql } from 'kysely';
import { StoreError } from '../../errors';
import type { Change, Db, Dialect, Read, Rows, Trx, Verdict } from '../dialect';
import type { Millis } from '../store';
import { explain } from './failure';

/** Marks a file as ours in its header (https://sqlite.org/pragma.html#pragma_application_id): "EmPi". */
const APPLICATION_ID = 0x456d5069;

export class SqliteDialect implements Dialect {
	readonly driver = 'sqlite';
	readonly clock = sql<Millis>`cast(round(unixepoch('subsec') * 1000) as integer)`;
	readonly numberedColumn = { type: 'integer', autoIncrement: true } as const;
	readonly locksRows = false;
	readonly changesWithin = false;
	readonly partOfCount = 1_500;
	readonly bytesColumn = 'blob';

	constructor(readonly location: string) {}

	/** A writing transaction is alone in the whole file already (BEGIN IMMEDIATE). */
	async enter(trx: Trx): Promise<Millis> {
		const { rows } = await sql<{ now: Millis }>`select ${this.clock} as now`.execute(trx);
		return rows[0]?.now ?? Date.now();
	}

	/** There is no way to the file that could be saved. */
	async changeTogether(_trx: Trx, changes: readonly Change[]): Promise<void> {
		for (const change of changes) await change.execute();
	}

	async readTogether<const Reads extends ReadonlyArray<Read<unknown>>>(_trx: Trx, reads: Reads): Promise<Rows<Reads>> {
		const answers: unknown[][] = [];
		for (const read of reads) answers.push(await read.execute());
		return answers as Rows<Reads>;
	}

	judge(error: unknown): Verdict {
		return { retry: false, error: explain(error, this.location) };
	}

	async prepare(trx: Trx): Promise<void> {
		const { rows: marks } = await sql<{ application_id: number }>`pragma application_id`.execute(trx);
		const { rows: tables } = await sql`select 1 from sqlite_master limit 1`.execute(trx);
		if (tables.length > 0 && marks[0]?.application_id !== APPLICATION_ID) {
			throw new StoreError(`The file ${this.location} is a database of another program.`, {
				code: 'STORE_NOT_OURS',
				hint: 'The file was left as it is. Choose a file name of its own for the store.',
				record: { file: this.location },
			});
		}
	}

	async seal(trx: Trx): Promise<void> {
		await sql.raw(`pragma application_id = ${APPLICATION_ID}`).execute(trx);
	}

	async serverVersion(db: Db): Promise<string> {
		const { rows } = await sql<{ version: string }>`select sqlite_version() as version`.execute(db);
		return `SQLite ${rows[0]?.version ?? ''}`;
	}

	async size(db: Db): Promise<number> {
		const { rows } = await sql<{ size: number }>`
			select page_count * page_size as size from pragma_page_count(), pragma_page_size()`.execute(db);
		return rows[0]?.size ?? 0;
	}
}
