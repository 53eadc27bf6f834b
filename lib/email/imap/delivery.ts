import { messageOf, PipelineError, TransportError } from '../../errors';
import { backoff, pause } from './backoff';
import type { ImapConnection } from './connection';
import { fetchHeads, streamMessage, type Head } from './fetch';
import { searchUids } from './search';
import type { WatchHandlers, WatchSettings, WatchState } from './watch';

/** Messages whose first chunk is held in memory at once: at most 20 × 256 KiB. */
const WINDOW = 20;
/** How often the server may fail to render a message before it is poison. */
const ATTEMPTS = 3;
/** How often the connection may break at the same place of a message before it is poison; a BYE counts twice. */
const LOSSES = 5;
const BLOCKED_CEILING = 30_000;

/** What outlives a connection: which messages failed before. */
export class FailureMemory {
	/** Up to this UID one message is fetched at a time: the connection broke while a window with it was fetched. */
	cautiousThrough = 0;
	/** Messages dealt with so far. */
	done = 0;
	readonly #refused = new Map<number, number>();
	readonly #losses = new Map<number, { offset: number; count: number; error: unknown }>();

	/** The server answered without the message. @returns how often so far */
	refused(uid: number): number {
		const count = (this.#refused.get(uid) ?? 0) + 1;
		this.#refused.set(uid, count);
		return count;
	}

	/** The connection broke after that many bytes of the message; a network breaks elsewhere each time, a server crash does not. */
	lost(uid: number, offset: number, error: unknown): void {
		const before = this.#losses.get(uid);
		const weight = error instanceof PipelineError && error.record?.status === 'BYE' ? 2 : 1;
		this.#losses.set(uid, { offset, error, count: weight + (before?.offset === offset ? before.count : 0) });
	}

	/** True when the message is tried by itself, after its first failure. */
	suspects(uid: number): boolean {
		return uid <= this.cautiousThrough || this.#refused.has(uid) || this.#losses.has(uid);
	}

	/** @returns how the connection broke last, when it broke at this message again and again; else null */
	breaking(uid: number): { error: unknown } | null {
		const losses = this.#losses.get(uid);
		return losses !== undefined && losses.count >= LOSSES ? losses : null;
	}

	settled(uid: number): void {
		this.done++;
		this.#refused.delete(uid);
		this.#losses.delete(uid);
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
	 * Delivers the messages and calls `settled` after each one that was delivered, reported or found deleted; `pausing`
	 * after the last one of those that were fetched together.
	 *
	 * @throws TransportError when the connection is lost; the message in hand is then not settled
	 */
	async deliverAll(
		uids: readonly number[],
		uidValidity: string,
		settled: (uid: number, pausing: boolean) => Promise<void>,
	): Promise<void> {
		const { memory } = this.#is;
		for (let index = 0; index < uids.length;) {
			const first = uids[index] ?? 0;
			const window = uids.slice(index, index + (memory.suspects(first) ? 1 : WINDOW));
			const heads = await this.#heads(window);
			const whole = this.#wholeAmong(window, heads);
			if (whole.length > 1) {
				await this.#deliverTogether(whole, uidValidity, uids.length - index);
				for (const { uid } of whole) {
					memory.settled(uid);
					await settled(uid, uid === window.at(-1));
				}
				index += whole.length;
			}
			for (const uid of window.slice(whole.length > 1 ? whole.length : 0)) {
				index++;
				const backlog = uids.length - index;
				this.#is.report({ kind: 'working', backlog: backlog + 1 });
				await this.#deliver(uid, uidValidity, heads.get(uid), backlog);
				memory.settled(uid);
				await settled(uid, uid === window.at(-1));
			}
		}
	}

	/**
	 * Calls a handler until it resolves. With `closing` it is called once in any case: what was done has to be written
	 * down, also when the connection was lost or the watcher stopped meanwhile.
	 *
	 * @throws TransportError when the connection is lost or the watcher stopped
	 */
	async untilHandled<T>(call: () => Promise<T>, closing = false): Promise<T> {
		const { connection, signal, report } = this.#is;
		for (let attempt = 0; ; attempt++) {
			if (!closing || attempt > 0) this.#throwIfOver();
			try {
				return await call();
			} catch (error) {
				this.#throwIfOver();
				const delay = backoff(attempt, BLOCKED_CEILING);
				const reason = error instanceof Error ? error : new Error(messageOf(error));
				report({ kind: 'blocked', error: reason, retryAt: new Date(Date.now() + delay) });
				await connection.orLost(pause(delay, signal));
			}
		}
	}

	#throwIfOver(): void {
		this.#is.connection.throwIfLost();
		if (this.#is.signal.aborted) throw new TransportError('The watcher was stopped.', { code: 'IMAP_ABORTED' });
	}

	/** The first chunks of the window; empty when the server refuses, so that each message is then tried alone. */
	async #heads(window: readonly number[]): Promise<Map<number, Head>> {
		const { connection, memory } = this.#is;
		const [only] = window;
		if (only !== undefined && memory.suspects(only)) return new Map();
		try {
			return await fetchHeads(connection, window);
		} catch (error) {
			if (connection.failure === null) return new Map();
			memory.cautiousThrough = window.at(-1) ?? 0;
			throw error;
		}
	}

	/** Those at the beginning of the window that are here as a whole and need no second look. */
	#wholeAmong(window: readonly number[], heads: ReadonlyMap<number, Head>): Head[] {
		const { handlers, memory, settings } = this.#is;
		const whole: Head[] = [];
		if (handlers.onMessages === undefined) return whole;
		for (const uid of window) {
			const head = heads.get(uid);
			const fits = head?.complete === true && head.size <= (settings.maxMessageSize ?? Infinity);
			if (!fits || memory.suspects(uid)) break;
			whole.push(head);
		}
		return whole;
	}

