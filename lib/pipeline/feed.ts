/**
 * Ingestion: archive raw → record → emit → confirmed. A crash between any two steps loses nothing; the unique key of
 * the record makes a repeat harmless. A feed is the stream of records of one trigger node.
 */
import type { Readable } from 'node:stream';
import { messageOf } from '../errors';
import type { ArchiveMode, IngestionRecord, JsonObject, Millis, Store } from '../store/store';

export interface FeedOptions {
	store: Store;
	scope: string;
	/** Identity of the trigger: survives restarts and renaming. */
	feed: string;
	/** Identity of this process: records it emitted are alive, those of others may be orphans. */
	emitter: string;
	/** Starts an execution for the record and tells how it ended. Rejecting means that none was started. */
	emit: (record: IngestionRecord) => Promise<'finished' | 'unknown'>;
	/** Runs once the record is confirmed: mark read, move. A failure is logged and does not emit the mail again. */
	onConfirmed?: (record: IngestionRecord) => Promise<void>;
	log: FeedLog;
	/** Executions in flight at once. */
	window?: number;
	/** Emissions after which a record that never finished becomes a dead letter. */
	maxAttempts?: number;
	/** Age after which another process' unconfirmed record counts as abandoned; 0 in n8n's regular mode, where that process is gone. */
	orphanAfter?: Millis;
	/** Pause between two looks for abandoned records, in ms; one minute unless given. */
	recoveryInterval?: Millis;
}

export interface FeedLog {
	info(message: string, details?: JsonObject): void;
	warn(message: string, details?: JsonObject): void;
}

export interface Arrival {
	key: string;
	raw: Buffer | Readable;
	archiveMode?: ArchiveMode;
	/** Called with what the archive knows of the bytes. */
	describe: (raw: {
		ref: string;
		sha256: string;
		size: number;
	}) => Promise<{ contentKey: string | null; metadata: JsonObject; subjects?: string[] }>;
}

export interface Feed {
	/** Makes the mail durable. Resolves when a crash can no longer lose it; emitting goes on by itself. */
	receive(arrival: Arrival): Promise<{ created: boolean; record: IngestionRecord }>;
	/** Files a mail that could not be read at all, so that it neither blocks nor vanishes. */
	reject(key: string, reason: string, message: string, item: JsonObject): Promise<void>;
	/** Takes up what an earlier process left behind, then emits. */
	start(): Promise<void>;
	/** Emits no more; executions under way are still confirmed. */
	stop(): void;
	/** Settles when nothing is waiting or in flight. */
	idle(): Promise<void>;
}

/**
 * What this process has in flight, by feed and key. It outlives a feed: when a workflow is published again, the
 * executions that its former feed started still run and are still confirmed.
 */
const alive = new Set<string>();

/** How often records are looked for that nobody works on any more. */
const RECOVERY_INTERVAL: Millis = 60_000;

/** Stages in which an execution may still be running, or has died. */
const underWay = ['emitted', 'parsed', 'classified', 'matched'] as const;

