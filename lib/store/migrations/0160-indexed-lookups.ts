import { sql } from 'kysely';
import type { Migration } from './index';

/** Columns of a send's group that sends are searched by, each in the order in which they are listed. */
const SEARCHED_OF_GROUPS = [
	'message_id',
	'correlation_id',
	'thread_id',
	'key',
	'template',
	'template_version',
	'stream',
] as const;
const SEARCHED_OF_SENDS = ['provider_message_id', 'provider', 'reason', 'sandbox'] as const;

/**
 * An index for every look-up, so that none reads more rows the more there are. What a partial index is made for stands
 * in the query as a literal.
 */
export const indexedLookups: Migration = {
	name: '0160-indexed-lookups',
	async up(db) {
		// When an unsent send is over: its group's, where the sweep finds it.
		await db.schema.alterTable('sends').addColumn('expires_at', 'bigint').execute();
		await db
			.updateTable('sends')
			.set((e) => ({
				expires_at: e.selectFrom('send_groups').select('expires_at').whereRef('send_groups.id', '=', 'sends.group_id'),
			}))
			.execute();
		const replaced = [
			...['message_id', 'correlation_id', 'thread_id', 'key', 'template', 'age'].map(
				(name) => `send_groups_by_${name}`,
			),
			'sends_by_provider_id',
			'sends_by_lease',
			'subjects_by_ref',
			'threads_by_alias',
			'threads_by_split',
			'ingestion_by_age',
			'ingestion_owed',
			'dead_letters_by_age',
			'archive_objects_by_age',
		];
		for (const name of replaced) await db.schema.dropIndex(name).execute();

		for (const column of SEARCHED_OF_GROUPS) {
			const columns = ['scope', column, 'id'] as const;
			await db.schema
				.createIndex(`send_groups_by_${column}`)
				.on('send_groups')
				.columns([...columns])
				.execute();
		}
		await db.schema.createIndex('send_groups_by_age').on('send_groups').columns(['created_at', 'id']).execute();
		await db.schema.createIndex('sends_by_id').on('sends').columns(['scope', 'id']).execute();
		for (const column of SEARCHED_OF_SENDS) {
			const columns = ['scope', column, 'id'] as const;
			await db.schema
				.createIndex(`sends_by_${column}`)
				.on('sends')
				.columns([...columns])
				.where(sql.ref(column), 'is not', null)
				.execute();
		}
		await db.schema
			.createIndex('sends_by_lease')
			.on('sends')
			.columns(['scope', 'lease_until', 'id'])
			.where(sql.ref('lease_until'), 'is not', null)
			.execute();
		await db.schema
			.createIndex('sends_by_turn')
			.on('sends')
			.column('scope')
			.column(sql`coalesce(not_before, created_at)`)
			.column('id')
			.where(sql<boolean>`state in ('reserved', 'deferred')`)
			.execute();
		await db.schema
			.createIndex('sends_by_expiry')
			.on('sends')
			.columns(['scope', 'expires_at', 'id'])
			.where(sql<boolean>`state in ('reserved', 'deferred') and expires_at is not null`)
			.execute();
		// With all that is asked for in it, or SQLite would prefer the primary key, which has that too.
		await db.schema
			.createIndex('subjects_by_ref')
			.on('subjects')
			.columns(['scope', 'kind', 'ref', 'address_hash'])
			.execute();
		// Most threads are neither; an index of theirs would be taken for one of all the others.
		for (const [name, column] of [
			['alias', 'merged_into'],
			['split', 'split_from'],
		] as const) {
			await db.schema
				.createIndex(`threads_by_${name}`)
				.on('threads')
				.column(column)
				.where(sql.ref(column), 'is not', null)
				.execute();
		}
		await db.schema
			.createIndex('threads_by_end')
			.on('threads')
			.column(sql`(case when last_at > created_at then last_at else created_at end)`)
			.column('id')
			.where(sql<boolean>`merged_into is null`)
			.execute();
		await db.schema
			.createIndex('ingestion_by_end')
			.on('ingestion')
			.columns(['updated_at', 'id'])
			.where(sql<boolean>`stage in ('confirmed', 'dead')`)
			.execute();
		// Its condition is a column too, so that SQLite prefers it to the index of all that came from the feed.
		await db.schema
			.createIndex('ingestion_owed')
			.on('ingestion')
			.columns(['scope', 'feed', 'stage', 'care', 'id'])
			.where(sql<boolean>`care = 'owed'`)
			.execute();
		await db.schema
			.createIndex('dead_letters_by_end')
			.on('dead_letters')
			.columns(['updated_at', 'id'])
			.where(sql<boolean>`state <> 'waiting'`)
			.execute();
		await db.schema
			.createIndex('archive_objects_by_age')
			.on('archive_objects')
			.columns(['stored_at', 'scope', 'sha256'])
			.where(sql<boolean>`purged_at is null`)
			.execute();
	},
};
