import type { INodeProperties } from 'n8n-workflow';
import { scopeOption, storeOption } from '../pipelineStore';

const limit = (displayName: string, name: string, value: number, description: string): INodeProperties => ({
	displayName,
	name,
	type: 'number',
	typeOptions: { minValue: 0 },
	default: value,
	description,
});

/** In alphabetical order, as n8n shows them. */
export const parseOptions: INodeProperties[] = [
	{
		displayName: 'Add Markdown',
		name: 'markdown',
		type: 'boolean',
		default: true,
		description: 'Whether to add the body as Markdown, in the field markdown: good to hand to a language model',
	},
	{
		displayName: 'Attachment Field Prefix',
		name: 'attachmentPrefix',
		type: 'string',
		default: 'attachment_',
		description: 'Binary fields are named with it and a number, such as attachment_0',
	},
	{
		displayName: 'Extract',
		name: 'extract',
		type: 'multiOptions',
		options: [
			{
				name: 'List-Unsubscribe',
				value: 'unsubscribe',
				description: 'The addresses to unsubscribe at, and whether one click is enough',
			},
			{
				name: 'One-Time Code',
				value: 'code',
				description: 'The code of a sign-in or verification email, with the phrase beside it. Knows 31 languages.',
			},
			{
				name: 'Plus Addresses',
				value: 'plusAddresses',
				description: 'The parts of recipients such as support+ticket-42@example.com',
			},
			{
				name: 'Verification Link',
				value: 'link',
				description: 'The link that confirms an address, resets a password or signs in, with the phrase that says so',
			},
		],
		default: [],
		description: 'What to look for in the email; what was found is in the field extracted',
	},
	{
		displayName: 'Extract Attachments',
		name: 'attachments',
		type: 'boolean',
		default: true,
		description: 'Whether to put attachments into binary fields. They are listed, hashed and inspected either way.',
	},
	{
		displayName: 'Extract by Pattern',
		name: 'patterns',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add pattern',
		default: {},
		description: 'Order, ticket or customer numbers, by regular expressions of your own; found in extracted.values',
		options: [
			{
				displayName: 'Pattern',
				name: 'pattern',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						required: true,
						placeholder: 'e.g. orderNumber',
						description: 'Where to find it: extracted.values.orderNumber, a list',
					},
					{
						displayName: 'Regular Expression',
						name: 'pattern',
						type: 'string',
						default: '',
						required: true,
						placeholder: 'e.g. ORD-(\\d{6})',
						description: 'Without slashes around it. The first group is the value, else all of the match.',
					},
					{
						displayName: 'Search In',
						name: 'in',
						type: 'options',
						options: [
							{ name: 'HTML', value: 'html' },
							{ name: 'Subject', value: 'subject' },
							{ name: 'Subject and Text', value: 'subject-and-text' },
							{ name: 'Text', value: 'text' },
						],
						default: 'subject-and-text',
						description: 'Which part of the email is searched',
					},
					{
						displayName: 'Ignore Case',
						name: 'ignoreCase',
						type: 'boolean',
						default: true,
						description: 'Whether capital and small letters are the same',
					},
				],
			},
		],
	},
	{
		displayName: 'HTML Body',
		name: 'html',
		type: 'options',
		options: [
			{
				name: 'As Received',
				value: 'received',
				description: 'Scripts, tracking pixels and all: do not show it to anybody',
			},
			{
				name: 'Sanitized',
				value: 'sanitized',
				description: 'Without scripts, forms and remote content; what was removed is listed in the field sanitized',
			},
		],
		default: 'sanitized',
		description: 'What the field html holds. Without this option it is as received.',
	},
	{
		displayName: 'Limits',
		name: 'limits',
		type: 'fixedCollection',
		placeholder: 'Set limits',
		default: {},
		description: 'What goes beyond a limit is left out and noted as a defect',
		options: [
			{
				displayName: 'Limits',
				name: 'values',
				values: [
					limit('Max Addresses', 'addresses', 2000, 'Addresses in one header'),
					limit('Max Attachments', 'attachments', 500, 'Attachments that are read at all'),
					limit('Max Header Size (KB)', 'headerKilobytes', 256, 'Size of one header section'),
					limit('Max Email Size (MB)', 'messageMegabytes', 150, 'Size of the raw email'),
					limit('Max Nesting', 'depth', 50, 'Levels of parts within parts'),
					limit('Max Parts', 'parts', 1000, 'Parts of the email, its attachments included'),
					limit('Max Text Size (MB)', 'textMegabytes', 8, 'Size of all text together'),
				],
			},
		],
	},
	scopeOption,
	storeOption,
];
