/**
 * What is done with a mail once it is confirmed: less of its raw bytes kept, and an action in the mailbox. The record says
 * that it is owed until it is done, so neither a failure nor a crash forgets it, and none starts the workflow again.
 */
import { PipelineError, messageOf } from '../../errors';
import type { IngestionRecord, Millis, Store } from '../../store/store';
import type { QueueLog } from './queueOptions';

export interface PostProcessingOptions {
	store: Store;
	scope: string;
	feed: string;
	log: QueueLog;
	/** The action in the mailbox. What it throws is tried again when it is `retryable`, else the care has failed. */
	act?: (record: IngestionRecord) => Promise<void>;
	/** False when the action leaves the mail where it is. */
	destroys?: boolean;
	/** A care was given up; `code` says why. */
	onFailed?: (record: IngestionRecord, code: string, message: string) => void;
}

export interface PostProcessing {
	/** Something is owed, or may succeed now. */
	wake(): void;
	stop(): void;
}

const PAGE = 50;
/** Pauses after a round in which something failed; in ms. */
const FIRST_PAUSE: Millis = 1_000;
const LONGEST_PAUSE: Millis = 60_000;

/** Which worker serves a feed now: executions that a former one started are confirmed under it still. */
const workers = new Map<string, PostProcessing>();

/** Tells whoever serves the feed now. */
export function postProcessingIsDue(feed: string): void {
	workers.get(feed)?.wake();
}

export function startPostProcessing(options: PostProcessingOptions): PostProcessing {
	const { store, scope, feed, log } = options;
	let stopped = false;
	let running = false;
	let again = false;
	let pause = FIRST_PAUSE;
	let timer: NodeJS.Timeout | null = null;

	const isStopped = (): boolean => stopped;

	/** @returns true when nothing is left that a later round could do */
	async function round(): Promise<boolean> {
		let complete = true;
		let afterId: number | undefined;
		for (;;) {
			const records = await store.ingestion.owed(scope, feed, PAGE, afterId);
			for (const record of records) {
				if (isStopped()) return true;
				afterId = record.id;
				if (!(await care(record))) complete = false;
			}
			if (records.length < PAGE) return complete;
		}
	}

	/** @returns false when it has to be tried again */
	async function care(record: IngestionRecord): Promise<boolean> {
		try {
			if (!(await isFree(record))) return false;
			if (record.keep !== 'full' && record.rawRef !== null) {
				await store.archive.reduce(scope, record.rawRef, record.keep);
			}
			await options.act?.(record);
		} catch (error) {
			if (isStopped()) return true;
			const known = error instanceof PipelineError ? error : null;
			const code = known?.code ?? 'UNEXPECTED';
			if (known === null || known.retryable) {
				log.warn('What is to be done after processing failed, trying again', { feed, key: record.key, reason: code });
				return false;
			}
			await store.ingestion.settleCare(scope, record.key, 'failed', code);
			log.warn('What is to be done after processing failed for good', {
				feed,
				key: record.key,
				reason: code,
				message: messageOf(error),
			});
			options.onFailed?.(record, code, messageOf(error));
			return true;
		}
		await store.ingestion.settleCare(scope, record.key, 'done');
		return true;
	}

	/** What came another way before keeps its double until it has run well. @throws PipelineError when it never will */
	async function isFree({ duplicateOfKey, keep }: IngestionRecord): Promise<boolean> {
		if (duplicateOfKey === null || (keep === 'full' && options.destroys === false)) return true;
		const first = await store.ingestion.get(scope, duplicateOfKey);
		if (first === null) return true;
		if (first.stage !== 'confirmed' && first.stage !== 'dead') return false;
		// Of a confirmed one the error may be that of its own care.
		if (first.stage === 'confirmed' && first.error?.startsWith('EXECUTION_') !== true) return true;
		throw new PipelineError('The same mail came another way before, and its execution did not end well', {
			code: 'EXECUTION_FAILED',
			record: { key: duplicateOfKey },
		});
	}

	async function work(): Promise<void> {
		let complete = false;
		try {
			complete = await round();
		} catch (error) {
			log.warn('What is owed after processing could not be looked for, trying again', {
				feed,
				reason: error instanceof PipelineError ? error.code : messageOf(error),
			});
		}
		if (isStopped()) return;
		if (complete) {
			pause = FIRST_PAUSE;
			return;
		}
		timer ??= setTimeout(() => {
			timer = null;
			wake();
		}, pause).unref();
		pause = Math.min(pause * 2, LONGEST_PAUSE);
	}

	function wake(): void {
		if (stopped) return;
		if (running) {
			again = true;
			return;
		}
		running = true;
		again = false;
		void work().finally(() => {
			running = false;
			if (again) wake();
		});
	}

	const postProcessing: PostProcessing = {
		wake,
		stop() {
			stopped = true;
			if (timer) clearTimeout(timer);
			timer = null;
			if (workers.get(feed) === postProcessing) workers.delete(feed);
		},
	};
	workers.set(feed, postProcessing);
	return postProcessing;
}
