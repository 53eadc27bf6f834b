import type { ArchiveMode } from './archive';
import type { MailIdentity } from './identities';
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

/** What a feed does with a record once it is confirmed (an action in the mailbox, less of the raw mail kept): durable until it is done. */
export type IngestionCare = 'none' | 'owed' | 'done' | 'failed';

/** What came: a mail, a delivery event, or a request of somebody who tries the trigger out. */
export type IngestionKind = 'message' | 'event' | 'test';

export interface NewIngestion {
	scope: string;
	/** Unique in the scope, e.g. `imap:account:mailbox:uidvalidity:uid` or `webhook:event id`. */
	key: string;
	/** Groups the records of one watched mailbox or endpoint. */
	feed: string;
	rawRef: string | null;
	/** Identity of the content across feeds (Message-ID and content hash); null when there is none. */
	contentKey: string | null;
	/** `message` unless given. */
	kind?: IngestionKind;
	/** What the emitted item needs besides the raw bytes. */
	metadata: JsonObject;
	/** Addresses the record is about, kept as keyed hashes only: how `eraseAddress` finds it. Never read back. */
	subjects?: string[];
	/** How much of the raw message this feed still wants once the record is confirmed; `full` unless given. */
	keep?: ArchiveMode;
	/** True when something is left to do after the confirmation. */
	owesCare?: boolean;
	/** Noted with the record, and kept when that is purged. */
	mail?: MailIdentity;
}

export interface IngestionRecord extends Omit<NewIngestion, 'subjects' | 'keep' | 'owesCare' | 'kind' | 'mail'> {
	/** Grows in the order of recording. */
	id: number;
	stage: IngestionStage;
	/** How often it has been emitted. */
	attempt: number;
	kind: IngestionKind;
	/** Members of one execution share a batch id; until the first emit what came together does, and what came alone has none. */
	batch: string | null;
	/** Process that emitted it last. */
	emitter: string | null;
	emittedAt: Millis | null;
	/** n8n's id of the execution that has the mail under this attempt, once one of its nodes has said so. */
	execution: string | null;
	/** Why it is dead, why its care failed, how its execution ended if not well, or why it waits to run again. */
	error: string | null;
	keep: ArchiveMode;
	care: IngestionCare;
	/** A record that was put back is not emitted again before. */
	notBefore: Millis | null;
	/** Key of the arrival that brought the same mail first, another way; this one started nothing. */
	duplicateOfKey: string | null;
	createdAt: Millis;
	updatedAt: Millis;
}

/** The execution that moves a record on: n8n's id of it, and the attempt that its item carries. */
export interface RunBy {
	execution: string;
	attempt: number;
}

/** Why a record that is put back runs again: its execution died with its process. */
export const EXECUTION_DIED = 'EXECUTION_DIED';

/**
 * Which of the received records: `fresh` ones were never emitted; those put back and due by now are `died` when it was for
 * `EXECUTION_DIED`, else `again`.
 */
export type Waiting = 'fresh' | 'again' | 'died';

export interface IngestionStore {
	/** Records once per (scope, key). `duplicateOf`: an earlier record of the scope with the same content key, from another key. */
	record(
		entry: NewIngestion,
	): Promise<{ record: IngestionRecord; created: boolean; duplicateOf: IngestionRecord | null }>;
	/**
	 * Records what came together, each entry once per (scope, key), in one transaction; `apart`: they have no batch in common.
	 *
	 * @returns the keys that are new
	 */
	recordTogether(entries: readonly NewIngestion[], apart?: boolean): Promise<Set<string>>;
	get(scope: string, key: string): Promise<IngestionRecord | null>;
	/** Marks the records emitted as one batch, counting the attempt; only those still `received`, or `emitted` with this `attempt`, change. */
	emit(scope: string, keys: string[], batch: string, emitter: string, attempt?: number): Promise<IngestionRecord[]>;
	/**
	 * Moves the stage to the right; a stage already passed is left. The first execution of the attempt that says so has the mail.
	 *
	 * @returns false when there is no such record
	 */
	advance(scope: string, key: string, stage: IngestionStage, error?: string, by?: RunBy): Promise<boolean>;
	/** Like `advance`, for many at once. @returns how many moved */
	advanceAll(scope: string, keys: readonly string[], stage: IngestionStage, error?: string): Promise<number>;
	/** Notes which execution has the records under this attempt; one that is noted already stays. */
	nameExecution(scope: string, keys: readonly string[], by: RunBy): Promise<void>;
	/** Confirms a record without an execution of its own: the same mail has come as `firstKey` before. */
	confirmDuplicate(scope: string, key: string, firstKey: string): Promise<void>;
	/** Puts an emitted record back to `received` so that it is emitted again. */
	requeue(scope: string, key: string): Promise<boolean>;
	/**
	 * Puts those of the records that are under way back to `received`, not to be emitted before `delay` ms from now; `why`
	 * becomes their `error` until then.
	 *
	 * @returns how many
	 */
	requeueAll(scope: string, keys: readonly string[], delay?: Millis, why?: string): Promise<number>;
	/**
	 * Takes over those of the records that are under way under this batch and emitter: batch and attempt stay, so that what
	 * is derived from them is the same again.
	 */
	adopt(
		scope: string,
		keys: readonly string[],
		batch: string,
		from: string,
		emitter: string,
	): Promise<IngestionRecord[]>;
	/** Received records of a feed, oldest first. */
	waiting(scope: string, feed: string, which: Waiting, limit: number): Promise<IngestionRecord[]>;
	/** How many records of a feed were never emitted. */
	countFresh(scope: string, feed: string): Promise<number>;
	/** Confirmed records of a feed that care is owed to, oldest first. */
	owed(scope: string, feed: string, limit: number, afterId?: number): Promise<IngestionRecord[]>;
	/** Compare-and-set from `owed`. */
	settleCare(scope: string, key: string, care: 'done' | 'failed', error?: string): Promise<boolean>;
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
