import type { Migration } from './index';

/** So that mails taken in can be counted by hour without reading all of them. */
export const intakeByTime: Migration = {
	name: '0060-intake-by-time',
	async up(db) {
		await db.schema.createIndex('ingestion_by_time').on('ingestion').columns(['scope', 'created_at']).execute();
	},
};
