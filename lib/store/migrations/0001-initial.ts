import type { CreateTableBuilder } from 'kysely';
import type { Dialect, Trx as Db } from '../dialect';
import type { Migration } from './index';

export const initial: Migration = {
	name: '0001-initial',
	async up(db, dialect) {
		await settings(db);
		await archive(db, dialect);
		await mailboxes(db);
		await ingestion(db, dialect);
		await threads(db, dialect);
		await sends(db, dialect);
		await suppressions(db);
		await limits(db, dialect);
		await deadLetters(db);
	},
};

/** A column that numbers the rows in the order of arrival. */
function numbered<T extends string>(table: CreateTableBuilder<T>, dialect: Dialect): CreateTableBuilder<T> {
	return table.addColumn('id', dialect.numberedColumn.type, (column) => {
		const key = column.primaryKey();
		return dialect.numberedColumn.autoIncrement ? key.autoIncrement() : key;
	});
}

async function settings(db: Db): Promise<void> {
	await db.schema
		.createTable('settings')
		.addColumn('name', 'text', (c) => c.primaryKey())
		.addColumn('value', 'text', (c) => c.notNull())
		.execute();
	await db.schema
		.createTable('scope_keys')
		.addColumn('scope', 'text', (c) => c.primaryKey())
		.addColumn('salt', 'text', (c) => c.notNull())
		.execute();
	await db.schema
		.createTable('subjects')
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('address_hash', 'text', (c) => c.notNull())
		.addColumn('kind', 'text', (c) => c.notNull())
		.addColumn('ref', 'text', (c) => c.notNull())
		.addPrimaryKeyConstraint('subjects_pk', ['scope', 'address_hash', 'kind', 'ref'])
		.execute();
	await db.schema.createIndex('subjects_by_ref').on('subjects').columns(['scope', 'kind', 'ref']).execute();
}

async function archive(db: Db, dialect: Dialect): Promise<void> {
	await db.schema
		.createTable('archive_objects')
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('sha256', 'text', (c) => c.notNull())
		.addColumn('size', 'bigint', (c) => c.notNull())
		.addColumn('mode', 'text', (c) => c.notNull())
		.addColumn('codec', 'text')
		.addColumn('blob_id', 'text')
		.addColumn('chunks', 'integer', (c) => c.notNull())
		.addColumn('kept_sha256', 'text')
		.addColumn('key_id', 'text')
		.addColumn('wrapped_key', 'text')
		.addColumn('stored_at', 'bigint', (c) => c.notNull())
		.addColumn('purged_at', 'bigint')
		.addPrimaryKeyConstraint('archive_objects_pk', ['scope', 'sha256'])
		.execute();
	await db.schema.createIndex('archive_objects_by_age').on('archive_objects').column('stored_at').execute();
	await db.schema.createIndex('archive_objects_by_key').on('archive_objects').column('key_id').execute();
	await db.schema
		.createTable('archive_chunks')
		.addColumn('blob_id', 'text', (c) => c.notNull())
		.addColumn('seq', 'integer', (c) => c.notNull())
		.addColumn('data', dialect.bytesColumn, (c) => c.notNull())
		.addPrimaryKeyConstraint('archive_chunks_pk', ['blob_id', 'seq'])
		.execute();
	await db.schema
		.createTable('archive_uploads')
		.addColumn('blob_id', 'text', (c) => c.primaryKey())
		.addColumn('started_at', 'bigint', (c) => c.notNull())
		.execute();
}

