import type { Millis } from './values';

/** How long records are kept once they have come to rest, in ms. A kind that is not named is kept for ever. */
export interface Retention {
	/** Content of raw messages, by when it was stored; the tombstone stays. Never of a message still under way. */
	archive?: Millis;
	/** Ingestion records that are confirmed or dead. */
	ingestion?: Millis;
	/** What tells that a mail was taken in before, as keyed hashes; by when it was last compared. Longer than the records. */
	identities?: Millis;
	/** Threads without a new message for so long. */
	threads?: Millis;
	/** Sends that are over, with their history. Their idempotency keys are free again after that. */
	sends?: Millis;
	/** Dead letters that were replayed or discarded. */
	deadLetters?: Millis;
}

/** Records removed, by kind. */
export interface PurgeReport {
	archive: number;
	ingestion: number;
	threads: number;
	sends: number;
	deadLetters: number;
	/** Suppressions, replay keys, quota uses, identities of mails and broken-off uploads that had expired. */
	expired: number;
}

/** What an erasure went through, by kind. */
export interface ErasureReport {
	/** Raw messages whose content was removed. */
	archive: number;
	/** Ingestion records that were emptied. */
	ingestion: number;
	/** Threads that no longer name the address. */
	threads: number;
	/** Sends that no longer name the address; those not yet begun were canceled. */
	sends: number;
	/** Suppressions that live on as a hash only. */
	suppressions: number;
	/** Dead letters that were emptied. */
	deadLetters: number;
}

export interface MaintenanceStore {
	/** Removes what is older than its retention, and whatever has expired, in small batches. */
	purge(retention: Retention, options?: { batch?: number }): Promise<PurgeReport>;
	/**
	 * Purges now and then every `every` ms; of all processes on the store one does it each time.
	 * @returns ends it
	 */
	schedule(retention: Retention, every: Millis, onError: (error: unknown) => void): () => void;
	/** Erases one address from all records of the scope. Found are those filed with `subjects`, sends and participants. */
	eraseAddress(scope: string, address: string): Promise<ErasureReport>;
	/** Erases a tenant: first its key, which makes every copy of its encrypted mail unreadable, then every record. */
	eraseScope(scope: string): Promise<number>;
	/** Puts all content under the newest master key, so that the others can be retired. @returns objects changed */
	rewrapKeys(): Promise<number>;
}
