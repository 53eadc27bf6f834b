/** Servers that repeat what they were told, in every way they can. */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { type ApiAccount } from '../../../lib/email/api/provider';
import { openApiSession } from '../../../lib/email/api/session';
import { ImapConnection } from '../../../lib/email/imap/connection';
import { type SmtpServer, openSmtpSession } from '../../../lib/email/smtp/connection';
import { type Script, startScriptedServer } from './smtp/scriptedServer';

const PASSWORD = 'PASSWORD123+/"x';
const TOKEN = `ya29.${'a0AfB_byC-'.repeat(12)}`;
const user = 'support@example.com';
const stops: Array<() => Promise<unknown>> = [];

afterEach(async () => {
	await Promise.all(stops.splice(0).map((stop) => stop()));
});

function expectNoSecret(shown: unknown, secret: string): void {
	const text = inspect(shown, { depth: 12, showHidden: true, maxStringLength: null }) + JSON.stringify(shown);
	const base64 = (value: string) => Buffer.from(value).toString('base64').replace(/=+$/, '');
	for (const form of [
		secret,
		base64(secret),
		base64(`\0${user}\0${secret}`),
		base64(`user=${user}\x01auth=Bearer ${secret}\x01\x01`),
		base64(`${user}:${secret}`),
		encodeURIComponent(secret),
		JSON.stringify(secret).slice(1, -1),
	]) {
		expect(text).not.toContain(form);
	}
}

async function thrownBy(work: Promise<unknown>): Promise<Error> {
	return await work.then(
		() => Promise.reject(new Error('It went well')),
		(error: unknown) => error as Error,
	);
}

const oauth2 = { kind: 'oauth2' as const, user, accessToken: () => Promise.resolve(TOKEN) };
const password = { kind: 'password' as const, user, password: PASSWORD };

describe('an SMTP server', () => {
	const repeating = (mechanism: string): Script => ({
		ehlo: `250-scripted\r\n250 AUTH ${mechanism}`,
		auth: (line) => (mechanism === 'LOGIN' ? '334 VXNlcm5hbWU6' : `535 5.7.8 failed: ${line} ${PASSWORD} ${TOKEN}`),
		unknown: (line) =>
			line === Buffer.from(user).toString('base64') ? '334 UGFzc3dvcmQ6' : `535-5.7.8 failed: ${line}\r\n535 5.7.8 no`,
	});

	it.each<[string, SmtpServer['authentication'], string]>([
		['PLAIN', password, PASSWORD],
		['LOGIN', password, PASSWORD],
		['XOAUTH2', oauth2, TOKEN],
	])('that refuses %s', async (mechanism, authentication, secret) => {
		const server = await startScriptedServer(repeating(mechanism));
		stops.push(() => server.stop());
		const settings: SmtpServer = { host: '127.0.0.1', port: server.port, security: 'none', authentication };
		const error = await thrownBy(openSmtpSession(settings));
		expect(error).toMatchObject({ code: 'SMTP_AUTHENTICATION_FAILED' });
		expect(error.message).toContain('[secret]');
		expectNoSecret(error, secret);
	});

	it.each<[string, Script]>([
		['refusal', { end: `554 5.7.1 ${PASSWORD} and ${Buffer.from(PASSWORD).toString('base64')}` }],
		['reply when it takes the mail', { end: `250 2.0.0 ${PASSWORD} queued` }],
		['word out of step', { data: `250 ${PASSWORD}` }],
		['half a refusal', { end: { raw: `554-5.7.1 ${PASSWORD}`, drop: true } }],
		['nonsense', { end: `hello ${PASSWORD}` }],
	])('that says it in its %s', async (_name, script) => {
		const server = await startScriptedServer(script);
		stops.push(() => server.stop());
		const settings = { host: '127.0.0.1', port: server.port, security: 'none' as const, authentication: password };
		const session = await openSmtpSession(settings);
		const envelope = { mailFrom: user, rcptTo: 'ann@example.com' };
		const transmission = await session.transmit(envelope, Buffer.from('A: b\r\n\r\nc\r\n'), () => Promise.resolve());
		session.close();
		expect(inspect(transmission, { depth: 9 })).toContain('[secret]');
		expectNoSecret(transmission, PASSWORD);
	});
});

it.each([
	['password', password, PASSWORD],
	['token', oauth2, TOKEN],
] as const)(
	'an IMAP server that refuses a %s, alerts and says goodbye with it',
	async (kind, authentication, secret) => {
		const server = createServer((socket) => {
			socket.on('error', () => undefined);
			socket.write('* OK ready\r\n');
			let rest = '';
			socket.on('data', (chunk) => {
				const lines = (rest + chunk.toString('latin1')).split('\r\n');
				rest = lines.pop() ?? '';
				for (const line of lines) {
					const [tag = '', command = ''] = line.split(' ');
					if (/^CAPABILITY$/i.test(command)) {
						const auth = kind === 'token' ? 'SASL-IR AUTH=XOAUTH2' : 'AUTH=PLAIN';
						socket.write(`* CAPABILITY IMAP4rev1 ${auth}\r\n${tag} OK\r\n`);
					} else if (command === '') socket.write(`1 NO [${line}] ${line} ${secret}\r\n`);
					else socket.write(`* OK [ALERT] ${line} ${secret}\r\n${tag} NO [ALERT] failed: ${line} ${secret}\r\n`);
				}
			});
		}).listen(0, '127.0.0.1');
		await once(server, 'listening');
		stops.push(() => new Promise((resolve) => server.close(resolve)));
		const told: unknown[] = [];
		const log = (...line: unknown[]) => void told.push(line);
		const { port } = server.address() as AddressInfo;
		const logger = { debug: log, info: log, warn: log, error: log };
		const settings = { host: '127.0.0.1', port, security: 'none' as const, authentication, logger, onAlert: log };
		const error = await thrownBy(ImapConnection.open({ ...settings, connectTimeout: 5_000 }));
		expect(error.message).toContain('[secret]');
		expect(told).not.toEqual([]);
		expectNoSecret(error, secret);
		expectNoSecret(told, secret);
	},
);

it.each<ApiAccount>([
	{ provider: 'postmark', apiKey: PASSWORD },
	{ provider: 'sendgrid', apiKey: PASSWORD },
	{ provider: 'resend', apiKey: PASSWORD },
	{ provider: 'mailgun', apiKey: PASSWORD, domain: 'example.com' },
	{ provider: 'ses', apiKey: 'unused-secret-key', accessKeyId: 'AKIA', sessionToken: PASSWORD, region: 'eu-west-1' },
])('the provider $provider that answers with its key', async (account) => {
	const server = createHttpServer((request, response) => {
		request.resume().on('end', () => {
			const said = `${JSON.stringify(request.headers)} ${PASSWORD} ${Buffer.from(PASSWORD).toString('base64')}`;
			response.writeHead(403, { 'content-type': 'application/json', 'x-message-id': encodeURIComponent(PASSWORD) });
			response.end(JSON.stringify({ Message: said, message: said, errors: [{ message: said }], ErrorCode: 10 }));
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	stops.push(() => new Promise((resolve) => server.close(resolve)));
	const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const session = openApiSession({ ...account, endpoint });
	const error = await thrownBy(session.probe());
	session.close();
	expect(error.message).toContain('[secret]');
	expectNoSecret(error, PASSWORD);
});
