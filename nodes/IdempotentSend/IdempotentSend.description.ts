import type { INodeProperties } from 'n8n-workflow';
import { scopeOption, storeOption } from '../pipelineStore';
import { bodyProperties, contentOptions } from './content.description';
import { deliveryOptions, transportProperties } from './delivery.description';

/** As n8n lists options. */
function byName(options: INodeProperties[]): INodeProperties[] {
	return options.sort((one, other) => one.displayName.localeCompare(other.displayName));
}

export const properties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Reply',
				value: 'reply',
				action: 'Reply to an email',
				description: 'Answer the parsed email this item carries, in its thread',
			},
			{ name: 'Send', value: 'send', action: 'Send an email', description: 'Send a new email' },
		],
		default: 'reply',
	},
	...transportProperties,
	{
		displayName: 'From Email',
		name: 'fromEmail',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Support <support@example.com>',
		description: 'Address the email is sent from, with a name if you like',
	},
	{
		displayName: 'To Email',
		name: 'toEmail',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. ann@example.com, bob@example.com',
		description: 'Recipients, separated by commas',
		displayOptions: { show: { operation: ['send'] } },
	},
	{
		displayName: 'Subject',
		name: 'subject',
		type: 'string',
		default: '',
		placeholder: 'e.g. Your order has shipped',
		displayOptions: { show: { operation: ['send'] } },
	},
	...bodyProperties,
	{
		displayName: 'Business Event ID',
		name: 'eventId',
		type: 'string',
		default: '={{ $json.id }}',
		required: true,
		placeholder: 'e.g. {{ $json.orderId }}',
		description:
			'What this email is about, such as the email it answers or an order number. For the same event, recipients and template an email is sent once, however often the workflow runs.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: byName([
			...contentOptions,
			...deliveryOptions,
			{
				displayName: 'Attachments',
				name: 'attachments',
				type: 'string',
				default: '',
				placeholder: 'e.g. data, invoice',
				description: 'Binary fields to attach, separated by commas',
			},
			{
				displayName: 'Automatic Reply',
				name: 'automatic',
				type: 'boolean',
				default: true,
				description:
					'Whether no person decides on this reply. It is then marked as automatic and never answers another automatic email, a no-reply address or a mailing list.',
				displayOptions: { show: { '/operation': ['reply'] } },
			},
			{
				displayName: 'BCC Email',
				name: 'bcc',
				type: 'string',
				default: '',
				placeholder: 'e.g. archive@example.com',
			},
			{ displayName: 'CC Email', name: 'cc', type: 'string', default: '', placeholder: 'e.g. boss@example.com' },
			{
				displayName: 'Correlation ID',
				name: 'correlationId',
				type: 'string',
				default: '',
				description: 'An ID of your own that is kept with the send',
			},
			{
				displayName: 'Headers',
				name: 'headers',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				placeholder: 'Add header',
				default: {},
				options: [
					{
						name: 'header',
						displayName: 'Header',
						values: [
							{ displayName: 'Name', name: 'name', type: 'string', default: '', placeholder: 'e.g. X-Ticket' },
							{ displayName: 'Value', name: 'value', type: 'string', default: '' },
						],
					},
				],
			},
			{
				displayName: 'Idempotency Key',
				name: 'key',
				type: 'string',
				default: '',
				description:
					'Key to use instead of the one made from event, recipients and template. The same key with other content is refused.',
			},
			{
				displayName: 'Inline Images',
				name: 'inlineImages',
				type: 'string',
				default: '',
				placeholder: 'e.g. logo',
				description: 'Binary fields that the HTML shows by <code>cid:</code> and the field’s name, separated by commas',
			},
			{
				displayName: 'Reply-To Email',
				name: 'replyTo',
				type: 'string',
				default: '',
				placeholder: 'e.g. support@example.com',
			},
			scopeOption,
			storeOption,
			{
				displayName: 'Stream',
				name: 'stream',
				type: 'string',
				default: '',
				placeholder: 'e.g. newsletter',
				description: 'Kind of mail this belongs to. Who unsubscribes from one stream still gets the others.',
			},
			{
				displayName: 'Subject',
				name: 'subject',
				type: 'string',
				default: '',
				placeholder: 'e.g. Re: Your request',
				description: 'Subject of the reply, if not the one of the email it answers',
				displayOptions: { show: { '/operation': ['reply'] } },
			},
			{
				displayName: 'Template',
				name: 'template',
				type: 'string',
				default: '',
				placeholder: 'e.g. acknowledgement',
				description:
					'Name of what is sent. Part of the idempotency key: give two nodes the same name if either of them may send, but not both. Empty means this node.',
			},
			{
				displayName: 'Template Version',
				name: 'templateVersion',
				type: 'string',
				default: '1',
				description: 'Part of the idempotency key: a new version may be sent again for the same event',
			},
			{
				displayName: 'To Email',
				name: 'to',
				type: 'string',
				default: '',
				placeholder: 'e.g. ann@example.com',
				description: 'Recipients of the reply, if not those of Reply To',
				displayOptions: { show: { '/operation': ['reply'] } },
			},
		]),
	},
];
