/**
 * A watched mailbox with all of its parts but n8n: a real Dovecot behind a bad network, the embedded store, and in the
 * place of n8n a count of the executions that ended well for each mail.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionBatch, Outcome } from '../../lib/pipeline/ingest/queueOptions';
import {
	type MailboxQueue,
	type MailboxQueueOptions,
	watchIntoQueue,
} from '../../lib/pipeline/ingest/sources/imap/mailboxQueue';
import { accountOf, mailboxFeedName } from '../../lib/pipeline/ingest/sources/imap/mailboxNames';
import { INGESTION_STAGES, type Store, openStore } from '../../lib/store';
import { type Dovecot, startDovecot } from '../servers/mail/dovecot';
import { type FaultyProxy, startProxy } from '../servers/mail/proxy';
import { alice, mail, serverOf } from '../servers/imap/collector';

export interface MailFeedWorld {
	readonly dovecot: Dovecot;
	readonly proxy: FaultyProxy;
	readonly store: Store;
	/** Subjects in the order of their delivery. */
	readonly delivered: string[];
	/** Executions that ended well, by subject. */
	readonly ran: ReadonlyMap<string, number>;
	deliver(count: number, options?: { bytes?: number; pause?: number }): Promise<void>;
	/** A process that watches the mailbox. */
	start(): void;
	/** It ends in the midst of its executions, and nothing of it is ever heard again. */
	kill(): Promise<void>;
	/** Mails of which there is no record at its end, or no execution that ended well. */
	missing(): Promise<string[]>;
	/** Mails that ran more than once. */
	twice(): string[];
	deadLetters(): Promise<number>;
	stop(): Promise<void>;
}

export interface WorldOptions {
	/** Where the store lies; a folder of its own unless given. */
	storeFolder?: string;
	/** Milliseconds that the slowest network takes each way, so that the feed does not give it up; 200 unless given. */
	latency?: number;
	change?: Partial<MailboxQueueOptions>;
}

export async function startMailFeed(options: WorldOptions = {}): Promise<MailFeedWorld> {
	const { storeFolder, latency = 200, change = {} } = options;
	const slowest = 4 * latency;
	const folder = await mkdtemp(join(tmpdir(), 'mail-feed-'));
	const dovecot = await startDovecot();
	const proxy = await startProxy(dovecot);
	const store = await openStore({ driver: 'sqlite', file: join(storeFolder ?? folder, 'store.sqlite'), linger: 0 });
	const server = serverOf(dovecot, {
		port: proxy.port,
		commandTimeout: Math.max(2_000, slowest),
		connectTimeout: Math.max(5_000, slowest),
	});
	const feedName = mailboxFeedName(accountOf(server), 'workflow/node', 'INBOX');
	const delivered: string[] = [];
	const ran = new Map<string, number>();
	/** Emissions that ever started: n8n skips those it knows. */
	const known = new Set<string>();
	let process = 0;
	let feed: MailboxQueue | null = null;
	let dying = new AbortController();

	async function emit({ id, records }: ExecutionBatch): Promise<Outcome> {
		const { signal } = dying;
		if (known.has(id)) return 'refused';
		known.add(id);
		await sleep(Math.random() * 30, undefined, { signal }).catch(() => undefined);
		if (signal.aborted) return 'died';
		for (const { metadata } of records) {
			const subject = metadata.subject as string;
			ran.set(subject, (ran.get(subject) ?? 0) + 1);
		}
		return 'succeeded';
	}

	const world: MailFeedWorld = {
		dovecot,
		proxy,
		store,
		delivered,
		ran,
		async deliver(count, { bytes = 0, pause = 0 } = {}) {
			for (let index = 0; index < count; index++) {
				const subject = `mail ${delivered.length + 1}`;
				await dovecot.deliver(alice, mail(subject, bytes > 0 ? randomBytes(bytes).toString('base64') : undefined));
				delivered.push(subject);
				if (pause > 0) await sleep(pause);
			}
		},
		start() {
			dying = new AbortController();
			feed = watchIntoQueue({
				store,
				scope: 'default',
				server,
				mailbox: 'INBOX',
				consumer: 'workflow/node',
				emitter: `process-${++process}`,
				leaseOwner: 'regular',
				resumed: true,
				start: { from: 'everything' },
				emit,
				knowsIds: true,
				maxAttempts: 1_000,
				timing: { refreshInterval: Math.max(1_000, slowest), reconnectCeiling: 500 },
				onFailed: () => undefined,
				log: { info: () => undefined, warn: () => undefined },
				...change,
			});
		},
		async kill() {
			dying.abort();
			await feed?.stop();
			await feed?.idle();
			feed = null;
		},
		async missing() {
			const records = await store.ingestion.list('default', feedName, INGESTION_STAGES, 1_000_000);
			const confirmed = new Set(
				records.filter(({ stage }) => stage === 'confirmed').map(({ metadata }) => metadata.subject),
			);
			return delivered.filter((subject) => !ran.has(subject) || !confirmed.has(subject));
		},
		twice: () => [...ran].filter(([, count]) => count > 1).map(([subject]) => subject),
		deadLetters: async () => (await store.deadLetters.list('default', {}, { limit: 100 })).length,
		async stop() {
			await feed?.stop();
			await feed?.idle();
			await store.close();
			await proxy.stop();
			await dovecot.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
	return world;
}
