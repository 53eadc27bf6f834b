/** One watched mailbox as a feed: every mail is made durable first, then emitted; the cursor follows what is durable. */
import type { MailboxFilter } from '../email/imap/search';
import type { ImapServer } from '../email/imap/server';
import {
	type MailboxAction,
	type WatchHandlers,
	type WatchStart,
	type WatchState,
	type Watcher,
	watchMailbox,
} from '../email/imap/watcher';
import { PipelineError, StoreError, messageOf } from '../errors';
import type { IngestionRecord, JsonObject, Lease, MailboxKey, Millis } from '../store/store';
import { addressesIn, contentKeyOf, describeMail, tapHead } from './arrival';
import { type FeedLog, type FeedOptions, createFeed } from './feed';
import { accountOf, consumedAccount, mailboxFeedName } from './mailboxNames';

export interface MailboxFeedOptions extends Pick<
	FeedOptions,
	'store' | 'scope' | 'emitter' | 'emit' | 'window' | 'maxAttempts' | 'orphanAfter'
> {
	log: FeedLog;
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
	maxMessageSize?: number;
	/** The watch cannot go on by itself: wrong password, no such mailbox. */
	onFailed: (error: PipelineError) => void;
}

export interface MailboxFeed {
	/** Settles at the first decisive moment: watching, standing by, or out of reach for now. Rejects when the settings are wrong. */
	ready: Promise<void>;
	stop(): Promise<void>;
}

/** A connection that was lost is usually back within a few seconds. */
const ACTION_ATTEMPTS = 10;

