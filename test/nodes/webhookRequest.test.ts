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
