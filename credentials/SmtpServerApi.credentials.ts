import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';
import { certificateFields, securityField, plaintextNotice } from './mailServerFields';
import { sandboxFields } from './sandboxFields';
import { smtpTimeoutFields } from './smtpTimeoutFields';

export class SmtpServerApi implements ICredentialType {
	name = 'smtpServerApi';

	displayName = 'SMTP Server API';

	icon: Icon = { light: 'file:smtpServerApi.svg', dark: 'file:smtpServerApi.dark.svg' };

	documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-email-pipeline';

	properties: INodeProperties[] = [
		{
			displayName: 'Host',
			name: 'host',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. smtp.example.com',
		},
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			default: '',
			placeholder: 'e.g. support@example.com',
			description: 'Leave user and password empty for a relay that needs no login',
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'With two-factor login, most providers ask for an app password here',
		},
		securityField('465', '587'),
		plaintextNotice,
		{
			displayName: 'Port',
			name: 'port',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 65535 },
			default: 465,
			description: 'Usually 465 for TLS and 587 for STARTTLS',
		},
		{
			displayName: 'Client Host Name',
			name: 'clientName',
			type: 'string',
			default: '',
			placeholder: 'e.g. mail.example.com',
			description: 'Name this client gives in EHLO. Leave empty for the host name of this machine.',
		},
		...certificateFields,
		{
			displayName: 'Sign with DKIM',
			name: 'dkim',
			type: 'boolean',
			default: false,
			description: 'Whether to sign every email here. Leave it off when the server signs, as most providers do.',
		},
		{
			displayName: 'DKIM Domain',
			name: 'dkimDomain',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. example.com',
			description: 'The domain of the from address, or a parent of it',
			displayOptions: { show: { dkim: [true] } },
		},
		{
			displayName: 'DKIM Selector',
			name: 'dkimSelector',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. mail2026',
			description: 'The public key is in the DNS at selector._domainkey.domain',
			displayOptions: { show: { dkim: [true] } },
		},
		{
			displayName: 'DKIM Private Key',
			name: 'dkimPrivateKey',
			type: 'string',
			typeOptions: { password: true, rows: 4 },
			default: '',
			required: true,
			placeholder: '-----BEGIN PRIVATE KEY-----',
			description: 'RSA, in PEM form',
			displayOptions: { show: { dkim: [true] } },
		},
		...smtpTimeoutFields,
		...sandboxFields,
	];
}
