import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StoreError } from '../../../../../../lib/errors';
import {
	type MailboxQueue,
	type MailboxQueueOptions,
	watchIntoQueue,
} from '../../../../../../lib/pipeline/ingest/sources/imap/mailboxQueue';
import { accountOf, mailboxFeedName } from '../../../../../../lib/pipeline/ingest/sources/imap/mailboxNames';
import { watchMailboxes } from '../../../../../../lib/pipeline/ingest/sources/imap/mailboxSet';
import { type Store, openStore } from '../../../../../../lib/store/index';
import { type ScriptedServer, startScriptedServer } from '../../../../email/imap/scriptedServer';

let folder: string;
let store: Store;
let server: ScriptedServer;
let emitted: unknown[];
const feeds: MailboxQueue[] = [];

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'mailbox-feed-'));
	store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite') });
	server = await startScriptedServer();
	emitted = [];
});
afterEach(async () => {
	vi.useRealTimers();
	for (const feed of feeds.splice(0)) await feed.stop();
	await server.stop();
	await store.close();
	await rm(folder, { recursive: true, force: true });
});

function settings(change: Partial<MailboxQueueOptions>): Omit<MailboxQueueOptions, 'mailbox'> {
	return {
		store,
		scope: 'default',
		server: server.settings,
		consumer: 'workflow/node',
		emitter: 'process-1',
		leaseOwner: 'process-1',
		leaseTtl: 6_000,
		emit: ({ records }) => {
			emitted.push(...records.map(({ metadata }) => metadata.subject));
			return Promise.resolve('succeeded');
		},
		onFailed: () => undefined,
		log: { info: () => undefined, warn: () => undefined },
		...change,
	};
}

function watch(change: Partial<MailboxQueueOptions> = {}): MailboxQueue {
	const feed = watchIntoQueue({ mailbox: 'INBOX', ...settings(change) });
	feeds.push(feed);
	return feed;
}

function watchSet(mailboxes: string[], change: Partial<MailboxQueueOptions> = {}): MailboxQueue {
	const feed = watchMailboxes({ mailboxes, ...settings(change) });
	feeds.push(feed);
	return feed;
}

const feedName = () => mailboxFeedName(accountOf(server.settings), 'workflow/node', 'INBOX');
const message = (uid: number) => ({ uid, raw: `Subject: mail ${uid}\r\n\r\nx\r\n` });
const eventually = <T>(what: () => T | Promise<T>) => expect.poll(what, { timeout: 15_000, interval: 10 });
const connected = () => eventually(() => server.sessions.at(-1)?.selected === true).toBe(true);

/** The store, away for the first `times` looks for abandoned mail. */
function awayAtFirst(times: number, error: Error): Store {
	let left = times;
	const ingestion = Object.assign(Object.create(store.ingestion) as Store['ingestion'], {
		list: (...args: Parameters<Store['ingestion']['list']>) =>
			left-- > 0 ? Promise.reject(error) : store.ingestion.list(...args),
	});
	return Object.assign(Object.create(store) as Store, { ingestion });
}

describe('a mailbox whose store is away when the watch begins', () => {
	it('is watched as soon as the store is back', async () => {
		const away = new StoreError('away', { code: 'STORE_UNAVAILABLE', retryable: true });
		const feed = watch({ store: awayAtFirst(1, away) });
		await feed.ready;
		await connected();
		server.deliver(message(1));
		await eventually(() => emitted).toEqual(['mail 1']);
	});

	it('is given up when a person has to mend it, and nobody holds it then', async () => {
		const feed = watch({ store: awayAtFirst(1_000, new Error('no such table')) });
		await expect(feed.ready).rejects.toThrow('no such table');
		await feed.stop();
		const lease = await store.leases.acquire(feedName(), 'somebody else', 1_000);
		expect(lease).toMatchObject({ owner: 'somebody else' });
		expect(server.sessions).toEqual([]);
	});
});

