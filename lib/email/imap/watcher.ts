import { TransportError, type PipelineError } from '../../errors';
import { applyAction, type MailboxAction, type MessageReference } from './actions';
import { equalJitter, fullJitter, pause } from '../../retry';
import { ImapConnection } from './connection';
import { FailureMemory } from './failureMemory';
import { imapError } from './imapError';
import { DEFAULT_COMMAND_TIMEOUT, peerOf } from './server';
import { WatchSession } from './session';
import type { WatchHandlers, WatchSettings, WatchState } from './watch';

export type { MailboxAction, MessageReference } from './actions';
export type * from './watch';

/** With the time to connect, no more than 5 s after a server is back. */
const DEFAULT_CEILING = 4_000;
/** A session that lived that long was a success: the next pause is short again. */
const STABLE = 10_000;
/** The pauses between logins that are refused although one has worked: few and far apart, for providers lock accounts. */
const LOGIN_PAUSE = { first: 15_000, longest: 10 * 60_000 };
/** How long `stop` waits for the handler in hand, in milliseconds. */
const STOP_PATIENCE = 5_000;

export interface Watcher {
	readonly state: WatchState;
	/**
	 * Marks, moves or deletes a delivered message, over the connection of the watch. Repeating it does no harm.
	 *
	 * @throws TransportError; `IMAP_NOT_CONNECTED` (retryable) while there is no connection
	 */
	act(message: MessageReference, action: MailboxAction): Promise<void>;
	/**
	 * Ends the watch: the connection is closed and no handler is called afterwards. Waits up to 5 s for one that is
	 * running. Idempotent, never throws.
	 */
	stop(): Promise<void>;
}

/**
 * Watches one mailbox for ever: through IDLE, or polling where the server has none, over at most one connection at a
 * time. After every loss it connects again, with exponential back-off and full jitter, and goes on behind the cursor.
 * Ends by itself only when the server refuses a login that has never worked (state `failed`).
 */
export function watchMailbox(settings: WatchSettings, handlers: WatchHandlers): Watcher {
	return new MailboxWatcher(settings, handlers);
}

class MailboxWatcher implements Watcher {
	readonly #settings: WatchSettings;
	readonly #handlers: WatchHandlers;
	readonly #abort = new AbortController();
	readonly #memory = new FailureMemory();
	readonly #done: Promise<void>;
	#connection: ImapConnection | null = null;
	#state: WatchState = { kind: 'connecting', attempt: 0 };
	#stopping: Promise<void> | null = null;
	#reportedAt = 0;
	/** How many times the usual time a server gets for an answer: a big mailbox may take longer to search. */
	#patience = 1;

	constructor(settings: WatchSettings, handlers: WatchHandlers) {
		this.#settings = settings;
		this.#handlers = handlers;
		// In the next turn, so that a handler may use the watcher that watchMailbox returns.
		this.#done = Promise.resolve().then(() => this.#watch());
	}

	get state(): WatchState {
		return this.#state;
	}

	async act(message: MessageReference, action: MailboxAction): Promise<void> {
		const connection = this.#connection;
		if (connection?.mailbox == null) {
			throw new TransportError('The mailbox is not connected at the moment.', {
				code: 'IMAP_NOT_CONNECTED',
				hint: 'Repeat it when the connection is back.',
				retryable: true,
				record: { ...message },
			});
		}
		await applyAction(connection, message, action);
	}

	stop(): Promise<void> {
		this.#stopping ??= this.#stop();
		return this.#stopping;
	}

