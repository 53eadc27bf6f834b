import type { Migration } from './index';

/** What a send can be traced by: its provider, its tags and template, and whether a sandbox kept it from its recipient. */
export const sendTrace: Migration = {
	name: '0040-send-trace',
	async up(db) {
		for (const column of ['provider', 'sandbox']) {
			await db.schema.alterTable('sends').addColumn(column, 'text').execute();
		}
		await db.schema
			.createTable('send_tags')
			.addColumn('scope', 'text', (c) => c.notNull())
			.addColumn('tag', 'text', (c) => c.notNull())
			.addColumn('group_id', 'text', (c) => c.notNull())
			.addPrimaryKeyConstraint('send_tags_pk', ['scope', 'tag', 'group_id'])
			.execute();
		await db.schema.createIndex('send_tags_by_group').on('send_tags').column('group_id').execute();
		await db.schema.createIndex('send_groups_by_template').on('send_groups').columns(['scope', 'template']).execute();
	},
};
