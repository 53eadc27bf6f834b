import type { INodeProperties } from 'n8n-workflow';

/** How the connection is secured. STARTTLS is required or the connection fails: never opportunistic. */
export const securityField = (tlsPort: string, starttlsPort: string): INodeProperties => ({
	displayName: 'Connection Security',
	name: 'security',
	type: 'options',
	options: [
		{ name: 'TLS', value: 'tls', description: `Encrypted from the first byte, usually port ${tlsPort}` },
		{
			name: 'STARTTLS',
			value: 'starttls',
			description: `Encrypted before anything is said, usually port ${starttlsPort}. Fails if the server does not offer it.`,
		},
		{ name: 'None (Plaintext)', value: 'none', description: 'Password and email cross the network unencrypted' },
	],
	default: 'tls',
});

export const plaintextNotice: INodeProperties = {
	displayName:
		'Password and email cross the network unencrypted. Use this only for a server on this machine or a network you trust.',
	name: 'plaintextNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { security: ['none'] } },
};

export const certificateFields: INodeProperties[] = [
	{
		displayName: 'Custom CA Certificate',
		name: 'ca',
		type: 'string',
		typeOptions: { rows: 3 },
		default: '',
		placeholder: '-----BEGIN CERTIFICATE-----',
		description: 'PEM of an authority of your own that the server’s certificate stems from',
		displayOptions: { show: { security: ['tls', 'starttls'] } },
	},
	{
		displayName: 'Ignore Certificate Errors (Insecure)',
		name: 'allowInvalidCertificate',
		type: 'boolean',
		default: false,
		description: 'Whether to connect even if the certificate is expired, self-signed or for another host',
		displayOptions: { show: { security: ['tls', 'starttls'] } },
	},
];
