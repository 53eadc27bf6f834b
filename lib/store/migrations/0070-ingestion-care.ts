import { sql } from 'kysely';
import type { Migration } from './index';

/** What a feed owes a record after its confirmation, what it wants kept of the mail, and when it may be emitted again. */
export const ingestionCare: Migration = {
	name: '0070-ingestion-care',
	async up(db) {
		await db.schema
			.alterTable('ingestion')
			.addColumn('keep', 'text', (c) => c.notNull().defaultTo('full'))
			.execute();
		await db.schema
			.alterTable('ingestion')
			.addColumn('care', 'text', (c) => c.notNull().defaultTo('none'))
			.execute();
		await db.schema.alterTable('ingestion').addColumn('not_before', 'bigint').execute();
		await db.schema
			.createIndex('ingestion_owed')
			.on('ingestion')
			.columns(['scope', 'feed', 'id'])
			.where(sql.ref('care'), '=', 'owed')
			.execute();
	},
};
