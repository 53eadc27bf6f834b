/** What Gmail and Outlook do differently, by a server that says what they say. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listMailboxes, matchMailboxes } from '../../../../lib/email/imap/account';
import type { MailboxMessage } from '../../../../lib/email/imap/fetch';
import { watchMailbox, type WatchSettings, type WatchState, type Watcher } from '../../../../lib/email/imap/watcher';
import { describeMail } from '../../../../lib/pipeline/ingest/arrival';
import { startScriptedServer, type ScriptedServer } from './scriptedServer';

let server: ScriptedServer;
let watcher: Watcher | null;
let states: WatchState[];
let delivered: MailboxMessage[];

beforeEach(async () => {
	server = await startScriptedServer();
	watcher = null;
	states = [];
	delivered = [];
});
afterEach(async () => {
	await watcher?.stop();
	await server.stop();
});

function watch(settings: Partial<WatchSettings> = {}): Watcher {
	watcher = watchMailbox(
		{ server: server.settings, mailbox: 'INBOX', reconnectCeiling: 100, ...settings },
		{
			cursor: () => Promise.resolve({ uidValidity: '7', lastUid: delivered.at(-1)?.uid ?? 0, highestModseq: null }),
			onUidValidityChange: () => Promise.resolve({ since: null }),
			onMessage(message) {
				delivered.push(message);
				return Promise.resolve();
			},
			onCursor: () => Promise.resolve(),
			onPoison: () => Promise.resolve(),
			onState: (state) => states.push(state),
		},
	);
	return watcher;
}

const until = async (kind: WatchState['kind']) => {
	await expect.poll(() => watcher?.state.kind, { interval: 5 }).toBe(kind);
	return watcher!.state;
};
const untilIdle = (session: number) =>
	expect.poll(() => server.sessions[session]?.idle ?? null, { interval: 5 }).not.toBeNull();
const message = (uid: number, more: object = {}) => ({ uid, raw: `Subject: ${uid}\r\n\r\nx\r\n`, ...more });
/** Answers a command that begins so, as often as told. */
const refuse = (begin: string, reply: string, times = Infinity) => {
	let left = times;
	server.answer = (command, tag, session) => {
		if (!command.startsWith(begin) || left-- <= 0) return false;
		session.send(`${tag} ${reply}`);
		return true;
	};
};

describe('Gmail', () => {
	beforeEach(() => {
		server.capabilities = 'IMAP4rev1 IDLE NAMESPACE X-GM-EXT-1 UIDPLUS MOVE SPECIAL-USE CHILDREN';
	});

	it('tells the conversation of a mail, which the item then carries', async () => {
		server.messages = [message(1, { gmailThreadId: '18446744073709551615' })];
		watch();
		await expect.poll(() => delivered.length).toBe(1);
		expect(delivered[0]!.gmailThreadId).toBe('18446744073709551615');
		const raw = { ref: 'r', sha256: 's', size: 1 };
		const item = await describeMail({
			account: 'a',
			mailbox: 'INBOX',
			message: delivered[0]!,
			head: Buffer.alloc(0),
			raw,
		});
		expect(item.source).toMatchObject({ gmailThreadId: '18446744073709551615' });
	});

	it('marks All Mail, whatever the language calls it, and what holds no mail', async () => {
		server.answer = (command, tag, session) => {
			if (!command.startsWith('LIST')) return false;
			session.send(
				'* LIST (\\HasNoChildren) "/" "INBOX"',
				'* LIST (\\HasChildren \\Noselect) "/" "[Gmail]"',
				'* LIST (\\All \\HasNoChildren) "/" "[Gmail]/Alle Nachrichten"',
				'* LIST (\\HasNoChildren \\Important) "/" "[Gmail]/Wichtig"',
				'* LIST (\\Drafts \\HasNoChildren) "/" "[Gmail]/Entw&APw-rfe"',
				'* LIST (\\HasNoChildren) "/" "Kunden/A"',
				`${tag} OK Success`,
			);
			return true;
		};
		const mailboxes = await listMailboxes(server.settings);
		expect(matchMailboxes(mailboxes, ['\\All', 'Kunden/*'])).toEqual(['[Gmail]/Alle Nachrichten', 'Kunden/A']);
		expect(matchMailboxes(mailboxes, ['\\Drafts'])).toEqual(['[Gmail]/Entwürfe']);
		expect(matchMailboxes(mailboxes, ['[Gmail]'])).toEqual([]);
	});

	it.each([
		['AUTHENTICATE', 'NO [ALERT] Too many simultaneous connections. (Failure)', 'IMAP_TOO_MANY_CONNECTIONS'],
		['AUTHENTICATE', 'NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)', 'IMAP_LIMIT_REACHED'],
		['SELECT', 'NO [UNAVAILABLE] System Error (Failure)', 'IMAP_UNAVAILABLE'],
		['SELECT', 'NO [ALERT] Account exceeded command or bandwidth limits. (Failure)', 'IMAP_LIMIT_REACHED'],
	])('that answers %s with %s is tried again later', async (command, reply, code) => {
		server.capabilities += ' AUTH=PLAIN';
		refuse(command, reply);
		watch();
		expect(await until('disconnected')).toMatchObject({ error: { code, retryable: true } });
	});

	it('that keeps no keywords in a mailbox says so, and marks as read all the same', async () => {
		server.permanentFlags = '\\Answered \\Flagged \\Draft \\Deleted \\Seen $NotPhishing $Phishing';
		server.messages = [message(1)];
		watch();
		await expect.poll(() => delivered.length).toBe(1);
		await until('watching');
		const one = { uid: 1, uidValidity: '7' };
		await expect(watcher!.act(one, { kind: 'addKeyword', keyword: 'Done' })).rejects.toMatchObject({
			code: 'IMAP_KEYWORD_NOT_SUPPORTED',
			retryable: false,
		});
		await watcher!.act(one, { kind: 'addKeyword', keyword: '$NotPhishing' });
		await watcher!.act(one, { kind: 'markSeen' });
		expect(server.received.filter((line) => line.startsWith('UID STORE'))).toEqual([
			'UID STORE 1 +FLAGS.SILENT ($NOTPHISHING)',
			'UID STORE 1 +FLAGS.SILENT (\\SEEN)',
		]);
	});
});

