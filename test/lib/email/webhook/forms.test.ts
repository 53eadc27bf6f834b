import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Form } from '../../../../lib/email/webhook/form';
import type { WebhookConfig } from '../../../../lib/email/webhook/signature';
import { verifyWebhook } from '../../../../lib/email/webhook/verify';
import { post, SIGNERS, URL_CALLED } from './signers';

const NOW = Date.parse('2026-03-04T05:06:07Z');
const URLENCODED = { 'content-type': 'application/x-www-form-urlencoded' };
const formOf = (fields: Record<string, string>): Form => ({
	fields: Object.entries(fields).map(([name, value]) => ({ name, value })),
	files: [],
});

describe('mailgun, signed in the form', () => {
	const config: WebhookConfig = { scheme: 'mailgun', keys: { current: 'key' } };
	const timestamp = String(NOW / 1000);
	const signature = createHmac('sha256', 'key').update(`${timestamp}tok`).digest('hex');
	const fields = { recipient: 'a@example.com', timestamp, token: 'tok', signature };

	it('is read from urlencoded and multipart bodies, and from a form that was consumed', async () => {
		const multipart = new Response(
			Object.entries(fields).reduce((form, [name, value]) => (form.append(name, value), form), new FormData()),
		);
		const requests = [
			post(new URLSearchParams(fields).toString(), URLENCODED),
			post(Buffer.from(await multipart.clone().arrayBuffer()), {
				'content-type': multipart.headers.get('content-type')!,
			}),
			{ ...post('', { 'content-type': 'multipart/form-data' }), form: formOf(fields) },
		];
		for (const request of requests) {
			await expect(verifyWebhook({ ...request, now: NOW }, config)).resolves.toMatchObject({
				replayKey: 'tok',
				bodyAuthenticated: false,
				timestamp: NOW,
			});
		}
	});

	it('takes the signature of the parent account too', async () => {
		const body = (parent: string): string =>
			JSON.stringify({ signature: { timestamp, token: 'tok', signature: '0'.repeat(64), 'parent-signature': parent } });
		await expect(verifyWebhook({ ...post(body(signature), {}), now: NOW }, config)).resolves.toMatchObject({
			keyId: 'current',
		});
		await expect(verifyWebhook({ ...post(body('0'.repeat(64)), {}), now: NOW }, config)).rejects.toMatchObject({
			status: 401,
		});
	});

	it.each(['timestamp', 'token', 'signature'])('refuses a request without %s, or with another', async (name) => {
		for (const value of ['', '1']) {
			const request = post(new URLSearchParams({ ...fields, [name]: value }).toString(), URLENCODED);
			await expect(verifyWebhook({ ...request, now: NOW }, config)).rejects.toMatchObject({ status: 401 });
		}
	});

	it('is repeated by Mailgun for eight hours as it was first signed, and let in', async () => {
		const request = post(new URLSearchParams(fields).toString(), URLENCODED);
		await expect(verifyWebhook({ ...request, now: NOW + 8 * 3_600_000 }, config)).resolves.toMatchObject({
			verified: true,
		});
		await expect(
			verifyWebhook({ ...request, now: NOW + 8 * 3_600_000 }, { ...config, toleranceSeconds: 300 }),
		).rejects.toMatchObject({ code: 'WEBHOOK_STALE' });
	});
});

describe('mandrill', () => {
	const sign = (url: string, signed: string): string =>
		createHmac('sha1', 'key')
			.update(url + signed)
			.digest('base64');
	const config: WebhookConfig = { scheme: 'mandrill', keys: { current: 'key' } };

	it('signs the URL as it was entered, and the fields by name, in whatever order they come', async () => {
		const headers = { ...URLENCODED, 'x-mandrill-signature': sign(URL_CALLED, 'a1b ä+') };
		for (const body of ['b=+%C3%A4%2B&a=1', 'a=1&b=%20%c3%a4%2B']) {
			await expect(verifyWebhook(post(body, headers), config)).resolves.toMatchObject({ verified: true });
		}
		await expect(verifyWebhook(post('a=1&b=+%C3%A4%2B', headers, `${URL_CALLED}/`), config)).rejects.toMatchObject({
			status: 401,
		});
		await expect(verifyWebhook(post('a=1&b=+%C3%A4%2B&c=', headers), config)).rejects.toMatchObject({ status: 401 });
	});

	it('wants a form', async () => {
		await expect(
			verifyWebhook(post('{}', { 'x-mandrill-signature': sign(URL_CALLED, '') }), config),
		).rejects.toMatchObject({ status: 415 });
	});
});

describe('a form that was read without keeping its bytes', () => {
	it.each([
		'generic',
		'standard-webhooks',
		'svix',
		'stripe',
		'mailersend',
		'mailtrap',
		'forward-email',
		'sendgrid',
		'postal',
	] as const)('%s: cannot be verified, and says so', async (scheme) => {
		const signer = SIGNERS[scheme]!;
		const request = { ...signer.request('', NOW), form: formOf({ a: '1' }), now: NOW };
		await expect(verifyWebhook(request, { scheme, keys: { current: signer.keys[0]! } })).rejects.toMatchObject({
			status: 415,
			code: 'WEBHOOK_CONTENT_TYPE',
		});
	});
});
