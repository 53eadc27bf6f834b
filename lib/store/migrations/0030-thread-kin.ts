import type { Migration } from './index';

/** Records that are compared with each other because they share a bucket. */
export const threadKin: Migration = {
	name: '0030-thread-kin',
	async up(db) {
		await db.schema
			.createTable('thread_kin')
			.addColumn('scope', 'text', (c) => c.notNull())
			.addColumn('bucket', 'text', (c) => c.notNull())
			.addColumn('at', 'bigint', (c) => c.notNull())
			.addColumn('key', 'text', (c) => c.notNull())
			.addColumn('seeking', 'integer', (c) => c.notNull())
			.addColumn('facts', 'text', (c) => c.notNull())
			.execute();
		await db.schema.createIndex('thread_kin_by_time').on('thread_kin').columns(['scope', 'bucket', 'at']).execute();
		await db.schema
			.createIndex('thread_kin_seeking')
			.on('thread_kin')
			.columns(['scope', 'bucket', 'seeking', 'at'])
			.execute();
		await db.schema.createIndex('thread_kin_by_key').on('thread_kin').columns(['scope', 'key']).execute();
	},
};
