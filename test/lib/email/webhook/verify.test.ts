import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WebhookRefusal } from '../../../../lib/email/webhook/refusal';
import { headersOf, type WebhookRequest } from '../../../../lib/email/webhook/request';
import type { WebhookConfig } from '../../../../lib/email/webhook/signature';
import { verifyWebhook } from '../../../../lib/email/webhook/verify';
import { post, SIGNERS, type Signer } from './signers';

const NOW = Date.parse('2026-03-04T05:06:07Z');
const BODY = '[{"event":"bounce","email":"jörg@example.com","reason":"550 5.1.1 no"},\r\n{"event":"open"}]\r\n';

async function refusal(request: WebhookRequest, config: WebhookConfig): Promise<[number, string]> {
	const error = await verifyWebhook({ now: NOW, ...request }, config).then(
		() => null,
		(caught: unknown) => caught,
	);
	expect(error).toBeInstanceOf(WebhookRefusal);
	const { status, code, message } = error as WebhookRefusal;
	for (const key of [config.keys?.current ?? '', config.keys?.previous ?? '']) {
		if (key.length > 6) expect(message).not.toContain(key);
	}
	return [status, code];
}

const INVALID: [number, string] = [401, 'WEBHOOK_SIGNATURE_INVALID'];
const MISSING: [number, string] = [401, 'WEBHOOK_SIGNATURE_MISSING'];

describe.each(Object.entries(SIGNERS))('%s', (name, signer: Signer) => {
	const config = (keys: WebhookConfig['keys'] = { current: signer.keys[0]! }): WebhookConfig => ({
		scheme: name as WebhookConfig['scheme'],
		...signer.config,
		keys,
	});
	const verify = (request: WebhookRequest, keys?: WebhookConfig['keys']): ReturnType<typeof verifyWebhook> =>
		verifyWebhook({ now: NOW, ...request }, config(keys));
	const signed = signer.request(BODY, NOW);

	it('accepts what the provider signed', async () => {
		const verification = await verify(signed);
		expect(verification).toMatchObject({
			verified: true,
			scheme: config().scheme,
			keyId: 'current',
			bodyAuthenticated: signer.signsBody,
		});
		expect(verification.timestamp).toBe(signer.timed ? NOW : null);
		expect(verification.replayKey).not.toBe('');
	});

	it('gives the same replay key again, and another for another request', async () => {
		const { replayKey } = await verify(signed);
		expect((await verify(signer.request(BODY, NOW))).replayKey).toBe(replayKey);
		if (replayKey !== 'msg_1' && signer.signsBody)
			expect((await verify(signer.request(`${BODY} `, NOW))).replayKey).not.toBe(replayKey);
	});

	it('accepts a signed empty body', async () => {
		await expect(verify(signer.request('', NOW))).resolves.toMatchObject({ verified: true });
	});

	it('tells the current from the previous secret, and refuses a third', async () => {
		const both = { current: signer.keys[1]!, previous: signer.keys[0]! };
		expect((await verify(signed, both)).keyId).toBe('previous');
		expect((await verify(signer.request(BODY, NOW, 1), both)).keyId).toBe('current');
		expect(await refusal(signer.request(BODY, NOW, 2), config(both))).toEqual(INVALID);
		expect(await refusal(signed, config({ current: signer.keys[1]! }))).toEqual(INVALID);
		expect(await refusal(signed, config({ current: signer.keys[1]!, previous: '' }))).toEqual(INVALID);
	});

	if (signer.signsBody)
		it('refuses every altered byte, a truncated and a longer body', async () => {
			for (let index = 0; index < signed.rawBody.length; index += 1) {
				const altered = Buffer.from(signed.rawBody);
				// A form's percent escapes may be written in two cases: another spelling of the same, not another content.
				altered[index]! ^= 0x01;
				expect((await refusal({ ...signed, rawBody: altered }, config()))[0], `byte ${index}`).toBeGreaterThanOrEqual(
					400,
				);
			}
			expect(await refusal({ ...signed, rawBody: signed.rawBody.subarray(0, -1) }, config())).toEqual(INVALID);
			expect(
				await refusal({ ...signed, rawBody: Buffer.concat([signed.rawBody, Buffer.from('x')]) }, config()),
			).toEqual(INVALID);
		});

	if (signer.timed)
		it('refuses what is stale or from the future, by the configured tolerance', async () => {
			const limited = { ...config(), toleranceSeconds: 300 };
			expect(await refusal(signer.request(BODY, NOW - 301_000), limited)).toEqual([400, 'WEBHOOK_STALE']);
			expect(await refusal(signer.request(BODY, NOW + 301_000), limited)).toEqual([400, 'WEBHOOK_FUTURE']);
			for (const at of [NOW - 300_000, NOW + 300_000]) {
				await expect(verifyWebhook({ ...signer.request(BODY, at), now: NOW }, limited)).resolves.toMatchObject({
					verified: true,
				});
			}
			await expect(
				verifyWebhook(
					{ ...signer.request(BODY, Date.parse('2002-01-01')), now: NOW },
					{ ...config(), toleranceSeconds: 0 },
				),
			).resolves.toMatchObject({ verified: true });
			expect((await refusal(signer.request(BODY, NOW - 24 * 3_600_000), config()))[1]).toBe('WEBHOOK_STALE');
		});

	it.each(signer.headers.map((header) => [header]))(
		'refuses a missing, empty, blank or repeated %s',
		async (header) => {
			const headers = { ...signed.headers };
			const value = headers[header] as string;
			expect(await refusal({ ...signed, headers: { ...headers, [header]: undefined } }, config())).toEqual(MISSING);
			expect(await refusal({ ...signed, headers: { ...headers, [header]: ' ' } }, config())).toEqual(MISSING);
			expect(await refusal({ ...signed, headers: { ...headers, [header]: [value, value] } }, config())).toEqual([
				400,
				'WEBHOOK_MALFORMED',
			]);
			// As Node joins repeated headers.
			expect(
				(await refusal({ ...signed, headers: { ...headers, [header]: `${value}, ${value}` } }, config()))[0],
			).toBeOneOf([400, 401]);
			expect((await refusal({ ...signed, headers: { ...headers, [header]: 'ünsinn' } }, config()))[0]).toBeOneOf([
				400, 401,
			]);
		},
	);

	if (signer.headers.length > 0)
		it('refuses a signature in the other encoding, truncated, doubled or reversed', async () => {
			const header = signer.headers.find((candidate) => candidate.endsWith('signature'))!;
			const [, prefix, value] = /^(.*[,=](?=[0-9a-f]{64}$)|v1a?,)?(.+)$/.exec(signed.headers[header] as string)!;
			const other = signer.encoding === 'hex' ? 'base64' : 'hex';
			const recoded = Buffer.from(value!, signer.encoding).toString(other);
			const wrong = [
				recoded,
				value!.slice(0, -4),
				value! + value!,
				Array.from(value!).toReversed().join(''),
				value!.slice(4),
				'',
			];
			for (const text of wrong) {
				expect(
					(
						await refusal({ ...signed, headers: { ...signed.headers, [header]: `${prefix ?? ''}${text}` } }, config())
					)[0],
					text,
				).toBe(401);
			}
		});

	it('refuses another time stamp under the same signature', async () => {
		const header = signer.headers.find((candidate) => candidate.endsWith('timestamp'));
		if (header === undefined) return;
		expect(
			await refusal({ ...signed, headers: { ...signed.headers, [header]: String(NOW / 1000 + 1) } }, config()),
		).toEqual(INVALID);
		expect(await refusal({ ...signed, headers: { ...signed.headers, [header]: '12e5' } }, config())).toEqual([
			400,
			'WEBHOOK_MALFORMED',
		]);
	});

	it('refuses to run without a key', async () => {
		expect(await refusal(signed, { ...config(), keys: undefined })).toEqual([500, 'WEBHOOK_MISCONFIGURED']);
		expect(await refusal(signed, config({ current: ' ' }))).toEqual([500, 'WEBHOOK_MISCONFIGURED']);
	});
});

