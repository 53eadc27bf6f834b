import type { Migration } from './index';

/** Several ways into one pipeline, and what each endpoint was asked. */
export const webhookIntake: Migration = {
	name: '0080-webhook-intake',
	async up(db) {
		await db.schema.alterTable('replay_keys').addColumn('owner', 'text').execute();
		await db.schema.alterTable('ingestion').addColumn('duplicate_of', 'text').execute();
		await db.schema
			.createTable('endpoint_counts')
			.addColumn('scope', 'text', (c) => c.notNull())
			.addColumn('endpoint', 'text', (c) => c.notNull())
			.addColumn('outcome', 'text', (c) => c.notNull())
			.addColumn('hour', 'bigint', (c) => c.notNull())
			.addColumn('label', 'text', (c) => c.notNull())
			.addColumn('count', 'bigint', (c) => c.notNull())
			.addColumn('last_at', 'bigint', (c) => c.notNull())
			.addPrimaryKeyConstraint('endpoint_counts_pk', ['scope', 'endpoint', 'outcome', 'hour'])
			.execute();
		await db.schema.createIndex('endpoint_counts_by_age').on('endpoint_counts').column('hour').execute();
	},
};