it('no other server is asked for a conversation of Gmail', async () => {
	server.messages = [message(1)];
	watch();
	await expect.poll(() => delivered.length).toBe(1);
	expect(delivered[0]!.gmailThreadId).toBeNull();
	expect(server.received.filter((line) => line.includes('GM-'))).toEqual([]);
});

describe('a provider that ends a session of its own accord', () => {
	it.each([
		['Gmail, after its half hour', '* BYE Session expired, please login again.'],
		['Gmail, when a machine goes down', '* BYE System Error'],
		['Outlook', '* BYE Connection is closed. 13'],
		['Outlook, when the token expires', '* BYE Session invalidated - AccessTokenExpired'],
		['Exchange', '* BYE Server Unavailable. 15'],
	])('%s: is connected again, and nothing is missed or repeated', async (_name, bye) => {
		watch();
		await untilIdle(0);
		server.sessions[0]!.send(bye);
		server.sessions[0]!.close();
		server.messages.push(message(1));
		await untilIdle(1);
		server.deliver(message(2));
		await expect.poll(() => delivered.map(({ uid }) => uid)).toEqual([1, 2]);
		expect(states.map(({ kind }) => kind)).not.toContain('failed');
	});
});

describe('Outlook', () => {
	beforeEach(() => {
		server.capabilities = 'IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS CHILDREN IDLE NAMESPACE LITERAL+';
	});

	it.each([
		['BAD User is authenticated but not connected.', 'IMAP_UNAVAILABLE'],
		['BAD Command Error. 12', 'IMAP_COMMAND_REFUSED'],
		['NO Server Unavailable. 15', 'IMAP_UNAVAILABLE'],
	])('that answers SELECT with %s is tried again until it goes', async (reply, code) => {
		refuse('SELECT', reply, 1);
		watch();
		await until('watching');
		expect(states).toContainEqual(
			expect.objectContaining({ kind: 'disconnected', error: expect.objectContaining({ code }) as unknown }),
		);
	});

	it('whose token expires in mid-session gets a fresh one, without a word to anybody', async () => {
		const asked: boolean[] = [];
		let valid = 'first';
		const reply = (token: string) =>
			`AUTHENTICATE XOAUTH2 ${Buffer.from(`user=alice\x01auth=Bearer ${token}\x01\x01`).toString('base64')}`.toUpperCase();
		let waiting = '';
		server.answer = (command, tag, session) => {
			if (command.startsWith('AUTHENTICATE')) {
				if (command === reply(valid)) session.send(`${tag} OK AUTHENTICATE completed.`);
				else {
					// RFC 7628 section 3.2.3: the reason first, which the client answers with an empty line.
					waiting = tag;
					session.send(`+ ${Buffer.from('{"status":"400","schemes":"Bearer"}').toString('base64')}`);
				}
				return true;
			}
			if (command !== '') return false;
			session.send(`${waiting} NO AUTHENTICATE failed.`);
			return true;
		};
		const accessToken = ({ refused }: { refused: boolean }) => {
			asked.push(refused);
			// The provider's own clock has not noticed yet.
			return Promise.resolve(refused ? valid : 'first');
		};
		watch({ server: { ...server.settings, authentication: { kind: 'oauth2', user: 'alice', accessToken } } });
		await untilIdle(0);
		valid = 'second';
		server.sessions[0]!.send('* BYE Session invalidated - AccessTokenExpired');
		server.sessions[0]!.close();
		server.messages.push(message(1));
		await expect.poll(() => delivered.map(({ uid }) => uid)).toEqual([1]);
		expect(asked).toEqual([false, false, true]);
		expect(states.map(({ kind }) => kind)).not.toContain('failed');
	});
});
