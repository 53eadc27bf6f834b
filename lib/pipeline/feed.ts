/**
 * Ingestion: archive raw → record → emit → confirmed. A crash between any two steps loses nothing; the unique key of
 * the record makes a repeat harmless. A feed is the stream of records of one trigger node.
 */
import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { PipelineError, StoreError, messageOf } from '../errors';
import type { ArchiveEntry, IngestionRecord, JsonObject, Millis, NewIngestion } from '../store/store';
import { type Aftercare, startAftercare } from './aftercare';
import type { Emission, FeedOptions, Outcome } from './feedOptions';
import { createInFlight } from './inFlight';
import { emissionIdOf, orphansOf } from './orphans';
import { settlementOf } from './settlement';

export interface Arrival {
	key: string;
	raw: Buffer | Readable;
	/** Called with what the archive knows of the bytes. */
	describe: (raw: {
		ref: string;
		sha256: string;
		size: number;
	}) => Promise<{ contentKey: string | null; metadata: JsonObject; subjects?: string[] }>;
}

export interface Feed {
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

/**
 * What this process has in flight, by feed and key. It outlives a feed: when a workflow is published again, the
 * executions that its former feed started still run and are still confirmed.
 */
const alive = new Set<string>();

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
/** Pause after the store or n8n was away. */
const PAUSE: Millis = 5_000;
const PLACE_PATIENCE: Millis = 10 * 60_000;
/** Where more wait than there are places, a smaller execution is not worth its cost to n8n. */
const LEAST_SHARED = 5;
/** So many full executions are looked ahead, to tell how many mails wait. */
const LOOK_AHEAD = 4;

export function createFeed(options: FeedOptions): Feed {
	const { store, scope, feed, emitter, log } = options;
	const inFlight = options.inFlight ?? createInFlight(4);
	const batchSize = options.batchSize ?? 50;
	const backlogLimit = options.backlogLimit ?? 10 * Math.max(batchSize, 10);
	let stopped = true;
	let own = 0;
	/** Received and not yet emitted, as far as this feed has counted. */
	let backlog = 0;
	/** Mails whose execution died are emitted one after the other, so that one which ends n8n takes no others along. */
	let retrying = false;
	let pumping: Promise<void> | null = null;
	let again = false;
	let care: Aftercare | null = null;
	let unsubscribe: (() => void) | null = null;
	let recoveryTimer: NodeJS.Timeout | null = null;
	let lookTimer: NodeJS.Timeout | null = null;
	const timers = new Set<NodeJS.Timeout>();
	let idleWaiters: Array<() => void> = [];
	let roomWaiters: Array<() => void> = [];

	/** Asked anew after each wait: `stop` may have come in between. */
	const isStopped = (): boolean => stopped;
	const nameOf = ({ key }: IngestionRecord): string => `${feed} ${key}`;
	const settlement = settlementOf(options, isStopped);
	const orphans = orphansOf(options, {
		settlement,
		isAlive: (record) => alive.has(nameOf(record)),
		isStopped,
		repeat: (emission) => {
			inFlight.take(true);
			launch(emission, { repeated: true });
		},
		later: (delay) => later(delay, recoverAgain),
	});

	function later(delay: Millis, what: () => void): void {
		if (stopped) return;
		const timer = setTimeout(() => {
			timers.delete(timer);
			what();
		}, delay);
		timers.add(timer);
	}

	function wake(): void {
		if (stopped) return;
		if (pumping) {
			again = true;
			return;
		}
		again = false;
		pumping = pump()
			.catch((error: unknown) => {
				log.warn('Emitting failed, trying again', { feed, reason: messageOf(error) });
				later(PAUSE, wake);
			})
			.finally(() => {
				pumping = null;
				if (again) wake();
				settleIdle();
			});
	}

	function settleIdle(): void {
		if (own > 0 || pumping || (!stopped && timers.size > 0)) return;
		const waiters = idleWaiters;
		idleWaiters = [];
		for (const done of waiters) done();
	}

	/** Starts executions while there are places; woken by the next one that ends. */
	async function pump(): Promise<void> {
		if (!retrying && inFlight.free() > 0) await claim(await store.ingestion.waiting(scope, feed, 'again', 1), true);
		const { places } = inFlight;
		const ahead = batchSize * Math.min(places, LOOK_AHEAD);
		for (;;) {
			if (isStopped() || inFlight.free() === 0) return;
			const waiting = await store.ingestion.waiting(scope, feed, 'fresh', ahead);
			const [first] = waiting;
			if (first === undefined) return;
			if (first.batch !== null) {
				const groups = byBatch(waiting, batchSize);
				const shared = options.keepsBatches === false ? sharing(groups, places, batchSize) : groups;
				for (const together of shared) if (!(await claim(together, false))) return;
				continue;
			}
			const size = waiting.length <= places ? 1 : shareOf(waiting.length, places, batchSize);
			if (!(await claim(waiting.slice(0, size), false))) return;
		}
	}

	/** Fixes the records as one batch in the store, then emits it. @returns false when there was no place */
	async function claim(records: readonly IngestionRecord[], retry: boolean): Promise<boolean> {
		if (records.length === 0 || isStopped() || !inFlight.take()) return false;
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
			if (claimed.length === 0) inFlight.release(true);
		}
		const [first] = claimed;
		if (first === undefined) return true;
		if (!retry) tookFromBacklog(claimed.length);
		retrying ||= retry;
		launch({ id: emissionIdOf(first), records: claimed }, { retry });
		return true;
	}

