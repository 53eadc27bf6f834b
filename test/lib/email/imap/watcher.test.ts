import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchNewest } from '../../../../lib/email/imap/account';
import {
	watchMailbox,
	type WatchCursor,
	type WatchHandlers,
	type WatchSettings,
	type WatchState,
	type Watcher,
} from '../../../../lib/email/imap/watcher';
import { startScriptedServer, type ScriptedServer } from './scriptedServer';

let server: ScriptedServer;
let watcher: Watcher | null;
let delivered: { uid: number; raw: string }[];
let poison: { uid: number; code: string }[];
let states: WatchState[];
let cursor: WatchCursor | null;

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

function watch(settings: Partial<WatchSettings> = {}, handlers: Partial<WatchHandlers> = {}): Watcher {
	watcher = watchMailbox(
		{ server: server.settings, mailbox: 'INBOX', pollInterval: 50, ...settings },
		{
			cursor: () => Promise.resolve(cursor),
			onUidValidityChange: () => Promise.resolve({ since: null }),
			async onMessage({ uid, source }) {
				delivered.push({ uid, raw: (Buffer.isBuffer(source) ? source : await buffer(source)).toString('latin1') });
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
			...handlers,
		},
	);
	return watcher;
}

const uids = () => delivered.map(({ uid }) => uid);
const until = async (kind: WatchState['kind']) => {
	await expect.poll(() => watcher?.state.kind, { timeout: 10_000, interval: 5 }).toBe(kind);
	return watcher!.state;
};
const untilUids = (expected: number[]) => expect.poll(uids, { timeout: 10_000, interval: 5 }).toEqual(expected);
const message = (uid: number, raw = `Subject: ${uid}\r\n\r\nx\r\n`) => ({ uid, raw });

describe('a server that ends the session', () => {
	it('with a BYE in IDLE is connected again, and nothing is missed or repeated', async () => {
		watch();
		await until('watching');
		await expect.poll(() => server.sessions[0]?.idle).not.toBeNull();
		server.sessions[0]!.send('* BYE Session expired, please login again.');
		server.sessions[0]!.close();
		server.messages.push(message(1));
		await untilUids([1]);
		await until('watching');
		server.deliver(message(2));
		await untilUids([1, 2]);
		expect(states).toContainEqual(expect.objectContaining({ kind: 'disconnected', attempt: 0 }));
	});

	it('in the greeting, because there are too many connections, is left alone for a while', async () => {
		server.greeting = '* BYE Too many simultaneous connections';
		watch();
		expect(await until('disconnected')).toMatchObject({ error: { code: 'IMAP_TOO_MANY_CONNECTIONS' } });
	});
});

describe('a server that refuses the login', () => {
	const refuse = (reply: string) => {
		server.capabilities += ' AUTH=PLAIN';
		server.answer = (command, tag, session) => {
			if (!command.startsWith('AUTHENTICATE')) return false;
			session.send(`${tag} ${reply}`);
			return true;
		};
	};

	it.each([
		['NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)'],
		['NO AUTHENTICATE failed.'],
		['NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)'],
		['NO [AUTHENTICATIONFAILED] (#MBR1212) Incorrect username or password.'],
		['NO Login failed.'],
		['NO Login failed: authentication failure'],
	])('for good: %s', async (reply) => {
		refuse(reply);
		watch();
		expect(await until('failed')).toMatchObject({ error: { code: 'IMAP_AUTHENTICATION_FAILED' } });
		expect(server.sessions).toHaveLength(1);
	});

	it.each([
		['NO [UNAVAILABLE] Temporary authentication failure. [host:2026-11-21 04:00:00]', 'IMAP_UNAVAILABLE'],
		['NO [LIMIT] LOGIN Rate limit hit', 'IMAP_LIMIT_REACHED'],
		['NO [ALERT] Too many simultaneous connections. (Failure)', 'IMAP_TOO_MANY_CONNECTIONS'],
		['NO [INUSE] Mailbox in use', 'IMAP_UNAVAILABLE'],
	])('for now: %s', async (reply, code) => {
		refuse(reply);
		watch();
		expect(await until('disconnected')).toMatchObject({ error: { code, retryable: true } });
	});

	it('after it took it before, tries again later before it gives up', async () => {
		watch();
		await until('watching');
		refuse('NO [AUTHENTICATIONFAILED] Authentication failed.');
		server.sessions[0]!.close();
		await expect
			.poll(() => watcher?.state, { timeout: 10_000 })
			.toMatchObject({ kind: 'disconnected', error: { code: 'IMAP_AUTHENTICATION_FAILED' } });
		expect(server.received.join()).not.toContain('secret');
	});
});

describe('a provider of tokens', () => {
	const withToken = (accessToken: () => Promise<string>) => ({
		server: { ...server.settings, authentication: { kind: 'oauth2' as const, user: 'alice', accessToken } },
	});

	it('that fails is asked again later, and no connection is made meanwhile', async () => {
		watch(withToken(() => Promise.reject(new Error('invalid_grant'))));
		expect(await until('disconnected')).toMatchObject({ error: { code: 'OAUTH2_TOKEN_FAILED', retryable: true } });
		expect(server.sessions).toHaveLength(0);
	});

	it('that never answers does not keep a watcher from stopping', async () => {
		let asked = false;
		watch(
			withToken(() => {
				asked = true;
				return new Promise<string>(() => undefined);
			}),
		);
		await expect.poll(() => asked).toBe(true);
		await watcher?.stop();
		expect(watcher?.state.kind).toBe('stopped');
		expect(server.sessions).toHaveLength(0);
	});
});

it('an alert of the server is shown', async () => {
	const alerts: string[] = [];
	server.answer = (command, _tag, session) => {
		if (!command.startsWith('SELECT')) return false;
		session.send('* OK [ALERT] The system goes down at noon');
		return false;
	};
	watch({ server: { ...server.settings, onAlert: (text) => alerts.push(text) } });
	await until('watching');
	expect(alerts).toEqual(['The system goes down at noon']);
});

describe('a server with ways of its own', () => {
	it('that ignores partial FETCH still gives whole messages', async () => {
		server.partial = (raw) => raw;
		const large = `Subject: large\r\n\r\n${'x'.repeat(300_000)}\r\n`;
		server.messages = [message(1, large), message(2)];
		watch();
		await untilUids([1, 2]);
		expect(delivered[0]!.raw).toBe(large);
	});

	it('that answers every partial with the same bytes does not keep us for ever', async () => {
		server.partial = (raw, _start, length) => raw.subarray(0, length);
		server.messages = [message(1, 'y'.repeat(300_000)), message(2)];
		watch();
		await untilUids([2]);
		expect(poison).toEqual([{ uid: 1, code: 'IMAP_MESSAGE_UNREADABLE' }]);
	});

	it('that does not tell UIDNEXT is watched from the newest message on', async () => {
		server.uidNext = false;
		server.messages = [message(3), message(9)];
		cursor = null;
		watch();
		await until('watching');
		expect(cursor).toMatchObject({ lastUid: 9 });
		server.deliver(message(10));
		await untilUids([10]);
	});

	it('that counts the newest message into n:* repeats nothing', async () => {
		server.messages = [message(4)];
		cursor = { uidValidity: '7', lastUid: 4, highestModseq: null };
		watch({ reconcileInterval: 20 });
		await expect.poll(() => server.received.filter((line) => line.startsWith('UID SEARCH')).length).toBeGreaterThan(3);
		expect(delivered).toEqual([]);
	});

	it('that tells flags of other messages meanwhile does not confuse us', async () => {
		server.messages = [message(1), message(2)];
		server.answer = (command, _tag, session) => {
			if (command.startsWith('UID FETCH'))
				session.send('* 1 FETCH (UID 1 FLAGS (\\Seen))', '* 2 FETCH (FLAGS (\\Seen))');
			return false;
		};
		watch();
		await untilUids([1, 2]);
	});

	it.each([
		['refuses IDLE', (tag: string) => [`${tag} BAD IDLE not here`]],
		['ends every IDLE at once', (tag: string) => ['+ idling', `${tag} OK enough`]],
	])('that announces and %s is polled', async (_name, lines) => {
		server.answer = (command, tag, session) => {
			if (command !== 'IDLE') return false;
			session.send(...lines(tag));
			return true;
		};
		watch();
		await expect.poll(() => states).toContainEqual({ kind: 'watching', mode: 'poll' });
		server.deliver(message(1));
		await untilUids([1]);
	});

	it('that never confirms IDLE is noticed as dead', async () => {
		server.answer = (command) => command === 'IDLE';
		watch({ refreshInterval: 50, server: { ...server.settings, commandTimeout: 300 } });
		expect(await until('disconnected')).toMatchObject({ error: { code: 'IMAP_TIMEOUT' } });
	});

	it('that knows no keywords says so', async () => {
		server.permanentFlags = '\\Seen \\Deleted';
		server.messages = [message(1)];
		watch();
		await untilUids([1]);
		await until('watching');
		const reference = { uid: 1, uidValidity: '7' };
		await expect(watcher!.act(reference, { kind: 'addKeyword', keyword: 'Done' })).rejects.toMatchObject({
			code: 'IMAP_KEYWORD_NOT_SUPPORTED',
		});
		await watcher!.act(reference, { kind: 'markSeen' });
		expect(server.received).toContain('UID STORE 1 +FLAGS.SILENT (\\SEEN)');
	});

	it.each([['IMAP4rev1 IDLE UIDPLUS'], ['IMAP4rev1 IDLE']])(
		'with %s has an action done in one go: no IDLE comes in between',
		async (capabilities) => {
			server.capabilities = capabilities;
			server.messages = [message(1)];
			watch();
			await untilUids([1]);
			for (const action of [{ kind: 'move', mailbox: 'Done' }, { kind: 'delete' }] as const) {
				await expect.poll(() => server.sessions[0]?.idle, { interval: 5 }).not.toBeNull();
				server.messages = [message(1)];
				server.received.length = 0;
				await watcher!.act({ uid: 1, uidValidity: '7' }, action);
				expect(server.received.filter((line) => line === 'IDLE')).toEqual([]);
				expect(server.received.join()).toMatch(/UID STORE 1 .*EXPUNGE/);
			}
		},
	);

	it('that refuses the search criteria says so', async () => {
		server.answer = (command, tag, session) => {
			if (!command.startsWith('UID SEARCH')) return false;
			session.send(`${tag} BAD Unknown argument`);
			return true;
		};
		watch({ filter: { body: 'x' } });
		server.messages = [message(1)];
		expect(await until('disconnected')).toMatchObject({ error: { code: 'IMAP_SEARCH_REFUSED' } });
	});
});

describe('a message the server cannot give', () => {
	const refuseFetchOf = (uid: number, reply: string) => {
		server.answer = (command, tag, session) => {
			const set = /^UID FETCH (\S+)/.exec(command)?.[1]?.split(',') ?? [];
			if (!set.includes(String(uid))) return false;
			session.send(`${tag} ${reply}`);
			return true;
		};
	};

	it.each([
		['NO [SERVERBUG] Internal error'],
		['NO Some messages could not be FETCHed (Failure)'],
		['BAD Parse error'],
	])('is set aside, those behind it come: %s', async (reply) => {
		server.messages = [message(1), message(2), message(3)];
		refuseFetchOf(2, reply);
		watch();
		await untilUids([1, 3]);
		expect(poison).toEqual([{ uid: 2, code: 'IMAP_MESSAGE_UNREADABLE' }]);
		await expect.poll(() => cursor?.lastUid).toBe(3);
	});

	it('is not set aside while the server can give no message at all', { timeout: 40_000 }, async () => {
		server.messages = [message(1), message(2)];
		let away = 8;
		server.answer = (command, tag, session) => {
			if (!/FETCH.*BODY/.test(command) || away-- <= 0) return false;
			session.send(`${tag} NO [UNAVAILABLE] Storage is away`);
			return true;
		};
		watch();
		await expect.poll(uids, { timeout: 30_000 }).toEqual([1, 2]);
		expect(poison).toEqual([]);
	});

	it('is skipped by a manual test', async () => {
		server.messages = [message(1), message(2)];
		server.answer = (command, tag, session) => {
			if (!command.startsWith('UID FETCH 2')) return false;
			session.send(`${tag} OK nothing`);
			return true;
		};
		expect((await fetchNewest(server.settings, 'INBOX'))?.uid).toBe(1);
	});
});
