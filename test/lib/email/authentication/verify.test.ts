import { generateKeyPairSync } from 'node:crypto';
import { Readable } from 'node:stream';
import { dkimSign } from 'mailauth/lib/dkim/sign';
import { describe, expect, it } from 'vitest';
import { verifyAuthentication, verifyWhileRead } from '../../../../lib/email/authentication/verify';
import { parseMessage } from '../../../../lib/email/parse/parseMessage';
import { EMAIL_MESSAGE_JSON_SCHEMA } from '../../../../lib/email/schema/messageSchema';
import { violations } from '../../../../lib/email/schema/violations';
import { dnsError, type Zone, zoneResolver } from './zoneResolver';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKey = keys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const zone: Zone = {
	'shop.example': { TXT: [['v=spf1 ip4:203.0.113.0/24 -all']], A: ['203.0.113.9'] },
	's1._domainkey.shop.example': { TXT: [[`v=DKIM1; k=rsa; p=${publicKey}`]] },
	'_dmarc.shop.example': { TXT: [['v=DMARC1; p=reject']] },
	's1._domainkey.mailer.example': { TXT: [[`v=DKIM1; k=rsa; p=${publicKey}`]] },
	'mailer.example': { TXT: [['v=spf1 ip4:203.0.113.0/24 -all']] },
	'plain.example': { TXT: [['v=spf1 ip4:203.0.113.0/24 -all']], A: ['203.0.113.9'] },
	'slow.example': { TXT: dnsError('ETIMEOUT') },
	's1._domainkey.slow.example': { TXT: dnsError('ETIMEOUT') },
	'_dmarc.slow.example': { TXT: dnsError('ETIMEOUT') },
};
const resolver = zoneResolver(zone);

function mail(from: string, ...more: string[]): string {
	return [
		...more,
		`From: ${from}`,
		'To: us@example.net',
		'Subject: Order 7',
		'Message-ID: <a@shop.example>',
		'',
		'Hello',
		'',
	].join('\r\n');
}

async function signed(message: string, signingDomain: string, more: object = {}): Promise<string> {
	const { signatures } = await dkimSign(message, {
		signatureData: [{ signingDomain, selector: 's1', privateKey }],
		...more,
	} as Parameters<typeof dkimSign>[1]);
	return signatures + message;
}

const at = (clientIp: string, mailFrom: string) => ({ envelope: { clientIp, helo: 'out.shop.example', mailFrom } });

