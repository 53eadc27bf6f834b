import type { Migration } from './index';

/** Which execution has a mail, as the nodes behind the trigger say: after a crash n8n can be asked what became of it. */
export const ingestionExecution: Migration = {
	name: '0095-ingestion-execution',
	async up(db) {
		await db.schema.alterTable('ingestion').addColumn('execution', 'text').execute();
	},
};