async function mailboxes(db: Db): Promise<void> {
	await db.schema
		.createTable('leases')
		.addColumn('name', 'text', (c) => c.primaryKey())
		.addColumn('owner', 'text', (c) => c.notNull())
		.addColumn('fence', 'bigint', (c) => c.notNull())
		.addColumn('expires_at', 'bigint', (c) => c.notNull())
		.execute();
	await db.schema
		.createTable('mailbox_cursors')
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('account', 'text', (c) => c.notNull())
		.addColumn('mailbox', 'text', (c) => c.notNull())
		.addColumn('uid_validity', 'text', (c) => c.notNull())
		.addColumn('last_uid', 'bigint', (c) => c.notNull())
		.addColumn('highest_modseq', 'text')
		.addColumn('updated_at', 'bigint', (c) => c.notNull())
		.addPrimaryKeyConstraint('mailbox_cursors_pk', ['scope', 'account', 'mailbox'])
		.execute();
	await db.schema
		.createTable('mailbox_statuses')
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('account', 'text', (c) => c.notNull())
		.addColumn('mailbox', 'text', (c) => c.notNull())
		.addColumn('status', 'text', (c) => c.notNull())
		.addColumn('updated_at', 'bigint', (c) => c.notNull())
		.addPrimaryKeyConstraint('mailbox_statuses_pk', ['scope', 'account', 'mailbox'])
		.execute();
}

async function ingestion(db: Db, dialect: Dialect): Promise<void> {
	await numbered(db.schema.createTable('ingestion'), dialect)
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('key', 'text', (c) => c.notNull())
		.addColumn('feed', 'text', (c) => c.notNull())
		.addColumn('raw_ref', 'text')
		.addColumn('content_key', 'text')
		.addColumn('metadata', 'text', (c) => c.notNull())
		.addColumn('stage', 'text', (c) => c.notNull())
		.addColumn('attempt', 'integer', (c) => c.notNull())
		.addColumn('batch', 'text')
		.addColumn('emitter', 'text')
		.addColumn('emitted_at', 'bigint')
		.addColumn('error', 'text')
		.addColumn('created_at', 'bigint', (c) => c.notNull())
		.addColumn('updated_at', 'bigint', (c) => c.notNull())
		.addUniqueConstraint('ingestion_key', ['scope', 'key'])
		.execute();
	await db.schema.createIndex('ingestion_by_feed').on('ingestion').columns(['scope', 'feed', 'stage', 'id']).execute();
	await db.schema.createIndex('ingestion_by_content').on('ingestion').columns(['scope', 'content_key', 'id']).execute();
	await db.schema.createIndex('ingestion_by_raw').on('ingestion').columns(['scope', 'raw_ref']).execute();
	await db.schema.createIndex('ingestion_by_age').on('ingestion').column('updated_at').execute();
	await db.schema
		.createTable('replay_keys')
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('key', 'text', (c) => c.notNull())
		.addColumn('fence', 'bigint', (c) => c.notNull())
		.addColumn('ttl', 'bigint', (c) => c.notNull())
		.addColumn('expires_at', 'bigint', (c) => c.notNull())
		.addColumn('confirmed_at', 'bigint')
		.addPrimaryKeyConstraint('replay_keys_pk', ['scope', 'key'])
		.execute();
	await db.schema.createIndex('replay_keys_by_expiry').on('replay_keys').column('expires_at').execute();
}

async function threads(db: Db, dialect: Dialect): Promise<void> {
	await db.schema
		.createTable('threads')
		.addColumn('id', 'text', (c) => c.primaryKey())
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('merged_into', 'text')
		.addColumn('split_from', 'text')
		.addColumn('message_count', 'integer', (c) => c.notNull())
		.addColumn('last_at', 'bigint')
		.addColumn('data', 'text', (c) => c.notNull())
		.addColumn('created_at', 'bigint', (c) => c.notNull())
		.execute();
	await db.schema.createIndex('threads_by_alias').on('threads').column('merged_into').execute();
	await db.schema.createIndex('threads_by_split').on('threads').column('split_from').execute();
	await db.schema.createIndex('threads_by_age').on('threads').columns(['scope', 'last_at']).execute();
	await db.schema
		.createTable('thread_keys')
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('key', 'text', (c) => c.notNull())
		.addColumn('thread_id', 'text', (c) => c.notNull())
		.addColumn('kind', 'text', (c) => c.notNull())
		.addPrimaryKeyConstraint('thread_keys_pk', ['scope', 'key'])
		.execute();
	await db.schema.createIndex('thread_keys_by_thread').on('thread_keys').column('thread_id').execute();
	await numbered(db.schema.createTable('thread_records'), dialect)
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('thread_id', 'text', (c) => c.notNull())
		.addColumn('key', 'text', (c) => c.notNull())
		.addColumn('content_hash', 'text', (c) => c.notNull())
		.addColumn('sort_at', 'bigint', (c) => c.notNull())
		.addColumn('participants', 'text', (c) => c.notNull())
		.addColumn('answer', 'text', (c) => c.notNull())
		.addColumn('metadata', 'text', (c) => c.notNull())
		.addUniqueConstraint('thread_records_key', ['scope', 'key', 'content_hash'])
		.execute();
	await db.schema
		.createIndex('thread_records_by_thread')
		.on('thread_records')
		.columns(['thread_id', 'sort_at', 'id'])
		.execute();
	await db.schema
		.createTable('thread_participants')
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('thread_id', 'text', (c) => c.notNull())
		.addColumn('participant', 'text', (c) => c.notNull())
		.addPrimaryKeyConstraint('thread_participants_pk', ['thread_id', 'participant'])
		.execute();
	await db.schema
		.createIndex('thread_participants_by_name')
		.on('thread_participants')
		.columns(['scope', 'participant'])
		.execute();
}

