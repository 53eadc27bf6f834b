import { messageOf, PipelineError, TransportError } from '../../errors';
import { backoff, pause } from './backoff';
import type { ImapConnection } from './connection';
import { fetchHeads, streamMessage, type Head } from './fetch';
import { searchUids } from './search';
import type { WatchHandlers, WatchSettings, WatchState } from './watch';

/** Messages whose first chunk is held in memory at once: at most 20 × 256 KiB. */
const WINDOW = 20;
/** How often a message may fail before it is poison. */
const ATTEMPTS = 3;
const BLOCKED_CEILING = 30_000;

/** What outlives a connection: which messages failed before. */
export class FailureMemory {
	readonly attempts = new Map<number, number>();
	/** Up to this UID one message is fetched at a time: the connection broke while a window with it was fetched. */
	cautiousThrough = 0;

	count(uid: number): number {
		const attempts = (this.attempts.get(uid) ?? 0) + 1;
		this.attempts.set(uid, attempts);
		return attempts;
	}
}

export interface DeliverySurroundings {
	connection: ImapConnection;
	settings: WatchSettings;
	handlers: WatchHandlers;
	memory: FailureMemory;
	signal: AbortSignal;
	report: (state: WatchState) => void;
}

/** Takes the messages of one connection to the handlers, in order. */
export class Delivery {
	readonly #is: DeliverySurroundings;

	constructor(surroundings: DeliverySurroundings) {
		this.#is = surroundings;
	}

	/**
	 * Delivers the messages and calls `settled` after each one that was delivered, reported or found deleted.
	 *
	 * @throws TransportError when the connection is lost; the message in hand is then not settled
	 */
	async deliverAll(
		uids: readonly number[],
		uidValidity: string,
		settled: (uid: number) => Promise<void>,
	): Promise<void> {
		const { memory } = this.#is;
		for (let index = 0; index < uids.length;) {
			const first = uids[index] ?? 0;
			const window = uids.slice(index, index + (first <= memory.cautiousThrough ? 1 : WINDOW));
			const heads = await this.#heads(window);
			for (const uid of window) {
				index++;
				const backlog = uids.length - index;
				this.#is.report({ kind: 'working', backlog: backlog + 1 });
				await this.#deliver(uid, uidValidity, heads.get(uid), backlog);
				memory.attempts.delete(uid);
				await settled(uid);
			}
		}
	}

	/**
	 * Calls a handler until it resolves.
	 *
	 * @throws TransportError when the connection is lost or the watcher stopped meanwhile
	 */
	async untilHandled<T>(call: () => Promise<T>): Promise<T> {
		const { connection, signal, report } = this.#is;
		for (let attempt = 0; ; attempt++) {
			connection.throwIfLost();
			throwIfStopped(signal);
			try {
				return await call();
			} catch (error) {
				connection.throwIfLost();
				throwIfStopped(signal);
				const delay = backoff(attempt, BLOCKED_CEILING);
				const reason = error instanceof Error ? error : new Error(messageOf(error));
				report({ kind: 'blocked', error: reason, retryAt: new Date(Date.now() + delay) });
				await Promise.race([pause(delay, signal), connection.lost]);
			}
		}
	}