	function tookFromBacklog(count: number): void {
		backlog = Math.max(0, backlog - count);
		const waiters = roomWaiters;
		roomWaiters = [];
		for (const enter of waiters) enter();
	}

	/** The place is taken already. */
	function launch(emission: Emission, how: { retry?: boolean; repeated?: boolean }): void {
		own++;
		for (const record of emission.records) alive.add(nameOf(record));
		let placed = true;
		const leave = (): void => {
			if (!placed) return;
			placed = false;
			inFlight.release();
		};
		const patience = setTimeout(leave, options.placePatience ?? PLACE_PATIENCE).unref();
		void settle(emission, how.repeated === true).finally(() => {
			clearTimeout(patience);
			own--;
			for (const record of emission.records) alive.delete(nameOf(record));
			if (how.retry) retrying = false;
			leave();
			wake();
			settleIdle();
		});
	}

	async function settle(emission: Emission, repeated: boolean): Promise<void> {
		try {
			await conclude(emission, await options.emit(emission), repeated);
		} catch (error) {
			log.warn('Nobody knows whether n8n has taken a mail, asking again', {
				feed,
				count: emission.records.length,
				key: emission.records[0]?.key ?? null,
				reason: messageOf(error),
			});
			later(PAUSE, recoverAgain);
		}
	}

	async function conclude(emission: Emission, outcome: Outcome, repeated: boolean): Promise<void> {
		const { records } = emission;
		switch (outcome) {
			case 'succeeded':
				await settlement.confirm(records);
				return;
			case 'died':
				// With this process; the next one takes it up.
				return;
			case 'refused':
				if (repeated) {
					await orphans.refused(emission);
					return;
				}
				if (await isTakenOver(records)) return;
				break;
			case 'failed':
			case 'ended':
		}
		if (options.doneWhen !== 'succeeded') {
			await settlement.confirm(records);
			return;
		}
		const delay = await settlement.retry(records, 'failed');
		if (delay > 0) later(delay + 100, wake);
	}

	/** True when another process has repeated the emission meanwhile: its end is that one's matter. */
	async function isTakenOver([first]: readonly IngestionRecord[]): Promise<boolean> {
		const now = first && (await store.ingestion.get(scope, first.key));
		return now !== undefined && now?.emitter !== emitter;
	}

	/** Also while it runs: a store that was away when an execution ended has left its record as it was. */
	function recoverAgain(): void {
		recover()
			.then(wake)
			.catch((error: unknown) => {
				log.warn('Abandoned mails could not be looked for, trying again', { feed, reason: messageOf(error) });
				later(PAUSE, recoverAgain);
			});
	}

	async function recover(): Promise<void> {
		if (isStopped()) return;
		await orphans.recover();
		backlog = await store.ingestion.count(scope, feed, ['received']);
		tookFromBacklog(0);
		care?.wake();
	}

	async function room(signal: AbortSignal | undefined): Promise<void> {
		while (backlog >= backlogLimit) {
			if (stopped || signal?.aborted === true) throw feedStopped(feed);
			await new Promise<void>((resolve) => {
				const enter = (): void => {
					signal?.removeEventListener('abort', enter);
					resolve();
				};
				roomWaiters.push(enter);
				signal?.addEventListener('abort', enter, { once: true });
			});
		}
	}

	/** Between archiving and recording, another feed of the scope may have reduced the same content. */
	async function insistOnContent(entry: ArchiveEntry, raw: Buffer | Readable): Promise<void> {
		if (entry.mode !== 'full') return;
		const now = await store.archive.stat(scope, entry.ref);
		if (now?.mode === 'full') return;
		if (Buffer.isBuffer(raw)) {
			await store.archive.put(scope, raw);
			return;
		}
		throw new StoreError('Another pipeline has just given up the raw content of this mail', {
			code: 'ARCHIVE_REDUCED',
			hint: 'It is fetched again.',
			retryable: true,
			record: { ref: entry.ref },
		});
	}

	/** A mail that is known and comes again, as after a lost connection, has brought back what was to be kept no longer. */
	async function letGoOfContent({ ref }: ArchiveEntry): Promise<void> {
		const { keep = 'full' } = options;
		if (keep !== 'full') await store.archive.reduce(scope, ref, keep);
	}

