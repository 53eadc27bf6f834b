import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImapFlow } from 'imapflow';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startMailServer } from '../../demo/mail-server/start.mts';
import { findFreePort } from '../../tools/ports.mts';

const support = { address: 'demo@example.test', password: 'one' };
const customer = { address: 'customer@example.test', password: 'two' };
const host = '127.0.0.1';

let folder: string;
let imapPort: number;
let smtpPort: number;
let stop: () => Promise<void>;
const clients: ImapFlow[] = [];

async function start(): Promise<void> {
	stop = await startMailServer({
		accounts: [support, customer],
		domain: 'example.test',
		catchAll: customer.address,
		host,
		imapPort,
		smtpPort,
		file: join(folder, 'mail.sqlite'),
	});
}

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'demo-mail-'));
	[imapPort, smtpPort] = [await findFreePort(), await findFreePort()];
	await start();
});

afterEach(async () => {
	for (const client of clients.splice(0)) client.close();
	await stop();
	await rm(folder, { recursive: true, force: true });
});

async function connect(account = support): Promise<ImapFlow> {
	const client = new ImapFlow({
		host,
		port: imapPort,
		secure: false,
		doSTARTTLS: false,
		auth: { user: account.address, pass: account.password },
		logger: false,
	});
	clients.push(client);
	await client.connect();
	return client;
}

async function send(to: string, raw: Buffer | string, auth?: { user: string; pass: string }): Promise<void> {
	const transport = createTransport({ host, port: smtpPort, secure: false, ignoreTLS: true, ...(auth && { auth }) });
	await transport.sendMail({ envelope: { from: 'someone@elsewhere.test', to: [to] }, raw });
	transport.close();
}

/** All messages of the open mailbox, without the trace fields the server puts on top. */
async function bodies(client: ImapFlow): Promise<Buffer[]> {
	const found = await client.fetchAll('1:*', { source: true, uid: true }, { uid: true });
	return found.map(({ source }) => source!.subarray(source!.indexOf('\r\n', source!.indexOf('\tfor <')) + 2));
}

const mail = (subject: string): string => `From: a@elsewhere.test\r\nSubject: ${subject}\r\n\r\nHello\r\n`;

describe('the demo’s mail server', () => {
	it('tells a client that is in IDLE of new mail', async () => {
		const client = await connect();
		await client.mailboxOpen('INBOX');
		const exists = once(client, 'exists') as Promise<[{ count: number }]>;
		const idling = client.idle();
		await send(support.address, mail('first'));
		expect((await exists)[0].count).toBe(1);
		await client.noop();
		await idling;
		expect((await bodies(client)).map(String)).toEqual([mail('first')]);
	});

	it('gives several mails at once whole, also when they are asked for in part', async () => {
		const sent = ['one', 'two', 'three', 'four', 'five'].map((name) => mail(name.repeat(7)));
		for (const raw of sent) await send(support.address, raw);
		const client = await connect();
		await client.mailboxOpen('INBOX');
		const query = { source: { start: 0, maxLength: 262_144 }, size: true, uid: true };
		const rows = await client.fetchAll('1:*', query, { uid: true });
		expect(rows.map(({ source, size }) => source!.length === size)).toEqual(sent.map(() => true));
		expect(rows.map(({ source }, index) => String(source).endsWith(sent[index]!))).toEqual(sent.map(() => true));
		const parts = await client.fetchAll('1:*', { source: { start: 5, maxLength: 3 }, uid: true }, { uid: true });
		expect(parts.map(({ source }) => String(source))).toEqual(sent.map(() => 'n-P'));
	});

	it('keeps mail, UIDs, UIDVALIDITY, flags and folders over a restart', async () => {
		await send(support.address, mail('one'));
		await send(support.address, mail('two'));
		const before = await connect();
		const opened = await before.mailboxOpen('INBOX');
		await before.messageFlagsAdd('1', ['\\Seen']);
		await before.messageDelete('2');
		await before.append('Sent', mail('sent'));
		await before.mailboxCreate('Archive/2026');
		await before.logout();

		await stop();
		await start();
		const after = await connect();
		const reopened = await after.mailboxOpen('INBOX');
		expect([reopened.uidValidity, reopened.uidNext, reopened.exists]).toEqual([opened.uidValidity, 3, 1]);
		const [kept] = await after.fetchAll('1:*', { flags: true, uid: true });
		expect([kept!.uid, [...kept!.flags!]]).toEqual([1, ['\\Seen']]);
		const folders = await after.list();
		expect(folders.map(({ path }) => path)).toEqual(expect.arrayContaining(['INBOX', 'Sent', 'Trash', 'Archive/2026']));
		expect(folders.find(({ specialUse }) => specialUse === '\\Sent')?.path).toBe('Sent');
		expect((await after.mailboxOpen('Sent')).exists).toBe(1);

		await send(support.address, mail('three'));
		await after.mailboxOpen('INBOX');
		expect((await after.fetchAll('*', { uid: true })).map(({ uid }) => uid)).toEqual([3]);
	});

	it('gives each account its own mail, and the customer all mail for other domains', async () => {
		await send('demo+ticket-7@example.test', mail('for support'));
		await send('anybody@elsewhere.test', mail('for the world'));
		const supporter = await connect(support);
		await supporter.mailboxOpen('INBOX');
		expect((await bodies(supporter)).map(String)).toEqual([mail('for support')]);
		const reader = await connect(customer);
		await reader.mailboxOpen('INBOX');
		expect((await bodies(reader)).map(String)).toEqual([mail('for the world')]);
	});

	it('refuses unknown recipients of its own domain, and wrong passwords', async () => {
		await expect(send('unknown@example.test', mail('x'))).rejects.toMatchObject({ responseCode: 550 });
		await expect(send(support.address, mail('x'), { user: support.address, pass: 'wrong' })).rejects.toMatchObject({
			responseCode: 535,
		});
		await expect(connect({ ...support, password: 'wrong' })).rejects.toMatchObject({ authenticationFailed: true });
		await expect(connect({ ...support, password: customer.password })).rejects.toMatchObject({
			authenticationFailed: true,
		});
	});

	it('hands out every byte as it came in, whatever the mail', async () => {
		const samples = [
			Buffer.from('Subject: 8bit \xe9\r\n\r\n\xff\xfe and a lone } { "quote"\r\n', 'latin1'),
			Buffer.from('no header at all\r\n'),
			Buffer.from('Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n--\r\n'),
			Buffer.from(
				'Content-Type: multipart/mixed; boundary="a"\r\n\r\n--a\r\nContent-Type: message/rfc822\r\n\r\n--a--\r\n',
			),
		];
		for (const sample of samples) await send(support.address, sample);
		const client = await connect();
		await client.mailboxOpen('INBOX');
		expect(await bodies(client)).toEqual(samples);
	});
});
