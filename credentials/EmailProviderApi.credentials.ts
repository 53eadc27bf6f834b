import type { Icon, ICredentialType, IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { sandboxFields } from './sandboxFields';

const show = (...provider: string[]): { displayOptions: IDisplayOptions } => ({
	displayOptions: { show: { provider } },
});

export class EmailProviderApi implements ICredentialType {
	name = 'emailProviderApi';

	displayName = 'Email Provider API';

	icon: Icon = { light: 'file:emailProviderApi.svg', dark: 'file:emailProviderApi.dark.svg' };

	documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-email-pipeline';

	properties: INodeProperties[] = [
		{
			displayName: 'Provider',
			name: 'provider',
			type: 'options',
			options: [
				{ name: 'Amazon SES', value: 'ses' },
				{ name: 'Mailgun', value: 'mailgun' },
				{ name: 'Postmark', value: 'postmark' },
				{ name: 'Resend', value: 'resend' },
				{ name: 'SendGrid', value: 'sendgrid' },
			],
			default: 'resend',
		},
		{
			displayName: 'Access Key ID',
			name: 'accessKeyId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. AKIA…',
			...show('ses'),
		},
		{
			displayName: 'Secret Access Key',
			name: 'secretAccessKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Of a user that may ses:SendEmail and, for the test of this credential, ses:GetAccount',
			...show('ses'),
		},
		{
			displayName: 'Region',
			name: 'awsRegion',
			type: 'string',
			default: 'us-east-1',
			required: true,
			placeholder: 'e.g. eu-central-1',
			...show('ses'),
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'A key that may send; nothing else is needed',
			...show('mailgun', 'resend', 'sendgrid'),
		},
		{
			displayName: 'Server API Token',
			name: 'serverToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			...show('postmark'),
		},
		{
			displayName: 'Sending Domain',
			name: 'domain',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. mg.example.com',
			...show('mailgun'),
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'options',
			options: [
				{ name: 'EU', value: 'eu' },
				{ name: 'US (Default)', value: 'us' },
			],
			default: 'us',
			description: 'Where the account is',
			...show('mailgun', 'sendgrid'),
		},
		{
			displayName: 'Message Stream',
			name: 'messageStream',
			type: 'string',
			default: 'outbound',
			...show('postmark'),
		},
		{
			displayName: 'Configuration Set',
			name: 'configurationSet',
			type: 'string',
			default: '',
			description: 'The one whose events go to your webhook. Leave empty for the default.',
			...show('ses'),
		},
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Only with temporary credentials',
			...show('ses'),
		},
		{
			displayName: 'Custom Endpoint',
			name: 'endpoint',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://email.example.com',
			description: 'Address to use instead of the provider’s own, such as a gateway of yours. Leave empty normally.',
		},
		...sandboxFields,
	];
}
