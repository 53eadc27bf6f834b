import type { INodeProperties } from 'n8n-workflow';
import { shownFor } from './shownFor';

export const controlProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['control'] } },
		options: [
			{
				name: 'List Pauses',
				value: 'list',
				action: 'List what is paused',
				description: 'See what is paused, since when and why',
			},
			{
				name: 'Pause',
				value: 'pause',
				action: 'Pause sending',
				description: 'Have Idempotent Send defer emails instead of sending them, during an incident say',
			},
			{ name: 'Resume', value: 'resume', action: 'Resume sending', description: 'End a pause' },
		],
		default: 'list',
	},
	{
		displayName: 'Target',
		name: 'target',
		type: 'options',
		options: [
			{ name: 'All Sending', value: 'all', description: 'Every email of the scope' },
			{ name: 'Credential', value: 'credential', description: 'What goes out through one account' },
			{ name: 'Stream', value: 'stream' },
			{ name: 'Template', value: 'template' },
		],
		default: 'stream',
		...shownFor('control', 'pause', 'resume'),
	},
	{
		displayName: 'Name',
		name: 'targetName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. newsletter',
		description: 'Stream or template as Idempotent Send names it, or the name or ID of its credential',
		displayOptions: {
			show: {
				resource: ['control'],
				operation: ['pause', 'resume'],
				target: ['credential', 'stream', 'template'],
			},
		},
	},
	{
		displayName: 'Reason',
		name: 'pauseReason',
		type: 'string',
		default: '',
		placeholder: 'e.g. Wrong prices in the template',
		description: 'Shown on every email that is deferred because of the pause',
		...shownFor('control', 'pause'),
	},
];