async function sends(db: Db, dialect: Dialect): Promise<void> {
	await db.schema
		.createTable('send_groups')
		.addColumn('id', 'text', (c) => c.primaryKey())
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('sender', 'text', (c) => c.notNull())
		.addColumn('key', 'text', (c) => c.notNull())
		.addColumn('fingerprint', 'text', (c) => c.notNull())
		.addColumn('message_id', 'text', (c) => c.notNull())
		.addColumn('fixed', 'text', (c) => c.notNull())
		.addColumn('stream', 'text')
		.addColumn('template', 'text')
		.addColumn('template_version', 'text')
		.addColumn('correlation_id', 'text')
		.addColumn('thread_id', 'text')
		.addColumn('tags', 'text', (c) => c.notNull())
		.addColumn('metadata', 'text', (c) => c.notNull())
		.addColumn('expires_at', 'bigint')
		.addColumn('created_at', 'bigint', (c) => c.notNull())
		.addUniqueConstraint('send_groups_key', ['scope', 'sender', 'key'])
		.execute();
	for (const column of ['message_id', 'correlation_id', 'thread_id', 'key']) {
		await db.schema.createIndex(`send_groups_by_${column}`).on('send_groups').columns(['scope', column]).execute();
	}
	await db.schema.createIndex('send_groups_by_age').on('send_groups').column('created_at').execute();
	await db.schema
		.createTable('sends')
		.addColumn('id', 'text', (c) => c.primaryKey())
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('group_id', 'text', (c) => c.notNull())
		.addColumn('recipient', 'text', (c) => c.notNull())
		.addColumn('state', 'text', (c) => c.notNull())
		.addColumn('fence', 'bigint', (c) => c.notNull())
		.addColumn('lease_until', 'bigint')
		.addColumn('not_before', 'bigint')
		.addColumn('attempts', 'integer', (c) => c.notNull())
		.addColumn('provider_message_id', 'text')
		.addColumn('response', 'text')
		.addColumn('reply_code', 'text')
		.addColumn('status', 'text')
		.addColumn('reason', 'text')
		.addColumn('created_at', 'bigint', (c) => c.notNull())
		.addColumn('updated_at', 'bigint', (c) => c.notNull())
		.addColumn('accepted_at', 'bigint')
		.addUniqueConstraint('sends_recipient', ['group_id', 'recipient'])
		.execute();
	await db.schema.createIndex('sends_by_recipient').on('sends').columns(['scope', 'recipient', 'id']).execute();
	await db.schema.createIndex('sends_by_provider_id').on('sends').columns(['scope', 'provider_message_id']).execute();
	await db.schema.createIndex('sends_by_state').on('sends').columns(['scope', 'state', 'id']).execute();
	await db.schema.createIndex('sends_by_lease').on('sends').columns(['scope', 'lease_until']).execute();
	await numbered(db.schema.createTable('send_events'), dialect)
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('send_id', 'text', (c) => c.notNull())
		.addColumn('type', 'text', (c) => c.notNull())
		.addColumn('from_state', 'text')
		.addColumn('to_state', 'text')
		.addColumn('at', 'bigint', (c) => c.notNull())
		.addColumn('detail', 'text', (c) => c.notNull())
		.execute();
	await db.schema.createIndex('send_events_by_send').on('send_events').columns(['send_id', 'id']).execute();
}

