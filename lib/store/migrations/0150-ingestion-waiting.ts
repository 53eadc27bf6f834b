import { type SqlBool, sql } from 'kysely';
import type { Migration } from './index';

/** What waits for its first execution, and what was put back: thousands of the one must not be read to find the other. */
export const ingestionWaiting: Migration = {
	name: '0150-ingestion-waiting',
	async up(db) {
		await db.schema
			.createIndex('ingestion_waiting')
			.on('ingestion')
			// With the stage, which is always the same: without it SQLite takes the larger index of all stages.
			.columns(['scope', 'feed', 'stage', 'attempt', 'id'])
			.where(sql<SqlBool>`stage = 'received'`)
			.execute();
	},
};