	/** The first chunks of the window; empty when the server refuses, so that each message is then tried alone. */
	async #heads(window: readonly number[]): Promise<Map<number, Head>> {
		const { connection, memory } = this.#is;
		const [only] = window;
		if (window.length === 1 && only !== undefined && (memory.attempts.get(only) ?? 0) > 0) return new Map();
		try {
			return await fetchHeads(connection, window);
		} catch (error) {
			if (connection.failure === null) return new Map();
			if (window.length === 1 && only !== undefined) memory.count(only);
			else memory.cautiousThrough = window.at(-1) ?? 0;
			throw error;
		}
	}

	async #deliver(uid: number, uidValidity: string, given: Head | undefined, backlog: number): Promise<void> {
		const { settings, handlers } = this.#is;
		let fetched = given;
		for (;;) {
			const head = fetched ?? (await this.#fetchAlone(uid));
			if (head === undefined) return;
			if (head.size > (settings.maxMessageSize ?? Infinity)) {
				const error = new TransportError('The message is larger than the limit set for this mailbox.', {
					code: 'IMAP_MESSAGE_TOO_LARGE',
					hint: 'Raise the limit and fetch the message again, or leave it.',
					record: { uid, size: head.size },
				});
				return this.untilHandled(() => handlers.onPoison(uid, error));
			}
			const broken = await this.untilHandled(() => this.#hand(head, uidValidity, backlog));
			if (broken === null) return;
			fetched = undefined;
			if (await this.#settledAfter(uid, broken)) return;
		}
	}

	/** Hands one message over. @returns the error that broke its stream, null when all went well */
	async #hand(head: Head, uidValidity: string, backlog: number): Promise<PipelineError | null> {
		const { connection, handlers, signal } = this.#is;
		const stream = head.complete ? null : streamMessage(connection, head);
		const broken: PipelineError[] = [];
		stream?.on('error', (error) => {
			if (error instanceof PipelineError) broken.push(error);
		});
		const { uid, flags, internalDate, size } = head;
		try {
			const source = stream ?? head.bytes;
			await handlers.onMessage({ uid, uidValidity, flags, internalDate, size, source }, { signal, backlog });
			return broken[0] ?? null;
		} catch (error) {
			if (broken[0] !== undefined) return broken[0];
			throw error;
		} finally {
			stream?.destroy();
		}
	}

	/** Fetches one message by itself. @returns undefined when it was settled otherwise: deleted, or poison */
	async #fetchAlone(uid: number): Promise<Head | undefined> {
		const { connection, memory } = this.#is;
		for (;;) {
			if ((memory.attempts.get(uid) ?? 0) >= ATTEMPTS && (await this.#othersCanBeFetched(uid))) {
				await this.#poison(uid, unreadable(uid));
				return undefined;
			}
			try {
				const head = (await fetchHeads(connection, [uid])).get(uid);
				if (head !== undefined) return head;
				if (await this.#settledAfter(uid, unreadable(uid))) return undefined;
			} catch (error) {
				if (connection.failure !== null) {
					memory.count(uid);
					throw error;
				}
				if (await this.#settledAfter(uid, error)) return undefined;
			}
		}
	}

	/**
	 * Decides about a message that could not be fetched: deleted meanwhile, poison, or worth another attempt after a pause.
	 * Poison only when another message of the mailbox can be fetched, or when the server does not call it temporary.
	 */
	async #settledAfter(uid: number, error: unknown): Promise<boolean> {
		const { connection, memory, handlers, signal } = this.#is;
		connection.throwIfLost();
		throwIfStopped(signal);
		if ((await searchUids(connection, { uid: String(uid) })).length === 0) {
			await this.untilHandled(async () => handlers.onExpunged?.(uid));
			return true;
		}
		const attempts = memory.count(uid);
		const temporary = error instanceof PipelineError && error.retryable;
		if (attempts >= ATTEMPTS && (!temporary || (await this.#othersCanBeFetched(uid)))) {
			await this.#poison(uid, error instanceof PipelineError ? error : unreadable(uid, error));
			return true;
		}
		await Promise.race([pause(backoff(attempts, BLOCKED_CEILING, 200), signal), connection.lost]);
		return false;
	}

	async #othersCanBeFetched(uid: number): Promise<boolean> {
		const { connection } = this.#is;
		for (const sequence of ['*', '1']) {
			try {
				const query = { uid: true, source: { start: 0, maxLength: 1024 } };
				const row = await connection.run((client) => client.fetchOne(sequence, query));
				if (row !== false && row !== undefined && row.uid !== uid && row.source !== undefined) return true;
			} catch (error) {
				if (connection.failure !== null) throw error;
			}
		}
		return false;
	}

	#poison(uid: number, error: PipelineError): Promise<void> {
		return this.untilHandled(() => this.#is.handlers.onPoison(uid, error));
	}
}

function throwIfStopped(signal: AbortSignal): void {
	if (signal.aborted) throw new TransportError('The watcher was stopped.', { code: 'IMAP_ABORTED' });
}

function unreadable(uid: number, cause?: unknown): TransportError {
	return new TransportError('The mail server cannot deliver this message, again and again.', {
		code: 'IMAP_MESSAGE_UNREADABLE',
		hint: 'Look at the message with another mail program; it may have to be delivered again.',
		record: { uid },
		cause,
	});
}
