import { afterEach, describe, expect, it } from 'vitest';
import { type SmtpServer, type Transmission, openSmtpSession, parseReply } from '../../../../lib/email/smtp/connection';
import { isConfigurationError } from '../../../../lib/email/smtp/smtpError';
import { TransportError } from '../../../../lib/errors';
import { type Script, type ScriptedServer, startScriptedServer } from './scriptedServer';

const message = Buffer.from(`Subject: hello\r\n\r\n${'body line\r\n'.repeat(2000)}`);
const envelope = { mailFrom: 'us@example.com', rcptTo: 'ann@example.com' };
let server: ScriptedServer | null = null;

afterEach(async () => {
	await server?.stop();
	server = null;
});

async function serverWith(script: Script, overrides: Partial<SmtpServer> = {}): Promise<SmtpServer> {
	server = await startScriptedServer(script);
	return {
		host: '127.0.0.1',
		port: server.port,
		security: 'none',
		authentication: { kind: 'none' },
		connectTimeout: 5_000,
		socketTimeout: 5_000,
		...overrides,
	};
}

async function transmit(script: Script): Promise<{ transmission: Transmission; bodyBegun: boolean }> {
	const session = await openSmtpSession(await serverWith(script));
	let bodyBegun = false;
	const transmission = await session.transmit(envelope, message, async () => {
		bodyBegun = true;
		await Promise.resolve();
	});
	session.close();
	return { transmission, bodyBegun };
}

describe('one transmission', () => {
	it('is accepted with the whole reply', async () => {
		const { transmission } = await transmit({});
		expect(transmission).toEqual({
			outcome: 'accepted',
			reply: { replyCode: '250', status: '2.0.0', text: '250 2.0.0 queued as 1' },
			serverMessageId: null,
		});
		expect(server!.delivered[0]!.message).toContain('body line');
	});

	it.each<[string, Script, string, string]>([
		['MAIL', { mail: '550 5.7.1 no' }, '550', 'MAIL FROM'],
		['RCPT', { rcpt: '550 5.1.1 no such user' }, '550', 'RCPT TO'],
		['RCPT for now', { rcpt: '451 4.7.1 greylisted' }, '451', 'RCPT TO'],
		['DATA', { data: '452 4.3.1 no space' }, '452', 'DATA'],
	])('is refused at %s before a byte of the body leaves', async (_name, script, replyCode, stage) => {
		const { transmission, bodyBegun } = await transmit(script);
		expect(transmission).toMatchObject({ outcome: 'refused', stage, reply: { replyCode } });
		expect(bodyBegun).toBe(false);
		expect(server!.bodyBytes).toBe(0);
	});

	it.each<[string, Script]>([
		['MAIL', { mail: 'drop' }],
		['RCPT', { rcpt: 'drop' }],
		['DATA', { data: 'drop' }],
	])('was not sent when the connection breaks at %s', async (_name, script) => {
		const { transmission, bodyBegun } = await transmit(script);
		expect(transmission).toMatchObject({ outcome: 'not-sent', error: { code: 'SMTP_CONNECTION_LOST' } });
		expect(bodyBegun).toBe(false);
	});

	it.each<[string, Script]>([
		['in the body', { dropAfterBodyBytes: 100 }],
		['after the final dot', { end: 'drop' }],
	])('is in doubt when the connection breaks %s', async (_name, script) => {
		const { transmission, bodyBegun } = await transmit(script);
		expect(transmission.outcome).toBe('in-doubt');
		expect(bodyBegun).toBe(true);
	});

	it.each<[string, string]>([
		['4xx', '451 4.3.0 try later'],
		['5xx', '554 5.7.1 spam'],
	])('an explicit %s after the final dot is a refusal, not a doubt', async (_name, end) => {
		const { transmission } = await transmit({ end });
		expect(transmission).toMatchObject({ outcome: 'refused', reply: { replyCode: end.slice(0, 3) } });
	});

	it('sends no byte when the ledger refuses the start of the body', async () => {
		const session = await openSmtpSession(await serverWith({}));
		const transmission = await session.transmit(envelope, message, () => Promise.reject(new Error('lease lost')));
		expect(transmission.outcome).toBe('not-sent');
		expect(server!.bodyBytes).toBe(0);
		expect(server!.delivered).toEqual([]);
		expect(session.usable).toBe(false);
		session.close();
	});

	it('reuses the session after a refused recipient', async () => {
		const settings = await serverWith({ rcpt: (address) => (address.startsWith('bad') ? '550 5.1.1 no' : '250 ok') });
		const session = await openSmtpSession(settings);
		const none = () => Promise.resolve();
		const bad = await session.transmit({ ...envelope, rcptTo: 'bad@example.com' }, message, none);
		const good = await session.transmit(envelope, message, none);
		session.close();
		expect([bad.outcome, good.outcome]).toEqual(['refused', 'accepted']);
		expect(server!.delivered).toHaveLength(1);
	});
});

