import type { INodeProperties } from 'n8n-workflow';
import { pageOf, shownFor } from './shownFor';

export const deadLetterProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['deadLetter'] } },
		options: [
			{
				name: 'Add',
				value: 'add',
				action: 'Add a dead letter',
				description: 'Keep an item that could not be processed. Connect the error output of another node.',
			},
			{
				name: 'Discard',
				value: 'discard',
				action: 'Discard a dead letter',
				description: 'Decide that an item need not be processed',
			},
			{
				name: 'Get',
				value: 'get',
				action: 'Get a dead letter',
				description: 'See an item and why it could not be processed',
			},
			{ name: 'List', value: 'list', action: 'List dead letters', description: 'See dead letters, oldest first' },
			{
				name: 'Replay',
				value: 'replay',
				action: 'Replay a dead letter',
				description: 'Emit the item again as the trigger did. Connect the nodes that follow the trigger.',
			},
		],
		default: 'list',
	},
	{
		displayName: 'Dead Letter',
		name: 'letter',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a dead letter…',
				typeOptions: { searchListMethod: 'getDeadLetters', searchable: true, skipCredentialsCheckInRLC: true },
			},
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. {{ $json.id }}' },
		],
		...shownFor('deadLetter', 'discard', 'get', 'replay'),
	},
	{
		displayName:
			'The whole item is kept, with the code and message of its error. Of an email in the archive only what the trigger emitted is kept: a replay parses it anew.',
		name: 'addNotice',
		type: 'notice',
		default: '',
		...shownFor('deadLetter', 'add'),
	},
	{
		displayName: 'State',
		name: 'state',
		type: 'options',
		options: [
			{ name: 'Any', value: 'any' },
			{ name: 'Discarded', value: 'discarded' },
			{ name: 'Replayed', value: 'replayed' },
			{ name: 'Waiting', value: 'waiting', description: 'Nobody has decided about it yet' },
		],
		default: 'waiting',
		...shownFor('deadLetter', 'list'),
	},
	...pageOf('deadLetter', 'list'),
];