	async #stop(): Promise<void> {
		const connection = this.#connection;
		this.#abort.abort();
		await connection?.logout();
		const patience = new AbortController();
		await Promise.race([this.#done, pause(STOP_PATIENCE, patience.signal)]);
		patience.abort();
		if (this.#state.kind !== 'failed') this.#report({ kind: 'stopped' });
	}

	async #watch(): Promise<void> {
		const { signal } = this.#abort;
		let since: Date | null = null;
		let attempt = 0;
		let lastCode: string | null = null;
		let loggedIn = this.#settings.loginKnown === true;
		while (!signal.aborted) {
			const { done } = this.#memory;
			const session = await this.#session(attempt);
			if (this.#stopped()) return;
			const { failure, readyFor } = session;
			const timedOut = readyFor === null && failure.code === 'IMAP_TIMEOUT' && !this.#memory.lostInFetch;
			this.#memory.lostInFetch = false;
			this.#patience = timedOut ? Math.min(this.#patience * 2, 16) : 1;
			if (readyFor !== null) {
				loggedIn = true;
				since = null;
			}
			const stable = (readyFor !== null && readyFor > STABLE) || this.#memory.done > done;
			attempt = stable || failure.code !== lastCode ? 0 : attempt + 1;
			lastCode = failure.code;
			since ??= new Date();
			const delay = this.#delay(failure, attempt, loggedIn);
			if (delay === null) {
				this.#report({ kind: 'failed', error: failure });
				return;
			}
			const retryAt = new Date(Date.now() + delay);
			this.#report({ kind: 'disconnected', error: failure, since, attempt, retryAt });
			await pause(delay, signal);
		}
	}

	#stopped(): boolean {
		return this.#abort.signal.aborted;
	}

	/** Lives through one connection. @returns why it ended, and for how many milliseconds it was up to date */
	async #session(attempt: number): Promise<{ failure: PipelineError; readyFor: number | null }> {
		const { signal } = this.#abort;
		this.#report({ kind: 'connecting', attempt });
		let connection: ImapConnection | null = null;
		const ready: number[] = [];
		try {
			const { server } = this.#settings;
			const commandTimeout = (server.commandTimeout ?? DEFAULT_COMMAND_TIMEOUT) * this.#patience;
			connection = await ImapConnection.open({ ...server, commandTimeout }, signal);
			this.#connection = connection;
			const surroundings = {
				connection,
				settings: this.#settings,
				handlers: this.#handlers,
				memory: this.#memory,
				signal,
				report: (state: WatchState) => this.#report(state),
			};
			return await new WatchSession(surroundings, () => ready.push(performance.now())).run();
		} catch (error) {
			const readyFor = ready[0] === undefined ? null : performance.now() - ready[0];
			return { failure: imapError(error, peerOf(this.#settings.server)), readyFor };
		} finally {
			this.#connection = null;
			if (signal.aborted) await connection?.logout();
			else connection?.close();
		}
	}

	/** Milliseconds until the next attempt; null when there shall be none. */
	#delay(failure: PipelineError, attempt: number, loggedIn: boolean): number | null {
		const ceiling = this.#settings.reconnectCeiling ?? DEFAULT_CEILING;
		switch (failure.code) {
			case 'IMAP_AUTHENTICATION_FAILED':
				// A login that worked before fails while a server starts or changes its user database, and busy providers
				// refuse some at random.
				return loggedIn ? equalJitter(attempt, LOGIN_PAUSE) : null;
			case 'IMAP_LIMIT_REACHED':
				return 5_000 + fullJitter(attempt, { first: 10_000, longest: 5 * 60_000 });
			case 'IMAP_TOO_MANY_CONNECTIONS':
			case 'IMAP_UNAVAILABLE':
				return fullJitter(attempt, { first: 1_000, longest: Math.max(ceiling, 30_000) });
			case 'IMAP_UIDVALIDITY_CHANGED':
				return 0;
			case 'IMAP_HOST_NOT_FOUND':
				// A name that was found before is no typing error: the name service has lost it for a while.
				return fullJitter(attempt, { first: 500, longest: loggedIn ? ceiling : Math.max(ceiling, 60_000) });
			default:
				return failure.retryable
					? fullJitter(attempt, { first: 500, longest: ceiling })
					: fullJitter(attempt, { first: 1_000, longest: Math.max(ceiling, 60_000) });
		}
	}

	/** Tells changes only; while messages are delivered, the backlog once a second. */
	#report(state: WatchState): void {
		const before = this.#state;
		this.#state = state;
		if (state.kind === 'watching' && before.kind === 'watching' && state.mode === before.mode) return;
		const goesOn = state.kind === 'working' && before.kind === 'working';
		if (goesOn && performance.now() - this.#reportedAt < 1_000) return;
		this.#reportedAt = performance.now();
		try {
			this.#handlers.onState?.(state);
		} catch (error) {
			this.#settings.server.logger?.error('A state handler failed', { error: String(error) });
		}
	}
}
