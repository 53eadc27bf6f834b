import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../lib/store/database';
import { migrate, schemaVersion } from '../../../lib/store/migrate';
import { type Migration, migrations } from '../../../lib/store/migrations';
import { openSqlite } from '../../../lib/store/sqlite/open';

const folder = mkdtempSync(join(tmpdir(), 'store-migrate-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('migrate', () => {
	let file = 0;
	let database: Database;
	beforeEach(async () => {
		await (database as Database | undefined)?.close();
		database = await openSqlite(join(folder, `${++file}.sqlite`));
	});
	afterAll(() => database.close());

	const tables = async (): Promise<string[]> => {
		const { rows } = await database.read((db) =>
			sql<{ name: string }>`select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`.execute(
				db,
			),
		);
		return rows.map(({ name }) => name);
	};
	const adds = (name: string, table: string): Migration => ({
		name,
		up: async (db) => {
			await db.schema.createTable(table).addColumn('x', 'integer').execute();
		},
	});

	it('applies what is missing, in order, once', async () => {
		const first = adds('0001-a', 'a');
		await migrate(database, [first]);
		expect(await schemaVersion(database)).toBe('0001-a');
		await migrate(database, [first, adds('0002-b', 'b'), adds('0003-c', 'c')]);
		await migrate(database, [first, adds('0002-b', 'b'), adds('0003-c', 'c')]);
		expect(await tables()).toEqual(['migrations', 'a', 'b', 'c']);
		expect(await schemaVersion(database)).toBe('0003-c');
	});

	it('does all or nothing', async () => {
		const broken: Migration = { name: '0002-broken', up: () => Promise.reject(new Error('no')) };
		await expect(migrate(database, [adds('0001-a', 'a'), broken])).rejects.toThrow('no');
		expect(await tables()).toEqual([]);
		await migrate(database, [adds('0001-a', 'a')]);
		expect(await tables()).toEqual(['migrations', 'a']);
	});

	it('goes forward only', async () => {
		await migrate(database, [adds('0001-a', 'a'), adds('0002-b', 'b')]);
		await expect(migrate(database, [adds('0001-a', 'a')])).rejects.toMatchObject({
			code: 'STORE_SCHEMA_NEWER',
			record: { schema: '0002-b' },
		});
		expect(await tables()).toEqual(['migrations', 'a', 'b']);
	});

	it('has names that sort by age', () => {
		const names = migrations.map(({ name }) => name);
		expect(names).toEqual([...new Set(names)].sort());
	});
});
