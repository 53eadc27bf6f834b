import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fetchNewest, listMailboxes, testConnection } from '../../../lib/email/imap/account';
import { ImapConnection, type ImapServer } from '../../../lib/email/imap/connection';
import { startDovecot, type Dovecot } from '../mail/dovecot';
import { freePorts } from '../mail/daemon';
import { startProxy, type FaultyProxy } from '../mail/proxy';
import { alice, collect, mail, serverOf, type Collector } from './collector';
import { hasDovecot } from '../available';

let dovecot: Dovecot;
let proxy: FaultyProxy;
let tokens: Server;
let tokenPort: number;
let box: Collector = collect();

beforeAll(async () => {
	tokens = createServer((request, response) => {
		void text(request).then((body) => {
			const active = new URLSearchParams(body).get('token') === 'good' || body.includes('good');
			response.setHeader('content-type', 'application/json');
			response.end(JSON.stringify({ active: String(active), username: alice }));
		});
	});
	tokens.listen(0, '127.0.0.1');
	await once(tokens, 'listening');
	tokenPort = (tokens.address() as { port: number }).port;
	dovecot = await startDovecot({ tokenIntrospectionUrl: `http://127.0.0.1:${tokenPort}/` });
	proxy = await startProxy(dovecot);
});
afterAll(async () => {
	await proxy.stop();
	await dovecot.stop();
	tokens.close();
});
afterEach(async () => {
	await box.stopAll();
	await expect.poll(() => proxy.open).toBe(0);
});

const secure = (changes: Partial<ImapServer> = {}) =>
	serverOf(dovecot, { security: 'tls', port: dovecot.tlsPort, ca: dovecot.certificate.cert, ...changes });
const refusal = async (server: ImapServer) => {
	const error: unknown = await ImapConnection.open(server).then(
		(connection) => {
			connection.close();
			return 'it was let in';
		},
		(reason: unknown) => reason,
	);
	expect(JSON.stringify(error)).not.toContain('secret');
	expect(String(error)).not.toContain('secret');
	return error;
};

