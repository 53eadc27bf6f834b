import { ImapFlow, type MailboxObject } from 'imapflow';
import type { PipelineError } from '../../errors';
import { greetingError } from './greeting';
import { closedHere, imapError, refusalError, type Refusal } from './imapError';
import { withLoginToken } from './loginToken';
import { MailboxPaths } from './mailboxPaths';
import { type IdleEnd, NewsWait } from './newsWait';
import { observingLogger, type LogObserver } from './serverLog';
import { clientOptions, DEFAULT_COMMAND_TIMEOUT, DEFAULT_CONNECT_TIMEOUT, peerOf, type ImapServer } from './server';

export type { ConnectionSecurity, ImapAuthentication, ImapLogger, ImapServer } from './server';

/** How often a running command is looked at, in milliseconds. */
const WATCH_INTERVAL = 250;

/** Milliseconds a server may take to answer a NOOP: together with the interval between them, the time to notice its silence. */
const PROBE_TIMEOUT = { shortest: 5_000, longest: 15_000 };

/**
 * One logged-in IMAP connection: errors come out as TransportError, a command that the server stops answering ends the
 * connection, and `close` leaves no socket behind, whatever the state.
 */
export class ImapConnection {
	readonly paths = new MailboxPaths();
	readonly #client: ImapFlow;
	readonly #server: ImapServer;
	readonly #commandTimeout: number;
	#failure: PipelineError | null = null;
	readonly #losers = new Set<(error: PipelineError) => void>();
	#refusal: Refusal | null = null;
	#running = 0;
	/** Pieces of work that consist of several commands. */
	#held = 0;
	/** Told when nothing of both is under way any more. */
	#settled: (() => void) | null = null;
	#commands = 0;
	#lastProgress = 0;
	#received = 0;
	#farewell: Promise<void> | null = null;
	#keepAlive: NodeJS.Timeout | undefined;
	#probeTimeout = PROBE_TIMEOUT.longest;
	readonly #news = new NewsWait((work) => this.orLost(work));

