import type { Trx } from '../dialect';
import type { JsonObject } from '../store';
import type { ThreadRow } from './rows';

/**
 * Moves everything of `others` to `survivor`; their ids live on as aliases that point straight at it, so that a
 * look-up takes the same two steps however often threads were joined. The survivor's data wins.
 */
export async function mergeThreads(trx: Trx, survivor: ThreadRow, others: readonly ThreadRow[]): Promise<ThreadRow> {
	if (others.length === 0) return survivor;
	const ids = others.map(({ id }) => id);
	await trx.updateTable('thread_keys').set({ thread_id: survivor.id }).where('thread_id', 'in', ids).execute();
	await trx.updateTable('thread_records').set({ thread_id: survivor.id }).where('thread_id', 'in', ids).execute();
	await trx
		.insertInto('thread_participants')
		.columns(['scope', 'thread_id', 'participant', 'standing'])
		.expression((e) =>
			e
				.selectFrom('thread_participants')
				.select((s) => [
					'scope',
					s.val(survivor.id).as('thread_id'),
					'participant',
					s.fn.max('standing').as('standing'),
				])
				.where('thread_id', 'in', [survivor.id, ...ids])
				.groupBy(['scope', 'participant']),
		)
		.onConflict((conflict) =>
			conflict.columns(['thread_id', 'participant']).doUpdateSet((e) => ({ standing: e.ref('excluded.standing') })),
		)
		.execute();
	await trx.deleteFrom('thread_participants').where('thread_id', 'in', ids).execute();
	await trx
		.updateTable('threads')
		.set({ merged_into: survivor.id, message_count: 0, data: '{}' })
		.where((e) => e.or([e('id', 'in', ids), e('merged_into', 'in', ids)]))
		.execute();
	await trx.updateTable('threads').set({ split_from: survivor.id }).where('split_from', 'in', ids).execute();
	const all = [survivor, ...others];
	const times = all.map(({ last_at }) => last_at).filter((at) => at !== null);
	return trx
		.updateTable('threads')
		.set({
			message_count: all.reduce((sum, row) => sum + row.message_count, 0),
			last_at: times.length === 0 ? null : Math.max(...times),
			split_from: ids.includes(survivor.split_from ?? '') ? null : survivor.split_from,
			data: JSON.stringify(
				all.reduceRight<JsonObject>((data, row) => ({ ...data, ...(JSON.parse(row.data) as JsonObject) }), {}),
			),
		})
		.where('id', '=', survivor.id)
		.returningAll()
		.executeTakeFirstOrThrow();
}
