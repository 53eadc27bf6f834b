import type { INodeProperties } from 'n8n-workflow';
import { authenticationProperty } from '../mailServer';
import { keepRawOption, pipelineOption, scopeOption, storeOption } from '../pipelineStore';
import { filters } from './filters.description';

export const properties: INodeProperties[] = [
	authenticationProperty,
	{
		displayName: 'Mailbox',
		name: 'mailbox',
		type: 'resourceLocator',
		default: { mode: 'list', value: 'INBOX', cachedResultName: 'INBOX' },
		required: true,
		description: 'Folder to watch. More of them can be added under Options.',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a mailbox…',
				typeOptions: { searchListMethod: 'getMailboxes', searchable: true },
			},
			{
				displayName: 'By Name',
				name: 'name',
				type: 'string',
				placeholder: 'e.g. INBOX or Support/*',
				hint: 'With * for anything, % for anything within one level, or a special use such as \\Junk or \\Sent',
			},
		],
	},
	filters,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Additional Mailbox Names or IDs',
				name: 'additionalMailboxes',
				type: 'multiOptions',
				typeOptions: { loadOptionsMethod: 'getMailboxOptions' },
				default: [],
				description:
					'Further folders to watch, each with a connection of its own; at most ten in all. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
			},
			{
				displayName: 'After Processing',
				name: 'afterProcessing',
				type: 'options',
				options: [
					{ name: 'Add Keyword', value: 'addKeyword', description: 'The one of the option “Keyword”' },
					{ name: 'Delete', value: 'delete' },
					{ name: 'Do Nothing', value: 'nothing' },
					{ name: 'Mark as Read', value: 'markSeen' },
					{ name: 'Move', value: 'move', description: 'To the mailbox of the option “Move To”, or to Archive' },
				],
				default: 'nothing',
				description:
					'What happens to the email in the mailbox once it is done. Delete and Move only follow an execution that succeeded: else the email stays where it is and becomes a dead letter. A failing action is tried again without starting the workflow again.',
			},
			{
				displayName: 'Check Connection Every (Seconds)',
				name: 'checkConnectionEvery',
				type: 'number',
				typeOptions: { minValue: 5, maxValue: 1740 },
				default: 40,
				description:
					'How often a silent mail server is asked for a sign of life, so that a dead connection is noticed. Lower it where the network drops quiet connections sooner.',
			},
			{
				displayName: 'Email Is Done When',
				name: 'doneWhen',
				type: 'options',
				options: [
					{
						name: 'Execution Has Ended or Waits',
						value: 'ended',
						description:
							'Also when it failed: the failed execution is for you to look at and to retry. If it had several emails, each of them runs once more first, alone.',
					},
					{
						name: 'Execution Succeeded',
						value: 'succeeded',
						description:
							'A failed execution is started again, with growing pauses. After the last attempt the email becomes a dead letter.',
					},
				],
				default: 'ended',
				description: 'When the email counts as processed',
			},
			{
				displayName: 'Emails per Execution',
				name: 'batching',
				type: 'options',
				options: [
					{
						name: 'Adaptive',
						value: 'adaptive',
						description: 'One while emails come singly, up to 50 items when many are waiting',
					},
					{ name: 'Always One', value: 'single', description: 'Slower when many are waiting' },
				],
				default: 'adaptive',
				description:
					'How many emails one execution gets, each as an item of its own. If an execution with several fails, each of its emails runs again in one of its own.',
			},
			keepRawOption,
			{
				displayName: 'Keyword',
				name: 'keyword',
				type: 'string',
				default: '',
				placeholder: 'e.g. $Processed',
				description: 'Keyword (also called tag or custom flag) that the email gets',
				displayOptions: { show: { afterProcessing: ['addKeyword'] } },
			},
			{
				displayName: 'Max Attempts',
				name: 'maxAttempts',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 20 },
				default: 3,
				description:
					'Executions that are started for one email until it becomes a dead letter: those that n8n did not survive, and those that failed when an email is done only once its execution succeeded. After one that failed with several emails, each gets at least one more, alone.',
			},
			{
				displayName: 'Max Email Size (MB)',
				name: 'maxMessageSize',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 0,
				description: 'A larger email is not fetched and becomes a dead letter. 0 for no limit.',
			},
			{
				displayName: 'Max Executions at Once',
				name: 'executions',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 50 },
				default: 4,
				description: 'Executions of this trigger that run at the same time. Further emails wait their turn.',
			},
			{
				displayName: 'Move To',
				name: 'moveTo',
				type: 'resourceLocator',
				default: { mode: 'name', value: 'Archive' },
				description: 'Mailbox that the email is moved to',
				modes: [
					{
						displayName: 'From List',
						name: 'list',
						type: 'list',
						placeholder: 'Select a mailbox…',
						typeOptions: { searchListMethod: 'getMailboxes', searchable: true },
					},
					{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. Processed' },
				],
				displayOptions: { show: { afterProcessing: ['move'] } },
			},
			pipelineOption,
			{
				displayName: 'Report Outage After (Minutes)',
				name: 'reportOutageAfter',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 15,
				description:
					'When the mailbox cannot be reached for that long, a failed execution says so and runs the error workflow; another one says when it is back. 0 for never.',
			},
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
		],
	},
];
