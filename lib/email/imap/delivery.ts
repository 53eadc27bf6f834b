import { messageOf, PipelineError, TransportError } from '../../errors';
import { equalJitter, fullJitter, pause } from '../../retry';
import type { ImapConnection } from './connection';
import type { FailureMemory, Others } from './failureMemory';
import { fetchHeads, messageOfHead, type Head } from './fetch';
import { fetchOne, isGone, otherMessages } from './singleFetch';
import type { WatchHandlers, WatchSettings, WatchState } from './watch';
import { settled as settledHead, streamMessage } from './wholeMessage';

/** Messages whose first chunk is held in memory at once: at most 20 × 256 KiB. */
const WINDOW = 20;
const BLOCKED_CEILING = 30_000;
/** The first pause after a refusal, in ms, and the longest while the server gives no mail at all. */
const REFUSED_PAUSE = 500;
const TROUBLE_CEILING = 60_000;
/** A server that asks for fewer requests is left alone at least that long. */
const LIMIT_PAUSE = 5_000;

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
			const wanted = uids.slice(index, index + (memory.suspects(first) ? 1 : WINDOW));
			const heads = await this.#heads(wanted);
			// Nothing of them came: one is tried alone, and then the others together again.
			const window = heads.size === 0 ? wanted.slice(0, 1) : wanted;
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
				const delay = fullJitter(attempt, { first: 500, longest: BLOCKED_CEILING });
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
			memory.lostTogether(window);
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
			const fits = head?.extent === 'whole' && head.size <= (settings.maxMessageSize ?? Infinity);
			if (!fits || memory.suspects(uid)) break;
			whole.push(head);
		}
		return whole;
	}

	async #deliverTogether(whole: readonly Head[], uidValidity: string, left: number): Promise<void> {
		const { handlers, signal, report } = this.#is;
		const messages = whole.map((head) => ({ ...messageOfHead(head, uidValidity), source: head.bytes }));
		report({ kind: 'working', backlog: left });
		await this.untilHandled(async () => handlers.onMessages?.(messages, { signal, backlog: left - whole.length }));
	}

	async #deliver(uid: number, uidValidity: string, given: Head | undefined, backlog: number): Promise<void> {
		const { connection, settings, memory, report } = this.#is;
		let fetched = given === undefined ? undefined : await this.#settledHead(given);
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
			report({ kind: 'working', backlog: backlog + 1 });
			const broken = await this.untilHandled(() => this.#hand(head, uidValidity, backlog));
			if (broken === null) return;
			fetched = undefined;
			if (connection.failure !== null) memory.lost(uid, broken.offset, connection.failure);
			if (await this.#settledAfter(uid, uidValidity, broken.error)) return;
		}
	}

	/** @returns undefined when the message is to be fetched by itself */
	async #settledHead(given: Head): Promise<Head | undefined> {
		const { connection, memory, settings } = this.#is;
		if (given.size > (settings.maxMessageSize ?? Infinity)) return given;
		try {
			return await settledHead(connection, given);
		} catch (error) {
			if (connection.failure === null) return undefined;
			memory.lost(given.uid, 0, connection.failure);
			throw error;
		}
	}

	/** Hands one message over. @returns what broke its stream, and where; null when all went well */
	async #hand(head: Head, uidValidity: string, backlog: number): Promise<Break | null> {
		const { connection, handlers, signal } = this.#is;
		const progress = { bytes: 0 };
		const stream = head.extent === 'whole' ? null : streamMessage(connection, head, progress);
		const broken: Break[] = [];
		stream?.on('error', (error) => {
			if (error instanceof PipelineError) broken.push({ error, offset: progress.bytes });
		});
		try {
			const message = { ...messageOfHead(head, uidValidity), source: stream ?? head.bytes };
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
		const { connection, memory, settings } = this.#is;
		for (;;) {
			const breaking = memory.breaking(uid);
			if (breaking !== null && /^(all|some)$/.test(await otherMessages(connection, memory, uid))) {
				await this.#poison(uid, uidValidity, unreadable(uid, breaking.error));
				return undefined;
			}
			try {
				const head = await fetchOne(connection, memory, uid, settings.maxMessageSize);
				if (head !== undefined) return head;
				if (await this.#settledAfter(uid, uidValidity, noAnswer(uid))) return undefined;
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
	 * Whatever the server said, it is poison only when other messages could be fetched at the same moment, several times.
	 */
	async #settledAfter(uid: number, uidValidity: string, error: unknown): Promise<boolean> {
		const { connection, memory, handlers } = this.#is;
		this.#throwIfOver();
		if (await isGone(connection, uid)) {
			await this.untilHandled(async () => handlers.onExpunged?.(uid));
			return true;
		}
		const others = await otherMessages(connection, memory, uid);
		if (memory.refused(uid, others)) {
			await this.#poison(uid, uidValidity, unreadable(uid, error));
			return true;
		}
		await this.#pauseAfter(uid, error, others);
		return false;
	}

	/** Between half the time and all of it, twice as long each time; also told, when it is the server that is in trouble. */
	async #pauseAfter(uid: number, error: unknown, others: Others): Promise<void> {
		const { connection, memory, signal, report } = this.#is;
		const trouble = others === 'none' || others === 'nobody';
		const least = error instanceof PipelineError && error.code === 'IMAP_LIMIT_REACHED' ? LIMIT_PAUSE : 0;
		const delay = least + equalJitter(memory.attempt(uid), { first: REFUSED_PAUSE, longest: TROUBLE_CEILING });
		if (trouble) report({ kind: 'blocked', error: troubleOf(error), retryAt: new Date(Date.now() + delay) });
		await connection.orLost(pause(delay, signal));
	}

	async #poison(uid: number, uidValidity: string, error: PipelineError): Promise<void> {
		this.#is.memory.setAside(uid);
		await this.untilHandled(() => this.#is.handlers.onPoison({ uid, uidValidity }, error));
	}
}

/** Where the stream of a message ended early. */
interface Break {
	error: PipelineError;
	offset: number;
}

function noAnswer(uid: number): TransportError {
	return new TransportError('The mail server answered without the message.', {
		code: 'IMAP_ANSWER_INCOMPLETE',
		hint: 'It is asked again; if it goes on, look at the message with another mail program.',
		retryable: true,
		record: { uid },
	});
}

/** Why the server gives no mail at all, as it is reported while it lasts. */
function troubleOf(cause: unknown): TransportError {
	return new TransportError(`The mail server gives no mail at the moment. ${messageOf(cause)}`, {
		code: 'IMAP_NO_MAIL_GIVEN',
		hint: 'Nothing is lost: it is tried again until it works. If it goes on, look into the log of the mail server.',
		retryable: true,
		cause,
	});
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
