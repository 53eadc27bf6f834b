import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MailboxAction } from '../../../../../../lib/email/imap/watcher';
import {
	type MailboxQueue,
	type MailboxQueueOptions,
	watchIntoQueue,
} from '../../../../../../lib/pipeline/ingest/sources/imap/mailboxQueue';
import { type Store, openStore } from '../../../../../../lib/store/index';
import { type ScriptedMessage, type ScriptedServer, startScriptedServer } from '../../../../email/imap/scriptedServer';

let folder: string;
let store: Store;
let server: ScriptedServer;
let emitted: unknown[];
const feeds: MailboxQueue[] = [];

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'mailbox-identity-'));
	store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite') });
	server = await startScriptedServer();
	emitted = [];
});
afterEach(async () => {
	for (const feed of feeds.splice(0)) await feed.stop();
	await server.stop();
	await store.close();
	await rm(folder, { recursive: true, force: true });
});

const everything = { start: { from: 'everything' } } as const;

function watch(change: Partial<MailboxQueueOptions> = {}): MailboxQueue {
	const feed = watchIntoQueue({
		store,
		scope: 'default',
		mailbox: 'INBOX',
		server: server.settings,
		consumer: 'workflow/node',
		emitter: 'process-1',
		leaseOwner: 'process-1',
		leaseTtl: 6_000,
		timing: { reconcileInterval: 300, refreshInterval: 100, pollInterval: 50 },
		emit: ({ records }) => {
			emitted.push(...records.map(({ metadata }) => metadata.subject));
			return Promise.resolve('succeeded');
		},
		onFailed: () => undefined,
		log: { info: () => undefined, warn: () => undefined },
		...change,
	});
	feeds.push(feed);
	return feed;
}

const D = '30-Nov-2026 10:00:00 +0000';
const message = (uid: number, subject = `mail ${uid}`, more: Partial<ScriptedMessage> = {}): ScriptedMessage => ({
	uid,
	date: D,
	raw: `Message-ID: <${subject.replace(' ', '-')}@x>\r\nFrom: a@x\r\nSubject: ${subject}\r\n\r\nx\r\n`,
	...more,
});
const eventually = <T>(what: () => T | Promise<T>) => expect.poll(what, { timeout: 15_000, interval: 10 });
/** The server was asked for all it has, once more than now, and the answer dealt with. */
const compared = async (times = 2) => {
	const asked = () => server.received.filter((command) => command === 'UID SEARCH ALL').length;
	const before = asked();
	await eventually(asked).toBeGreaterThanOrEqual(before + times);
};
/** Watches until the mails have run, then stops. */
async function ran(subjects: string[], change: Partial<MailboxQueueOptions> = everything): Promise<void> {
	const feed = watch(change);
	await eventually(() => emitted).toEqual(subjects);
	await eventually(() =>
		store.mailboxes.window({ scope: 'default', account: accountKey(), mailbox: 'INBOX' }),
	).not.toBeNull();
	await feed.stop();
	emitted.length = 0;
}
const accountKey = () => `alice@127.0.0.1:${server.port}#workflow/node`;

describe('a UID is an address', () => {
	it('that becomes visible after a higher one', async () => {
		server.messages = [message(10)];
		let hidden = true;
		server.visible = ({ uid }) => uid !== 11 || !hidden;
		watch(everything);
		await eventually(() => emitted).toEqual(['mail 10']);
		server.messages.push(message(11));
		server.deliver(message(12));
		await eventually(() => emitted).toEqual(['mail 10', 'mail 12']);
		hidden = false;
		await eventually(() => emitted).toEqual(['mail 10', 'mail 12', 'mail 11']);
		await compared();
		expect(emitted).toHaveLength(3);
	});

	it('that a twin of a mail lies under when it becomes visible late is a mail of its own', async () => {
		server.messages = [message(10, 'twin'), message(11, 'twin'), message(12)];
		let hidden = true;
		server.visible = ({ uid }) => uid !== 10 || !hidden;
		watch(everything);
		await eventually(() => emitted).toEqual(['twin', 'mail 12']);
		hidden = false;
		await eventually(() => emitted).toEqual(['twin', 'mail 12', 'twin']);
		await compared();
		expect(emitted).toHaveLength(3);
	});

	it('that is hidden for a while runs nothing twice, nor anything that was passed over', async () => {
		server.messages = [message(1), message(2), message(3)];
		watch();
		await compared(1);
		server.deliver(message(4, 'mail 4', { date: '30-Nov-2126 10:00:00 +0000' }));
		await eventually(() => emitted).toEqual(['mail 4']);
		server.visible = ({ uid }) => uid === 3;
		await compared();
		server.visible = () => true;
		await compared();
		expect(emitted).toEqual(['mail 4']);
	});

	it('that is given again while nobody watches', async () => {
		server.messages = [message(1), message(2), message(3)];
		await ran(['mail 1', 'mail 2', 'mail 3']);
		server.messages = [message(1), message(2), message(3, 'another')];
		watch(everything);
		await eventually(() => emitted).toEqual(['another']);
		await compared();
		expect(emitted).toEqual(['another']);
	});

	it('that is given again within one session', async () => {
		server.messages = [message(1), message(2)];
		watch(everything);
		await eventually(() => emitted).toEqual(['mail 1', 'mail 2']);
		server.messages = [message(1, 'another'), message(2)];
		await eventually(() => emitted).toEqual(['mail 1', 'mail 2', 'another']);
		await compared();
		expect(emitted).toHaveLength(3);
	});

	it('that mails change with each other runs nothing', async () => {
		server.messages = [message(1), message(2), message(3)];
		await ran(['mail 1', 'mail 2', 'mail 3']);
		server.messages = [message(1, 'mail 3'), message(2, 'mail 1'), message(3, 'mail 2')];
		watch(everything);
		await compared();
		expect(emitted).toEqual([]);
	});

	it('and UIDNEXT one too: it goes back, also in mid-session, and what comes then is new', async () => {
		server.messages = [message(998), message(999), message(1000)];
		await ran(['mail 998', 'mail 999', 'mail 1000']);
		server.messages = [message(998)];
		const second = watch(everything);
		await compared(1);
		server.deliver(message(999, 'after 1'));
		await eventually(() => emitted).toEqual(['after 1']);
		server.messages = [message(998)];
		await compared();
		server.deliver(message(999, 'after 2'));
		await eventually(() => emitted).toEqual(['after 1', 'after 2']);
		await second.stop();
		watch(everything);
		await compared();
		expect(emitted).toEqual(['after 1', 'after 2']);
	});
});

