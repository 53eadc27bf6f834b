/** Starts the executions: what is to run again first, each record alone, then what is new, while there are places. */
import { randomBytes } from 'node:crypto';
import { messageOf } from '../../errors';
import type { IngestionRecord, Millis } from '../../store/store';
import type { Backlog } from './backlog';
import { batchesOf } from './batches';
import type { ExecutionBatch, QueueOptions, Outcome } from './queueOptions';
import type { Again, Slots } from './slots';
import { batchIdOf } from './recovery';
import type { Timers } from './timers';

export interface Dispatcher {
	/** Something may be started. */
	readonly wake: () => void;
	/** Starts once more, under its id, what another process has started; whether there is a place or not. */
	repeat(emission: ExecutionBatch): void;
	/** True while this process waits for the end of the record's execution. */
	isAlive(record: IngestionRecord): boolean;
	/** Nothing is being started, and nothing started here is under way. */
	isAtRest(): boolean;
}

export interface DispatcherContext {
	slots: Slots;
	backlog: Backlog;
	timers: Timers;
	isStopped: () => boolean;
	/** What becomes of the records. @returns how long the first of them has to wait to run again, in ms */
	conclude: (emission: ExecutionBatch, outcome: Outcome, repeated: boolean) => Promise<Millis>;
	/** Nobody knows what became of an emission. */
	recover: () => void;
	/** Something has come to its end. */
	onRest: () => void;
}

interface Launch {
	/** Why the mail runs again, if it does. */
	which?: Again;
	/** Under an id that n8n may know. */
	repeated?: boolean;
}

/**
 * What this process has in flight, by feed and key. It outlives a feed: when a workflow is published again, the
 * executions that its former feed started still run and are still confirmed.
 */
const alive = new Set<string>();

/** Pause after the store or n8n was away. */
export const PAUSE: Millis = 5_000;
const PLACE_PATIENCE: Millis = 10 * 60_000;
const RETRY_PATIENCE: Millis = 60_000;
/** So many full executions are looked ahead, to tell how many mails wait. */
const LOOK_AHEAD = 4;

export function createDispatcher(options: QueueOptions, context: DispatcherContext): Dispatcher {
	const { store, scope, feed, emitter, log } = options;
	const { slots, backlog, timers, isStopped } = context;
	const batchSize = options.batchSize ?? 50;
	const placePatience = options.placePatience ?? PLACE_PATIENCE;
	const retryPatience = options.retryPatience ?? Math.min(RETRY_PATIENCE, placePatience);
	let own = 0;
	let pumping: Promise<void> | null = null;
	let again = false;

	const nameOf = ({ key }: IngestionRecord): string => `${feed} ${key}`;

	function wake(): void {
		if (isStopped()) return;
		if (pumping) {
			again = true;
			return;
		}
		again = false;
		pumping = pump()
			.catch((error: unknown) => {
				log.warn('Emitting failed, trying again', { feed, reason: messageOf(error) });
				timers.later(PAUSE, wake);
			})
			.finally(() => {
				pumping = null;
				if (again) wake();
				context.onRest();
			});
	}

	/** Starts executions while there are places; woken by the next one that ends. */
	async function pump(): Promise<void> {
		await startAgain('died');
		await startAgain('again');
		const { places } = slots;
		const limits = { places, size: batchSize, keepsTogether: options.keepsBatches !== false };
		for (;;) {
			if (isStopped() || slots.free() === 0) return;
			const ahead = batchSize * Math.min(places, LOOK_AHEAD);
			const waiting = await store.ingestion.waiting(scope, feed, 'fresh', ahead);
			if (waiting.length === 0) return;
			for (const together of batchesOf(waiting, limits)) if (!(await claim(together))) return;
		}
	}

	async function startAgain(which: Again): Promise<void> {
		const room = Math.min(slots.roomAgain(which), slots.free());
		if (room === 0 || isStopped()) return;
		const waiting = await store.ingestion.waiting(scope, feed, which, room);
		for (const record of waiting) {
			// Another feed of the trigger may have taken the room meanwhile.
			if (slots.roomAgain(which) === 0 || !(await claim([record], which))) return;
		}
	}

	/** Fixes the records as one batch in the store, then emits it. @returns false when there was no place */
	async function claim(records: readonly IngestionRecord[], which?: Again): Promise<boolean> {
		if (records.length === 0 || isStopped() || !slots.take()) return false;
		let claimed: IngestionRecord[] = [];
		// Before the store says so: whoever looks for abandoned records in between must not take them for some.
		for (const record of records) alive.add(nameOf(record));
		try {
			const keys = records.map(({ key }) => key);
			claimed = await store.ingestion.emit(scope, keys, randomBytes(12).toString('hex'), emitter);
		} finally {
			for (const record of records) {
				if (!claimed.some(({ key }) => key === record.key)) alive.delete(nameOf(record));
			}
			if (claimed.length === 0) slots.release(true);
		}
		const [first] = claimed;
		if (first === undefined) return true;
		if (which === undefined) backlog.took(claimed.length);
		launch({ id: batchIdOf(first), records: claimed }, which === undefined ? {} : { which });
		return true;
	}

	/** The place is taken already. */
	function launch(emission: ExecutionBatch, { which, repeated = false }: Launch): void {
		own++;
		for (const record of emission.records) alive.add(nameOf(record));
		let placed = true;
		const leave = (): void => {
			if (!placed) return;
			placed = false;
			slots.release();
		};
		const patience = setTimeout(leave, placePatience).unref();
		const leaveAgain = which === undefined ? () => undefined : slots.enterAgain(which, retryPatience);
		void settle(emission, repeated).finally(() => {
			clearTimeout(patience);
			own--;
			for (const record of emission.records) alive.delete(nameOf(record));
			leaveAgain();
			leave();
			wake();
			context.onRest();
		});
	}

	async function settle(emission: ExecutionBatch, repeated: boolean): Promise<void> {
		try {
			const delay = await context.conclude(emission, await options.emit(emission), repeated);
			if (delay > 0) timers.later(delay + 100, wake);
		} catch (error) {
			log.warn('Nobody knows whether n8n has taken a mail, asking again', {
				feed,
				count: emission.records.length,
				key: emission.records[0]?.key ?? null,
				reason: messageOf(error),
			});
			timers.later(PAUSE, context.recover);
		}
	}

	return {
		wake,
		repeat(emission) {
			slots.take(true);
			launch(emission, { repeated: true });
		},
		isAlive: (record) => alive.has(nameOf(record)),
		isAtRest: () => own === 0 && pumping === null,
	};
}
