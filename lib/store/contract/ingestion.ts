import type { JsonObject, Millis } from './values';

/** Stages only ever move to the right; `dead` ends a record that could not be processed. */
export const INGESTION_STAGES = [
	'received',
	'emitted',
	'parsed',
	'classified',
	'matched',
	'confirmed',
	'dead',
] as const;
export type IngestionStage = (typeof INGESTION_STAGES)[number];

export interface NewIngestion {
	scope: string;
	/** Unique in the scope, e.g. `imap:account:mailbox:uidvalidity:uid` or `webhook:event id`. */
	key: string;
	/** Groups the records of one watched mailbox or endpoint. */
	feed: string;
	rawRef: string | null;
	/** Identity of the content across feeds (Message-ID and content hash); null when there is none. */
	contentKey: string | null;
	/** What the emitted item needs besides the raw bytes. */
	metadata: JsonObject;
	/** Addresses the record is about, kept as keyed hashes only: how `eraseAddress` finds it. Never read back. */
	subjects?: string[];
}

export interface IngestionRecord extends Omit<NewIngestion, 'subjects'> {
	/** Grows in the order of recording. */
	id: number;
	stage: IngestionStage;
	/** How often it has been emitted. */
	attempt: number;
	/** Members of one execution share a batch id; null until the first emit. */
	batch: string | null;
	/** Process that emitted it last. */
	emitter: string | null;
	emittedAt: Millis | null;
	error: string | null;
	/** Key of the arrival that brought the same mail first, another way; this one started nothing. */
	duplicateOfKey: string | null;
	createdAt: Millis;
	updatedAt: Millis;
}

export interface IngestionStore {
	/** Records once per (scope, key). `duplicateOf`: an earlier record of the scope with the same content key, from another key. */
	record(
		entry: NewIngestion,
	): Promise<{ record: IngestionRecord; created: boolean; duplicateOf: IngestionRecord | null }>;
	get(scope: string, key: string): Promise<IngestionRecord | null>;
	/** Marks the records emitted as one batch, counting the attempt; only those still `received`, or `emitted` with this `attempt`, change. */
	emit(scope: string, keys: string[], batch: string, emitter: string, attempt?: number): Promise<IngestionRecord[]>;
	/** Moves the stage to the right; a stage already passed is left. @returns false when there is no such record */
	advance(scope: string, key: string, stage: IngestionStage, error?: string): Promise<boolean>;
	/** Confirms a record without an execution of its own: the same mail has come as `firstKey` before. */
	confirmDuplicate(scope: string, key: string, firstKey: string): Promise<void>;
	/** Puts an emitted record back to `received` so that it is emitted again. */
	requeue(scope: string, key: string): Promise<boolean>;
	/** Records of a feed in the given stages, oldest first. */
	list(
		scope: string,
		feed: string,
		stages: readonly IngestionStage[],
		limit: number,
		afterId?: number,
	): Promise<IngestionRecord[]>;
	count(scope: string, feed: string, stages: readonly IngestionStage[]): Promise<number>;
	/** True when a record of the scope carries this content key. */
	knowsContent(scope: string, contentKey: string): Promise<boolean>;
}
