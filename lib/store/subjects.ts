import { normalAddress } from '../address';
import type { Change, Trx } from './dialect';
import type { Tables } from './tables';

/** Addresses that differ in case, or in how their domain is written, are one person's. */
export function foldAddress(address: string): string {
	return normalAddress(address);
}

const INSERT_BATCH = 500;

/** A record, and the keyed hash of an address it is about. */
export type Subject = Tables['subjects'];

/** Notes whom records are about, so that an address can be erased without being kept. */
export async function fileSubjects(trx: Trx, subjects: readonly Subject[]): Promise<void> {
	for (let from = 0; from < subjects.length; from += INSERT_BATCH) {
		await filing(trx, subjects.slice(from, from + INSERT_BATCH)).execute();
	}
}

/** The same as one statement, for as many as one statement takes. */
export function filing(trx: Trx, subjects: readonly Subject[]): Change {
	return trx
		.insertInto('subjects')
		.values(subjects)
		.onConflict((conflict) => conflict.doNothing());
}