export function watchIntoFeed(options: MailboxFeedOptions): MailboxFeed {
	const { store, scope, server, mailbox, log } = options;
	const account = accountOf(server);
	const feedName = mailboxFeedName(account, options.consumer, mailbox);
	const key: MailboxKey = { scope, account: consumedAccount(account, options.consumer), mailbox };
	const ttl = options.leaseTtl ?? 60_000;
	const feed = createFeed({ ...options, feed: feedName, onConfirmed: settleOnServer });

	let stopped = false;
	let lease: Lease | null = null;
	let watcher: Watcher | null = null;
	let timer: NodeJS.Timeout | null = null;
	let since: string | null = null;
	let begun = false;
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
		const status = statusOf(state);
		log.info(`Mailbox ${state.kind}`, { feed: feedName, ...status });
		if (state.kind !== 'stopped') {
			store.mailboxes.saveStatus(key, { ...status, since }).catch(() => undefined);
		}
		if (state.kind === 'watching') begin(null);
		// A server that is away comes back; a mailbox that does not exist is for a person to mend.
		if (state.kind === 'disconnected') begin(state.error.retryable ? null : state.error);
		if (state.kind === 'failed' && !begin(state.error) && !stopped) options.onFailed(state.error);
	};

	async function settleOnServer(record: IngestionRecord): Promise<void> {
		const { action } = options;
		const source = record.metadata.source;
		if (!action || source === null || typeof source !== 'object' || Array.isArray(source)) return;
		const message = { uid: source.uid as number, uidValidity: source.uidValidity as string };
		for (let attempt = 1; ; attempt++) {
			try {
				await watcher?.act(message, action);
				return;
			} catch (error) {
				if (stopped || attempt === ACTION_ATTEMPTS || !(error instanceof PipelineError) || !error.retryable)
					throw error;
				await new Promise((resolve) => setTimeout(resolve, attempt * 1_000));
			}
		}
	}

	const handlers: WatchHandlers = {
		cursor: async () => await store.mailboxes.cursor(key),
		onBaseline: async () => {
			since = options.start?.from === 'everything' ? null : new Date().toISOString();
			await store.mailboxes.saveStatus(key, { state: 'connected', since });
		},
		onUidValidityChange: async ({ previous, uidValidity }) => {
			const known = (await store.mailboxes.statuses(scope)).find(
				(status) => status.account === key.account && status.mailbox === mailbox,
			);
			const text = known?.status.since;
			since = typeof text === 'string' ? text : null;
			log.warn('The server numbered the mailbox anew; known mail is recognised by its Message-ID and size', {
				feed: feedName,
				from: previous.uidValidity,
				to: uidValidity,
			});
			return { since: since === null ? null : new Date(since) };
		},
		isKnown: async (candidates) => {
			const known = new Set<number>();
			for (const { uid, messageId, internalDate, size } of candidates) {
				if (await store.ingestion.knowsContent(scope, contentKeyOf(feedName, messageId, internalDate, size)))
					known.add(uid);
			}
			return known;
		},
		onMessage: async (message) => {
			const { source, head } = tapHead(message.source);
			await feed.receive({
				key: `${feedName}:${message.uidValidity}:${message.uid}`,
				raw: source,
				describe: async (raw) => {
					const metadata = await describeMail({ account, mailbox, message, head: head(), raw });
					const messageId = typeof metadata.messageId === 'string' ? metadata.messageId : null;
					return {
						contentKey: contentKeyOf(feedName, messageId, message.internalDate, message.size),
						metadata,
						subjects: addressesIn(metadata),
					};
				},
			});
		},
		onCursor: async (cursor) => {
			const holding = lease;
			if (holding && (await store.mailboxes.saveCursor({ ...key, ...cursor }, holding))) return;
			throw new StoreError('Another process watches this mailbox now', { code: 'LEASE_LOST', retryable: true });
		},
		onPoison: async (uid, error) => {
			const item = { source: { kind: 'imap', account, mailbox, uid } };
			await feed.reject(`${feedName}:uid:${uid}`, error.code, error.message, item);
		},
		onState: report,
	};

	function watch(): void {
		watcher = watchMailbox(
			{
				server,
				mailbox,
				...(options.start ? { start: options.start } : {}),
				...(options.filter ? { filter: options.filter } : {}),
				...(options.maxMessageSize === undefined ? {} : { maxMessageSize: options.maxMessageSize }),
			},
			handlers,
		);
	}

	const isStopped = (): boolean => stopped;

	/** Holds the lease while watching; without it, stands by until the holder lets it lapse. */
	async function tend(): Promise<void> {
		const held = lease === null ? null : await store.leases.renew(lease, ttl);
		if (held) {
			lease = held;
			return;
		}
		if (lease) {
			log.warn('Another process took over this mailbox', { feed: feedName });
			lease = null;
			const lost = watcher;
			watcher = null;
			feed.stop();
			await lost?.stop();
		}
		lease = await store.leases.acquire(feedName, options.leaseOwner, ttl);
		if (lease === null) {
			begin(null);
			return;
		}
		await feed.start();
		// `stop` may have come while this waited.
		if (isStopped()) {
			feed.stop();
			await store.leases.release(lease);
			return;
		}
		watch();
	}

	async function tendForEver(): Promise<void> {
		try {
			await tend();
		} catch (error) {
			log.warn('The lease on the mailbox could not be kept', {
				feed: feedName,
				reason: error instanceof PipelineError ? error.code : 'UNEXPECTED',
			});
			if (lease === null) begin(error);
		}
		if (!stopped) timer = setTimeout(() => void tendForEver(), ttl / 3);
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
			if (lease) await store.leases.release(lease).catch(() => undefined);
			begin(null);
		},
	};
}

function statusOf(state: WatchState): JsonObject {
	switch (state.kind) {
		case 'connecting':
			return { state: 'connecting', attempt: state.attempt };
		case 'watching':
			return { state: 'watching', mode: state.mode };
		case 'working':
			return { state: 'working', backlog: state.backlog };
		case 'blocked':
			return {
				state: 'blocked',
				code: state.error instanceof PipelineError ? state.error.code : 'UNEXPECTED',
				retryAt: state.retryAt.toISOString(),
			};
		case 'disconnected':
			return {
				state: 'disconnected',
				code: state.error.code,
				disconnectedSince: state.since.toISOString(),
				retryAt: state.retryAt.toISOString(),
			};
		case 'failed':
			return { state: 'failed', code: state.error.code };
		case 'stopped':
			return { state: 'stopped' };
	}
}
