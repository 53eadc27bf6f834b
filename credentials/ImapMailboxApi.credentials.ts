import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';
import { certificateFields, securityField, plaintextNotice } from './mailServerFields';

export class ImapMailboxApi implements ICredentialType {
	name = 'imapMailboxApi';

	displayName = 'IMAP Mailbox API';

	icon: Icon = { light: 'file:imapMailboxApi.svg', dark: 'file:imapMailboxApi.dark.svg' };

	documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-email-pipeline';

	properties: INodeProperties[] = [
		{
			displayName: 'Host',
			name: 'host',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. imap.example.com',
		},
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. support@example.com',
			description: 'Name to log in with, for most providers the email address',
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'With two-factor login, most providers ask for an app password here',
		},
		securityField('993', '143'),
		plaintextNotice,
		{
			displayName: 'Port',
			name: 'port',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 65535 },
			default: 993,
			description: 'Usually 993 for TLS and 143 for STARTTLS',
		},
		...certificateFields,
		{
			displayName: 'Client Certificate',
			name: 'clientPem',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			placeholder: '-----BEGIN CERTIFICATE-----',
			description: 'PEM, for servers that ask their clients for one. Leave empty otherwise.',
			displayOptions: { show: { security: ['tls', 'starttls'] } },
		},
		{
			displayName: 'Client Private Key',
			name: 'clientKey',
			type: 'string',
			typeOptions: { password: true, rows: 3 },
			default: '',
			placeholder: '-----BEGIN PRIVATE KEY-----',
			description: 'PEM of the key that the client certificate was made for',
			displayOptions: { show: { security: ['tls', 'starttls'] } },
		},
		{
			displayName: 'Client Key Passphrase',
			name: 'clientKeyPassphrase',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Only if the private key is encrypted',
			displayOptions: { show: { security: ['tls', 'starttls'] } },
		},
	];
}
