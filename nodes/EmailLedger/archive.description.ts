import type { INodeProperties } from 'n8n-workflow';
import { shownFor } from './shownFor';

export const archiveProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['archive'] } },
		options: [
			{
				name: 'Erase Address',
				value: 'eraseAddress',
				action: 'Erase an address',
				description: 'Remove one person’s address and emails from all records of the scope, for ever',
			},
			{
				name: 'Get Info',
				value: 'getInfo',
				action: 'Get info about a raw email',
				description: 'See size, hash and age, and whether the email was purged',
			},
			{
				name: 'Get Raw',
				value: 'getRaw',
				action: 'Get a raw email',
				description: 'Get an email as an .eml file, byte for byte as it came',
			},
			{
				name: 'Purge',
				value: 'purge',
				action: 'Purge a raw email',
				description: 'Remove the content of an email for ever; its hash and size stay',
			},
			{
				name: 'Re-Parse',
				value: 'reparse',
				action: 'Parse a raw email again',
				description: 'Read an email from the archive anew, with the rules of today',
			},
		],
		default: 'getRaw',
	},
	{
		displayName: 'Archive Reference',
		name: 'ref',
		type: 'string',
		default: '={{ $json.raw.ref }}',
		required: true,
		placeholder: 'e.g. sha256:9f86d0…',
		description: 'What triggers and MIME Parse give as raw.ref',
		...shownFor('archive', 'getInfo', 'getRaw', 'purge', 'reparse'),
	},
	{
		displayName: 'Email',
		name: 'erasedEmail',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. ann@example.com',
		description: 'Address of the person',
		...shownFor('archive', 'eraseAddress'),
	},
	{
		displayName:
			'This cannot be undone. Emails of and to the person are purged, records lose the address, sends not yet begun are canceled.',
		name: 'eraseNotice',
		type: 'notice',
		default: '',
		...shownFor('archive', 'eraseAddress'),
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		placeholder: 'e.g. data',
		hint: 'The name of the output field to put the file in',
		...shownFor('archive', 'getRaw'),
	},
];