it('a mail is neither passed over nor taken twice while the store has no room for it, and n8n is started again', async () => {
	let full = true;
	let refused = 0;
	const archive = Object.assign(Object.create(store.archive) as Store['archive'], {
		put: (...args: Parameters<Store['archive']['put']>) => {
			if (!full) return store.archive.put(...args);
			refused++;
			return Promise.reject(new StoreError('database or disk is full', { code: 'STORE_DISK_FULL' }));
		},
		stat: (...args: Parameters<Store['archive']['stat']>) => store.archive.stat(...args),
	});
	const narrow = Object.assign(Object.create(store) as Store, { archive });
	const first = watch({ store: narrow });
	await connected();
	server.deliver(message(1));
	server.deliver(message(2));
	await eventually(() => refused).toBeGreaterThan(1);
	await first.stop();
	expect(emitted).toEqual([]);

	watch({ store: narrow, emitter: 'process-2' });
	const before = refused;
	await eventually(() => refused).toBeGreaterThan(before);
	full = false;
	await eventually(() => emitted).toEqual(['mail 1', 'mail 2']);
});

it('mails given up before and after the server renumbered the mailbox are dead letters of their own', async () => {
	const letters = async () => {
		const found = await store.deadLetters.list('default', {}, { limit: 10 });
		return found.map(({ reason, item }) => [reason, (item.source as { uidValidity: string }).uidValidity]).sort();
	};
	const feed = watch({ maxMessageSize: 10 });
	await connected();
	server.deliver(message(1));
	await eventually(letters).toEqual([['IMAP_MESSAGE_TOO_LARGE', '7']]);
	await feed.stop();

	server.uidValidity = 8;
	server.messages = [];
	watch({ maxMessageSize: 10 });
	await connected();
	server.deliver({ uid: 1, raw: 'Subject: another mail\r\n\r\nx\r\n' });
	await eventually(letters).toEqual([
		['IMAP_MESSAGE_TOO_LARGE', '7'],
		['IMAP_MESSAGE_TOO_LARGE', '8'],
	]);
});

describe('a mail that comes between publishing and the first connection', () => {
	it('is new, although the server was slow to answer', async () => {
		vi.useFakeTimers({ toFake: ['Date'] });
		let logIn: () => void = () => undefined;
		server.answer = (command, tag, session) => {
			if (!command.startsWith('LOGIN')) return false;
			logIn = () => session.send(`${tag} OK logged in`);
			return true;
		};
		watch();
		await eventually(() => server.received.some((command) => command.startsWith('LOGIN'))).toBe(true);
		server.deliver(message(1));
		vi.setSystemTime(Date.now() + 5_000);
		logIn();
		await eventually(() => emitted).toEqual(['mail 1']);
	});

	it('is new, although n8n was started again before the server was back', async () => {
		server.greeting = '* BYE [UNAVAILABLE] maintenance';
		const before = watch();
		await before.ready;
		await before.stop();
		server.deliver(message(1));
		server.greeting = '* OK ready';
		watch({ emitter: 'process-2' });
		await eventually(() => emitted).toEqual(['mail 1']);
	});

	it('is told from what was there before', async () => {
		// Stands still: connected at once, however slow this machine is.
		vi.useFakeTimers({ toFake: ['Date'] });
		server.deliver(message(1));
		watch();
		await connected();
		server.deliver(message(2));
		await eventually(() => emitted).toEqual(['mail 2']);
	});
});

it('what only a person can mend ends no watch that n8n resumes: the server may have it mended before', async () => {
	const refusal = (command: string, tag: string, session: { send(line: string): void }) => {
		if (!command.startsWith('SELECT')) return false;
		session.send(`${tag} NO [NONEXISTENT] no such mailbox`);
		return true;
	};
	server.answer = refusal;
	await expect(watch().ready).rejects.toMatchObject({ code: 'IMAP_MAILBOX_NOT_FOUND' });
	await feeds[0]!.stop();
	await watch({ resumed: true }).ready;
	server.answer = null;
	await connected();

	await expect(watchSet(['Support/*']).ready).rejects.toMatchObject({ code: 'INPUT_NO_MAILBOX' });
	await watchSet(['Support/*'], { resumed: true }).ready;
});
