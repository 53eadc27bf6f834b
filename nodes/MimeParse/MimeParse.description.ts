import type { INodeProperties } from 'n8n-workflow';
import { scopeOption, storeOption } from '../pipelineStore';
import { rawInputProperties } from '../rawInput';

export const properties: INodeProperties[] = [
	...rawInputProperties,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Allowed Attachment Types',
				name: 'allowedTypes',
				type: 'string',
				default: '',
				placeholder: 'e.g. application/pdf, image/*',
				description: 'Media types that are let in, separated by commas. Declared and detected type must both fit.',
			},
			{
				displayName: 'Attachment Field Prefix',
				name: 'attachmentPrefix',
				type: 'string',
				default: 'attachment_',
				description: 'Binary fields are named with it and a number, such as attachment_0',
			},
			{
				displayName: 'Denied Attachment Extensions',
				name: 'deniedExtensions',
				type: 'string',
				default: '',
				placeholder: 'e.g. exe, js, iso',
				description: 'File name extensions that are refused, separated by commas',
			},
			{
				displayName: 'Extract Attachments',
				name: 'attachments',
				type: 'boolean',
				default: true,
				description: 'Whether to put attachments into binary fields. They are listed, hashed and inspected either way.',
			},
			{
				displayName: 'Max Attachment Size (MB)',
				name: 'maxAttachmentSize',
				type: 'number',
				typeOptions: { minValue: 0, numberPrecision: 2 },
				default: 25,
				description: 'Larger attachments are refused',
			},
			{
				displayName: 'Max Message Size (MB)',
				name: 'maxMessageSize',
				type: 'number',
				typeOptions: { minValue: 0, numberPrecision: 2 },
				default: 150,
				description: 'What goes beyond is left out and noted as a defect',
			},
			{
				displayName: 'Refuse Dangerous Attachments',
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
				description: 'What happens to an attachment that the settings above refuse',
			},
			scopeOption,
			storeOption,
			{
				displayName: 'Trusted Authentication Hosts',
				name: 'trustedHosts',
				type: 'string',
				default: '',
				placeholder: 'e.g. mx.example.com',
				description:
					'Your own mail servers, as they name themselves in Authentication-Results. Only their verdicts on SPF, DKIM and DMARC are believed.',
			},
		],
	},
];
