import { Kysely, PostgresDialect as KyselyPostgres, type QueryCompiler } from 'kysely';
import { Pool } from 'pg';
import { Database } from '../database';
import type { Tables } from '../tables';
import { PostgresCompiler } from './compiler';
import { type PostgresOptions, configOf } from './config';
import { PostgresDialect } from './dialect';
import { explain } from './failure';
import { patientPool } from './pool';

const DEFAULT_SCHEMA = 'email_pipeline';
const DEFAULT_STATEMENT_TIMEOUT = 30_000;

/**
 * Connects a pool. Nothing here needs a session: no named statements, no SET, no session locks, so a pooler in
 * transaction mode may stand in between.
 * @throws StoreError `STORE_URL_INVALID`, `STORE_UNAVAILABLE`, `STORE_LOGIN_REFUSED`, `STORE_TLS_FAILED`, `STORE_CANNOT_OPEN`
 */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
	const schema = options.schema ?? DEFAULT_SCHEMA;
	const statementTimeout = options.statementTimeout ?? DEFAULT_STATEMENT_TIMEOUT;
	const { config, location } = configOf(options);
	const pool = new Pool({ ...config, query_timeout: statementTimeout + 5_000 });
	// A connection that breaks while nobody waits for its answer leaves the pool; the next caller gets another.
	pool.on('error', () => undefined);
	pool.on('connect', (client) => client.on('error', () => undefined));
	try {
		(await pool.connect()).release();
	} catch (error) {
		await pool.end();
		throw explain(error, location);
	}
	const kysely = new Kysely<Tables>({ dialect: new Connection({ pool: patientPool(pool) }) }).withSchema(schema);
	const connected = { writer: kysely, reader: kysely, end: () => pool.end() };
	return new Database(new PostgresDialect(location, schema, statementTimeout), connected);
}

class Connection extends KyselyPostgres {
	override createQueryCompiler(): QueryCompiler {
		return new PostgresCompiler();
	}
}
