import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Draft } from '../../lib/email/smtp/compose';
import { InputError } from '../../lib/errors';
import { startScriptedServer } from '../lib/email/smtp/scriptedServer';
import { type AskedSend, type Sending, startSending } from '../lib/pipeline/send/sending';
import { type Certificate, makeCertificate } from '../servers/mail/certificate';

const person = (address: string) => ({ name: '', address });

let folder: string;
let good: Certificate;
let other: Certificate;
let expired: Certificate;
let sending: Sending;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'send-refusals-'));
	[good, other, expired] = await Promise.all([
		makeCertificate(folder, 'good'),
		makeCertificate(folder, 'other', { names: ['DNS:mail.example.test'] }),
		makeCertificate(folder, 'expired', { expired: true }),
	]);
});
afterAll(async () => {
	await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
	await sending.stop();
});

const records = () => sending.store.sends.group('default', 'support@example.com', 'order-7');

describe('what cannot be sent as it is', () => {
	beforeEach(async () => {
		sending = await startSending();
	});

	it.each<[string, Partial<Draft>, string]>([
		['a header injected by the subject', { subject: 'Hello\r\nBcc: evil@example.com' }, 'SEND_SUBJECT_INVALID'],
		[
			'a header injected by a header',
			{ headers: [{ name: 'X-A', value: 'a\nBcc: evil@example.com' }] },
			'SEND_HEADER_INVALID',
		],
		['a header injected by its name', { headers: [{ name: 'X-A: b\r\nBcc', value: 'a' }] }, 'SEND_HEADER_INVALID'],
		['a header of ours', { headers: [{ name: 'Message-ID', value: '<x@example.com>' }] }, 'SEND_HEADER_INVALID'],
		['a header injected by an address', { to: [person('ann@example.com\r\nBcc: evil@x')] }, 'SEND_ADDRESS_INVALID'],
		['an address that is none', { to: [person('ann')] }, 'SEND_ADDRESS_INVALID'],
		['nobody to send to', { to: [] }, 'SEND_RECIPIENT_MISSING'],
	])('%s is refused, with no record and no connection', async (_name, draft, code) => {
		const error: unknown = await sending.send({ draft }).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ code, hint: expect.stringMatching(/\w/) as string });
		expect(await records()).toEqual([]);
		expect(sending.server.connections).toBe(0);
	});

	it('a mail larger than the server takes fails for good, before a byte leaves', async () => {
		const script = { ehlo: '250-scripted\r\n250-8BITMIME\r\n250 SIZE 20000' };
		const draft = { text: 'A line.\n'.repeat(5_000) };
		const [outcome] = await sending.send({ draft, script });
		expect(outcome).toMatchObject({
			disposition: 'rejected',
			error: { code: 'SMTP_MESSAGE_TOO_LARGE' },
			record: { state: 'failed', reason: 'SMTP_MESSAGE_TOO_LARGE', attempts: 0 },
		});
		expect(sending.server.commands.filter((line) => line.startsWith('MAIL'))).toEqual([]);
		expect(await sending.send({ draft, script })).toMatchObject([{ disposition: 'rejected', replayed: true }]);
	});
});

describe('a way out that is shut', () => {
	const start = async (certificate: Certificate) => {
		sending = await startSending({ server: await startScriptedServer({}, { certificate }) });
	};
	const secure = (ca: string): AskedSend => ({ smtp: { security: 'starttls', ca } });
	const tokens = (accessToken: (state: { refused: boolean }) => Promise<string>): AskedSend => ({
		smtp: { authentication: { kind: 'oauth2', user: 'support@example.com', accessToken } },
	});
	const password: AskedSend = {
		smtp: { authentication: { kind: 'password', user: 'support', password: 'correct horse' } },
	};
	const refusing = { script: { auth: '535 5.7.8 no' } };

	it.each<[string, () => Certificate, () => AskedSend, string]>([
		['a certificate of another host', () => other, () => secure(other.cert), 'TLS_HOSTNAME_MISMATCH'],
		['a certificate that has expired', () => expired, () => secure(expired.cert), 'TLS_CERTIFICATE_EXPIRED'],
		['a certificate of nobody known', () => good, () => secure(other.cert), 'TLS_CERTIFICATE_UNTRUSTED'],
		['a password that was revoked', () => good, () => ({ ...password, ...refusing }), 'SMTP_AUTHENTICATION_FAILED'],
		[
			'a token that was revoked',
			() => good,
			() => ({ ...tokens(() => Promise.resolve('stale')), ...refusing }),
			'SMTP_AUTHENTICATION_FAILED',
		],
		[
			'an account that is not signed in',
			() => good,
			() =>
				tokens(() =>
					Promise.reject(new InputError('Not connected', { code: 'OAUTH2_NOT_CONNECTED', hint: 'Sign in.' })),
				),
			'OAUTH2_NOT_CONNECTED',
		],
	])(
		'%s is an error; the ledger keeps the send, and the next run sends it',
		async (_name, certificate, asked, code) => {
			await start(certificate());
			const error = (await sending.send(asked()).catch((thrown: unknown) => thrown)) as Error & { hint: string };
			expect(error).toMatchObject({ code, hint: expect.stringMatching(/\w/) as string });
			expect(`${error.message} ${error.hint}`).not.toMatch(/correct horse|stale/);
			expect(await records()).toMatchObject([{ state: 'deferred', reason: code, attempts: 0 }]);
			expect(sending.server.received).toEqual([]);
			expect(await sending.send()).toMatchObject([{ disposition: 'sent', record: { attempts: 1 } }]);
		},
	);

	it('a provider that gives no token for now defers the send', async () => {
		await start(good);
		const outcomes = await sending.send(tokens(() => Promise.reject(new Error('503'))));
		expect(outcomes).toMatchObject([{ disposition: 'deferred', error: { code: 'OAUTH2_TOKEN_FAILED' } }]);
		expect(sending.server.received).toEqual([]);
	});

	it.each<[string, string]>([
		['at once', '535 5.7.3 Authentication unsuccessful'],
		['by a challenge', '334 eyJzdGF0dXMiOiI0MDAifQ=='],
	])('a token that the server refuses %s is replaced by a fresh one', async (_name, refusal) => {
		await start(good);
		const asked: boolean[] = [];
		let logins = 0;
		const script = {
			get auth() {
				return ++logins === 1 ? refusal : undefined;
			},
			unknown: '535 5.7.8 no',
		};
		const outcomes = await sending.send({
			...tokens(({ refused }) => {
				asked.push(refused);
				return Promise.resolve(refused ? 'fresh' : 'stale');
			}),
			script,
		});
		expect(outcomes).toMatchObject([{ disposition: 'sent' }]);
		expect(asked).toEqual([false, true]);
	});
});