async function suppressions(db: Db): Promise<void> {
	await db.schema
		.createTable('suppressions')
		.addColumn('id', 'text', (c) => c.primaryKey())
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('address_hash', 'text', (c) => c.notNull())
		.addColumn('address', 'text', (c) => c.notNull())
		.addColumn('stream', 'text', (c) => c.notNull())
		.addColumn('reason', 'text', (c) => c.notNull())
		.addColumn('source', 'text', (c) => c.notNull())
		.addColumn('expires_at', 'bigint')
		.addColumn('created_at', 'bigint', (c) => c.notNull())
		.addUniqueConstraint('suppressions_address', ['scope', 'address_hash', 'stream'])
		.execute();
	await db.schema.createIndex('suppressions_by_id').on('suppressions').columns(['scope', 'id']).execute();
	await db.schema.createIndex('suppressions_by_expiry').on('suppressions').column('expires_at').execute();
}

async function limits(db: Db, dialect: Dialect): Promise<void> {
	await db.schema
		.createTable('token_buckets')
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('bucket', 'text', (c) => c.notNull())
		.addColumn('tokens', 'double precision', (c) => c.notNull())
		.addColumn('updated_at', 'bigint', (c) => c.notNull())
		.addPrimaryKeyConstraint('token_buckets_pk', ['scope', 'bucket'])
		.execute();
	await numbered(db.schema.createTable('quota_hits'), dialect)
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('quota', 'text', (c) => c.notNull())
		.addColumn('at', 'bigint', (c) => c.notNull())
		.addColumn('until', 'bigint', (c) => c.notNull())
		.execute();
	await db.schema.createIndex('quota_hits_by_time').on('quota_hits').columns(['scope', 'quota', 'at']).execute();
	await db.schema.createIndex('quota_hits_by_end').on('quota_hits').column('until').execute();
	await db.schema
		.createTable('breakers')
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('breaker', 'text', (c) => c.notNull())
		.addColumn('failures', 'integer', (c) => c.notNull())
		.addColumn('open_until', 'bigint')
		.addColumn('open_for', 'bigint', (c) => c.notNull())
		.addColumn('probing', 'integer', (c) => c.notNull())
		.addColumn('updated_at', 'bigint', (c) => c.notNull())
		.addPrimaryKeyConstraint('breakers_pk', ['scope', 'breaker'])
		.execute();
}

async function deadLetters(db: Db): Promise<void> {
	await db.schema
		.createTable('dead_letters')
		.addColumn('id', 'text', (c) => c.primaryKey())
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('key', 'text', (c) => c.notNull())
		.addColumn('feed', 'text', (c) => c.notNull())
		.addColumn('reason', 'text', (c) => c.notNull())
		.addColumn('message', 'text', (c) => c.notNull())
		.addColumn('raw_ref', 'text')
		.addColumn('item', 'text', (c) => c.notNull())
		.addColumn('attempts', 'integer', (c) => c.notNull())
		.addColumn('state', 'text', (c) => c.notNull())
		.addColumn('created_at', 'bigint', (c) => c.notNull())
		.addColumn('updated_at', 'bigint', (c) => c.notNull())
		.addUniqueConstraint('dead_letters_key', ['scope', 'key'])
		.execute();
	await db.schema.createIndex('dead_letters_by_state').on('dead_letters').columns(['scope', 'state', 'id']).execute();
	await db.schema.createIndex('dead_letters_by_raw').on('dead_letters').columns(['scope', 'raw_ref']).execute();
	await db.schema.createIndex('dead_letters_by_age').on('dead_letters').column('updated_at').execute();
}