describe('after the server has numbered the mailbox anew', () => {
	const renumber = (change: (message: ScriptedMessage) => Partial<ScriptedMessage> = () => ({})) => {
		server.uidValidity++;
		server.messages = server.messages.map((one) => ({ ...one, uid: one.uid + 100, ...change(one) }));
	};

	it('nothing runs again, whatever a migration has added, and though the records were purged', async () => {
		server.messages = [message(1), message(2), message(3)];
		await ran(['mail 1', 'mail 2', 'mail 3']);
		await eventually(async () => (await store.maintenance.purge({ ingestion: -60_000 })).ingestion).toBe(0);
		renumber(({ raw }) => ({ raw: `X-Moved: yes\r\nReceived: by y\r\n${raw}` }));
		watch();
		await compared(1);
		server.deliver(message(200));
		await eventually(() => emitted).toEqual(['mail 200']);
	});

	it('what came meanwhile runs, also beside one with its Message-ID', async () => {
		const order = (uid: number, subject: string) =>
			message(uid, subject, { raw: `Message-ID: <const@erp>\r\nSubject: ${subject}\r\n\r\nx\r\n` });
		server.messages = [order(1, 'order A')];
		await ran(['order A']);
		renumber();
		server.messages.push(order(200, 'order B'));
		watch(everything);
		await eventually(() => emitted).toEqual(['order B']);
	});

	it('of two that are the same mail as many are known as ran before, also when it stops half-way', async () => {
		server.messages = [message(1, 'twin'), message(2, 'twin')];
		await ran(['twin', 'twin']);
		renumber();
		server.messages.push(message(200, 'twin'), message(201, 'new'));
		await ran(['twin', 'new']);
		// As if the cursor had not been written before a crash.
		renumber();
		watch(everything);
		await compared();
		expect(emitted).toEqual([]);
	});

	it('a mail whose time of receipt cannot be read is neither skipped nor repeated', async () => {
		const odd = (uid: number) => message(uid, `odd ${uid}`, { date: '99-Foo-0000 77:00:00 +0000' });
		server.messages = [odd(1)];
		await ran(['odd 1']);
		renumber();
		server.messages.push(odd(200));
		await ran(['odd 200']);
		watch();
		await compared();
		expect(emitted).toEqual([]);
	});
});

describe('after the mailbox has moved to another server', () => {
	let other: ScriptedServer;
	beforeEach(async () => {
		other = await startScriptedServer();
	});
	afterEach(async () => {
		for (const feed of feeds.splice(0)) await feed.stop();
		await other.stop();
	});

	it.each([[everything], [{}]])(
		'what ran before is known there, and what came meanwhile is new (%j)',
		async (change) => {
			const future = (uid: number) => message(uid, `mail ${uid}`, { date: '30-Nov-2126 10:00:00 +0000' });
			const feed = watch(change);
			await eventually(() => server.sessions.some(({ idle }) => idle !== null)).toBe(true);
			server.deliver(future(1));
			server.deliver(future(2));
			await eventually(() => emitted).toEqual(['mail 1', 'mail 2']);
			await compared(1);
			await feed.stop();
			emitted.length = 0;
			await store.maintenance.purge({ ingestion: -60_000 });
			other.messages = [
				{ ...future(2), uid: 1 },
				{ ...future(1), uid: 2 },
				{ ...future(3), uid: 3 },
			];
			watch({ ...change, server: other.settings });
			await eventually(() => emitted).toEqual(['mail 3']);
		},
	);

	it('of somebody else, its mail counts as that of a mailbox that is watched for the first time', async () => {
		server.messages = [message(1)];
		await ran(['mail 1']);
		other.messages = [message(7)];
		const authentication = { kind: 'password', user: 'bob', password: 'secret' } as const;
		watch({ server: { ...other.settings, authentication } });
		await eventually(() => other.sessions.some(({ idle }) => idle !== null)).toBe(true);
		expect(emitted).toEqual([]);
	});
});

