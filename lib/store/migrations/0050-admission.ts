import type { Migration } from './index';

/** Turns at limits, what is paused, and the order in which deferred sends are due. */
export const admission: Migration = {
	name: '0050-admission',
	async up(db, dialect) {
		const { type, autoIncrement } = dialect.numberedColumn;
		await db.schema
			.createTable('limit_slots')
			.addColumn('id', type, (c) => (autoIncrement ? c.primaryKey().autoIncrement() : c.primaryKey()))
			.addColumn('scope', 'text', (c) => c.notNull())
			.addColumn('name', 'text', (c) => c.notNull())
			.addColumn('holder', 'text', (c) => c.notNull())
			.addColumn('at', 'double precision', (c) => c.notNull())
			.addColumn('used', 'integer', (c) => c.notNull())
			.addColumn('until', 'double precision', (c) => c.notNull())
			.addUniqueConstraint('limit_slots_holder', ['scope', 'name', 'holder'])
			.execute();
		await db.schema.createIndex('limit_slots_by_time').on('limit_slots').columns(['scope', 'name', 'at']).execute();
		await db.schema.createIndex('limit_slots_by_end').on('limit_slots').column('until').execute();
		await db.schema
			.createTable('pauses')
			.addColumn('scope', 'text', (c) => c.notNull())
			.addColumn('kind', 'text', (c) => c.notNull())
			.addColumn('name', 'text', (c) => c.notNull())
			.addColumn('reason', 'text')
			.addColumn('by_whom', 'text', (c) => c.notNull())
			.addColumn('until', 'bigint')
			.addColumn('created_at', 'bigint', (c) => c.notNull())
			.addPrimaryKeyConstraint('pauses_pk', ['scope', 'kind', 'name'])
			.execute();
		await db.schema.createIndex('sends_by_due').on('sends').columns(['scope', 'state', 'not_before']).execute();
	},
};
