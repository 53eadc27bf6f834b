/** The fields about what an email says: bodies, quoting, attachments as links, unsubscribing. */
import type { INodeProperties } from 'n8n-workflow';

export const bodyProperties: INodeProperties[] = [
	{
		displayName: 'Email Format',
		name: 'emailFormat',
		type: 'options',
		options: [
			{ name: 'Both', value: 'both', description: 'Send both, the recipient’s client shows one' },
			{ name: 'HTML', value: 'html' },
			{ name: 'Markdown', value: 'markdown', description: 'Send text and HTML made from one Markdown text' },
			{ name: 'Text', value: 'text' },
		],
		default: 'text',
	},
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 5 },
		default: '',
		placeholder: 'e.g. Thank you for your message. We will answer within a day.',
		displayOptions: { show: { emailFormat: ['text', 'both'] } },
	},
	{
		displayName: 'HTML',
		name: 'html',
		type: 'string',
		typeOptions: { rows: 5, editor: 'htmlEditor' },
		default: '',
		displayOptions: { show: { emailFormat: ['html', 'both'] } },
	},
	{
		displayName: 'Markdown',
		name: 'markdown',
		type: 'string',
		typeOptions: { rows: 5 },
		default: '',
		placeholder: 'e.g. Thank you! Your order is **on its way**.',
		description: 'HTML in it is shown as text, unless Options allow it',
		displayOptions: { show: { emailFormat: ['markdown'] } },
	},
];

const onlyReply = { displayOptions: { show: { '/operation': ['reply'] } } };

export const contentOptions: INodeProperties[] = [
	{
		displayName: 'Allow HTML in Markdown',
		name: 'markdownHtml',
		type: 'boolean',
		default: false,
		description:
			'Whether HTML in the Markdown text goes out as it is. Switch it on only for text that you wrote yourself.',
		displayOptions: { show: { '/emailFormat': ['markdown'] } },
	},
	{
		displayName: 'Attachments as Links',
		name: 'links',
		type: 'fixedCollection',
		placeholder: 'Add link template',
		default: {},
		description: 'Where heavy attachments can be fetched instead of being attached',
		options: [
			{
				name: 'template',
				displayName: 'Link Template',
				values: [
					{
						displayName: 'URL',
						name: 'url',
						type: 'string',
						default: '',
						placeholder: 'e.g. https://files.example.com/{sha256}/{filename}?expires={expires}',
						description:
							'Address of an attachment. {field}, {filename}, {sha256}, {size} and {expires} (Unix time) are filled in. Keep it the same for the same event: other content under the same key is refused.',
					},
					{
						displayName: 'Larger Than (MB)',
						name: 'threshold',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 10,
						description: 'Attachments above this become links, the others are attached. 0 makes links of all.',
					},
					{
						displayName: 'Expires After (Hours)',
						name: 'hours',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 168,
						description: 'Shown beside the link and filled in for {expires}. 0 is never.',
					},
				],
			},
		],
	},
	{
		displayName: 'List Unsubscribe',
		name: 'unsubscribe',
		type: 'fixedCollection',
		placeholder: 'Add unsubscribe header',
		default: {},
		description: 'What the mail client’s unsubscribe button does. Large mailbox providers ask for it on bulk email.',
		options: [
			{
				name: 'header',
				displayName: 'Header',
				values: [
					{
						displayName: 'URL',
						name: 'url',
						type: 'string',
						default: '',
						placeholder: 'e.g. https://example.com/unsubscribe?id=…',
					},
					{
						displayName: 'One-Click',
						name: 'oneClick',
						type: 'boolean',
						default: true,
						description: 'Whether a POST to the URL unsubscribes at once (RFC 8058)',
					},
					{
						displayName: 'Email',
						name: 'email',
						type: 'string',
						default: '',
						placeholder: 'e.g. unsubscribe@example.com',
						description: 'Address that an email can be sent to instead',
					},
					{
						displayName: 'Email Subject',
						name: 'subject',
						type: 'string',
						default: '',
						description: 'Subject of that email, which tells you who it is',
					},
				],
			},
		],
	},
	{
		displayName: 'Own Addresses',
		name: 'ownAddresses',
		type: 'string',
		default: '',
		placeholder: 'e.g. support@example.com, sales@example.com',
		description:
			'Addresses of yours that a reply to all leaves out, besides From Email and those the email came in for',
		...onlyReply,
	},
	{
		displayName: 'Quote Original',
		name: 'quote',
		type: 'boolean',
		default: false,
		description: 'Whether to put the email that is answered below the reply, as quoted text',
		...onlyReply,
	},
	{
		displayName: 'Reply Goes To',
		name: 'audience',
		type: 'options',
		options: [
			{ name: 'All', value: 'all', description: 'Everybody on the email but your own addresses' },
			{ name: 'Mailing List', value: 'list', description: 'The address that its List-Post header names' },
			{ name: 'Sender', value: 'sender', description: 'Reply-To, else From. Never the list it came through.' },
		],
		default: 'sender',
		description: 'Who gets the reply',
		...onlyReply,
	},
];