describe('what is done to a mail afterwards', () => {
	const actions: MailboxAction[] = [
		{ kind: 'delete' },
		{ kind: 'move', mailbox: 'Done' },
		{ kind: 'markSeen' },
		{ kind: 'addKeyword', keyword: 'Done' },
	];
	/** Watches until a mail has begun its execution, which ends when the answer is called. */
	const begun = async (action: MailboxAction) => {
		let succeed: () => void = () => undefined;
		watch({
			...everything,
			action,
			timing: { reconcileInterval: 60_000, refreshInterval: 60_000 },
			emit: ({ records }) => {
				emitted.push(...records.map(({ metadata }) => metadata.subject));
				return new Promise((resolve) => (succeed = () => resolve('succeeded')));
			},
		});
		await eventually(() => emitted).toEqual(['mail 1']);
		return () => succeed();
	};
	const settled = () => eventually(async () => (await store.ingestion.owed('default', feedName(), 10)).length).toBe(0);
	const feedName = () => `imap:workflow/node:alice@127.0.0.1:${server.port}:INBOX`;

	it.each(actions.map((action) => [action.kind, action] as const))(
		'%s: does not befall another mail that has got its UID',
		async (_kind, action) => {
			server.messages = [message(1)];
			const succeed = await begun(action);
			server.messages = [message(1, 'another')];
			succeed();
			await eventually(() => server.received.filter((line) => line.includes('MESSAGE-ID')).length).toBeGreaterThan(0);
			await settled();
			expect(server.messages).toEqual([message(1, 'another')]);
			expect(server.elsewhere.size).toBe(0);
		},
	);

	it.each(actions.map((action) => [action.kind, action] as const))(
		'%s: finds the mail under its new UID',
		async (_kind, action) => {
			server.messages = [message(1)];
			const succeed = await begun(action);
			server.messages = [message(1, 'another'), message(2, 'mail 1')];
			succeed();
			await settled();
			await eventually(() => server.messages.find(({ uid }) => uid === 2)?.flags ?? 'gone').toMatch(/gone|Seen|Done/i);
			expect(server.messages[0]).toEqual(message(1, 'another'));
		},
	);
});

describe('a limit in time', () => {
	const at = (uid: number, date: string) => message(uid, `mail ${uid}`, { date });

	it('holds to the second, in whatever zone the server took the mail in', async () => {
		server.messages = [
			at(1, '28-Nov-2026 23:30:00 -0800'),
			at(2, '29-Nov-2026 17:00:01 -0800'),
			at(3, '30-Nov-2026 01:00:00 +0000'),
			at(4, '30-Nov-2026 14:30:00 +1400'),
			at(5, '30-Nov-2026 16:00:00 +1400'),
			at(6, '12-Dec-2026 00:00:00 +0000'),
		];
		watch({ start: { from: 'since', date: new Date('2026-11-30T01:00:00.500Z') } });
		await eventually(() => emitted).toEqual(['mail 2', 'mail 3', 'mail 5', 'mail 6']);
	});

	it('in the filter does so too', async () => {
		server.messages = [at(1, '29-Nov-2026 16:59:59 -0800'), at(2, '29-Nov-2026 17:00:00 -0800')];
		watch({ ...everything, filter: { since: new Date('2026-11-30T01:00:00Z'), from: 'a@x' } });
		server.deliver(at(3, '29-Nov-2026 16:00:00 -0800'));
		server.deliver(at(4, '30-Nov-2026 16:00:00 +1400'));
		await eventually(() => emitted).toEqual(['mail 2', 'mail 4']);
	});
});

it('a mail that a filter passed over stays passed over, though it matches later', async () => {
	server.messages = [message(1, 'mail 1', { flags: '\\Seen' }), message(2)];
	watch({ ...everything, filter: { seen: false } });
	await eventually(() => emitted).toEqual(['mail 2']);
	server.messages[0]!.flags = '';
	server.deliver(message(3));
	await eventually(() => emitted).toEqual(['mail 2', 'mail 3']);
	await compared();
	expect(emitted).toEqual(['mail 2', 'mail 3']);
});
