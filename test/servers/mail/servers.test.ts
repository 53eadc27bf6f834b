import { existsSync } from 'node:fs';
import { ImapFlow } from 'imapflow';
import nodemailer from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDovecot, type Dovecot } from './dovecot';
import { startPostfix, type Postfix } from './postfix';
import { hasMailServers } from '../available';

const alice = 'alice@example.test';

async function subjects(dovecot: Dovecot, user = alice): Promise<string[]> {
	const client = new ImapFlow({
		host: dovecot.host,
		port: dovecot.tlsPort,
		secure: true,
		tls: { ca: dovecot.certificate.cert },
		auth: { user, pass: dovecot.users[user]! },
		logger: false,
	});
	await client.connect();
	const { exists } = await client.mailboxOpen('INBOX', { readOnly: true });
	const found: string[] = [];
	if (exists > 0)
		for await (const message of client.fetch('1:*', { envelope: true })) found.push(message.envelope!.subject!);
	await client.logout();
	return found;
}

describe.skipIf(!hasMailServers)('the mail servers of the tests', () => {
	let dovecot: Dovecot;
	let postfix: Postfix;

	beforeAll(async () => {
		dovecot = await startDovecot();
		postfix = await startPostfix({
			lmtpPort: dovecot.lmtpPort,
			authPort: dovecot.authPort,
			recipients: { 'gone@example.test': '550 5.1.1 No such user here' },
			transports: { 'down.test': 'smtp:[127.0.0.1]:1' },
		});
	});
	afterAll(async () => {
		await postfix.stop();
		await dovecot.stop();
	});

	it('deliver through Postfix, LMTP and Maildir into one mailbox', async () => {
		await dovecot.deliver(alice, 'Subject: by maildir\r\n\r\nx\r\n');
		await dovecot.deliver(alice, 'Subject: by lmtp\r\n\r\nx\r\n', { via: 'lmtp', from: 'bob@example.test' });
		const transport = nodemailer.createTransport({
			host: postfix.host,
			port: postfix.port,
			requireTLS: true,
			tls: { ca: postfix.certificate.cert },
			auth: { user: 'bob@example.test', pass: 'secret' },
		});
		await transport.sendMail({ from: 'bob@example.test', to: 'alice+tag@example.test', subject: 'by smtp', text: 'x' });
		await expect
			.poll(async () => (await subjects(dovecot)).sort(), { timeout: 20_000 })
			.toEqual(['by lmtp', 'by maildir', 'by smtp']);
		await expect(
			transport.sendMail({ from: 'bob@example.test', to: 'gone@example.test', text: 'x' }),
		).rejects.toMatchObject({ responseCode: 550 });
		await transport.sendMail({ from: 'bob@example.test', to: 'x@down.test', subject: 'stays', text: 'x' });
		await expect
			.poll(async () => (await postfix.queue()).map((entry) => entry.recipients[0]!.address))
			.toEqual(['x@down.test']);
		transport.close();
	});

	it('keep mail and ports over a kill', async () => {
		const before = await subjects(dovecot);
		await dovecot.kill();
		await expect(subjects(dovecot)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
		await dovecot.restart();
		expect(await subjects(dovecot)).toEqual(before);
	});

	it('leave nothing behind', async () => {
		const other = await startDovecot();
		await subjects(other);
		await other.stop();
		await other.stop();
		expect(existsSync(other.folder)).toBe(false);
	});
});
