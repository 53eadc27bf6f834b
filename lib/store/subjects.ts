import type { Trx } from './dialect';
import type { Tables } from './tables';

/** Notes by keyed hash whom a record is about, so that an address can be erased without keeping it. */
export async function fileSubjects(
	trx: Trx,
	record: { scope: string; kind: Tables['subjects']['kind']; ref: string; hashes: readonly string[] },
): Promise<void> {
	if (record.hashes.length === 0) return;
	const { scope, kind, ref } = record;
	await trx
		.insertInto('subjects')
		.values(record.hashes.map((address_hash) => ({ scope, kind, ref, address_hash })))
		.onConflict((conflict) => conflict.doNothing())
		.execute();
}
