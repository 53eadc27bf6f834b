/** One watched mailbox as a feed: every mail is made durable first, then emitted; the cursor follows what is durable. */
import type { MailboxMessage } from '../../../../email/imap/fetch';
import type { MailboxFilter } from '../../../../email/imap/search';
import type { ImapServer } from '../../../../email/imap/server';
import {
	type MailboxAction,
	type WatchHandlers,
	type WatchStart,
	type WatchState,
	type WatchTiming,
	type Watcher,
	watchMailbox,
} from '../../../../email/imap/watcher';
import { PipelineError, StoreError, TransportError, messageOf } from '../../../../errors';
import type { IngestionRecord, Lease, MailboxKey, Millis } from '../../../../store/store';
import { addressesIn, contentKeyOf, describeMail, identityIn, tapHead } from '../../arrival';
import { type Arrival, createIngestionQueue } from '../../queue';
import type { QueueOptions } from '../../queueOptions';
import { mailboxIdentities } from './mailboxIdentity';
import { accountOf, consumedAccount, mailboxFeedName } from './mailboxNames';
import { loginIsKnown, loginMark } from './loginMark';
import { mailboxStatusOf } from './mailboxStatus';

export interface MailboxQueueOptions extends Omit<QueueOptions, 'feed' | 'act' | 'destroys'> {
	server: ImapServer;
	mailbox: string;
	/** Who consumes the mailbox, e.g. workflow and node id: two consumers each get every mail. */
	consumer: string;
	start?: WatchStart;
	filter?: MailboxFilter;
	/** What happens to a mail on the server once it was processed. */
	action?: MailboxAction;
	/** Holder of the lease on this mailbox; the same name may take it again at once after a crash. */
	leaseOwner: string;
	leaseTtl?: Millis;
	/** The mailbox is found only now, and what it has got since then is new all the same; in ms. */
	newSince?: Millis;
	maxMessageSize?: number;
	/** How often the server is asked for a sign of life, and how long one that is away is left alone. */
	timing?: WatchTiming;
	/** The watch cannot go on by itself: wrong password, no such mailbox. */
	onFailed: (error: PipelineError) => void;
	/** True when n8n comes back with a workflow that was published before: what only a person can mend is no reason to stop. */
	resumed?: boolean;
	/** The state of the connection changed. */
	onState?: (mailbox: string, state: WatchState) => void;
}

export interface MailboxQueue {
	/** Settles at the first decisive moment: watching, standing by, or out of reach for now. Rejects when the settings are wrong. */
	ready: Promise<void>;
	/** Ends the watch and the connection; executions under way are still confirmed. */
	stop(): Promise<void>;
	/** Settles when nothing is waiting or in flight; after `stop`, when nothing is in flight. */
	idle(): Promise<void>;
}

/** A first connection after that long, in ms, may have missed a mail that came after the workflow was published. */
const PROMPT: Millis = 2_000;

/** A flag can be taken back; a mail that is gone from its place is not found there any more. */
const destroys = ({ kind }: MailboxAction): boolean => kind === 'delete' || kind === 'move';

