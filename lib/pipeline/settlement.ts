/** What becomes of records when their execution is over: confirmed, emitted again by themselves, or a dead letter. */
import { messageOf } from '../errors';
import type { IngestionRecord, Millis } from '../store/store';
import { careIsOwed } from './aftercare';
import type { FeedOptions } from './feedOptions';

export interface Settlement {
	/** Repeated until the store takes it: the execution is over, so nobody must take the records for abandoned. */
	confirm(records: readonly IngestionRecord[]): Promise<void>;
	/**
	 * Puts the records back, each to be emitted alone, or files them as dead letters after too many attempts.
	 *
	 * @returns how long the first of them has to wait, in ms
	 */
	retry(records: readonly IngestionRecord[], why: 'died' | 'failed'): Promise<Millis>;
}

const WHY = {
	died: ['EXECUTION_NEVER_FINISHED', 'executions were started for this mail and none of them finished'],
	failed: ['EXECUTION_FAILED', 'executions were started for this mail and none of them succeeded'],
} as const;

const RETRY_PAUSE: Millis = 30_000;
/** Pauses between attempts to write the end of an execution down, in ms. */
const FIRST_PAUSE: Millis = 200;
const LONGEST_PAUSE: Millis = 30_000;

/** @param isStopped then a store that does not take it is not waited for any longer than some seconds */
export function settlementOf(options: FeedOptions, isStopped: () => boolean): Settlement {
	const { store, scope, feed, log } = options;
	const maxAttempts = options.maxAttempts ?? 3;

	async function untilStored(write: () => Promise<unknown>): Promise<void> {
		for (let attempt = 0; ; attempt++) {
			try {
				await write();
				return;
			} catch (error) {
				if (isStopped() && attempt >= 6) throw error;
				log.warn('The end of an execution could not be recorded, trying again', { feed, reason: messageOf(error) });
				const pause = Math.min(FIRST_PAUSE * 2 ** attempt, LONGEST_PAUSE);
				await new Promise((resolve) => setTimeout(resolve, pause));
			}
		}
	}

	async function bury(record: IngestionRecord, why: keyof typeof WHY): Promise<void> {
		// Somebody else may have brought it to its end since it was read.
		const now = await store.ingestion.get(scope, record.key);
		if (now === null || now.stage === 'confirmed' || now.stage === 'dead') return;
		const [reason, what] = WHY[why];
		const message = `${record.attempt} ${what}`;
		await store.deadLetters.add({
			scope,
			key: record.key,
			feed,
			reason,
			message,
			rawRef: record.rawRef,
			item: record.metadata,
		});
		await store.ingestion.advance(scope, record.key, 'dead', reason);
		log.warn('A mail became a dead letter', { feed, key: record.key, reason, attempts: record.attempt });
		options.onDeadLetter?.(reason, message, record.key);
	}

	return {
		async confirm(records) {
			const keys = records.map(({ key }) => key);
			await untilStored(() => store.ingestion.advanceAll(scope, keys, 'confirmed'));
			if (records.some(({ care }) => care === 'owed')) careIsOwed(feed);
		},
		async retry(records, why) {
			for (const record of records) {
				if (record.attempt >= maxAttempts) await bury(record, why);
			}
			const rest = records.filter(({ attempt }) => attempt < maxAttempts);
			// Of several the good ones need not wait for the one that failed; alone, whatever it needs may be away.
			const alone = why === 'failed' && records.length === 1;
			const attempt = rest[0]?.attempt ?? 1;
			const delay = alone ? (options.retryPause ?? RETRY_PAUSE) * 4 ** (attempt - 1) : 0;
			await store.ingestion.requeueAll(
				scope,
				rest.map(({ key }) => key),
				delay,
			);
			return delay;
		},
	};
}