	/** Puts the raw bytes into the archive. @returns what is to be recorded of the mail */
	async function archived({
		key,
		raw,
		describe,
	}: Arrival): Promise<{ archiveEntry: ArchiveEntry; entry: NewIngestion }> {
		const keep = options.keep ?? 'full';
		const archiveEntry = await store.archive.put(scope, raw);
		const { contentKey, metadata, subjects } = await describe(archiveEntry);
		const entry = {
			scope,
			key,
			feed,
			rawRef: archiveEntry.ref,
			contentKey,
			metadata,
			keep,
			owesCare: options.act !== undefined || keep !== 'full',
			...(subjects ? { subjects } : {}),
		};
		return { archiveEntry, entry };
	}

	return {
		async receiveTogether(arrivals, signal) {
			await room(signal);
			// The disk is waited for once, for all of them.
			const mails = await Promise.all(
				arrivals.map(async (arrival) => ({ raw: arrival.raw, ...(await archived(arrival)) })),
			);
			const created = await store.ingestion.recordTogether(
				mails.map(({ entry }) => entry),
				true,
			);
			backlog += created.size;
			for (const { raw, archiveEntry, entry } of mails) {
				const isNew = created.has(entry.key);
				const waits = isNew || (await store.ingestion.get(scope, entry.key))?.stage === 'received';
				await (waits ? insistOnContent(archiveEntry, raw) : letGoOfContent(archiveEntry));
			}
			wake();
		},
		async receive(arrival, signal) {
			await room(signal);
			const { archiveEntry, entry } = await archived(arrival);
			const { created, record } = await store.ingestion.record(entry);
			if (created) backlog++;
			if (record.stage === 'received') {
				await insistOnContent(archiveEntry, arrival.raw);
				wake();
			} else await letGoOfContent(archiveEntry);
			return { created, record };
		},
		async reject(key, reason, message, item) {
			await store.deadLetters.add({ scope, key, feed, reason, message, rawRef: null, item });
			log.warn('A mail became a dead letter', { feed, key, reason });
			options.onDeadLetter?.(reason, message, key);
		},
		async start() {
			stopped = false;
			unsubscribe ??= inFlight.onFree(wake);
			care ??= startAftercare({
				store,
				scope,
				feed,
				log,
				...(options.act ? { act: options.act } : {}),
				...(options.onActionFailed ? { onFailed: options.onActionFailed } : {}),
			});
			await recover();
			if (isStopped()) return;
			recoveryTimer ??= setInterval(recoverAgain, recoveryIntervalOf(options)).unref();
			if (options.lookEvery !== undefined) lookTimer ??= setInterval(wake, options.lookEvery).unref();
			running.set(`${scope} ${feed}`, wake);
			wake();
		},
		stop() {
			stopped = true;
			unsubscribe?.();
			unsubscribe = null;
			care?.stop();
			care = null;
			if (recoveryTimer) clearInterval(recoveryTimer);
			recoveryTimer = null;
			if (lookTimer) clearInterval(lookTimer);
			lookTimer = null;
			if (running.get(`${scope} ${feed}`) === wake) running.delete(`${scope} ${feed}`);
			for (const timer of timers) clearTimeout(timer);
			timers.clear();
			tookFromBacklog(0);
			settleIdle();
		},
		wakeCare: () => care?.wake(),
		async idle() {
			if (own === 0 && !pumping && (stopped || timers.size === 0)) return;
			await new Promise<void>((resolve) => idleWaiters.push(resolve));
		},
	};
}

/** What came together, in executions of its own. */
function byBatch(records: readonly IngestionRecord[], size: number): IngestionRecord[][] {
	const groups: IngestionRecord[][] = [];
	for (const record of records) {
		const group = groups.at(-1);
		if (group !== undefined && group[0]?.batch === record.batch && group.length < size) group.push(record);
		else groups.push([record]);
	}
	return groups;
}

/**
 * How many go into one execution when more wait than there are places: larger ones the more there are, since each costs
 * n8n the same, and never all of them at once, for the places that are taken now are free soon, and an execution works
 * at one item after the other.
 */
function shareOf(waiting: number, places: number, most: number): number {
	return Math.min(most, Math.max(Math.ceil(waiting / places), LEAST_SHARED));
}

/** Each its own place while there are places for all; else some share one, and none is torn apart. */
function sharing(groups: readonly IngestionRecord[][], places: number, size: number): IngestionRecord[][] {
	if (groups.length <= places) return [...groups];
	const most = shareOf(groups.flat().length, places, size);
	const shared: IngestionRecord[][] = [];
	for (const group of groups) {
		const last = shared.at(-1);
		if (last !== undefined && last.length + group.length <= most) last.push(...group);
		else shared.push([...group]);
	}
	return shared;
}

function recoveryIntervalOf({ recoveryInterval, orphanAfter }: FeedOptions): Millis {
	return recoveryInterval ?? Math.min(RECOVERY_INTERVAL, orphanAfter ? orphanAfter / 2 : RECOVERY_INTERVAL);
}

function feedStopped(feed: string): PipelineError {
	return new PipelineError('This feed takes no more mail', { code: 'FEED_STOPPED', retryable: true, record: { feed } });
}
