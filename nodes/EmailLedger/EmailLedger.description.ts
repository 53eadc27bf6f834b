import type { INodeProperties } from 'n8n-workflow';
import { scopeOption, storeOption } from '../pipelineStore';
import { archiveProperties } from './archive.description';
import { controlProperties } from './control.description';
import { deadLetterProperties } from './deadLetter.description';
import { deliverabilityProperties } from './deliverability.description';
import { messageProperties } from './message.description';
import { sendProperties } from './send.description';
import { statisticsProperties } from './statistics.description';
import { suppressionProperties } from './suppression.description';

const optionFor = (resource: string, operations: string[]): Pick<INodeProperties, 'displayOptions'> => ({
	displayOptions: { show: { '/resource': [resource], '/operation': operations } },
});

export const properties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Archive', value: 'archive', description: 'Raw emails as they came' },
			{ name: 'Control', value: 'control', description: 'Pause and resume sending' },
			{ name: 'Dead Letter', value: 'deadLetter', description: 'Items that could not be processed' },
			{ name: 'Deliverability', value: 'deliverability', description: 'DNS records and DMARC reports of your domains' },
			{ name: 'Message', value: 'message', description: 'Emails received from mailboxes' },
			{ name: 'Send', value: 'send', description: 'Emails sent by Idempotent Send' },
			{ name: 'Statistics', value: 'statistics', description: 'Numbers to watch' },
			{ name: 'Suppression', value: 'suppression', description: 'Addresses not to be written to' },
		],
		default: 'send',
	},
	...sendProperties,
	...suppressionProperties,
	...controlProperties,
	...deadLetterProperties,
	...archiveProperties,
	...deliverabilityProperties,
	...messageProperties,
	...statisticsProperties,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		// It reads DNS and attachments, and nothing of the store.
		displayOptions: { hide: { resource: ['deliverability'] } },
		options: [
			{
				displayName: 'Before',
				name: 'before',
				type: 'dateTime',
				default: '',
				description: 'Counts only sends made before then',
				...optionFor('statistics', ['getOverview']),
			},
			{
				displayName: 'Error Code',
				name: 'reason',
				type: 'string',
				default: '',
				placeholder: 'e.g. INVOICE_UNREADABLE',
				description: 'Why the item could not be processed, if not the code of its error',
				...optionFor('deadLetter', ['add']),
			},
			{
				displayName: 'Error Message',
				name: 'message',
				type: 'string',
				default: '',
				placeholder: 'e.g. The invoice has no number',
				description: 'What happened, in words, if not the message of its error',
				...optionFor('deadLetter', ['add']),
			},
			{
				displayName: 'Expires At',
				name: 'expiresAt',
				type: 'dateTime',
				default: '',
				description: 'When the address may be written to again. Empty means never.',
				...optionFor('suppression', ['add']),
			},
			{
				displayName: 'Feed',
				name: 'feed',
				type: 'string',
				default: '',
				placeholder: 'e.g. invoices',
				description: 'Group that dead letters are listed under. Empty means this workflow, or any when listing.',
				...optionFor('deadLetter', ['add', 'list']),
			},
			{
				displayName: 'Key',
				name: 'key',
				type: 'string',
				default: '',
				placeholder: 'e.g. {{ $json.id }}',
				description:
					'What makes two failures the same dead letter. Empty means the email, or the content of an item that is none.',
				...optionFor('deadLetter', ['add']),
			},
			{
				displayName: 'Note',
				name: 'note',
				type: 'string',
				default: '',
				placeholder: 'e.g. Found in the server’s log',
				description: 'Why you decide so, kept in the timeline of the send',
				...optionFor('send', ['cancel', 'resolve', 'resolveBySentFolder', 'retry']),
			},
			scopeOption,
			{
				displayName: 'Sent Folder',
				name: 'sentFolder',
				type: 'string',
				default: '',
				placeholder: 'e.g. Sent Items',
				description: 'Folder that the server files sent emails in. Empty means the one the server marks as such.',
				...optionFor('send', ['resolveBySentFolder']),
			},
			{
				displayName: 'Source',
				name: 'source',
				type: 'string',
				default: '',
				placeholder: 'e.g. ticket 4711',
				description: 'Event or person the suppression stems from. Empty means this workflow.',
				...optionFor('suppression', ['add', 'importCsv']),
			},
			storeOption,
			{
				displayName: 'Stream',
				name: 'stream',
				type: 'string',
				default: '',
				placeholder: 'e.g. newsletter',
				description: 'Kind of email the suppression is for. Empty means all email, or what a CSV file says.',
				...optionFor('suppression', ['add', 'check', 'importCsv', 'remove']),
			},
			{
				displayName: 'Until',
				name: 'until',
				type: 'dateTime',
				default: '',
				description: 'When sending goes on by itself. Empty means when it is resumed.',
				...optionFor('control', ['pause']),
			},
		],
	},
];