describe.skipIf(!hasDovecot)('an IMAP connection', () => {
	it('is encrypted from the start, or by STARTTLS, with a certificate of an authority it was given', async () => {
		for (const server of [secure(), secure({ security: 'starttls', port: dovecot.port })]) {
			const report = await testConnection(server);
			expect(report).toMatchObject({ push: true, mailboxes: 6 });
			expect(report.capabilities).toContain('UIDPLUS');
			expect(report.greeting).toContain('Dovecot');
		}
	});

	it('refuses a certificate that nobody vouches for, unless the user accepts any', async () => {
		for (const port of [{ port: dovecot.port, security: 'starttls' as const }, {}]) {
			const { ca, ...server } = secure(port);
			expect(ca).toBeDefined();
			expect(await refusal(server)).toMatchObject({ code: 'TLS_CERTIFICATE_UNTRUSTED' });
			const connection = await ImapConnection.open({ ...server, allowInvalidCertificate: true });
			await connection.logout();
		}
	});

	it('refuses an expired certificate and one for another name', async () => {
		const other = await startDovecot({ certificate: { expired: true } });
		try {
			const server = serverOf(other, { security: 'tls', port: other.tlsPort });
			expect(await refusal({ ...server, ca: other.certificate.cert })).toMatchObject({
				code: 'TLS_CERTIFICATE_EXPIRED',
			});
			await other.restart({ certificate: { names: ['DNS:mail.example.test'] } });
			const named = { ...server, ca: other.certificate.cert };
			expect(await refusal(named)).toMatchObject({ code: 'TLS_HOSTNAME_MISMATCH' });
			const connection = await ImapConnection.open({ ...named, servername: 'mail.example.test' });
			await connection.logout();
			await other.restart({ tls: false });
			const plain = serverOf(other, { security: 'starttls' });
			expect(await refusal(plain)).toMatchObject({ code: 'IMAP_STARTTLS_UNAVAILABLE' });
			expect(await other.logs()).toContain('no auth attempts');
		} finally {
			await other.stop();
		}
	});

	it('tells a port without TLS, a closed port and a silent server apart', async () => {
		const [closed] = (await freePorts(1)) as [number];
		expect(await refusal(secure({ port: dovecot.port }))).toMatchObject({ code: 'TLS_NOT_SPOKEN' });
		expect(await refusal(secure({ port: closed }))).toMatchObject({ code: 'IMAP_CONNECTION_REFUSED', retryable: true });
		proxy.blackhole = true;
		expect(await refusal(serverOf(dovecot, { port: proxy.port, connectTimeout: 300 }))).toMatchObject({
			code: 'IMAP_TIMEOUT',
		});
		proxy.resetAll();
		proxy.blackhole = false;
	});

	it('refuses PEM that cannot be read', async () => {
		expect(await refusal(secure({ clientCertificate: { cert: 'x', key: 'secret' } }))).toMatchObject({
			code: 'TLS_SETTINGS_INVALID',
		});
	});

	it('logs in with a token, and asks for a fresh one when it is refused', async () => {
		const asked: boolean[] = [];
		const server = secure({
			authentication: {
				kind: 'oauth2',
				user: alice,
				accessToken: ({ refused }) => {
					asked.push(refused);
					return Promise.resolve(refused ? 'good' : 'stale');
				},
			},
		});
		const connection = await ImapConnection.open(server);
		await connection.logout();
		expect(asked).toEqual([false, true]);
		const never = {
			...server,
			authentication: { ...server.authentication, accessToken: () => Promise.resolve('bad') },
		};
		expect(await refusal(never as ImapServer)).toMatchObject({ code: 'IMAP_AUTHENTICATION_FAILED' });
	});

	it('reports a refused password once and does not come back', async () => {
		box = collect();
		const before = proxy.accepted;
		const authentication = { kind: 'password' as const, user: alice, password: 'wrong' };
		const watcher = box.watch({ server: serverOf(dovecot, { port: proxy.port, authentication }), mailbox: 'INBOX' });
		expect(await box.reached('failed')).toMatchObject({ error: { code: 'IMAP_AUTHENTICATION_FAILED' } });
		await watcher.stop();
		expect(watcher.state.kind).toBe('failed');
		expect(proxy.accepted - before).toBe(1);
		expect(box.states.map(({ kind }) => kind)).toEqual(['connecting', 'failed']);
	});

	it('leaves no connection when it is stopped while connecting', async () => {
		box = collect();
		proxy.blackhole = true;
		const watcher = box.watch({ server: serverOf(dovecot, { port: proxy.port }), mailbox: 'INBOX' });
		await expect.poll(() => proxy.open).toBe(1);
		await watcher.stop();
		await watcher.stop();
		expect(watcher.state.kind).toBe('stopped');
		await expect.poll(() => proxy.open).toBe(0);
		proxy.blackhole = false;
	});

	it('waits for its turn when the account has too many connections', async () => {
		const narrow = await startDovecot({ maxConnectionsPerUser: 1 });
		try {
			const first = await ImapConnection.open(serverOf(narrow));
			box = collect();
			box.watch({ server: serverOf(narrow), mailbox: 'INBOX' });
			expect(await box.reached('disconnected')).toMatchObject({ error: { code: 'IMAP_TOO_MANY_CONNECTIONS' } });
			await first.logout();
			await box.reached('watching');
			expect(await narrow.connections(alice)).toBe(1);
			await box.stopAll();
			await expect.poll(() => narrow.connections(alice)).toBe(0);
		} finally {
			await box.stopAll();
			await narrow.stop();
		}
	});

	it('goes on trying a mailbox that does not exist yet', async () => {
		box = collect();
		box.watch({ server: serverOf(dovecot, { port: proxy.port }), mailbox: 'Later/On' });
		expect(await box.reached('disconnected')).toMatchObject({ error: { code: 'IMAP_MAILBOX_NOT_FOUND' } });
		await dovecot.doveadm('mailbox', 'create', '-u', alice, 'Later/On');
		await box.reached('watching');
	});
});

describe.skipIf(!hasDovecot)('an account', () => {
	it('lists its mailboxes, the inbox first', async () => {
		await dovecot.doveadm('mailbox', 'create', '-u', alice, 'Späte Post');
		const mailboxes = await listMailboxes(serverOf(dovecot));
		expect(mailboxes[0]).toMatchObject({ path: 'INBOX', selectable: true });
		expect(mailboxes).toContainEqual({
			path: 'Junk',
			ownPath: 'Junk',
			name: 'Junk',
			specialUse: '\\Junk',
			delimiter: '/',
			selectable: true,
		});
		expect(mailboxes.map(({ path }) => path)).toContain('Späte Post');
	});

	it('gives its newest message for a test without touching a flag', async () => {
		expect(await fetchNewest(serverOf(dovecot), 'Archive')).toBeNull();
		for (const subject of ['mail 1', 'mail 2', 'other'])
			await dovecot.deliver(alice, mail(subject), { mailbox: 'Archive' });
		const newest = await fetchNewest(serverOf(dovecot), 'Archive', { subject: 'mail' });
		expect(newest?.source.toString()).toBe(mail('mail 2'));
		const again = await fetchNewest(serverOf(dovecot), 'Archive', { seen: false });
		expect(again?.source.toString()).toBe(mail('other'));
		expect(again?.flags).not.toContain('\\Seen');
	});
});