	private constructor(server: ImapServer, client: ImapFlow, observer: LogObserver) {
		this.#server = server;
		this.#client = client;
		this.#commandTimeout = server.commandTimeout ?? DEFAULT_COMMAND_TIMEOUT;
		observer.onRefusal = (refusal) => (this.#refusal = refusal);
		observer.onGreeting = (line) => {
			const error = greetingError(line, peerOf(server));
			if (error !== null) this.#fail(error);
		};
		client.on('error', (error) => this.#fail(imapError(error, peerOf(server))));
		client.on('close', () => {
			const bye = client.byeReason;
			const said = bye === undefined || bye === '' ? { code: 'NoConnection' } : { reason: bye };
			this.#fail(imapError(said, peerOf(server)));
		});
		client.on('exists', ({ count, prevCount }) => {
			if (count > prevCount) this.#news.announce();
		});
	}

	/**
	 * Connects and logs in. The signal ends the attempt at once, and no socket is left.
	 *
	 * @throws TransportError, normalised; `IMAP_ABORTED` when the signal fired
	 */
	static async open(server: ImapServer, signal?: AbortSignal): Promise<ImapConnection> {
		return await withLoginToken(server, (token) => ImapConnection.#login(server, token, signal), signal);
	}

	static async #login(server: ImapServer, token: string | null, signal?: AbortSignal): Promise<ImapConnection> {
		if (signal?.aborted === true) throw closedHere();
		const observer: LogObserver = {};
		let client: ImapFlow;
		try {
			client = new ImapFlow({ ...clientOptions(server, token), logger: observingLogger(server, observer) });
		} catch (error) {
			throw imapError(error, peerOf(server));
		}
		const connection = new ImapConnection(server, client, observer);
		const abort = () => connection.#fail(closedHere());
		signal?.addEventListener('abort', abort, { once: true });
		try {
			await connection.run(() => client.connect(), server.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT);
			connection.paths.takeOverPrefix(client);
			return connection;
		} catch (error) {
			connection.close();
			throw error;
		} finally {
			signal?.removeEventListener('abort', abort);
		}
	}

	/** Upper-case capabilities as the server announced them after the login. */
	get capabilities(): ReadonlySet<string> {
		return new Set([...this.#client.capabilities.keys()].map((name) => name.toUpperCase()));
	}

	/** The text of the greeting. */
	get greeting(): string | null {
		return this.#client.greeting ?? null;
	}

	/** The selected mailbox as the server last described it. */
	get mailbox(): MailboxObject | null {
		return this.#client.mailbox === false ? null : this.#client.mailbox;
	}

	/** See `NewsWait`. */
	get changed(): boolean {
		return this.#news.changed;
	}

	set changed(changed: boolean) {
		this.#news.changed = changed;
	}

	/** Why the connection is gone, or null while it lives. */
	get failure(): PipelineError | null {
		return this.#failure;
	}

	/** How many commands were run so far: an IDLE that ends while this stays the same was ended by the server. */
	get commands(): number {
		return this.#commands;
	}

	/** @throws TransportError why the connection is gone, when it is */
	throwIfLost(): void {
		if (this.#failure !== null) throw this.#failure;
	}

	/**
	 * Runs commands on the connection and watches that the server goes on answering: when no byte arrives for `timeout`
	 * milliseconds while a command is under way, the connection is ended with `IMAP_TIMEOUT`. Breaks a running IDLE.
	 *
	 * @throws TransportError
	 */
	async run<T>(work: (client: ImapFlow) => Promise<T>, timeout = this.#commandTimeout): Promise<T> {
		this.throwIfLost();
		this.#commands++;
		if (this.#running++ === 0) this.#lastProgress = performance.now();
		const watch = setInterval(() => this.#watch(timeout), Math.min(WATCH_INTERVAL, timeout));
		try {
			return await this.orLost(work(this.#client));
		} catch (error) {
			throw this.failure ?? imapError(error, peerOf(this.#server));
		} finally {
			clearInterval(watch);
			this.#running--;
			this.#tellSettled();
		}
	}

	/** Keeps `idle` from coming in between the commands of the work: it would hold up the second one until it ends. */
	async hold<T>(work: () => Promise<T>): Promise<T> {
		this.#held++;
		try {
			return await work();
		} finally {
			this.#held--;
			this.#tellSettled();
		}
	}

	#busy(): boolean {
		return this.#running > 0 || this.#held > 0;
	}

	#tellSettled(): void {
		if (!this.#busy()) this.#settled?.();
	}

	/**
	 * What the work comes to, or the loss of the connection, whichever is first. (Not a race with one promise for the whole
	 * connection: that would hold every result until the connection ends.)
	 */
	orLost<T>(work: Promise<T>): Promise<T> {
		return new Promise<T>((resolve, reject) => {
			if (this.#failure !== null) reject(this.#failure);
			this.#losers.add(reject);
			work.then(resolve, reject).finally(() => this.#losers.delete(reject));
		});
	}

	/**
	 * Like `run`, for the commands of imapflow that answer `false` instead of throwing when the server refuses.
	 *
	 * @throws TransportError with what the server said
	 */
	async insist<T>(work: (client: ImapFlow) => Promise<T | false | undefined>): Promise<T> {
		this.#refusal = null;
		const result = await this.run(work);
		if (result !== false && result !== undefined) return result;
		const refusal = this.#lastRefusal() ?? { status: 'NO' as const, responseCode: null, text: '' };
		throw refusalError(refusal, peerOf(this.#server));
	}

	/**
	 * Opens the mailbox (SELECT, or EXAMINE), also the one that is open already: its numbers are then fresh.
	 *
	 * @param name as in `pathOf`
	 */
	async select(name: string, readOnly = false): Promise<MailboxObject> {
		const path = await this.pathOf(name);
		return await this.run((client) => client.mailboxOpen(path, { readOnly }));
	}

	/** The path of a mailbox as the server spells it; see `MailboxPaths`. */
	pathOf(name: string): Promise<string> {
		return this.paths.pathOf(name, () => this.run((client) => client.list()));
	}

	/**
	 * Waits in IDLE (RFC 2177) until the server reports new messages, `milliseconds` have passed, the server ends it, or
	 * the connection is lost (rejects). The next command breaks the IDLE; it begins once those under way are through.
	 */
	async idle(milliseconds: number): Promise<IdleEnd> {
		this.throwIfLost();
		const begun = performance.now();
		// Again after each wait: the next piece of work may have begun in that very moment.
		while (this.#busy()) {
			const settled = new Promise<IdleEnd>((resolve) => (this.#settled = () => resolve('ended')));
			const end = await this.#news.within(Math.max(0, milliseconds - (performance.now() - begun)), settled);
			this.#settled = null;
			if (end !== 'ended') return end;
		}
		const idling = this.#client.idle().then(
			(result): IdleEnd => (result === false ? 'refused' : 'ended'),
			(error: unknown) => Promise.reject(imapError(error, peerOf(this.#server))),
		);
		return this.#news.within(Math.max(0, milliseconds - (performance.now() - begun)), idling);
	}

	/** Waits without IDLE; ends early when an answer to somebody's command shows new messages. */
	async wait(milliseconds: number): Promise<IdleEnd> {
		this.throwIfLost();
		return this.#news.within(milliseconds);
	}

	/** Asks for a sign of life (NOOP). @throws TransportError `IMAP_TIMEOUT` when none comes */
	async probe(): Promise<void> {
		await this.run((client) => client.noop(), Math.min(this.#probeTimeout, this.#commandTimeout));
	}

	/** Probes every `milliseconds` in which neither a command nor a wait is under way; the answer may take about as long. */
	keepAlive(milliseconds: number): void {
		this.#probeTimeout = Math.max(PROBE_TIMEOUT.shortest, Math.min(milliseconds, PROBE_TIMEOUT.longest));
		clearInterval(this.#keepAlive);
		this.#keepAlive = setInterval(() => {
			const quiet = this.#running === 0 && !this.#news.underWay && this.failure === null;
			if (quiet) this.probe().catch(() => undefined);
		}, milliseconds);
	}

	/** Says LOGOUT and closes; waits no longer than `milliseconds` for the server's farewell. Idempotent, never throws. */
	logout(milliseconds = 500): Promise<void> {
		this.#farewell ??= this.#logout(milliseconds);
		return this.#farewell;
	}

	async #logout(milliseconds: number): Promise<void> {
		if (this.failure === null) {
			let timer: NodeJS.Timeout | undefined;
			const patience = new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)));
			await Promise.race([this.#client.logout().catch(() => undefined), patience]);
			clearTimeout(timer);
		}
		this.close();
	}

	/** Closes the socket now. Idempotent, never throws. */
	close(): void {
		this.#fail(closedHere());
	}

	#lastRefusal(): Refusal | null {
		return this.#refusal;
	}

	#watch(timeout: number): void {
		const { received } = this.#client.stats();
		if (received !== this.#received) {
			this.#received = received;
			this.#lastProgress = performance.now();
		} else if (performance.now() - this.#lastProgress > timeout) {
			this.#fail(imapError({ code: 'ETIMEOUT' }, peerOf(this.#server)));
		}
	}

	#fail(error: PipelineError): void {
		if (this.#failure !== null) return;
		this.#failure = error;
		clearInterval(this.#keepAlive);
		for (const lose of this.#losers) lose(error);
		this.#losers.clear();
		this.#client.close();
	}
}