describe('published vectors', () => {
	const folder = join(__dirname, '../../../corpora/signatures/webhook');

	interface Vector {
		scheme: string;
		secret?: string;
		public?: string;
		id?: string;
		ts?: string;
		body: string;
		sig: string;
	}
	const requestOf: Record<string, (vector: Vector) => [WebhookRequest, WebhookConfig['scheme']]> = {
		'standard-webhooks': ({ id, ts, sig, body }) => [
			post(body, { 'webhook-id': id!, 'webhook-timestamp': ts!, 'webhook-signature': sig }),
			'standard-webhooks',
		],
		sendgrid: ({ ts, sig, body }) => [
			post(body, { 'x-twilio-email-event-webhook-timestamp': ts!, 'x-twilio-email-event-webhook-signature': sig }),
			'sendgrid',
		],
		mailtrap: ({ sig, body }) => [post(body, { 'mailtrap-signature': sig }), 'mailtrap'],
	};

	it.each(readdirSync(folder))('%s', async (file) => {
		const vector = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Vector;
		const [request, scheme] = requestOf[vector.scheme.split(' ')[0]!]!(vector);
		const config = { scheme, keys: { current: (vector.secret ?? vector.public)! } };
		const now = Number(vector.ts ?? 0) * 1000;
		await expect(verifyWebhook({ ...request, now }, config)).resolves.toMatchObject({
			verified: true,
			keyId: 'current',
		});
		const altered = Buffer.from(request.rawBody);
		altered[5]! ^= 0x20;
		expect(await refusal({ ...request, now, rawBody: altered }, config)).toEqual(INVALID);
	});
});

