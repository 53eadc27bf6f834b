import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { scopeOption, storeOption } from '../pipelineStore';

const shownFor = (...operations: string[]): { displayOptions: IDisplayOptions } => ({
	displayOptions: { show: { operation: operations } },
});
const optionFor = (...operations: string[]): { displayOptions: IDisplayOptions } => ({
	displayOptions: { show: { '/operation': operations } },
});

const threadId: INodeProperties = {
	displayName: 'Thread ID',
	name: 'threadId',
	type: 'string',
	required: true,
	default: '={{ $json.thread.threadId }}',
};

export const properties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Forget',
				value: 'forget',
				action: 'Forget a thread',
				description: 'Remove a thread and all that is known of its messages',
			},
			{
				name: 'Link',
				value: 'link',
				action: 'Link data to a thread',
				description: 'Note a ticket or order number and data with a thread, for every later message of it',
			},
			{
				name: 'Look Up',
				value: 'lookUp',
				action: 'Look up a thread',
				description: 'Get a thread by its ID, by one of its messages or by a business key',
			},
			{
				name: 'Match',
				value: 'match',
				action: 'Match an email to its thread',
				description: 'Find the thread an email belongs to, or start a new one',
			},
			{
				name: 'Merge',
				value: 'merge',
				action: 'Merge two threads',
				description: 'Make one thread of two; both IDs lead to it',
			},
			{
				name: 'Split',
				value: 'split',
				action: 'Split a message off a thread',
				description: 'Move one message, and what answers it from now on, to a thread of its own',
			},
		],
		default: 'match',
	},
	{
		displayName:
			'Takes the parsed message from MIME Parse. The item keeps its data and gains <b>thread</b> with the thread’s ID, the evidence and the number of messages.',
		name: 'notice',
		type: 'notice',
		default: '',
		...shownFor('match'),
	},
	{
		displayName: 'Look Up By',
		name: 'lookUpBy',
		type: 'options',
		options: [
			{ name: 'Business Key', value: 'key', description: 'A number that was linked or found in a message' },
			{ name: 'Message-ID', value: 'message', description: 'Message-ID of one of its messages' },
			{ name: 'Thread ID', value: 'thread', description: 'Also of a thread that was merged into another' },
		],
		default: 'thread',
		description: 'A thread that is not found leaves on the output New Thread',
		...shownFor('lookUp'),
	},
	{ ...threadId, ...shownFor('link', 'forget'), description: 'Thread to work on' },
	{
		...threadId,
		displayOptions: { show: { operation: ['lookUp'], lookUpBy: ['thread'] } },
		description: 'Thread to get',
	},
	{ ...threadId, ...shownFor('merge'), description: 'Thread that stays' },
	{
		displayName: 'Other Thread ID',
		name: 'otherThreadId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. {{ $json.thread.threadId }}',
		description: 'Thread that becomes part of it',
		...shownFor('merge'),
	},
	{
		displayName: 'Message-ID',
		name: 'messageId',
		type: 'string',
		required: true,
		default: '={{ $json.messageId }}',
		description: 'Message-ID of the email, with or without angle brackets',
		...shownFor('split'),
	},
	{
		displayName: 'Message-ID',
		name: 'messageId',
		type: 'string',
		required: true,
		default: '={{ $json.messageId }}',
		description: 'Message-ID of the email, with or without angle brackets',
		displayOptions: { show: { operation: ['lookUp'], lookUpBy: ['message'] } },
	},
	...keyFields({ show: { operation: ['lookUp'], lookUpBy: ['key'] } }, true),
	...keyFields(shownFor('link').displayOptions, false),
	{
		displayName: 'Data',
		name: 'data',
		type: 'json',
		default: '{}',
		description: 'JSON object that is added to the thread’s data; each match hands it on as thread.data',
		...shownFor('link'),
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Allow Subject and Quotes',
				name: 'subject',
				type: 'boolean',
				default: false,
				description:
					'Whether an answer that names no email may be matched by the text it quotes, or by subject and participants together. Set it the same for all email of a scope, from the beginning.',
				...optionFor('match'),
			},
			{
				displayName: 'Business Keys',
				name: 'businessKeys',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				placeholder: 'Add business key',
				default: {},
				description: 'Ticket, order or customer numbers that find a thread where the headers find none',
				...optionFor('match'),
				options: [
					{
						displayName: 'Key',
						name: 'key',
						values: [
							{
								displayName: 'Name',
								name: 'name',
								type: 'string',
								default: '',
								placeholder: 'e.g. ticket',
								description: 'Keys of different names never meet',
							},
							{
								displayName: 'Pattern',
								name: 'pattern',
								type: 'string',
								default: '',
								placeholder: 'e.g. \\[#(\\d+)\\]',
								description: 'Regular expression. Its first group is the number, else all that it matches.',
							},
							{
								displayName: 'Search In',
								name: 'places',
								type: 'multiOptions',
								options: [
									{ name: 'Body', value: 'body' },
									{ name: 'Headers', value: 'headers' },
									{ name: 'Subject', value: 'subject' },
								],
								default: ['subject'],
								description: 'Where to look for it',
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
				description: 'Your own addresses, separated by commas: that two emails share one of these proves nothing',
				...optionFor('match'),
			},
			{
				displayName: 'Require Participant',
				name: 'requireParticipant',
				type: 'boolean',
				default: false,
				description:
					'Whether the sender must have part in the thread, or the email must come in for a signed reply address. Else it goes to New Thread with suspect set: its headers may be forged.',
				...optionFor('match'),
			},
			scopeOption,
			storeOption,
			{
				displayName: 'Subject Window (Days)',
				name: 'subjectWindow',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 14,
				description: 'How far apart two emails may be that only subject and participants join',
				...optionFor('match'),
			},
		],
	},
];

function keyFields(displayOptions: IDisplayOptions | undefined, required: boolean): INodeProperties[] {
	return [
		{
			displayName: 'Key Name',
			name: 'keyName',
			type: 'string',
			required,
			default: 'ticket',
			placeholder: 'e.g. ticket',
			description: 'What the number is; the same name as in the patterns of Match',
			displayOptions,
		},
		{
			displayName: 'Key Value',
			name: 'keyValue',
			type: 'string',
			required,
			default: '',
			placeholder: 'e.g. 4711',
			description: required ? 'The number to look up' : 'The number itself, such as the ticket’s ID',
			displayOptions,
		},
	];
}
