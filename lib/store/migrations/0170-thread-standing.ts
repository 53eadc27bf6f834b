import type { Migration } from './index';

/** Who was named in a thread by a mail that anybody could have sent into it has no say in which threads are one. */
export const threadStanding: Migration = {
	name: '0170-thread-standing',
	async up(db) {
		await db.schema
			.alterTable('thread_participants')
			.addColumn('standing', 'integer', (column) => column.notNull().defaultTo(1))
			.execute();
	},
};
