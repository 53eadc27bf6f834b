import type { INodeProperties } from 'n8n-workflow';
import { pageOf, shownFor } from './shownFor';

export const messageProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['message'] } },
		options: [
			{
				name: 'Get',
				value: 'get',
				action: 'Get a received message',
				description: 'See how far an email from a mailbox got',
			},
			{
				name: 'Get Timeline',
				value: 'getTimeline',
				action: 'Get the timeline of a received message',
				description: 'See everything from the receipt of an email to what became of the answers to it',
			},
			{
				name: 'Search',
				value: 'search',
				action: 'Search received messages',
				description: 'Find the emails of a watched mailbox by how far they got, oldest first',
			},
		],
		default: 'search',
	},
	{
		displayName: 'Ingestion Key',
		name: 'key',
		type: 'string',
		default: '={{ $json.ingestion.key }}',
		required: true,
		placeholder: 'e.g. {{ $json.ingestion.key }}',
		description: 'What the IMAP IDLE Trigger gives as ingestion.key',
		...shownFor('message', 'get', 'getTimeline'),
	},
	{
		displayName: 'Mailbox',
		name: 'feed',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description: 'A mailbox that an IMAP IDLE Trigger watches',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a mailbox…',
				typeOptions: { searchListMethod: 'getFeeds', searchable: true, skipCredentialsCheckInRLC: true },
			},
			{ displayName: 'By Feed', name: 'name', type: 'string', placeholder: 'e.g. {{ $json.ingestion.feed }}' },
		],
		...shownFor('message', 'search'),
	},
	{
		displayName: 'Stages',
		name: 'stages',
		type: 'multiOptions',
		default: [],
		description: 'Only messages that are at one of these stages now. Empty means all.',
		options: [
			{ name: 'Classified', value: 'classified' },
			{ name: 'Confirmed', value: 'confirmed', description: 'Its execution has ended' },
			{ name: 'Dead', value: 'dead', description: 'It could not be processed' },
			{ name: 'Emitted', value: 'emitted', description: 'An execution was started for it' },
			{ name: 'Matched', value: 'matched' },
			{ name: 'Parsed', value: 'parsed' },
			{ name: 'Received', value: 'received', description: 'It waits for its execution' },
		],
		...shownFor('message', 'search'),
	},
	...pageOf('message', 'search'),
];
