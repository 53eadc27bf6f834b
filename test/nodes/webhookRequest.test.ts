import type { IWebhookFunctions } from 'n8n-workflow';
import { expect, it } from 'vitest';
import { webhookRequestOf } from '../../nodes/EmailWebhookTrigger/webhookRequest';

it.each([
	['2.41', { getWebhookResourceUrl: () => 'https://n8n.example/webhook/1/email' }],
	['2.0', { getNodeWebhookUrl: () => 'https://n8n.example/webhook/1/email' }],
])('tells the address that was called, in n8n %s', async (_version, more) => {
	const request = {
		method: 'POST',
		url: '/webhook/1/email?token=a',
		headers: {},
		rawHeaders: [],
		rawBody: Buffer.from('{}'),
		ip: '192.0.2.1',
	};
	const context = { getRequestObject: () => request, ...more } as unknown as IWebhookFunctions;
	expect(await webhookRequestOf(context, 1000)).toMatchObject({ url: 'https://n8n.example/webhook/1/email?token=a' });
});

it('reads no file that a JSON body names, and says so where n8n has taken a form apart', async () => {
	const form = { data: {}, files: { x: { filepath: __filename, originalFilename: 'a.txt', mimetype: 'text/plain' } } };
	const requestWith = (type: string, more: object) =>
		({
			getRequestObject: () => ({
				method: 'POST',
				url: '/webhook/1/email',
				headers: { 'content-type': type },
				rawHeaders: ['content-type', type],
				body: form,
				ip: '192.0.2.1',
				...more,
			}),
			getNodeWebhookUrl: () => 'https://n8n.example/webhook/1/email',
		}) as unknown as IWebhookFunctions;
	const rawBody = Buffer.from(JSON.stringify(form));
	const request = await webhookRequestOf(requestWith('application/json', { rawBody }), 100_000);
	expect(request).not.toHaveProperty('form');
	expect(request.rawBody).toEqual(rawBody);
	await expect(webhookRequestOf(requestWith('multipart/form-data; boundary=b', {}), 100_000)).rejects.toMatchObject({
		code: 'WEBHOOK_MISCONFIGURED',
	});
});
