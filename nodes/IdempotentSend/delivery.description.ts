/** The fields about how an email goes out: transport, return path, and what it can be traced by. */
import type { INodeProperties } from 'n8n-workflow';
import { authenticationProperty } from '../mailServer';

const overSmtp = ['smtp', 'smtpThenApi', 'apiThenSmtp'];
const overApi = ['api', 'smtpThenApi', 'apiThenSmtp'];

/**
 * Which credential shows with which transport. n8n keeps one of each type per node, so the second is of the other type.
 * The slash keeps the field `transport` in view: n8n's editor hides what a credential or its authentication depends on by name.
 */
export const withSmtpPassword = { displayOptions: { show: { '/transport': overSmtp, authentication: ['password'] } } };
export const withSmtpOAuth2 = { displayOptions: { show: { '/transport': overSmtp, authentication: ['oAuth2'] } } };
export const withProvider = { displayOptions: { show: { '/transport': overApi } } };

export const transportProperties: INodeProperties[] = [
	{
		displayName: 'Transport',
		name: 'transport',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'SMTP', value: 'smtp', description: 'Any mail server' },
			{
				name: 'Email Provider',
				value: 'api',
				description: 'The HTTP API of Amazon SES, Mailgun, Postmark, Resend or SendGrid',
			},
			{
				name: 'SMTP, Else Email Provider',
				value: 'smtpThenApi',
				description: 'The provider takes over while nothing can be sent by SMTP',
			},
			{
				name: 'Email Provider, Else SMTP',
				value: 'apiThenSmtp',
				description: 'The mail server takes over while nothing can be sent through the provider',
			},
		],
		default: 'smtp',
		description:
			'How the email goes out. A second way takes over only where the first has certainly sent nothing, never where it may have.',
	},
	authenticationProperty,
];

export const deliveryOptions: INodeProperties[] = [
	{
		displayName: 'Case-Sensitive Addresses',
		name: 'caseSensitive',
		type: 'boolean',
		default: false,
		description:
			'Whether Ann@example.com and ann@example.com are two people, each with a copy. Hardly any mail system tells them apart. Suppressions and limits never do.',
	},
	{
		displayName: 'Metadata',
		name: 'metadata',
		type: 'json',
		default: '{}',
		description: 'Whatever else is kept with the send, such as who approved it. Shown in the Email Ledger.',
	},
	{
		displayName: 'Reply Token',
		name: 'replyToken',
		type: 'boolean',
		default: false,
		description:
			'Whether answers go to an address with a signed tag, such as support+tag@example.com, by which Thread Match finds the conversation. It is added to Reply-To Email, or else to From Email.',
	},
	{
		displayName: 'Return Path',
		name: 'returnPath',
		type: 'string',
		default: '',
		placeholder: 'e.g. bounces@example.com',
		description: 'Address that bounces go to, if not the from address',
		displayOptions: { hide: { '/transport': ['api'] } },
	},
	{
		displayName: 'Return Path per Send (VERP)',
		name: 'verp',
		type: 'boolean',
		default: false,
		description:
			'Whether to add the send’s ID to the return path, as in bounces+ID@example.com, so that every bounce tells which email it is about. The server of that address must take email with a + tag.',
		displayOptions: { hide: { '/transport': ['api'] } },
	},
	{
		displayName: 'Tags',
		name: 'tags',
		type: 'string',
		default: '',
		placeholder: 'e.g. invoice, vip',
		description: 'Words to find the send by in the Email Ledger, separated by commas. Providers get them too.',
	},
];
