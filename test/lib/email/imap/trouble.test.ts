/** Servers in trouble: each row is one way of theirs, by a server that otherwise keeps to the protocol strictly. */
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testConnection } from '../../../../lib/email/imap/account';
import {
	type WatchCursor,
	watchMailbox,
	type WatchSettings,
	type WatchState,
	type Watcher,
} from '../../../../lib/email/imap/watcher';
import { type FetchRow, type ScriptedServer, startScriptedServer } from './scriptedServer';

let server: ScriptedServer;
let watcher: Watcher | null;
let delivered: { uid: number; raw: string; defects: string[] }[];
let poison: { uid: number; code: string }[];
let states: WatchState[];
let cursor: WatchCursor;

beforeEach(async () => {
	server = await startScriptedServer();
	watcher = null;
	delivered = [];
	poison = [];
	states = [];
	cursor = { uidValidity: '7', lastUid: 0, highestModseq: null };
});
afterEach(async () => {
	await watcher?.stop();
	await server.stop();
});

function watch(settings: Partial<WatchSettings> = {}): void {
	watcher = watchMailbox(
		{ server: server.settings, mailbox: 'INBOX', reconnectCeiling: 50, ...settings },
		{
			cursor: () => Promise.resolve(cursor),
			onUidValidityChange: () => Promise.resolve({ since: null }),
			async onMessage({ uid, source, defects = [] }) {
				const raw = (Buffer.isBuffer(source) ? source : await buffer(source)).toString('latin1');
				delivered.push({ uid, raw, defects: defects.map(({ code }) => code) });
			},
			onCursor(moved) {
				cursor = moved;
				return Promise.resolve();
			},
			onPoison({ uid }, { code }) {
				poison.push({ uid, code });
				return Promise.resolve();
			},
			onState: (state) => states.push(state),
		},
	);
}

const uids = () => delivered.map(({ uid }) => uid);
const untilUids = (expected: number[]) => expect.poll(uids, { timeout: 50_000, interval: 20 }).toEqual(expected);
const message = (uid: number, length = 100) => ({ uid, raw: `Subject: ${uid}\r\n\r\n${'x'.repeat(length)}\r\n` });
const big = () => message(2, 600_000);
const isPartial = ({ section }: FetchRow) => section?.partial != null;
/** Tells the row with other bytes than it should. */
const tell = ({ session, head, label }: FetchRow, data: string) => {
	session.send(`${head} ${label} {${data.length}}`, `${data})`);
	return true;
};

describe(
	'every FETCH of a body is refused for a while: the mails wait, and none is set aside',
	{ timeout: 60_000 },
	() => {
		it.each([
			['NO FETCH Server error while fetching messages'],
			['BAD Internal server error'],
			['NO [SERVERBUG] Internal error occurred.'],
			['NO Some messages could not be FETCHed (Failure)'],
			['NO [OVERQUOTA] Quota exceeded'],
			['NO [CONTACTADMIN] Call us'],
			['OK Fetch completed'],
		])('%s', async (reply) => {
			server.messages = [1, 2, 3].map((uid) => message(uid));
			let left = 8;
			server.answer = (command, tag, session) => {
				if (!/FETCH.*BODY/.test(command) || left-- <= 0) return false;
				session.send(`${tag} ${reply}`);
				return true;
			};
			watch();
			await untilUids([1, 2, 3]);
			expect(poison).toEqual([]);
			const blocked = states.find(({ kind }) => kind === 'blocked');
			expect(blocked).toMatchObject({ error: { code: 'IMAP_NO_MAIL_GIVEN', retryable: true } });
		});
	},
);