export function watchIntoQueue(options: MailboxQueueOptions): MailboxQueue {
	const { store, scope, server, mailbox, log, action } = options;
	const account = accountOf(server);
	const feedName = mailboxFeedName(account, options.consumer, mailbox);
	const key: MailboxKey = { scope, account: consumedAccount(account, options.consumer), mailbox };
	const ttl = options.leaseTtl ?? 60_000;
	const status = mailboxStatusOf(store, key, feedName, log);
	const identities = mailboxIdentities({
		...{ store, key, account, feed: feedName, log, status },
		consumer: options.consumer,
	});
	const feed = createIngestionQueue({
		...options,
		feed: feedName,
		...(action
			? { act: async (record: IngestionRecord) => await actOn(record, action), destroys: destroys(action) }
			: {}),
	});

	/** INTERNALDATE counts in seconds: a mail of the second in which the workflow was published is new. */
	const published = Math.floor((options.newSince ?? Date.now()) / 1_000) * 1_000;

	let stopped = false;
	let lease: Lease | null = null;
	let watcher: Watcher | null = null;
	let timer: NodeJS.Timeout | null = null;
	let begun = false;
	/** True when the mailbox counts as watched before its first connection: what came meanwhile is new. */
	let promised = false;
	/** The login, and whether it has worked before. */
	let login: { mark: string; known: boolean } | null = null;
	/** Since when the mailbox was watched on the server it lay on before. */
	let moved: { since: string | null } | null = null;
	let settle: (error: unknown) => void = () => undefined;
	const ready = new Promise<void>((resolve, reject) => {
		settle = (error) => {
			if (error === null) resolve();
			else reject(error instanceof Error ? error : new Error(messageOf(error)));
		};
	});
	// The node may be closed before anybody waits for it.
	ready.catch(() => undefined);

	/** Settles `ready`, once. @returns false when it was settled before */
	const begin = (error: unknown): boolean => {
		if (begun) return false;
		begun = true;
		settle(error);
		return true;
	};

	const report = (state: WatchState): void => {
		// Whoever took the mailbox over tells its state now.
		if (state.kind === 'stopped' && !stopped) return;
		status.report(state);
		options.onState?.(mailbox, state);
		if (state.kind === 'watching') {
			if (login !== null) status.login = login.mark;
			feed.wakeCare();
			begin(null);
		}
		// A server that is away comes back; a mailbox that does not exist is for a person to mend.
		if (state.kind === 'disconnected') begin(passes(state.error) ? null : state.error);
		if (state.kind === 'failed' && !begin(state.error) && !stopped) options.onFailed(state.error);
	};

	/** What may mend itself, or has been right before. */
	function passes(error: PipelineError): boolean {
		const worked = login?.known === true && error.code === 'IMAP_AUTHENTICATION_FAILED';
		return error.retryable || options.resumed === true || worked;
	}

	async function actOn(record: IngestionRecord, what: MailboxAction): Promise<void> {
		const source = record.metadata.source;
		if (source === null || typeof source !== 'object' || Array.isArray(source)) return;
		if (watcher === null) {
			throw new TransportError('The mailbox is not watched at the moment', {
				code: 'IMAP_NOT_CONNECTED',
				retryable: true,
			});
		}
		const { messageId } = record.metadata;
		const identity = identityIn(feedName, record.contentKey);
		const reference = {
			uid: source.uid as number,
			uidValidity: source.uidValidity as string,
			...(identity === null ? {} : { identity }),
			...(typeof messageId === 'string' ? { messageId } : {}),
		};
		await watcher.act(reference, what);
	}

	/** @param head the first bytes, once they are there */
	function arrivalOf(message: MailboxMessage, head: () => Buffer): Omit<Arrival, 'raw'> {
		return {
			key: `${feedName}:${message.uidValidity}:${message.uid}`,
			describe: async (raw) => {
				const metadata = await describeMail({ account, mailbox, message, head: head(), raw });
				const { identity, mail } = identities.of(message, head());
				return {
					contentKey: contentKeyOf(feedName, identity),
					metadata,
					subjects: addressesIn(metadata),
					mail,
					// A UID may be given again to another mail.
					keySuffix: `:${identity.slice(0, 16)}`,
				};
			},
		};
	}

	const handlers: WatchHandlers = {
		...identities.handlers,
		cursor: async () => await store.mailboxes.cursor(key),
		onBaseline: async () => {
			await status.flush();
			if (moved !== null) return { moved: true, since: moved.since === null ? null : new Date(moved.since) };
			const isLate = begun || promised || options.newSince !== undefined || Date.now() - published > PROMPT;
			const late = isLate && status.since !== null;
			return late ? { since: new Date(status.since ?? 0) } : undefined;
		},
		onMessage: async (message, { signal }) => {
			const { source, head } = tapHead(message.source);
			await feed.receive({ ...arrivalOf(message, head), raw: source }, signal);
			status.event();
		},
		onMessages: async (messages, { signal }) => {
			const arrivals = messages.map((message) => ({
				...arrivalOf(message, tapHead(message.source).head),
				raw: message.source,
			}));
			await feed.receiveTogether(arrivals, signal);
			status.event();
		},
		onCursor: async (cursor) => {
			const holding = lease;
			if (holding && (await store.mailboxes.saveCursor({ ...key, ...cursor }, holding))) return;
			throw new StoreError('Another process watches this mailbox now', { code: 'LEASE_LOST', retryable: true });
		},
		onPoison: async ({ uid, uidValidity }, error) => {
			const item = { source: { kind: 'imap', account, mailbox, uidValidity, uid } };
			await feed.reject(`${feedName}:${uidValidity}:${uid}`, error.code, error.message, item);
		},
		onReconciled: () => status.reconciled(),
		onState: report,
	};

	function watch(): void {
		watcher = watchMailbox(
			{
				server,
				mailbox,
				loginKnown: login?.known === true,
				...(options.start ? { start: options.start } : {}),
				...(options.filter ? { filter: options.filter } : {}),
				...(options.maxMessageSize === undefined ? {} : { maxMessageSize: options.maxMessageSize }),
				...options.timing,
			},
			handlers,
		);
	}

	const isStopped = (): boolean => stopped;

	/** Takes up what is there, then watches. The lease is held. */
	async function takeOver(holding: Lease): Promise<void> {
		promised = await status.load();
		const mark = await loginMark(store, scope, server);
		login = { mark, known: await loginIsKnown(store, scope, mark) };
		moved = null;
		if ((await store.mailboxes.cursor(key)) === null) {
			moved = await identities.moved();
			if (moved !== null) status.since = moved.since;
			else if (!promised) {
				status.since = options.start?.from === 'everything' ? null : new Date(published).toISOString();
			}
		}
		await feed.start();
		// `stop` may have come while this waited.
		if (isStopped()) {
			feed.stop();
			await store.leases.release(holding);
			return;
		}
		watch();
	}

	/** Holds the lease while watching; without it, stands by until the holder lets it lapse. */
	async function tend(): Promise<void> {
		const held = lease === null ? null : await store.leases.renew(lease, ttl);
		if (lease !== null && held === null) {
			log.warn('Another process took over this mailbox', { feed: feedName });
			lease = null;
			const lost = watcher;
			watcher = null;
			feed.stop();
			await lost?.stop();
		}
		lease = held ?? (await store.leases.acquire(feedName, options.leaseOwner, ttl));
		if (lease === null) {
			begin(null);
			return;
		}
		// Also when an earlier attempt failed half-way.
		if (watcher === null) await takeOver(lease);
		const [oldest] = await store.ingestion.waiting(scope, feedName, 'fresh', 1);
		const count = oldest === undefined ? 0 : await store.ingestion.count(scope, feedName, ['received']);
		status.waiting(count, oldest?.createdAt ?? null);
	}

	async function tendForEver(): Promise<void> {
		try {
			await tend();
		} catch (error) {
			log.warn('The mailbox could not be tended, trying again', {
				feed: feedName,
				reason: error instanceof PipelineError ? error.code : messageOf(error),
			});
			const passes = error instanceof PipelineError && error.retryable;
			if (watcher === null) begin(passes || options.resumed ? null : error);
			// `stop` came in between and has not seen the lease.
			if (isStopped() && lease) await store.leases.release(lease).catch(() => undefined);
		}
		if (!stopped) timer = setTimeout(() => void tendForEver(), watcher === null ? Math.min(ttl / 3, 5_000) : ttl / 3);
	}

	void tendForEver();

	return {
		ready,
		async stop() {
			if (stopped) return;
			stopped = true;
			if (timer) clearTimeout(timer);
			feed.stop();
			await watcher?.stop();
			await status.flush();
			status.close();
			if (lease) await store.leases.release(lease).catch(() => undefined);
			begin(null);
		},
		idle: () => feed.idle(),
	};
}
