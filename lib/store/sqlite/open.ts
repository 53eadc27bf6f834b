import { constants, accessSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, SqliteAdapter, SqliteIntrospector } from 'kysely';
import type { DatabaseSync } from 'node:sqlite';
import { StoreError, messageOf } from '../../errors';
import { Database } from '../database';
import type { Tables } from '../tables';
import { SqliteCompiler } from './compiler';
import { SqliteDialect } from './dialect';
import { SqliteDriver, patiently } from './driver';
import { explain } from './failure';
import { WalSync } from './walSync';

/** Page cache of a connection, in KiB (negative, as SQLite wants it). */
const CACHE = -16_000;
/** Pages of the log after which a commit moves them into the database, and the event loop waits for the disk. */
const CHECKPOINT = 4_000;

/**
 * Opens or creates the file with one connection that writes and one that reads (WAL lets them work side by side).
 * @param file absolute path; missing folders are made
 * @throws StoreError `STORE_SQLITE_UNAVAILABLE`, `STORE_CANNOT_OPEN`, `STORE_READ_ONLY`, `STORE_CORRUPT`, `STORE_NOT_OURS`
 */
export async function openSqlite(file: string): Promise<Database> {
	const { DatabaseSync } = loadSqlite();
	makeFile(file);
	const connections: DatabaseSync[] = [];
	try {
		const connect = async (): Promise<DatabaseSync> => {
			const connection = new DatabaseSync(file);
			connections.push(connection);
			// SQLite's own wait for a lock would stop the event loop; the driver waits instead.
			connection.exec('pragma busy_timeout = 0');
			// Reading the header first tells a damaged or foreign file before anything is written to it.
			await patiently(() => connection.exec('pragma schema_version'));
			await patiently(() => connection.exec('pragma journal_mode = wal'));
			// WalSync makes it `full`.
			connection.exec(`pragma synchronous = normal; pragma wal_autocheckpoint = ${CHECKPOINT}`);
			connection.exec(`pragma foreign_keys = on; pragma cache_size = ${CACHE}`);
			return connection;
		};
		const writer = await connect();
		const reader = await connect();
		reader.exec('pragma query_only = on');
		const connected = { writer: kyselyOn(writer), reader: kyselyOn(reader) };
		// Not left to Kysely, which ends only what it has used. The last connection to end clears the log away.
		const log = new WalSync(file);
		const end = async (): Promise<void> => {
			await log.close();
			await connected.writer.destroy();
			await connected.reader.destroy();
			for (const connection of connections) if (connection.isOpen) connection.close();
		};
		return new Database(new SqliteDialect(file), { ...connected, flush: () => log.sync(), end });
	} catch (error) {
		for (const connection of connections) connection.close();
		throw explain(error, file);
	}
}

/** node:sqlite is there from Node 22.13 without a flag, and what we use of it from 22.16; a build of Node may leave it out. */
function loadSqlite(): typeof import('node:sqlite') {
	// Absent from Node builds without SQLite, whatever its types say.
	const module = process.getBuiltinModule('node:sqlite') as typeof import('node:sqlite') | undefined;
	if (module !== undefined && 'columns' in module.StatementSync.prototype) return module;
	throw new StoreError(
		`This Node.js (${process.version}) has no built-in SQLite, or an old one, and the embedded store needs it.`,
		{
			code: 'STORE_SQLITE_UNAVAILABLE',
			hint: 'Run n8n on Node.js 22.16 or newer, or set the Email Pipeline Store (PipelineStoreApi) credential to a Postgres database.',
		},
	);
}

/** Made here and not by SQLite so that only its owner can read it: it holds mail. */
function makeFile(file: string): void {
	try {
		mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
		closeSync(openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600));
		accessSync(dirname(file), constants.W_OK);
	} catch (error) {
		const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
		const readOnly = reason === 'EROFS' || reason === 'EACCES' || reason === 'EPERM';
		throw new StoreError(`The store file ${file} cannot be opened for writing: ${messageOf(error)}`, {
			code: readOnly ? 'STORE_READ_ONLY' : 'STORE_CANNOT_OPEN',
			hint: 'Choose a folder in which the user that runs this process may create and write files.',
			record: { file, reason },
			cause: error,
		});
	}
}

function kyselyOn(connection: DatabaseSync): Kysely<Tables> {
	return new Kysely<Tables>({
		dialect: {
			createDriver: () => new SqliteDriver(connection),
			createAdapter: () => new SqliteAdapter(),
			createQueryCompiler: () => new SqliteCompiler(),
			createIntrospector: (db) => new SqliteIntrospector(db),
		},
	});
}
