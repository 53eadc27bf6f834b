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
		displayOptions: { show: { resource: ['archive'] } },
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
