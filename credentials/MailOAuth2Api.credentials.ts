import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';
import { plaintextNotice, securityField } from './mailServerFields';
import { sandboxFields } from './sandboxFields';
import { smtpTimeoutFields } from './smtpTimeoutFields';

const preset = (google: string, microsoft: string, custom: string) =>
	`={{ $self["provider"] === "google" ? "${google}" : $self["provider"] === "microsoft" ? "${microsoft}" : ${custom} }}`;

const custom = { displayOptions: { show: { provider: ['custom'] } } };

export class MailOAuth2Api implements ICredentialType {
	name = 'mailOAuth2Api';

	extends = ['oAuth2Api'];

	displayName = 'Mail OAuth2 API';

	icon: Icon = { light: 'file:mailOAuth2Api.svg', dark: 'file:mailOAuth2Api.dark.svg' };

	documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-email-pipeline';

	properties: INodeProperties[] = [
		{
			displayName: 'Provider',
			name: 'provider',
			type: 'options',
			options: [
				{ name: 'Google', value: 'google' },
				{ name: 'Microsoft', value: 'microsoft' },
				{ name: 'Custom', value: 'custom' },
			],
			default: 'google',
		},
		{
			displayName: 'Mailbox Address',
			name: 'user',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. support@example.com',
			description: 'Address of the mailbox that is opened and sent from',
		},
		{ displayName: 'Grant Type', name: 'grantType', type: 'hidden', default: 'authorizationCode' },
		{
			displayName: 'Authorization URL',
			name: 'customAuthUrl',
			type: 'string',
			default: '',
			required: true,
			...custom,
		},
		{
			displayName: 'Access Token URL',
			name: 'customAccessTokenUrl',
			type: 'string',
			default: '',
			required: true,
			...custom,
		},
		{ displayName: 'Scope', name: 'customScope', type: 'string', default: '', ...custom },
		{
			displayName: 'Authorization URL',
			name: 'authUrl',
			type: 'hidden',
			// https://developers.google.com/identity/protocols/oauth2/web-server
			// https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
			default: preset(
				'https://accounts.google.com/o/oauth2/v2/auth',
				'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
				'$self["customAuthUrl"]',
			),
			required: true,
		},
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'hidden',
			default: preset(
				'https://oauth2.googleapis.com/token',
				'https://login.microsoftonline.com/common/oauth2/v2.0/token',
				'$self["customAccessTokenUrl"]',
			),
			required: true,
		},
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'hidden',
			default: preset(
				'https://mail.google.com/',
				'offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send',
				'$self["customScope"]',
			),
		},
		{
			displayName: 'Auth URI Query Parameters',
			name: 'authQueryParameters',
			type: 'hidden',
			default: preset('access_type=offline&prompt=consent', '', '""'),
		},
		{ displayName: 'Authentication', name: 'authentication', type: 'hidden', default: 'body' },
		{
			displayName: 'IMAP Host',
			name: 'imapHost',
			type: 'string',
			default: '',
			placeholder: 'e.g. imap.example.com',
			...custom,
		},
		{ displayName: 'IMAP Port', name: 'imapPort', type: 'number', default: 993, ...custom },
		{
			displayName: 'SMTP Host',
			name: 'smtpHost',
			type: 'string',
			default: '',
			placeholder: 'e.g. smtp.example.com',
			...custom,
		},
		{ displayName: 'SMTP Port', name: 'smtpPort', type: 'number', default: 465, ...custom },
		{ ...securityField('993 and 465', '143 and 587'), ...custom },
		{ ...plaintextNotice, displayOptions: { show: { provider: ['custom'], security: ['none'] } } },
		...smtpTimeoutFields,
		...sandboxFields,
	];
}
