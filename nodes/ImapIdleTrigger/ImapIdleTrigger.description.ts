import type { INodeProperties } from 'n8n-workflow';
import { authenticationProperty } from '../mailServer';
import { pipelineOption, scopeOption, storeOption } from '../pipelineStore';

export const properties: INodeProperties[] = [
	authenticationProperty,
	{
		displayName: 'Mailbox',
		name: 'mailbox',
		type: 'resourceLocator',
		default: { mode: 'list', value: 'INBOX', cachedResultName: 'INBOX' },
		required: true,
		description: 'Folder to watch',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a mailbox…',
				typeOptions: { searchListMethod: 'getMailboxes', searchable: true },
			},
			{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. INBOX' },
		],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'After Processing',
				name: 'afterProcessing',
				type: 'options',
				options: [
					{ name: 'Delete', value: 'delete' },
					{ name: 'Do Nothing', value: 'nothing' },
					{ name: 'Mark as Read', value: 'markSeen' },
					{ name: 'Move', value: 'move', description: 'To the mailbox of the option “Move To”, or to Archive' },
				],
				default: 'nothing',
				description:
					'What happens to the email in the mailbox once its execution has ended. The email is remembered either way.',
			},
			{
				displayName: 'From Contains',
				name: 'fromFilter',
				type: 'string',
				default: '',
				placeholder: 'e.g. @example.com',
				description: 'Only emails whose From has this text. The server looks for it.',
			},
			{
				displayName: 'Move To',
				name: 'moveTo',
				type: 'string',
				default: 'Archive',
				placeholder: 'e.g. Processed',
				description: 'Mailbox that the email is moved to',
				displayOptions: { show: { afterProcessing: ['move'] } },
			},
			pipelineOption,
			scopeOption,
			{
				displayName: 'Since',
				name: 'since',
				type: 'dateTime',
				default: '',
				description: 'Emails that the server received from this time on',
				displayOptions: { show: { start: ['since'] } },
			},
			{
				displayName: 'Start With',
				name: 'start',
				type: 'options',
				options: [
					{ name: 'All Emails', value: 'everything', description: 'Everything in the mailbox, oldest first' },
					{ name: 'Emails Since a Date', value: 'since', description: 'The date is the option “Since”' },
					{ name: 'New Emails Only', value: 'new', description: 'What arrives after the workflow was published' },
					{ name: 'Unread Emails', value: 'unseen', description: 'What is unread now, and what arrives' },
				],
				default: 'new',
				description:
					'What to do with the emails that are there when the mailbox is watched for the first time. Later it goes on where it was.',
			},
			storeOption,
			{
				displayName: 'Subject Contains',
				name: 'subjectFilter',
				type: 'string',
				default: '',
				placeholder: 'e.g. invoice',
				description: 'Only emails whose subject has this text. The server looks for it.',
			},
			{
				displayName: 'To Contains',
				name: 'toFilter',
				type: 'string',
				default: '',
				placeholder: 'e.g. support@',
				description: 'Only emails whose To has this text. The server looks for it.',
			},
		],
	},
];