describe('an answer that is not what the server told', { timeout: 60_000 }, () => {
	it.each<[string, (row: FetchRow) => boolean]>([
		['partial FETCH with 64 KiB at most', (row) => isPartial(row) && tell(row, row.data.slice(0, 65_536))],
		['nothing behind the first chunk', (row) => (row.section?.partial?.start ?? 0) > 0 && tell(row, '')],
		['nothing in parts', (row) => isPartial(row) && tell(row, '')],
		['half of each part', (row) => isPartial(row) && tell(row, row.data.slice(0, Math.ceil(row.data.length / 2)))],
	])('is made whole: %s', async (_name, row) => {
		server.messages = [message(1), big(), message(3)];
		server.row = row;
		watch();
		await untilUids([1, 2, 3]);
		expect(delivered.map(({ raw }) => raw)).toEqual(server.messages.map(({ raw }) => raw));
		expect(delivered.flatMap(({ defects }) => defects)).toEqual([]);
	});

	it.each([[20], [104], [100_000], [700_000]])(
		'is accepted when the size is wrong (%d), with a defect',
		async (size) => {
			server.messages = [message(1), { ...message(2), size }, message(3)];
			watch();
			await untilUids([1, 2, 3]);
			expect(delivered[1]).toEqual({ uid: 2, raw: message(2).raw, defects: ['size-mismatch'] });
			expect(poison).toEqual([]);
		},
	);

	it('is set aside when it is empty whatever is asked, and the others come', async () => {
		server.messages = [message(1), message(2), message(3)];
		server.row = (row) => row.message.uid === 2 && row.section !== null && tell(row, '');
		watch();
		await untilUids([1, 3]);
		expect(poison).toEqual([{ uid: 2, code: 'IMAP_MESSAGE_UNREADABLE' }]);
	});

	it.each([[300], [1]])('costs some time-outs when its literal lies by %d bytes, and the others come', async (more) => {
		server.messages = [message(1), message(2), message(3)];
		server.row = ({ message: { uid }, section, session, head, label, data }) => {
			if (uid !== 2 || section === null) return false;
			session.raw(`${head} ${label} {${data.length + more}}\r\n${data})\r\n`);
			return true;
		};
		watch({ server: { ...server.settings, commandTimeout: 300 } });
		await untilUids([1, 3]);
		expect(poison.map(({ uid }) => uid)).toEqual([2]);
	});
});

describe('what the server said stands in the error, at once', () => {
	it.each([
		['* NO LOGOUT Intrusion prevention active for 198.51.100.7', 'IMAP_CONNECTION_LOST', /Intrusion prevention/],
		['* BYE Too many connections from your IP', 'IMAP_TOO_MANY_CONNECTIONS', /from your IP/],
		['* BYE [UNAVAILABLE] maintenance', 'IMAP_UNAVAILABLE', /maintenance/],
		['220 mail.example.test ESMTP NO UCE', 'IMAP_NOT_SPOKEN', /SMTP.*220 mail\.example\.test/],
		['554 5.7.1 no service', 'IMAP_NOT_SPOKEN', /SMTP.*5\.7\.1/],
		['+OK POP3 ready', 'IMAP_NOT_SPOKEN', /POP3/],
		['HTTP/1.1 400 Bad Request', 'IMAP_NOT_SPOKEN', /HTTP.*400/],
		['SSH-2.0-OpenSSH_9.2p1', 'IMAP_NOT_SPOKEN', /SSH/],
	])('%s', async (greeting, code, words) => {
		server.greeting = greeting;
		const failure = await testConnection(server.settings).catch((error: unknown) => error);
		expect(failure).toMatchObject({ code, message: expect.stringMatching(words) as unknown });
	});
});

it('a login that is known to have worked is tried again, whatever the server says of it', async () => {
	server.answer = (command, tag, session) => {
		if (!command.startsWith('LOGIN')) return false;
		session.send(`${tag} NO [AUTHENTICATIONFAILED] Invalid credentials`);
		return true;
	};
	watch({ loginKnown: true });
	await expect
		.poll(() => watcher?.state, { timeout: 10_000 })
		.toMatchObject({ kind: 'disconnected', error: { code: 'IMAP_AUTHENTICATION_FAILED' } });
});

describe('a search beyond ASCII, of a server without UTF-8', { timeout: 30_000 }, () => {
	const subject = (uid: number, words: string) => ({
		uid,
		raw: `Subject: =?utf-8?B?${Buffer.from(words).toString('base64')}?=\r\nFrom: a@x.test\r\n\r\nx\r\n`,
	});

	it.each<[string, WatchSettings['filter'], number[]]>([
		['a subject', { subject: 'adição' }, [1, 3]],
		['not that subject', { not: { subject: 'adição' } }, [2]],
		['either', { or: [{ subject: 'ADIÇÃO' }, { subject: 'other' }] }, [1, 2, 3]],
		['with more of it', { subject: 'adição', from: 'nobody' }, []],
	])('compares %s here', async (_name, filter, expected) => {
		server.charsets = ['US-ASCII'];
		server.messages = [subject(1, 'Pedido de adição'), subject(2, 'other'), subject(3, 'Adição')];
		watch({ filter: filter! });
		await expect.poll(() => cursor.lastUid, { timeout: 20_000 }).toBe(3);
		expect(uids()).toEqual(expected);
	});
});
