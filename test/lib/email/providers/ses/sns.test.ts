import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSnsCertificates } from '../../../../../lib/email/providers/ses/snsCertificates';
import type { WebhookConfig } from '../../../../../lib/email/webhook/signature';
import { verifyWebhook } from '../../../../../lib/email/webhook/verify';
import { post, SNS_CERTIFICATE_URL, SNS_TOPIC, snsCertificatesOfFixture, snsMessage } from '../../webhook/signers';

const NOW = Date.parse('2026-03-04T05:06:07Z');
const TIMESTAMP = '2026-03-04T05:05:07.123Z';
const NOTIFICATION = {
	Type: 'Notification',
	MessageId: 'e1f2',
	Subject: 'Amazon SES',
	Message: '{"a":"ä\\n"}',
	Timestamp: TIMESTAMP,
};
const config: WebhookConfig = { scheme: 'sns', topicArns: [SNS_TOPIC], certificates: snsCertificatesOfFixture() };

const verify = (
	message: Record<string, unknown>,
	overrides: Partial<WebhookConfig> = {},
): ReturnType<typeof verifyWebhook> =>
	verifyWebhook(
		{ ...post(JSON.stringify(message), { 'content-type': 'text/plain; charset=UTF-8' }), now: NOW },
		{ ...config, ...overrides },
	);

