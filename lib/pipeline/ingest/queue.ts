/**
 * Ingestion: archive raw → record → emit → confirmed. A crash between any two steps loses nothing; the unique key of
 * the record makes a repeat harmless. A feed is the stream of records of one trigger node.
 */
import { messageOf } from '../../errors';
import type { IngestionRecord, JsonObject, Millis } from '../../store/store';
import { type PostProcessing, startPostProcessing } from './postProcessing';
import { createBacklog } from './backlog';
import { executionEndOf } from './executionEnd';
import { PAUSE, createDispatcher } from './dispatcher';
import type { QueueOptions } from './queueOptions';
import { createSlots } from './slots';
import { type Arrival, createIntake } from './intake';
import { recoveryOf } from './recovery';
import { completionOf } from './completion';
import { createTimers } from './timers';

export type { Arrival } from './intake';

export interface IngestionQueue {
	/**
	 * Makes the mail durable. Resolves when a crash can no longer lose it; emitting goes on by itself. Waits while too many
	 * wait to be emitted, until the signal says to give up.
	 *
	 * @throws PipelineError `FEED_STOPPED`; `ARCHIVE_REDUCED` (retryable) when another feed has just given the content up
	 */
	receive(arrival: Arrival, signal?: AbortSignal): Promise<{ created: boolean; record: IngestionRecord }>;
	/** Like `receive` for each of them, in their order and in one step. */
	receiveTogether(arrivals: ReadonlyArray<Arrival & { raw: Buffer }>, signal?: AbortSignal): Promise<void>;
	/** Files a mail that could not be read at all, so that it neither blocks nor vanishes. */
	reject(key: string, reason: string, message: string, item: JsonObject): Promise<void>;
	/** Takes up what an earlier process left behind, then emits. */
	start(): Promise<void>;
	/** Emits no more; executions under way are still confirmed. */
	stop(): void;
	/** What is owed to confirmed mails may succeed now. */
	wakeCare(): void;
	/** Settles when nothing is waiting or in flight; after `stop`, when nothing is in flight. */
	idle(): Promise<void>;
}

/** The feeds that take in what others record, in this process. */
const running = new Map<string, () => void>();

/** Something was recorded for a feed. @returns false when the feed does not run in this process */
export function emitArrived(scope: string, feed: string): boolean {
	const wake = running.get(`${scope} ${feed}`);
	wake?.();
	return wake !== undefined;
}

/** How often records are looked for that nobody works on any more, unless they count as such sooner. */
const RECOVERY_INTERVAL: Millis = 60_000;

export function createIngestionQueue(options: QueueOptions): IngestionQueue {
	const { store, scope, feed, log } = options;
	let stopped = true;
	let care: PostProcessing | null = null;
	let unsubscribe: (() => void) | null = null;
	const intervals: NodeJS.Timeout[] = [];
	let idleWaiters: Array<() => void> = [];

	/** Asked anew after each wait: `stop` may have come in between. */
	const isStopped = (): boolean => stopped;
	const slots = options.slots ?? createSlots(4);
	const timers = createTimers(isStopped);
	const backlogLimit = options.backlogLimit ?? 10 * Math.max(options.batchSize ?? 50, 10);
	const backlog = createBacklog(feed, backlogLimit, isStopped);
	const completion = completionOf(options, isStopped);
	const recovery = recoveryOf(options, {
		completion,
		isAlive: (record) => dispatcher.isAlive(record),
		isStopped,
		repeat: (emission) => dispatcher.repeat(emission),
		later: (delay) => timers.later(delay, recoverAgain),
	});
	const conclude = executionEndOf(options, { completion, recovery });
	const dispatcher = createDispatcher(options, {
		slots,
		backlog,
		timers,
		isStopped,
		conclude,
		recover: recoverAgain,
		onRest: settleIdle,
	});
	const intake = createIntake(options, backlog, dispatcher.wake);

	const isIdle = (): boolean => dispatcher.isAtRest() && (stopped || timers.pending() === 0);

	function settleIdle(): void {
		if (!isIdle()) return;
		const waiters = idleWaiters;
		idleWaiters = [];
		for (const done of waiters) done();
	}

	/** Also while it runs: a store that was away when an execution ended has left its record as it was. */
	function recoverAgain(): void {
		recover()
			.then(dispatcher.wake)
			.catch((error: unknown) => {
				log.warn('Abandoned mails could not be looked for, trying again', { feed, reason: messageOf(error) });
				timers.later(PAUSE, recoverAgain);
			});
	}

	async function recover(): Promise<void> {
		if (isStopped()) return;
		await recovery.recover();
		backlog.counted(await store.ingestion.countFresh(scope, feed));
		care?.wake();
	}

	function begin(): void {
		unsubscribe ??= slots.onFree(dispatcher.wake);
		care ??= startPostProcessing({
			store,
			scope,
			feed,
			log,
			...(options.act ? { act: options.act } : {}),
			...(options.destroys === undefined ? {} : { destroys: options.destroys }),
			...(options.onActionFailed ? { onFailed: options.onActionFailed } : {}),
		});
	}

	function repeatedly(): void {
		if (intervals.length > 0) return;
		intervals.push(setInterval(recoverAgain, recoveryIntervalOf(options)).unref());
		if (options.lookEvery !== undefined) intervals.push(setInterval(dispatcher.wake, options.lookEvery).unref());
	}

	return {
		receive: (arrival, signal) => intake.receive(arrival, signal),
		receiveTogether: (arrivals, signal) => intake.receiveTogether(arrivals, signal),
		async reject(key, reason, message, item) {
			await store.deadLetters.add({ scope, key, feed, reason, message, rawRef: null, item });
			log.warn('A mail became a dead letter', { feed, key, reason });
			options.onDeadLetter?.(reason, message, key);
		},
		async start() {
			stopped = false;
			begin();
			await recover();
			if (isStopped()) return;
			repeatedly();
			running.set(`${scope} ${feed}`, dispatcher.wake);
			dispatcher.wake();
		},
		stop() {
			stopped = true;
			unsubscribe?.();
			unsubscribe = null;
			care?.stop();
			care = null;
			for (const interval of intervals.splice(0)) clearInterval(interval);
			if (running.get(`${scope} ${feed}`) === dispatcher.wake) running.delete(`${scope} ${feed}`);
			timers.clear();
			backlog.wake();
			settleIdle();
		},
		wakeCare: () => care?.wake(),
		async idle() {
			if (isIdle()) return;
			await new Promise<void>((resolve) => idleWaiters.push(resolve));
		},
	};
}

function recoveryIntervalOf({ recoveryInterval, orphanAfter }: QueueOptions): Millis {
	return recoveryInterval ?? Math.min(RECOVERY_INTERVAL, orphanAfter ? orphanAfter / 2 : RECOVERY_INTERVAL);
}