export function createFeed(options: FeedOptions): Feed {
	const { store, scope, feed, emitter, log } = options;
	const window = options.window ?? 4;
	const maxAttempts = options.maxAttempts ?? 3;
	let stopped = true;
	let inFlight = 0;
	let pumping: Promise<void> | null = null;
	let again = false;
	let retryTimer: NodeJS.Timeout | null = null;
	let recoveryTimer: NodeJS.Timeout | null = null;
	let idleWaiters: Array<() => void> = [];

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
				wakeLater();
			})
			.finally(() => {
				pumping = null;
				if (again) wake();
				else settleIdle();
			});
	}

	/** Asked anew after each wait: `stop` may have come in between. */
	const isStopped = (): boolean => stopped;

	function wakeLater(): void {
		if (stopped || retryTimer) return;
		retryTimer = setTimeout(() => {
			retryTimer = null;
			wake();
		}, 5_000);
	}

	function settleIdle(): void {
		if (inFlight > 0 || pumping || retryTimer) return;
		const waiters = idleWaiters;
		idleWaiters = [];
		for (const done of waiters) done();
	}

	async function pump(): Promise<void> {
		let afterId: number | undefined;
		while (inFlight < window) {
			const waiting = await store.ingestion.list(scope, feed, ['received'], window - inFlight, afterId);
			if (waiting.length === 0) return;
			for (const record of waiting) {
				afterId = record.id;
				if (isStopped()) return;
				const batch = `${record.id}:${record.attempt + 1}`;
				const [claimed] = await store.ingestion.emit(scope, [record.key], batch, emitter);
				if (claimed) {
					inFlight++;
					alive.add(nameOf(claimed));
					void settle(claimed);
				}
			}
		}
		// Woken by the next one that settles.
	}

	async function settle(record: IngestionRecord): Promise<void> {
		try {
			const outcome = await options.emit(record);
			await store.ingestion.advance(scope, record.key, 'confirmed');
			if (outcome === 'unknown') log.warn('n8n did not report the end of the execution', { feed, key: record.key });
			await options.onConfirmed?.(record).catch((error: unknown) => {
				log.warn('The action after processing failed', {
					feed,
					key: record.key,
					reason: messageOf(error),
				});
			});
		} catch (error) {
			log.warn('The mail could not be handed to n8n, trying again', {
				feed,
				key: record.key,
				reason: messageOf(error),
			});
			await abandon(record).catch(() => undefined);
			wakeLater();
		} finally {
			inFlight--;
			alive.delete(nameOf(record));
			wake();
			settleIdle();
		}
	}

	/** Puts a record back in the queue, or to the dead letters after too many attempts. */
	async function abandon(record: IngestionRecord): Promise<void> {
		if (record.attempt < maxAttempts) {
			await store.ingestion.requeue(scope, record.key);
			return;
		}
		await store.deadLetters.add({
			scope,
			key: record.key,
			feed,
			reason: 'EXECUTION_NEVER_FINISHED',
			message: `${record.attempt} executions were started for this mail and none of them finished`,
			rawRef: record.rawRef,
			item: record.metadata,
		});
		await store.ingestion.advance(scope, record.key, 'dead', 'EXECUTION_NEVER_FINISHED');
		log.warn('A mail became a dead letter', { feed, key: record.key, attempts: record.attempt });
	}

	async function recover(): Promise<void> {
		let afterId: number | undefined;
		while (true) {
			const records = await store.ingestion.list(scope, feed, underWay, 100, afterId);
			for (const record of records) {
				afterId = record.id;
				if (isOrphan(record)) await abandon(record);
			}
			if (records.length < 100) return;
		}
	}

	const nameOf = ({ key }: IngestionRecord): string => `${feed} ${key}`;

	/** Ours are known; another process' count as dead after a time. */
	function isOrphan(record: IngestionRecord): boolean {
		if (record.emitter === emitter) return !alive.has(nameOf(record));
		return Date.now() - (record.emittedAt ?? 0) >= (options.orphanAfter ?? 0);
	}

	/** Also while it runs: a store that was away when an execution ended has left its record as it was. */
	function recoverAgain(): void {
		recover()
			.then(wake)
			.catch((error: unknown) => {
				log.warn('Abandoned mails could not be looked for, trying again', {
					feed,
					reason: messageOf(error),
				});
			});
	}

	return {
		async receive(arrival) {
			const entry = await store.archive.put(scope, arrival.raw, { mode: arrival.archiveMode ?? 'full' });
			const { contentKey, metadata, subjects } = await arrival.describe(entry);
			const { created, record } = await store.ingestion.record({
				scope,
				key: arrival.key,
				feed,
				rawRef: entry.ref,
				contentKey,
				metadata,
				...(subjects ? { subjects } : {}),
			});
			if (created) wake();
			return { created, record };
		},
		async reject(key, reason, message, item) {
			await store.deadLetters.add({ scope, key, feed, reason, message, rawRef: null, item });
			log.warn('A mail became a dead letter', { feed, key, reason });
		},
		async start() {
			stopped = false;
			await recover();
			if (isStopped()) return;
			recoveryTimer ??= setInterval(recoverAgain, options.recoveryInterval ?? RECOVERY_INTERVAL).unref();
			wake();
		},
		stop() {
			stopped = true;
			if (retryTimer) clearTimeout(retryTimer);
			if (recoveryTimer) clearInterval(recoveryTimer);
			retryTimer = null;
			recoveryTimer = null;
		},
		async idle() {
			if (inFlight === 0 && !pumping && !retryTimer) return;
			await new Promise<void>((resolve) => idleWaiters.push(resolve));
		},
	};
}