describe('verification', () => {
	it('passes an aligned signature and an aligned envelope', async () => {
		const raw = Buffer.from(await signed(mail('Shop <orders@shop.example>'), 'shop.example'));
		const found = await verifyAuthentication(raw, { resolver, ...at('203.0.113.7', 'bounce@shop.example') });
		expect(found).toEqual({
			spf: { result: 'pass', domain: 'shop.example', aligned: true },
			dkim: [{ result: 'pass', domain: 'shop.example', selector: 's1', aligned: true }],
			dmarc: { result: 'pass', domain: 'shop.example', policy: 'reject' },
			arc: { result: 'none' },
			aligned: true,
			author: { domain: 'shop.example', ambiguity: null },
			source: 'verified',
			client: { ip: '203.0.113.7', helo: 'out.shop.example', mailFrom: 'bounce@shop.example', from: 'envelope' },
		});
		const message = await parseMessage(raw);
		expect(violations(EMAIL_MESSAGE_JSON_SCHEMA, { ...message, authentication: found })).toEqual([]);
	});

	it('does not take what passes for another domain as the sender’s', async () => {
		const raw = Buffer.from(await signed(mail('orders@shop.example'), 'mailer.example'));
		const found = await verifyAuthentication(raw, { resolver, ...at('203.0.113.7', 'x@mailer.example') });
		expect(found).toMatchObject({
			spf: { result: 'pass', domain: 'mailer.example', aligned: false },
			dkim: [{ result: 'pass', domain: 'mailer.example', aligned: false }],
			dmarc: { result: 'fail', policy: 'reject' },
			aligned: false,
		});
	});

	it('fails a changed body, and tells why', async () => {
		const raw = (await signed(mail('orders@shop.example'), 'shop.example')).replace('Hello', 'Pay me');
		expect(await verifyAuthentication(Buffer.from(raw), { resolver })).toMatchObject({
			spf: { result: 'none', domain: null, reason: expect.stringContaining('client is not known') as unknown },
			dkim: [{ result: 'fail', domain: 'shop.example', reason: 'body hash did not verify' }],
			dmarc: { result: 'fail' },
			aligned: false,
		});
	});

	it('looks at relaxed alignment where there is no DMARC record', async () => {
		const raw = Buffer.from(mail('orders@news.plain.example'));
		const found = await verifyAuthentication(raw, { resolver, ...at('203.0.113.7', 'b@plain.example') });
		expect(found).toMatchObject({
			spf: { result: 'pass', aligned: true },
			dkim: [],
			dmarc: { result: 'none', policy: null },
			aligned: true,
		});
	});

	it('has no author where From stands twice', async () => {
		const raw = Buffer.from(await signed(mail('orders@shop.example'), 'shop.example'));
		const twice = Buffer.concat([Buffer.from('From: ceo@bank.example\r\n'), raw]);
		expect(await verifyAuthentication(twice, { resolver })).toMatchObject({
			dkim: [{ aligned: false }],
			dmarc: { result: 'permerror', reason: 'From can be read as another author: 2 From headers' },
			aligned: false,
		});
	});

	it('takes the client from the trusted Received header, never from one that came with the mail', async () => {
		const received = (by: string) =>
			`Received: from out.shop.example (out.shop.example [203.0.113.7])\r\n\tby ${by} with ESMTPS id 1\r\n\tfor <us@example.net>; Tue, 3 Mar 2026 10:00:00 +0100`;
		const verify = (by: string) =>
			verifyAuthentication(
				Buffer.from(mail('orders@shop.example', 'Return-Path: <bounce@shop.example>', received(by))),
				{
					resolver,
					trustedHosts: ['mx.example.net'],
				},
			);
		expect(await verify('mx.example.net')).toMatchObject({
			spf: { result: 'pass', aligned: true },
			client: { ip: '203.0.113.7', from: 'received', mailFrom: 'bounce@shop.example' },
		});
		expect(await verify('mx.evil.example')).toMatchObject({
			spf: { result: 'none', domain: 'shop.example' },
			client: null,
		});
	});

	it('measures expiry by when the mail was received', async () => {
		const raw = Buffer.from(
			await signed(mail('orders@shop.example'), 'shop.example', {
				signTime: new Date('2026-03-01T00:00:00Z'),
				expires: new Date('2026-03-08T00:00:00Z'),
			}),
		);
		const at = (day: string) => verifyAuthentication(raw, { resolver, receivedAt: new Date(day) });
		expect((await at('2026-03-02')).dkim[0]).toMatchObject({ result: 'pass' });
		expect((await at('2026-03-20')).dkim[0]).toMatchObject({ result: 'fail', reason: 'expired' });
	});

	it.each<[string, Parameters<typeof verifyAuthentication>[1]]>([
		['that times out', { resolver }],
		['that never answers', { resolver: () => new Promise(() => undefined), limits: { queryMs: 20, totalMs: 100 } }],
		[
			'that throws',
			{
				resolver: () => {
					throw new Error('broken');
				},
			},
		],
		['that is asked too much', { resolver, limits: { queries: 0 } }],
	])('of DNS %s gives temperror', async (_, options) => {
		const raw = Buffer.from(await signed(mail('orders@slow.example'), 'slow.example'));
		const found = await verifyAuthentication(raw, { ...options, ...at('203.0.113.7', 'b@slow.example') });
		expect(found).toMatchObject({
			spf: { result: 'temperror' },
			dkim: [{ result: 'temperror', domain: 'slow.example' }],
			dmarc: { result: 'temperror' },
			aligned: null,
		});
	});

	it('looks at no more than ten signatures', async () => {
		const one = await signed(mail('orders@shop.example'), 'shop.example');
		const header = one.slice(0, one.indexOf('From:'));
		const found = await verifyAuthentication(Buffer.from(header.repeat(30) + one), { resolver });
		expect(found.dkim).toHaveLength(11);
		expect(found.dkim.at(-1)).toMatchObject({ result: 'policy', reason: '21 more signatures were not looked at' });
	});

	it.each<[string, string | Buffer]>([
		['nothing', ''],
		['no header end', 'From: a@b.example'],
		['only a line end', '\r\n'],
		['bytes', Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256))],
		['a header without end', `X: ${'a'.repeat(600_000)}`],
		['a broken signature', mail('a@shop.example', 'DKIM-Signature: v=1; a=;;; =; b', 'ARC-Seal: i=999; x')],
	])('of %s gives a result', async (_, raw) => {
		const found = await verifyAuthentication(Buffer.from(raw), { resolver });
		expect(found).toMatchObject({ source: 'verified', aligned: false });
	});
});

describe('verification while somebody reads', () => {
	it('sees the same bytes as the reader, with line ends and all', async () => {
		const raw = Buffer.from((await signed(mail('orders@shop.example'), 'shop.example')).replaceAll('\r\n', '\n'));
		const { raw: copy, authentication } = verifyWhileRead(Readable.from([raw.subarray(0, 99), raw.subarray(99)]), {
			resolver,
		});
		const message = await parseMessage(copy);
		expect(message.raw.size).toBe(raw.length);
		expect(message.text.trim()).toBe('Hello');
		expect((await authentication).aligned).toBe(true);
	});

	it('ends with the reader when the source breaks off', async () => {
		async function* broken(): AsyncGenerator<Buffer> {
			yield Buffer.from(mail('orders@shop.example'));
			await Promise.resolve();
			throw new Error('disk');
		}
		const { raw, authentication } = verifyWhileRead(Readable.from(broken()), { resolver });
		await expect(parseMessage(raw)).rejects.toMatchObject({ code: 'MESSAGE_UNREADABLE' });
		await expect(authentication).rejects.toMatchObject({ code: 'MESSAGE_UNREADABLE' });
	});
});
