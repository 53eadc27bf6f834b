import type { INodeProperties } from 'n8n-workflow';
import { pageOf, shownFor } from './shownFor';

export const suppressionProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['suppression'] } },
		options: [
			{
				name: 'Add',
				value: 'add',
				action: 'Add a suppression',
				description: 'Have an address never written to again, or not until a given time',
			},
			{
				name: 'Check',
				value: 'check',
				action: 'Check whether an address is suppressed',
				description: 'See whether an address may be written to, and if not, why',
			},
			{ name: 'List', value: 'list', action: 'List suppressions', description: 'See all suppressions, oldest first' },
			{ name: 'Remove', value: 'remove', action: 'Remove a suppression', description: 'Allow an address again' },
		],
		default: 'check',
	},
	{
		displayName: 'Email',
		name: 'email',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. ann@example.com',
		description: 'Address, or several separated by commas',
		...shownFor('suppression', 'add', 'check', 'remove'),
	},
	{
		displayName: 'Reason',
		name: 'reason',
		type: 'options',
		options: [
			{ name: 'Complaint', value: 'complaint', description: 'The recipient reported an email as spam' },
			{ name: 'Manual', value: 'manual', description: 'Somebody decided so' },
			{ name: 'Other', value: 'other', description: 'In words of your own' },
			{ name: 'Unsubscribed', value: 'unsubscribed', description: 'The recipient asked for no more email' },
			{ name: 'User Unknown', value: 'user-unknown', description: 'There is no such mailbox: a hard bounce' },
		],
		default: 'manual',
		description:
			'Shown wherever an email is not sent because of it. Bounces, complaints and unsubscriptions that the pipeline sees by itself have the same names.',
		...shownFor('suppression', 'add'),
	},
	{
		displayName: 'Other Reason',
		name: 'otherReason',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. account-closed',
		displayOptions: { show: { resource: ['suppression'], operation: ['add'], reason: ['other'] } },
	},
	...pageOf('suppression', 'list'),
];
