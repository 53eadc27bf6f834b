import { type SqlBool, sql } from 'kysely';
import type { Migration } from './index';

/** What waits for its first execution, and what was put back: thousands of the one must not be read to find the other. */
export const ingestionWaiting: Migration = {
	name: '0150-ingestion-waiting',
	async up(db) {
		await db.schema
			.createIndex('ingestion_fresh')
			.on('ingestion')
			.columns(['scope', 'feed', 'id'])
			.where(sql<SqlBool>`stage = 'received' AND attempt = 0`)
			.execute();
		await db.schema
			.createIndex('ingestion_put_back')
			.on('ingestion')
			.columns(['scope', 'feed', 'id'])
			.where(sql<SqlBool>`stage = 'received' AND attempt > 0`)
			.execute();
	},
};