describe('a server that offers PIPELINING', () => {
	const ehlo = '250-scripted\r\n250-PIPELINING\r\n250 8BITMIME';

	it('is sent the envelope in one piece (RFC 2920), over one connection for several mails', async () => {
		const session = await openSmtpSession(await serverWith({ ehlo }));
		for (let mail = 0; mail < 3; mail++) {
			const none = () => Promise.resolve();
			expect(await session.transmit(envelope, message, none)).toMatchObject({ outcome: 'accepted' });
		}
		session.close();
		expect(server!.delivered).toHaveLength(3);
		expect(server!.connections).toBe(1);
		expect(server!.batches.filter((batch) => batch.join().match(/^MAIL.*,RCPT.*,DATA$/))).toHaveLength(3);
	});

	it.each<[string, Script, string, string]>([
		['the sender', { mail: '550 5.7.1 no', rcpt: '503 5.5.1 no MAIL', data: '503 5.5.1 no RCPT' }, '550', 'MAIL FROM'],
		['the recipient', { rcpt: '451 4.7.1 greylisted', data: '554 5.5.1 no valid recipients' }, '451', 'RCPT TO'],
		// Against RFC 2920 3.1: the empty message goes to nobody.
		['the recipient, and takes DATA all the same', { rcpt: '550 5.1.1 no such user' }, '550', 'RCPT TO'],
	])('and refuses %s has begun no body', async (_name, script, replyCode, stage) => {
		const { transmission, bodyBegun } = await transmit({ ehlo, ...script });
		expect(transmission).toMatchObject({ outcome: 'refused', stage, reply: { replyCode } });
		expect(bodyBegun).toBe(false);
		expect(server!.delivered.filter(({ recipients }) => recipients.length > 0)).toEqual([]);
		expect(server!.bodyBytes).toBeLessThanOrEqual(3);
	});

	it('and breaks off between the replies has taken nothing', async () => {
		const { transmission, bodyBegun } = await transmit({ ehlo, rcpt: 'drop' });
		expect(transmission.outcome).toBe('not-sent');
		expect(bodyBegun).toBe(false);
	});
});

describe('opening a session', () => {
	it.each<[string, Script, Partial<SmtpServer>, string, boolean]>([
		['a busy greeting', { greeting: '421 4.3.2 too busy' }, {}, 'SMTP_SERVER_CLOSING', false],
		['a greeting that refuses', { greeting: '554 5.7.1 no service' }, {}, 'SMTP_SESSION_REFUSED', false],
		['a dropped greeting', { greeting: 'drop' }, {}, 'SMTP_CONNECTION_LOST', false],
		['missing STARTTLS', {}, { security: 'starttls' }, 'SMTP_STARTTLS_UNAVAILABLE', true],
		[
			'a wrong password',
			{ auth: '535 5.7.8 bad credentials' },
			{ authentication: { kind: 'password', user: 'us', password: 'correct horse' } },
			'SMTP_AUTHENTICATION_FAILED',
			true,
		],
		[
			'a login that fails for now',
			{ auth: '454 4.7.0 try later' },
			{ authentication: { kind: 'password', user: 'us', password: 'correct horse' } },
			'SMTP_UNAVAILABLE',
			false,
		],
	])('%s says what to do', async (_name, script, overrides, code, wrongSettings) => {
		const error = await openSmtpSession(await serverWith(script, overrides)).catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(TransportError);
		const transportError = error as TransportError;
		expect(transportError.code).toBe(code);
		expect(isConfigurationError(transportError)).toBe(wrongSettings);
		expect(`${transportError.message} ${transportError.hint}`).not.toContain('correct horse');
	});

	it('names an unreachable server', async () => {
		const settings = await serverWith({});
		await server!.stop();
		server = null;
		await expect(openSmtpSession(settings)).rejects.toMatchObject({ code: 'SMTP_CONNECTION_REFUSED' });
	});
});

describe('parseReply', () => {
	it('joins the lines of one reply', () => {
		expect(parseReply('550-5.1.1 The account\r\n550-5.1.1 does not exist.\r\n550 5.1.1 Learn more')).toEqual({
			replyCode: '550',
			status: '5.1.1',
			text: '550-5.1.1 The account does not exist. Learn more',
		});
	});
});