	async #deliverTogether(whole: readonly Head[], uidValidity: string, left: number): Promise<void> {
		const { handlers, signal, report } = this.#is;
		const messages = whole.map(({ uid, flags, internalDate, size, gmailThreadId, bytes }) => ({
			...{ uid, uidValidity, flags, internalDate, size, gmailThreadId },
			source: bytes,
		}));
		report({ kind: 'working', backlog: left });
		await this.untilHandled(async () => handlers.onMessages?.(messages, { signal, backlog: left - whole.length }));
	}

	async #deliver(uid: number, uidValidity: string, given: Head | undefined, backlog: number): Promise<void> {
		const { connection, settings, memory } = this.#is;
		let fetched = given;
		for (;;) {
			const head = fetched ?? (await this.#fetchAlone(uid, uidValidity));
			if (head === undefined) return;
			if (head.size > (settings.maxMessageSize ?? Infinity)) {
				const error = new TransportError('The message is larger than the limit set for this mailbox.', {
					code: 'IMAP_MESSAGE_TOO_LARGE',
					hint: 'Raise the limit and fetch the message again, or leave it.',
					record: { uid, size: head.size },
				});
				return this.#poison(uid, uidValidity, error);
			}
			const broken = await this.untilHandled(() => this.#hand(head, uidValidity, backlog));
			if (broken === null) return;
			fetched = undefined;
			if (connection.failure !== null) memory.lost(uid, broken.offset, connection.failure);
			if (await this.#settledAfter(uid, uidValidity, broken.error)) return;
		}
	}

	/** Hands one message over. @returns what broke its stream, and where; null when all went well */
	async #hand(head: Head, uidValidity: string, backlog: number): Promise<Break | null> {
		const { connection, handlers, signal } = this.#is;
		const progress = { bytes: 0 };
		const stream = head.complete ? null : streamMessage(connection, head, progress);
		const broken: Break[] = [];
		stream?.on('error', (error) => {
			if (error instanceof PipelineError) broken.push({ error, offset: progress.bytes });
		});
		const { uid, flags, internalDate, size, gmailThreadId } = head;
		try {
			const source = stream ?? head.bytes;
			const message = { uid, uidValidity, flags, internalDate, size, gmailThreadId, source };
			await handlers.onMessage(message, { signal, backlog });
			return broken[0] ?? null;
		} catch (error) {
			if (broken[0] !== undefined) return broken[0];
			throw error;
		} finally {
			stream?.destroy();
		}
	}

	/** Fetches one message by itself. @returns undefined when it was settled otherwise: deleted, or poison */
	async #fetchAlone(uid: number, uidValidity: string): Promise<Head | undefined> {
		const { connection, memory } = this.#is;
		for (;;) {
			const breaking = memory.breaking(uid);
			if (breaking !== null && (await this.#othersCanBeFetched(uid))) {
				await this.#poison(uid, uidValidity, unreadable(uid, breaking.error));
				return undefined;
			}
			try {
				const head = (await fetchHeads(connection, [uid])).get(uid);
				if (head !== undefined) return head;
				if (await this.#settledAfter(uid, uidValidity, undefined)) return undefined;
			} catch (error) {
				if (connection.failure !== null) {
					memory.lost(uid, 0, connection.failure);
					throw error;
				}
				if (await this.#settledAfter(uid, uidValidity, error)) return undefined;
			}
		}
	}

	/**
	 * Decides about a message that could not be fetched: deleted meanwhile, poison, or worth another attempt after a pause.
	 * Poison only when another message of the mailbox can be fetched, or when the server does not call it temporary.
	 */
	async #settledAfter(uid: number, uidValidity: string, error: unknown): Promise<boolean> {
		const { connection, memory, handlers, signal } = this.#is;
		this.#throwIfOver();
		if ((await searchUids(connection, { uid: String(uid) })).length === 0) {
			await this.untilHandled(async () => handlers.onExpunged?.(uid));
			return true;
		}
		const attempts = memory.refused(uid);
		const temporary = error instanceof PipelineError && error.retryable;
		if (attempts >= ATTEMPTS && (!temporary || (await this.#othersCanBeFetched(uid)))) {
			await this.#poison(uid, uidValidity, unreadable(uid, error));
			return true;
		}
		await connection.orLost(pause(backoff(attempts, BLOCKED_CEILING, 200), signal));
		return false;
	}

	async #othersCanBeFetched(uid: number): Promise<boolean> {
		const { connection } = this.#is;
		for (const sequence of ['*', '1']) {
			try {
				const query = { uid: true, source: { start: 0, maxLength: 1024 } };
				const row = await connection.run((client) => client.fetchOne(sequence, query));
				if (row && row.uid !== uid && Buffer.isBuffer(row.source)) return true;
			} catch (error) {
				if (connection.failure !== null) throw error;
			}
		}
		return false;
	}

	#poison(uid: number, uidValidity: string, error: PipelineError): Promise<void> {
		return this.untilHandled(() => this.#is.handlers.onPoison({ uid, uidValidity }, error));
	}
}

/** Where the stream of a message ended early. */
interface Break {
	error: PipelineError;
	offset: number;
}

function unreadable(uid: number, cause?: unknown): TransportError {
	const said = cause === undefined ? '' : ` ${messageOf(cause)}`;
	return new TransportError(`The mail server cannot deliver this message, again and again.${said}`, {
		code: 'IMAP_MESSAGE_UNREADABLE',
		hint: 'Look at the message with another mail program; it may have to be delivered again.',
		record: { uid },
		cause,
	});
}
