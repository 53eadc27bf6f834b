import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { WebhookConfig } from '../../../../lib/email/webhook/signature';
import { verifyWebhook } from '../../../../lib/email/webhook/verify';
import { post, URL_CALLED } from './signers';

const NOW = Date.parse('2026-03-04T05:06:07Z');
const URLENCODED = { 'content-type': 'application/x-www-form-urlencoded' };

describe('mailgun, signed in the form', () => {
	const config: WebhookConfig = { scheme: 'mailgun', keys: { current: 'key' } };
	const timestamp = String(NOW / 1000);
	const signature = createHmac('sha256', 'key').update(`${timestamp}tok`).digest('hex');
	const fields = { recipient: 'a@example.com', timestamp, token: 'tok', signature };

	it('is read from urlencoded and multipart bodies', async () => {
		const multipart = new Response(
			Object.entries(fields).reduce((form, [name, value]) => (form.append(name, value), form), new FormData()),
		);
		const requests = [
			post(new URLSearchParams(fields).toString(), URLENCODED),
			post(Buffer.from(await multipart.clone().arrayBuffer()), {
				'content-type': multipart.headers.get('content-type')!,
			}),
		];
		for (const request of requests) {
			await expect(verifyWebhook({ ...request, now: NOW }, config)).resolves.toMatchObject({
				replayKey: expect.stringMatching(/^sha256:/) as string,
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

	it('has one way to part time stamp and token: a digit that is shifted makes no second request of one', async () => {
		const digits = '123abc';
		const signedDigits = createHmac('sha256', 'key')
			.update(timestamp + digits)
			.digest('hex');
		const parted = (at: number) => {
			const all = timestamp + digits;
			const shifted = { timestamp: all.slice(0, at), token: all.slice(at), signature: signedDigits };
			return { ...post(new URLSearchParams(shifted).toString(), URLENCODED), now: NOW };
		};
		await expect(verifyWebhook(parted(10), config)).resolves.toMatchObject({ verified: true });
		for (const at of [9, 11, 12, 13]) {
			await expect(verifyWebhook(parted(at), { ...config, toleranceSeconds: 0 })).rejects.toMatchObject({
				status: 401,
			});
		}
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

	it('signs the URL as it was entered and its one field, however it is escaped, and takes no other field', async () => {
		const headers = { ...URLENCODED, 'x-mandrill-signature': sign(URL_CALLED, 'mandrill_events["ä+ "]') };
		for (const body of ['mandrill_events=[%22%C3%A4%2B+%22]', 'mandrill_events=%5B"%c3%a4%2B%20"%5D']) {
			await expect(verifyWebhook(post(body, headers), config)).resolves.toMatchObject({ verified: true });
		}
		await expect(
			verifyWebhook(post('mandrill_events=[%22%C3%A4%2B+%22]', headers, `${URL_CALLED}/`), config),
		).rejects.toMatchObject({
			status: 401,
		});
		for (const body of ['mandrill_events=[%22%C3%A4%2B+%22]&c=', 'mandrill=_events[%22%C3%A4%2B+%22]']) {
			await expect(verifyWebhook(post(body, headers), config)).rejects.toMatchObject({ status: 401 });
		}
	});

	it('wants a form', async () => {
		await expect(
			verifyWebhook(post('{}', { 'x-mandrill-signature': sign(URL_CALLED, '') }), config),
		).rejects.toMatchObject({ status: 415 });
	});
});
