import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

export class PipelineStoreApi implements ICredentialType {
	name = 'pipelineStoreApi';

	displayName = 'Email Pipeline Store API';

	icon: Icon = { light: 'file:pipelineStoreApi.svg', dark: 'file:pipelineStoreApi.dark.svg' };

	documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-email-pipeline';

	properties: INodeProperties[] = [
		{
			displayName: 'Database',
			name: 'driver',
			type: 'options',
			options: [
				{ name: 'Postgres', value: 'postgres', description: 'Needed in queue mode, where several processes share it' },
				{ name: 'SQLite', value: 'sqlite', description: 'A file on this machine, for n8n in regular mode' },
			],
			default: 'postgres',
		},
		{
			displayName: 'Host',
			name: 'host',
			type: 'string',
			default: 'localhost',
			displayOptions: { show: { driver: ['postgres'] } },
		},
		{
			displayName: 'Port',
			name: 'port',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 65535 },
			default: 5432,
			displayOptions: { show: { driver: ['postgres'] } },
		},
		{
			displayName: 'Database Name',
			name: 'database',
			type: 'string',
			default: 'n8n',
			description: 'May be the one n8n uses: the package keeps to a schema of its own',
			displayOptions: { show: { driver: ['postgres'] } },
		},
		{
			displayName: 'Schema',
			name: 'schema',
			type: 'string',
			default: 'email_pipeline',
			description: 'Made when it is not there yet and the user may',
			displayOptions: { show: { driver: ['postgres'] } },
		},
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			default: '',
			displayOptions: { show: { driver: ['postgres'] } },
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			displayOptions: { show: { driver: ['postgres'] } },
		},
		{
			displayName: 'SSL',
			name: 'ssl',
			type: 'options',
			options: [
				{ name: 'Disable', value: 'disable', description: 'For a database on this machine' },
				{ name: 'Require', value: 'require', description: 'Encrypted, without checking who answers' },
				{ name: 'Verify', value: 'verify-full', description: 'Encrypted, with the certificate and host name checked' },
			],
			default: 'verify-full',
			displayOptions: { show: { driver: ['postgres'] } },
		},
		{
			displayName: 'Custom CA Certificate',
			name: 'ca',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			placeholder: '-----BEGIN CERTIFICATE-----',
			displayOptions: { show: { driver: ['postgres'], ssl: ['verify-full'] } },
		},
		{
			displayName: 'File',
			name: 'file',
			type: 'string',
			default: '',
			placeholder: 'e.g. /data/email-pipeline.sqlite',
			description: 'Leave empty for email-pipeline/store.sqlite in n8n’s user folder',
			displayOptions: { show: { driver: ['sqlite'] } },
		},
		{
			displayName: 'Allowed Scopes',
			name: 'allowedScopes',
			type: 'string',
			default: '',
			placeholder: 'e.g. customer-a, customer-a-*',
			description:
				'Scopes that nodes with this credential may work in, separated by commas; a * at the end stands for whatever follows. Leave empty to allow every scope.',
		},
		{
			displayName: 'Encryption Key',
			name: 'encryptionKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'32 bytes in base64 or hex, e.g. from “openssl rand -base64 32”. Archived email is encrypted with it. Leave empty to store it compressed only. Without the key nothing that it encrypted can be read again.',
		},
		{
			displayName: 'Encryption Key ID',
			name: 'encryptionKeyId',
			type: 'string',
			default: '',
			placeholder: 'e.g. 2026-11',
			description: 'Name of the key, stored beside what it encrypted',
		},
		{
			displayName: 'Previous Encryption Key',
			name: 'previousEncryptionKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Still used for reading while you rotate keys',
		},
		{
			displayName: 'Previous Encryption Key ID',
			name: 'previousEncryptionKeyId',
			type: 'string',
			typeOptions: { password: false },
			default: '',
		},
		{
			displayName: 'Keep Raw Email (Days)',
			name: 'archiveDays',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 90,
			description: 'How long raw messages can be opened and replayed. Their hashes stay. 0 keeps them for ever.',
		},
		{
			displayName: 'Keep Intake Records (Days)',
			name: 'ingestionDays',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 90,
			description: 'How long it is remembered that an email was taken in, once it was processed. 0 is for ever.',
		},
		{
			displayName: 'Keep Conversations (Days)',
			name: 'threadDays',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description: 'How long after its last message a conversation is remembered. 0 is for ever.',
		},
		{
			displayName: 'Keep Sends (Days)',
			name: 'sendDays',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 400,
			description:
				'How long a finished send is remembered. After that its idempotency key may send again. 0 is for ever.',
		},
		{
			displayName: 'Keep Settled Dead Letters (Days)',
			name: 'deadLetterDays',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 90,
			description: 'How long dead letters are kept once they were replayed or discarded. 0 is for ever.',
		},
	];
}
