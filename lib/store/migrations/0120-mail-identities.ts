import type { Migration } from './index';

/** What tells new mail from mail that lies under another UID now: it outlives the records of ingestion. */
export const mailIdentities: Migration = {
	name: '0120-mail-identities',
	async up(db) {
		await db.schema
			.createTable('mail_identities')
			.addColumn('scope', 'text', (c) => c.notNull())
			.addColumn('stream', 'text', (c) => c.notNull())
			.addColumn('identity', 'text', (c) => c.notNull())
			.addColumn('place', 'text', (c) => c.notNull())
			.addColumn('uid', 'bigint', (c) => c.notNull())
			.addColumn('seen_at', 'bigint', (c) => c.notNull())
			.addPrimaryKeyConstraint('mail_identities_pk', ['scope', 'stream', 'identity', 'place', 'uid'])
			.execute();
		await db.schema
			.createIndex('mail_identities_by_uid')
			.on('mail_identities')
			.columns(['scope', 'stream', 'place', 'uid'])
			.execute();
		await db.schema.createIndex('mail_identities_by_age').on('mail_identities').column('seen_at').execute();
		await db.schema
			.createTable('mailbox_windows')
			.addColumn('scope', 'text', (c) => c.notNull())
			.addColumn('account', 'text', (c) => c.notNull())
			.addColumn('mailbox', 'text', (c) => c.notNull())
			.addColumn('stream', 'text', (c) => c.notNull())
			.addColumn('uid_validity', 'text', (c) => c.notNull())
			.addColumn('epoch', 'integer', (c) => c.notNull())
			.addColumn('uids', 'text', (c) => c.notNull())
			.addColumn('updated_at', 'bigint', (c) => c.notNull())
			.addPrimaryKeyConstraint('mailbox_windows_pk', ['scope', 'account', 'mailbox'])
			.execute();
		await db.schema
			.createIndex('mailbox_windows_by_stream')
			.on('mailbox_windows')
			.columns(['scope', 'stream', 'updated_at'])
			.execute();
	},
};
