import type { INodeProperties } from 'n8n-workflow';

/** In alphabetical order, as n8n shows them. */
export const attachmentRules: INodeProperties[] = [
	{
		displayName: 'Allowed Extensions',
		name: 'allowedExtensions',
		type: 'string',
		default: '',
		placeholder: 'e.g. pdf, docx, png',
		description: 'File name extensions that are let in, separated by commas. Everything else is refused.',
	},
	{
		displayName: 'Allowed Types',
		name: 'allowedTypes',
		type: 'string',
		default: '',
		placeholder: 'e.g. application/pdf, image/*',
		description: 'Media types that are let in, separated by commas. Declared and detected type must both fit.',
	},
	{
		displayName: 'Denied Extensions',
		name: 'deniedExtensions',
		type: 'string',
		default: '',
		placeholder: 'e.g. exe, js, iso',
		description: 'File name extensions that are refused, separated by commas',
	},
	{
		displayName: 'Denied Types',
		name: 'deniedTypes',
		type: 'string',
		default: '',
		placeholder: 'e.g. application/zip, video/*',
		description: 'Media types that are refused, separated by commas. One of declared and detected type is enough.',
	},
	{
		displayName: 'Max Count',
		name: 'maxCount',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 0 },
		default: 20,
		description: 'Attachments beyond this many are refused. Images within the text count too.',
	},
	{
		displayName: 'Max Size (MB)',
		name: 'maxAttachmentSize',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 25,
		description: 'Larger attachments are refused',
	},
	{
		displayName: 'Refuse Dangerous',
		name: 'refuseDangerous',
		type: 'boolean',
		default: false,
		description:
			'Whether to refuse executables, macros, encrypted archives, disguised names and the like, which are otherwise only noted',
	},
	{
		displayName: 'Refused Attachments',
		name: 'forbiddenAction',
		type: 'options',
		options: [
			{
				name: 'Quarantine Email',
				value: 'quarantine',
				description: 'The email goes to the Quarantined output, with the attachment and the reason',
			},
			{
				name: 'Strip',
				value: 'strip',
				description: 'The email goes on without the content of the attachment',
			},
		],
		default: 'quarantine',
		description: 'What happens to an attachment that one of these rules refuses',
	},
	{
		displayName: 'Virus Scanner (ClamAV)',
		name: 'clamd',
		type: 'string',
		default: '',
		placeholder: 'e.g. 127.0.0.1:3310 or /run/clamav/clamd.ctl',
		description:
			'Address of a ClamAV daemon that every attachment is scanned by: host and port, or the path of its socket. Infected attachments are refused.',
	},
	{
		displayName: 'When the Scanner Fails',
		name: 'onScanFailure',
		type: 'options',
		options: [
			{
				name: 'Let Through',
				value: 'open',
				description: 'The attachment is accepted, and its reasons say that it was not scanned',
			},
			{
				name: 'Refuse Attachments',
				value: 'closed',
				description: 'What could not be scanned is treated like an infected attachment',
			},
		],
		default: 'closed',
		description: 'What happens when the virus scanner cannot be reached or gives no verdict',
	},
];
