import type { SchemeId } from './schemes';

/** A way to verify requests, for whoever offers the choice to a user. */
export interface WebhookScheme {
	id: SchemeId;
	displayName: string;
	/** What `keys.current` and `keys.previous` hold; null where there is no key. */
	key: { label: string; hint: string; kind: 'secret' | 'publicKey' } | null;
	/** Further settings the scheme needs, by their names in WebhookConfig. */
	requires: ReadonlyArray<'topicArns' | 'ipAllowList' | 'addressOnly'>;
	/** Settings it can take. */
	takes: ReadonlyArray<'header' | 'queryParameter' | 'toleranceSeconds'>;
	/** False when the body could be changed without the check noticing: say so to the user. */
	authenticatesBody: boolean;
	/** Whether the time is signed, so that old requests are refused. */
	signsTime: boolean;
}

const secret = (label: string, hint: string): WebhookScheme['key'] => ({ label, hint, kind: 'secret' });
const publicKey = (label: string, hint: string): WebhookScheme['key'] => ({ label, hint, kind: 'publicKey' });

export const WEBHOOK_SCHEMES: readonly WebhookScheme[] = [
	{
		id: 'generic',
		displayName: 'HMAC-SHA256 With Timestamp',
		key: secret(
			'Signing Secret',
			'Signs X-Webhook-Timestamp, a dot and the body; the hex digest stands in X-Webhook-Signature',
		),
		requires: [],
		takes: ['header', 'toleranceSeconds'],
		authenticatesBody: true,
		signsTime: true,
	},
	{
		id: 'standard-webhooks',
		displayName: 'Standard Webhooks',
		key: secret('Signing Secret or Public Key', 'Starts with whsec_ (HMAC) or whpk_ (Ed25519)'),
		requires: [],
		takes: ['toleranceSeconds'],
		authenticatesBody: true,
		signsTime: true,
	},
	{
		id: 'svix',
		displayName: 'Svix',
		key: secret('Signing Secret', 'Starts with whsec_'),
		requires: [],
		takes: ['toleranceSeconds'],
		authenticatesBody: true,
		signsTime: true,
	},
	{
		id: 'stripe',
		displayName: 'Timestamp and Signature in One Header (t=, v1=)',
		key: secret('Signing Secret', 'Used as it is written'),
		requires: [],
		takes: ['header', 'toleranceSeconds'],
		authenticatesBody: true,
		signsTime: true,
	},
	{
		id: 'mailgun',
		displayName: 'Mailgun',
		key: secret('HTTP Webhook Signing Key', 'Mailgun > Settings > API Security'),
		requires: [],
		takes: ['toleranceSeconds'],
		authenticatesBody: false,
		signsTime: true,
	},
	{
		id: 'sendgrid',
		displayName: 'SendGrid Signed Event Webhook',
		key: publicKey('Verification Key', 'SendGrid > Settings > Mail Settings > Event Webhooks > Security features'),
		requires: [],
		takes: ['toleranceSeconds'],
		authenticatesBody: true,
		signsTime: true,
	},
	{
		id: 'mandrill',
		displayName: 'Mandrill',
		key: secret('Webhook Key', 'Mandrill > Settings > Webhooks, beside the webhook'),
		requires: [],
		takes: [],
		authenticatesBody: true,
		signsTime: false,
	},
	{
		id: 'mailersend',
		displayName: 'MailerSend',
		key: secret('Signing Secret', 'Of the webhook, or of the inbound route: each has its own'),
		requires: [],
		takes: [],
		authenticatesBody: true,
		signsTime: false,
	},
	{
		id: 'mailtrap',
		displayName: 'Mailtrap',
		key: secret('Signature Key', 'Mailtrap > Settings > Webhooks, beside the webhook'),
		requires: [],
		takes: [],
		authenticatesBody: true,
		signsTime: false,
	},
	{
		id: 'postal',
		displayName: 'Postal',
		key: publicKey('Public Key', 'What stands after p= in the output of "postal default-dkim-record"'),
		requires: [],
		takes: [],
		authenticatesBody: true,
		signsTime: false,
	},
	{
		id: 'forward-email',
		displayName: 'HMAC-SHA256 of the Body (Forward Email)',
		key: secret('Webhook Signature Payload Verification Key', 'Forward Email > Domains > Advanced Settings'),
		requires: [],
		takes: ['header'],
		authenticatesBody: true,
		signsTime: false,
	},
	{
		id: 'sns',
		displayName: 'Amazon SNS',
		key: null,
		requires: ['topicArns'],
		takes: ['toleranceSeconds'],
		authenticatesBody: true,
		signsTime: true,
	},
	{
		id: 'basic',
		displayName: 'Basic Auth',
		key: secret('User and Password', 'Written as user:password, and in the URL as https://user:password@…'),
		requires: [],
		takes: [],
		authenticatesBody: false,
		signsTime: false,
	},
	{
		id: 'token',
		displayName: 'Token',
		key: secret('Token', 'Sent as Authorization: Bearer, in another header, or in the query of the URL'),
		requires: [],
		takes: ['header', 'queryParameter'],
		authenticatesBody: false,
		signsTime: false,
	},
	{
		id: 'ip',
		displayName: 'IP Allow-List Only',
		key: null,
		requires: ['ipAllowList', 'addressOnly'],
		takes: [],
		authenticatesBody: false,
		signsTime: false,
	},
];