describe('sns', () => {
	it.each(['1', '2'] as const)('accepts a notification of signature version %s', async (version) => {
		await expect(verify(snsMessage(NOTIFICATION, version))).resolves.toEqual({
			verified: true,
			scheme: 'sns',
			keyId: null,
			timestamp: Date.parse(TIMESTAMP),
			replayKey: 'e1f2',
			bodyAuthenticated: true,
		});
	});

	it('accepts a message without subject, and one whose keys come in another order', async () => {
		const plain = Object.fromEntries(Object.entries(NOTIFICATION).filter(([key]) => key !== 'Subject'));
		await expect(verify(snsMessage(plain))).resolves.toMatchObject({ verified: true });
		await expect(
			verify(Object.fromEntries(Object.entries(snsMessage(NOTIFICATION)).toReversed())),
		).resolves.toMatchObject({ verified: true });
	});

	it('takes an empty subject for none, as it is not signed', async () => {
		const plain = Object.fromEntries(Object.entries(NOTIFICATION).filter(([key]) => key !== 'Subject'));
		await expect(verify({ ...snsMessage(plain), Subject: '' })).resolves.toMatchObject({ verified: true });
	});

	it.each(['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn'])(
		'refuses another %s under the signature',
		async (key) => {
			const signed = snsMessage(NOTIFICATION);
			await expect(verify({ ...signed, [key]: `${signed[key]!} ` })).rejects.toMatchObject({
				status: 401,
				code: 'WEBHOOK_SIGNATURE_INVALID',
			});
		},
	);

	it('refuses a signature of the other version, a cut one, and none', async () => {
		const signed = snsMessage(NOTIFICATION);
		await expect(verify({ ...signed, SignatureVersion: '2' })).rejects.toMatchObject({ status: 401 });
		await expect(verify({ ...signed, SignatureVersion: '3' })).rejects.toMatchObject({ status: 401 });
		await expect(verify({ ...signed, Signature: signed.Signature!.slice(4) })).rejects.toMatchObject({ status: 401 });
		await expect(verify({ ...signed, Signature: undefined })).rejects.toMatchObject({
			code: 'WEBHOOK_SIGNATURE_MISSING',
		});
		await expect(verify({ ...signed, Type: 'constructor' })).rejects.toMatchObject({ status: 401 });
	});

	it('takes the certificate from Amazon SNS only', async () => {
		const signed = snsMessage(NOTIFICATION);
		for (const url of [
			SNS_CERTIFICATE_URL.replace('https', 'http'),
			SNS_CERTIFICATE_URL.replace('amazonaws.com', 'amazonaws.com.evil.example'),
			SNS_CERTIFICATE_URL.replace('sns.', 'sns-fake.'),
			SNS_CERTIFICATE_URL.replace('//', '//user:secret@'),
			SNS_CERTIFICATE_URL.replace('.com/', '.com:8443/'),
			SNS_CERTIFICATE_URL.replace('/Simple', '/bucket/Simple'),
			'https://sns.eu-west-1.amazonaws.com/?Action=SimpleNotificationService-0.pem',
			'https://evil.example/#sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem',
		]) {
			await expect(verify({ ...signed, SigningCertURL: url }), url).rejects.toMatchObject({
				code: 'WEBHOOK_SIGNATURE_INVALID',
			});
		}
	});

	it('lets the provider repeat when the certificate cannot be fetched, and fetches it again then', async () => {
		let attempts = 0;
		const certificates = createSnsCertificates(() => {
			attempts += 1;
			if (attempts === 1) return Promise.reject(new Error('getaddrinfo ENOTFOUND'));
			return Promise.resolve(new Response(readFileSync(join(__dirname, '../../webhook/fixtures', 'sns-signing.pem'))));
		});
		const signed = snsMessage(NOTIFICATION);
		await expect(verify(signed, { certificates })).rejects.toMatchObject({ status: 503, retryable: true });
		await Promise.all([verify(signed, { certificates }), verify(signed, { certificates })]);
		await verify(signed, { certificates });
		expect(attempts).toBe(2);
	});

	it('refuses a certificate outside its validity', async () => {
		const certificates = createSnsCertificates(
			() => Promise.resolve(new Response(readFileSync(join(__dirname, '../../webhook/fixtures', 'sns-signing.pem')))),
			() => Date.parse('2300-01-01'),
		);
		await expect(verify(snsMessage(NOTIFICATION), { certificates })).rejects.toMatchObject({ status: 401 });
	});

	it('refuses a genuine message of a topic that is not ours, and any when no topic is set', async () => {
		const foreign = snsMessage({ ...NOTIFICATION, TopicArn: 'arn:aws:sns:eu-west-1:999:mine' });
		await expect(verify(foreign)).rejects.toMatchObject({ status: 403, code: 'WEBHOOK_TOPIC_REFUSED' });
		await expect(verify(snsMessage(NOTIFICATION), { topicArns: [] })).rejects.toMatchObject({ status: 403 });
	});

	it('is stale after the hour in which SNS repeats', async () => {
		const at = (ago: number): Record<string, string> =>
			snsMessage({ ...NOTIFICATION, Timestamp: new Date(NOW - ago).toISOString() });
		await expect(verify(at(3_600_000))).resolves.toMatchObject({ verified: true });
		await expect(verify(at(7_200_000))).rejects.toMatchObject({ code: 'WEBHOOK_STALE' });
		await expect(verify(at(-7_200_000))).rejects.toMatchObject({ code: 'WEBHOOK_FUTURE' });
	});

	it('hands out the URL that confirms a subscription, and fetches nothing', async () => {
		const request = (SubscribeURL: string): Record<string, string> =>
			snsMessage({
				Type: 'SubscriptionConfirmation',
				MessageId: 'c1',
				Message: 'You have chosen',
				Token: 't0',
				SubscribeURL,
				Timestamp: TIMESTAMP,
			});
		const subscribeUrl = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t0';
		await expect(verify(request(subscribeUrl))).resolves.toMatchObject({
			confirmation: { kind: 'subscribe', subscribeUrl, topicArn: SNS_TOPIC },
		});
		await expect(verify(request('https://evil.example/'))).rejects.toMatchObject({ code: 'WEBHOOK_MALFORMED' });
	});

	it('does not quote the body when it is not JSON', async () => {
		const request = { ...post('{"secret-content', {}), now: NOW };
		const error: unknown = await verifyWebhook(request, config).catch((caught: unknown) => caught);
		expect(error).toMatchObject({ status: 400, code: 'WEBHOOK_MALFORMED' });
		expect(String(error)).not.toContain('secret-content');
	});
});
