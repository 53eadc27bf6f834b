/** What a feed is told, and what it tells. */
import type { ArchiveMode, IngestionRecord, IngestionStage, JsonObject, Millis, Store } from '../../store/store';
import type { Slots } from './slots';

/**
 * How an execution went.
 * - `succeeded`: it ended well
 * - `waiting`: it waits for a time or an answer, and goes on later
 * - `failed`: it ended with an error, or ran out of time
 * - `canceled`: somebody stopped it
 * - `ended`: it is over, and nobody can tell how
 * - `died`: this process is going down and took it along
 * - `refused`: n8n has had an execution under this key, or refused to start one
 */
export type Outcome = 'succeeded' | 'waiting' | 'failed' | 'canceled' | 'ended' | 'died' | 'refused';

/**
 * What n8n tells of an execution.
 * - `succeeded`, `waiting`, `failed`, `canceled`: as an outcome
 * - `crashed`: it died with its process
 * - `running`: n8n works at it, or will
 * - `none`: n8n has had none
 * - `gone`: there was one, and n8n has not kept it
 * - `unfinished`: it has not ended: it runs, or died
 * - `unknown`: nothing that could be relied on
 */
export type ExecutionStatus =
	'succeeded' | 'waiting' | 'failed' | 'canceled' | 'crashed' | 'running' | 'none' | 'gone' | 'unfinished' | 'unknown';

export interface ExecutionState {
	status: ExecutionStatus;
	/** n8n's id of it, where n8n told. */
	execution: string | null;
}

/** The records of one execution. The id is fixed in the store before anything is emitted. */
export interface ExecutionBatch {
	/** The same for the same records and attempt, also after a crash; never used for anything else. */
	id: string;
	/** Oldest first. */
	records: IngestionRecord[];
}

export interface QueueLog {
	info(message: string, details?: JsonObject): void;
	warn(message: string, details?: JsonObject): void;
}

export interface QueueOptions {
	store: Store;
	scope: string;
	/** Identity of the trigger: survives restarts and renaming. */
	feed: string;
	/** Identity of this process: records it emitted are alive, those of others may be recovery. */
	emitter: string;
	/**
	 * Starts one execution for the records and tells how it went. Rejecting means that nobody knows whether one was
	 * started: the same emission comes again.
	 */
	emit: (emission: ExecutionBatch) => Promise<Outcome>;
	/**
	 * True where n8n starts no second execution under the id of an emission (it answers `refused`). Then an emission that
	 * a crash interrupted is repeated under its id first, which tells whether it had been started.
	 */
	knowsIds?: boolean;
	/**
	 * Asks n8n what became of an emission. It must be `unknown` unless the execution it speaks of was started for all of the
	 * records under their present attempt. Rejecting means that n8n could not be asked now.
	 */
	executionStatus?: (emission: ExecutionBatch) => Promise<ExecutionState>;
	/**
	 * When a mail is done: its execution is over or waits (default), or it ended well. What destroys comes after success
	 * alone, either way: a mail to be destroyed whose execution did not end well becomes a dead letter.
	 */
	doneWhen?: 'ended' | 'succeeded';
	/** The stage at which nothing is left that the workflow does; null when later nodes leave no trace in the record. */
	lastStage?: IngestionStage | null;
	/** True when a node of the workflow moves the stage, so that a record shows whether its execution runs. */
	leavesTraces?: boolean;
	/** An action once the record is confirmed: mark read, move. */
	act?: (record: IngestionRecord) => Promise<void>;
	/** False when the action leaves the mail where it is: a flag, a keyword. */
	destroys?: boolean;
	onActionFailed?: (record: IngestionRecord, code: string, message: string) => void;
	/** A mail was given up. */
	onDeadLetter?: (reason: string, message: string, key: string) => void;
	/** How much of the raw mail is kept once the record is confirmed; `full` unless given. */
	keep?: ArchiveMode;
	log: QueueLog;
	/** Executions in flight at once, shared by the feeds of one trigger; 4 of its own unless given. */
	slots?: Slots;
	/** Mails in one execution when many wait; 50 unless given, 1 for always one. */
	batchSize?: number;
	/** What was recorded together runs alone, however many wait; true unless given. */
	keepsBatches?: boolean;
	/** Received mails that may wait for their first execution before no more are taken in; ten batches unless given. */
	backlogLimit?: number;
	/**
	 * Executions started for one mail until it becomes a dead letter; 3 unless given. One that had other mails too and failed
	 * may have done so because of them: then the mail gets one more, alone.
	 */
	maxAttempts?: number;
	/** Pause before a mail whose execution failed is emitted again, in ms; it doubles twice with each attempt. */
	retryPause?: Millis;
	/** Age after which another process' unconfirmed record counts as abandoned; 0 in n8n's regular mode, where that process is gone. */
	orphanAfter?: Millis;
	/** An execution that takes longer no longer keeps others from starting; in ms, ten minutes unless given. */
	placePatience?: Millis;
	/** Pause between two looks for abandoned records, in ms; one minute unless given, less where `orphanAfter` is less. */
	recoveryInterval?: Millis;
	/** Pause between two looks for what another process has recorded, in ms; without it `emitArrived` has to tell. */
	lookEvery?: Millis;
	/** An execution started again that takes longer no longer keeps others from being started again; in ms, a minute unless given. */
	retryPatience?: Millis;
	/** How long an execution that n8n itself took up again after a crash is given to show a trace, in ms. */
	grace?: Millis;
}
