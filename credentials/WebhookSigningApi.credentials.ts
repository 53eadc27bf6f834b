import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

const show = (kind: string) => ({ displayOptions: { show: { kind: [kind] } } });

export class WebhookSigningApi implements ICredentialType {
	name = 'webhookSigningApi';

	displayName = 'Webhook Signing API';

	icon: Icon = { light: 'file:webhookSigningApi.svg', dark: 'file:webhookSigningApi.dark.svg' };

	documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-email-pipeline';

	properties: INodeProperties[] = [
		{
			displayName: 'Kind',
			name: 'kind',
			type: 'options',
			options: [
				{ name: 'Public Key', value: 'publicKey', description: 'SendGrid, Postal, Standard Webhooks with Ed25519' },
				{ name: 'Signing Secret', value: 'secret', description: 'What most senders sign with' },
				{ name: 'Token', value: 'token', description: 'Sent along in a header or in the URL' },
				{ name: 'User and Password', value: 'basic', description: 'Sent along as user:password@ in the URL' },
			],
			default: 'secret',
			description: 'What the sender proves itself with',
		},
		{
			displayName: 'Signing Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			placeholder: 'e.g. whsec_…',
			...show('secret'),
		},
		{
			displayName: 'Previous Signing Secret',
			name: 'previousSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Accepted as well while you change the secret at the sender. Clear it afterwards.',
			...show('secret'),
		},
		{
			displayName: 'Public Key',
			name: 'publicKey',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			required: true,
			placeholder: 'e.g. MFkwEwYHKoZIzj0CAQYI…',
			...show('publicKey'),
		},
		{
			displayName: 'Previous Public Key',
			name: 'previousPublicKey',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			description: 'Accepted as well while the sender changes its key. Clear it afterwards.',
			...show('publicKey'),
		},
		{
			displayName: 'Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			...show('token'),
		},
		{
			displayName: 'Previous Token',
			name: 'previousToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Accepted as well while you change the token at the sender. Clear it afterwards.',
			...show('token'),
		},
		{ displayName: 'User', name: 'user', type: 'string', default: '', required: true, ...show('basic') },
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			...show('basic'),
		},
		{
			displayName: 'Previous Password',
			name: 'previousPassword',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Accepted as well while you change the password at the sender. Clear it afterwards.',
			...show('basic'),
		},
	];
}
