import { describe, expect, it } from 'vitest';
import { checkWebhookConfig } from '../../../../lib/email/webhook/config';
import type { WebhookConfig } from '../../../../lib/email/webhook/signature';
import { verifyWebhook } from '../../../../lib/email/webhook/verify';
import { post, SIGNERS } from './signers';

const basic = (userPassword: string): string => `Basic ${Buffer.from(userPassword).toString('base64')}`;
const verify = (
	headers: Record<string, string>,
	config: WebhookConfig,
	url?: string,
): ReturnType<typeof verifyWebhook> => verifyWebhook(post('{"a":1}', headers, url), config);
const unauthorized = { status: 401, code: 'WEBHOOK_CREDENTIALS_INVALID' };

describe('basic', () => {
	const config: WebhookConfig = { scheme: 'basic', keys: { current: 'ann:pä:ss', previous: 'ann:old' } };

	it('tells who called, and that the body is not authenticated', async () => {
		await expect(verify({ authorization: basic('ann:pä:ss') }, config)).resolves.toMatchObject({
			keyId: 'current',
			bodyAuthenticated: false,
			timestamp: null,
		});
		await expect(verify({ authorization: basic('ann:old').replace('Basic', 'basic') }, config)).resolves.toMatchObject({
			keyId: 'previous',
		});
	});

	it('takes the hash of the body as replay key', async () => {
		const headers = { authorization: basic('ann:old') };
		const first = await verify(headers, config);
		expect(first.replayKey).toMatch(/^sha256:[0-9a-f]{64}$/);
		expect((await verifyWebhook(post('{"a":2}', headers), config)).replayKey).not.toBe(first.replayKey);
	});

	it.each([basic('ann:wrong'), basic('ann'), basic('ann:pä:ss '), 'Bearer ann:old', 'Basic ann:old', 'Basic'])(
		'refuses %s',
		async (authorization) => {
			await expect(verify({ authorization }, config)).rejects.toMatchObject(unauthorized);
		},
	);

	it('refuses a request without credentials, or with two', async () => {
		await expect(verify({}, config)).rejects.toMatchObject({ status: 401, code: 'WEBHOOK_SIGNATURE_MISSING' });
		const request = { ...post('{}', {}), headers: { authorization: [basic('ann:old'), basic('ann:old')] } };
		await expect(verifyWebhook(request, config)).rejects.toMatchObject({ status: 400 });
	});

	it('wants user:password', () => {
		expect(() => checkWebhookConfig({ scheme: 'basic', keys: { current: 'ann' } })).toThrow('user:password');
	});
});

describe('token', () => {
	const keys = { current: 'tok-new', previous: 'tok-old' };

	it('reads it from Authorization: Bearer', async () => {
		await expect(verify({ authorization: 'Bearer tok-new' }, { scheme: 'token', keys })).resolves.toMatchObject({
			keyId: 'current',
			bodyAuthenticated: false,
		});
		await expect(verify({ authorization: 'Bearer tok' }, { scheme: 'token', keys })).rejects.toMatchObject(
			unauthorized,
		);
	});

	it('reads it from the header of the provider', async () => {
		const config: WebhookConfig = { scheme: 'token', keys, header: 'X-MessageSystems-Webhook-Token' };
		await expect(verify({ 'x-messagesystems-webhook-token': 'tok-old' }, config)).resolves.toMatchObject({
			keyId: 'previous',
		});
		await expect(verify({ 'x-messagesystems-webhook-token': 'Bearer tok-old' }, config)).rejects.toMatchObject(
			unauthorized,
		);
		await expect(verify({ authorization: 'Bearer tok-old' }, config)).rejects.toMatchObject({
			code: 'WEBHOOK_SIGNATURE_MISSING',
		});
	});

	it('reads it from the query', async () => {
		const config: WebhookConfig = { scheme: 'token', keys, queryParameter: 'token' };
		await expect(verify({}, config, 'https://n8n.example.com/w?token=tok-new&x=1')).resolves.toMatchObject({
			keyId: 'current',
		});
		await expect(verify({}, config, 'https://n8n.example.com/w?token=nope')).rejects.toMatchObject(unauthorized);
		await expect(verify({}, config, 'https://n8n.example.com/w?token=tok-new&token=tok-new')).rejects.toMatchObject({
			status: 400,
		});
		await expect(verify({}, config, '/w')).rejects.toMatchObject({ status: 401 });
	});
});

describe('ip', () => {
	it('goes by the address alone, and not without a list', async () => {
		await expect(verify({}, { scheme: 'ip', addressOnly: true, ipAllowList: ['192.0.2.7'] })).resolves.toMatchObject({
			keyId: null,
			bodyAuthenticated: false,
		});
		await expect(verify({}, { scheme: 'ip', addressOnly: true, ipAllowList: ['192.0.2.8'] })).rejects.toMatchObject({
			status: 403,
		});
		await expect(verify({}, { scheme: 'ip', addressOnly: true, ipAllowList: [' '] })).rejects.toMatchObject({
			status: 500,
		});
	});
});

describe('checkWebhookConfig', () => {
	it.each<[string, WebhookConfig]>([
		['No key is set', { scheme: 'generic' }],
		['previous key cannot be read', { scheme: 'svix', keys: { current: 'whsec_AAAA', previous: 'whsec_§' } }],
		['neither PEM nor base64', { scheme: 'sendgrid', keys: { current: 'not a key' } }],
		['not the base64 of 32 bytes', { scheme: 'standard-webhooks', keys: { current: 'whpk_AAAA' } }],
		['No SNS topic', { scheme: 'sns' }],
		['allow-list is empty', { scheme: 'ip', addressOnly: true }],
		['nobody has said that it may be so', { scheme: 'ip', ipAllowList: ['192.0.2.7'] }],
		['neither an address nor a CIDR range', { scheme: 'generic', keys: { current: 'secret' }, ipAllowList: ['1.2.3'] }],
		['is not known', { scheme: '__proto__' as never }],
	])('says: %s', (message, config) => {
		expect(() => checkWebhookConfig(config)).toThrow(
			expect.objectContaining({
				code: 'WEBHOOK_MISCONFIGURED',
				message: expect.stringContaining(message) as string,
			}) as Error,
		);
	});

	it('refuses an RSA key where an EC key belongs', () => {
		expect(() => checkWebhookConfig({ scheme: 'sendgrid', keys: { current: SIGNERS.postal!.keys[0]! } })).toThrow(
			'type rsa, not ec',
		);
	});
});
