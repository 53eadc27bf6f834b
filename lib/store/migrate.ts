import { sql } from 'kysely';
import { StoreError } from '../errors';
import type { Database } from './database';
import { migrations as known, type Migration } from './migrations';

/**
 * Brings the schema up to date. Forward only, in one transaction that others wait for: of ten processes that start at
 * once, one migrates. Nothing is written when the schema is current.
 * @throws StoreError `STORE_SCHEMA_NEWER` when a newer version of this package has been at work here
 */
export async function migrate(database: Database, migrations: readonly Migration[] = known): Promise<void> {
	await database.transaction(['schema'], async (trx) => {
		const { dialect } = database;
		await dialect.prepare(trx);
		const db = trx.$extendTables<{ migrations: { name: string; applied_at: number } }>();
		await db.schema
			.createTable('migrations')
			.ifNotExists()
			.addColumn('name', 'text', (column) => column.primaryKey())
			.addColumn('applied_at', 'bigint', (column) => column.notNull())
			.execute();
		const applied = new Set((await db.selectFrom('migrations').select('name').execute()).map(({ name }) => name));
		const unknown = [...applied].filter((name) => !migrations.some((migration) => migration.name === name)).sort();
		if (unknown.length > 0) {
			throw new StoreError(
				`The store ${dialect.location} was written by a newer version of this package (schema ${unknown.join(', ')}).`,
				{
					code: 'STORE_SCHEMA_NEWER',
					hint: 'Install that version again, or restore the backup made before the upgrade. Nothing was changed.',
					record: { location: dialect.location, schema: unknown.at(-1) ?? null },
				},
			);
		}
		const missing = migrations.filter(({ name }) => !applied.has(name));
		for (const migration of missing) {
			await migration.up(trx, dialect);
			await db.insertInto('migrations').values({ name: migration.name, applied_at: dialect.clock }).execute();
		}
		if (missing.length > 0) await dialect.seal(trx);
	});
}

/** Name of the newest migration applied. */
export async function schemaVersion(database: Database): Promise<string> {
	const newest = await database.read((db) =>
		db
			.$extendTables<{ migrations: { name: string } }>()
			.selectFrom('migrations')
			.select(sql<string>`max(name)`.as('name'))
			.executeTakeFirst(),
	);
	return newest?.name ?? '';
}
