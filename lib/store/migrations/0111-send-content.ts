import { type SqlBool, sql } from 'kysely';
import type { Migration } from './index';

/** A send may keep what goes out until it is over; the archive must not give it up before. */
export const sendContent: Migration = {
	name: '0111-send-content',
	async up(db) {
		await db.schema.alterTable('send_groups').addColumn('content_ref', 'text').execute();
		await db.schema
			.createIndex('send_groups_content')
			.on('send_groups')
			.columns(['content_ref', 'scope'])
			.where(sql<SqlBool>`content_ref is not null`)
			.execute();
	},
};