describe('several signatures in one header', () => {
	const signer = SIGNERS['standard-webhooks']!;
	const config: WebhookConfig = { scheme: 'standard-webhooks', keys: { current: signer.keys[0]! } };
	const header = (key: number): string => signer.request(BODY, NOW, key).headers['webhook-signature'] as string;

	it('accepts the request when one of them matches, wherever it stands', async () => {
		for (const list of [
			[0, 1, 2],
			[2, 1, 0],
			[1, 0],
		]) {
			const signed = signer.request(BODY, NOW);
			const headers = {
				...signed.headers,
				'webhook-signature': ['v2,AAAA', 'v1a,AAAA', ...list.map(header)].join(' '),
			};
			await expect(verifyWebhook({ ...signed, headers, now: NOW }, config)).resolves.toMatchObject({ verified: true });
		}
	});

	it('does not take a signature under another version', async () => {
		const signed = signer.request(BODY, NOW);
		const headers = { ...signed.headers, 'webhook-signature': header(0).replace('v1,', 'v1a,') };
		expect(await refusal({ ...signed, headers }, config)).toEqual(INVALID);
	});

	it('refuses a header that holds very many', async () => {
		const signed = signer.request(BODY, NOW);
		const headers = { ...signed.headers, 'webhook-signature': Array<string>(1000).fill(header(0)).join(' ') };
		expect(await refusal({ ...signed, headers }, config)).toEqual([400, 'WEBHOOK_MALFORMED']);
	});

	it('reads every v1 of the t=,v1= form, and only those', async () => {
		const stripe = SIGNERS.stripe!;
		const signed = stripe.request(BODY, NOW);
		const [time, v1] = (signed.headers['stripe-signature'] as string).split(',') as [string, string];
		const verify = (value: string): Promise<unknown> =>
			verifyWebhook(
				{ ...signed, headers: { 'x-mailkite-signature': value }, now: NOW },
				{ scheme: 'stripe', header: 'X-MailKite-Signature', keys: { current: stripe.keys[0]! } },
			);
		await expect(verify(`${time}, v1=${'0'.repeat(64)}, ${v1}, v0=abc`)).resolves.toMatchObject({ verified: true });
		await expect(verify(`${time},${v1.replace('v1', 'v0')}`)).rejects.toMatchObject({ status: 401 });
		await expect(verify(`${time},${time},${v1}`)).rejects.toMatchObject({ status: 400 });
		await expect(verify(v1)).rejects.toMatchObject({ status: 401 });
	});
});

describe('before the signature', () => {
	const signer = SIGNERS.generic!;
	const config: WebhookConfig = { scheme: 'generic', keys: { current: signer.keys[0]! } };
	const signed = signer.request(BODY, NOW);

	it('takes POST only', async () => {
		for (const method of ['GET', 'HEAD', 'PUT', 'OPTIONS']) {
			expect(await refusal({ ...signed, method }, config)).toEqual([405, 'WEBHOOK_METHOD_REFUSED']);
		}
		await expect(verifyWebhook({ ...signed, method: 'post', now: NOW }, config)).resolves.toMatchObject({
			verified: true,
		});
	});

	it('refuses a body over the limit, 10 MB unless set', async () => {
		const big = signer.request('x'.repeat(10 * 1024 * 1024 + 1), NOW);
		expect(await refusal(big, config)).toEqual([413, 'WEBHOOK_TOO_LARGE']);
		await expect(verifyWebhook({ ...big, now: NOW }, { ...config, maxBodyBytes: 20e6 })).resolves.toMatchObject({
			verified: true,
		});
	});

	it('refuses an address that is not on the list', async () => {
		const listed = { ...config, ipAllowList: ['192.0.2.0/29'] };
		await expect(verifyWebhook({ ...signed, now: NOW }, listed)).resolves.toMatchObject({ verified: true });
		expect(await refusal({ ...signed, remoteAddress: '192.0.2.8' }, listed)).toEqual([403, 'WEBHOOK_IP_REFUSED']);
		expect(await refusal({ ...signed, remoteAddress: null }, listed)).toEqual([403, 'WEBHOOK_IP_REFUSED']);
	});

	it('names the scheme that is not known', async () => {
		expect(await refusal(signed, { ...config, scheme: 'toString' as never })).toEqual([500, 'WEBHOOK_MISCONFIGURED']);
	});
});

describe('headersOf', () => {
	it('keeps repeated headers apart, so that a second signature is refused', async () => {
		const headers = headersOf(['X-A', '1', 'x-a', '2', 'X-A', '3', '__proto__', 'x', 'Host', 'h']);
		expect(headers['x-a']).toEqual(['1', '2', '3']);
		expect(headers.host).toBe('h');
		const body = '{}';
		const value = createHmac('sha256', 's').update(body).digest('hex');
		const request = { ...post(body, {}), headers: headersOf(['Signature', value, 'signature', value]) };
		expect(await refusal(request, { scheme: 'mailersend', keys: { current: 's' } })).toEqual([
			400,
			'WEBHOOK_MALFORMED',
		]);
	});
});
