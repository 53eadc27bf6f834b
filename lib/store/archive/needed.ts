import type { Db, Trx } from '../dialect';
import type { ArchiveMode } from '../store';
import { KEEPS } from './write';

/**
 * How much of a raw message the scope still needs, at least `mode`: all of it while a record is under way or a dead letter
 * waits, else what the confirmed records were made to keep.
 */
export async function neededMode(db: Db | Trx, scope: string, ref: string, mode: ArchiveMode): Promise<ArchiveMode> {
	const waiting = await db
		.selectFrom('dead_letters')
		.select('id')
		.where('scope', '=', scope)
		.where('raw_ref', '=', ref)
		.where('state', '=', 'waiting')
		.limit(1)
		.executeTakeFirst();
	if (waiting) return 'full';
	const records = await db
		.selectFrom('ingestion')
		.select(['stage', 'keep'])
		.distinct()
		.where('scope', '=', scope)
		.where('raw_ref', '=', ref)
		// What is dead and waits no more has nothing to come.
		.where('stage', '!=', 'dead')
		.execute();
	const modes = records.map(({ stage, keep }): ArchiveMode => (stage === 'confirmed' ? keep : 'full'));
	return modes.reduce((most, one) => (KEEPS[one] > KEEPS[most] ? one : most), mode);
}
