/**
 * What becomes of records when their execution is over: confirmed, run again by themselves, or a dead letter. What destroys
 * (the mail deleted or moved away, its raw bytes given up) comes after success alone.
 */
import { messageOf } from '../../errors';
import { EXECUTION_DIED, type IngestionRecord, type Millis } from '../../store/store';
import { postProcessingIsDue } from './postProcessing';
import type { ExecutionState, QueueOptions } from './queueOptions';
import { equalJitter, pause } from '../../retry';

/** How an execution ended that did not end well. */
export type BadEnd = 'failed' | 'canceled' | 'unknown';

export interface Completion {
	/** Repeated until the store takes it: the execution is over, so nobody must take the records for abandoned. */
	confirm(records: readonly IngestionRecord[]): Promise<void>;
	/**
	 * The execution did not end well. The mails of a batch that failed run again, each alone, since most of them are not at
	 * fault; what had been done for them is repeated.
	 *
	 * @returns how long the first of them has to wait until it runs again, in ms
	 */
	fail(records: readonly IngestionRecord[], how: BadEnd): Promise<Millis>;
	/** Their execution died: puts the records back, each to run alone, or files them as dead letters after too many attempts. */
	retry(records: readonly IngestionRecord[]): Promise<void>;
	/** Their execution waits and n8n cannot tell how it ends: nothing is destroyed then. */
	leave(records: readonly IngestionRecord[]): Promise<void>;
	/** Does what n8n's answer asks for. @returns null when it settles nothing, else how long the first has to wait, in ms */
	settle(records: readonly IngestionRecord[], state: ExecutionState): Promise<Millis | null>;
	/** True when the record is to be destroyed, in the mailbox or in the archive, once it is confirmed. */
	destroys(record: IngestionRecord): boolean;
}

/** Code of a dead letter, and what it says; `%` is how often the mail ran. */
const REASONS = {
	died: ['EXECUTION_NEVER_FINISHED', '% executions were started for this mail and none of them finished'],
	retried: ['EXECUTION_FAILED', '% executions were started for this mail and none of them succeeded'],
	failed: ['EXECUTION_FAILED', 'the execution for this mail failed, so that nothing was deleted, moved or given up'],
	canceled: [
		'EXECUTION_CANCELED',
		'the execution for this mail was stopped, so that nothing was deleted, moved or given up',
	],
	unknown: [
		'EXECUTION_END_UNKNOWN',
		'nobody can tell how the execution for this mail ended, so that nothing was deleted, moved or given up',
	],
} as const;

const RETRY_PAUSE: Millis = 30_000;
/** Pauses between attempts to write the end of an execution down, in ms. */
const WRITE_AGAIN = { first: 200, longest: 30_000 };

/** @param isStopped then a store that does not take it is not waited for any longer than some seconds */
export function completionOf(options: QueueOptions, isStopped: () => boolean): Completion {
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
				await pause(equalJitter(attempt, WRITE_AGAIN));
			}
		}
	}

	async function bury(record: IngestionRecord, why: keyof typeof REASONS): Promise<void> {
		// Somebody else may have brought it to its end since it was read.
		const now = await store.ingestion.get(scope, record.key);
		if (now === null || now.stage === 'confirmed' || now.stage === 'dead') return;
		const [reason, what] = REASONS[why];
		const message = what.replace('%', String(record.attempt));
		// First the letter: where only that was written, the mail is taken up again and ends here once more.
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

	async function confirmAs(records: readonly IngestionRecord[], error?: string): Promise<void> {
		const keys = records.map(({ key }) => key);
		await untilStored(() => store.ingestion.advanceAll(scope, keys, 'confirmed', error));
		if (records.some(({ care }) => care === 'owed')) postProcessingIsDue(feed);
	}

	async function putBack(records: readonly IngestionRecord[], why: string, delay: Millis): Promise<Millis> {
		const keys = records.map(({ key }) => key);
		await untilStored(() => store.ingestion.requeueAll(scope, keys, delay, why));
		return delay;
	}

	/** Of several none had its chance alone yet. */
	async function runAgain(records: readonly IngestionRecord[], why: 'died' | 'failed'): Promise<Millis> {
		const [first] = records;
		const died = why === 'died';
		if (records.length === 1 && first !== undefined && first.attempt >= maxAttempts) {
			await untilStored(() => bury(first, died ? 'died' : 'retried'));
			return 0;
		}
		// Of several the good ones need not wait for the one that failed; alone, whatever it needs may be away.
		const alone = !died && records.length === 1;
		const pause = alone ? (options.retryPause ?? RETRY_PAUSE) * 4 ** ((first?.attempt ?? 1) - 1) : 0;
		return await putBack(records, died ? EXECUTION_DIED : REASONS.failed[0], pause);
	}

	const destroys = ({ care, keep }: IngestionRecord): boolean =>
		care === 'owed' && (keep !== 'full' || (options.act !== undefined && options.destroys !== false));

	async function fail(records: readonly IngestionRecord[], how: BadEnd): Promise<Millis> {
		if (options.doneWhen === 'succeeded') return await runAgain(records, 'failed');
		if (how === 'failed' && records.length > 1) return await putBack(records, REASONS.failed[0], 0);
		for (const record of records) if (destroys(record)) await untilStored(() => bury(record, how));
		const rest = records.filter((record) => !destroys(record));
		if (rest.length > 0) await confirmAs(rest, REASONS[how][0]);
		return 0;
	}

	/** They are confirmed once the execution has gone on and ended; until then n8n is asked again and again. */
	async function hold(records: readonly IngestionRecord[], execution: string | null): Promise<void> {
		const held = records.filter(destroys);
		const rest = records.filter((record) => !destroys(record));
		if (rest.length > 0) await confirmAs(rest);
		const [first] = held;
		if (first === undefined || execution === null) return;
		const keys = held.map(({ key }) => key);
		// n8n may not keep it once it has ended well.
		await untilStored(() => store.ingestion.nameExecution(scope, keys, { execution, attempt: first.attempt }));
	}

	return {
		confirm: (records) => confirmAs(records),
		fail,
		async retry(records) {
			await runAgain(records, 'died');
		},
		async leave(records) {
			for (const record of records.filter(destroys)) {
				await untilStored(() => store.ingestion.settleCare(scope, record.key, 'failed', 'EXECUTION_WAITS'));
				const message = 'its execution waits, and this version of n8n does not tell how it ends';
				options.onActionFailed?.(record, 'EXECUTION_WAITS', message);
			}
			await confirmAs(records.map((record) => (destroys(record) ? { ...record, care: 'failed' } : record)));
		},
		async settle(records, { status, execution }) {
			switch (status) {
				case 'succeeded':
					await confirmAs(records);
					return 0;
				case 'waiting':
					await hold(records, execution);
					return 0;
				case 'failed':
				case 'canceled':
					return await fail(records, status);
				case 'gone':
					return await fail(records, 'unknown');
				default:
					return null;
			}
		},
		destroys,
	};
}
