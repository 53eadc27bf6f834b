import type { INodeProperties } from 'n8n-workflow';

/** Keeps test mail from real people, whatever workflow uses the credential. */
export const sandboxFields: INodeProperties[] = [
	{
		displayName: 'Sandbox Mode',
		name: 'sandbox',
		type: 'boolean',
		default: false,
		description:
			'Whether to send to nobody but the recipients below, for tests. What is kept back is marked in the ledger.',
	},
	{
		displayName: 'Allowed Recipients',
		name: 'sandboxAllow',
		type: 'string',
		default: '',
		placeholder: 'e.g. ann@example.com, example.org',
		description: 'Addresses and domains that are sent to as usual, separated by commas',
		displayOptions: { show: { sandbox: [true] } },
	},
	{
		displayName: 'Other Recipients',
		name: 'sandboxMode',
		type: 'options',
		options: [
			{ name: 'Capture', value: 'capture', description: 'Keep the email in the archive, send nothing' },
			{ name: 'Redirect', value: 'redirect', description: 'Send it to one address of yours instead' },
		],
		default: 'capture',
		description: 'What becomes of email to everybody else',
		displayOptions: { show: { sandbox: [true] } },
	},
	{
		displayName: 'Redirect To',
		name: 'sandboxRedirectTo',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. tests@example.com',
		displayOptions: { show: { sandbox: [true], sandboxMode: ['redirect'] } },
	},
];
