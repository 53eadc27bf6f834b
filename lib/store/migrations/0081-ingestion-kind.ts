import type { Migration } from './index';

/** A webhook brings delivery events and test requests too, and they are no mails taken in. */
export const ingestionKind: Migration = {
	name: '0081-ingestion-kind',
	async up(db) {
		await db.schema
			.alterTable('ingestion')
			.addColumn('kind', 'text', (c) => c.notNull().defaultTo('message'))
			.execute();
	},
};
