import type { INodeProperties } from 'n8n-workflow';
import { shownFor } from './shownFor';

export const deliverabilityProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['deliverability'] } },
		options: [
			{
				name: 'Check Domain',
				value: 'checkDomain',
				action: 'Check the DNS records of a domain',
				description: 'Look at SPF, DKIM, DMARC and MX as a receiver would, and say what to mend',
			},
			{
				name: 'Read DMARC Report',
				value: 'readReport',
				action: 'Read a DMARC aggregate report',
				description: 'Read what receivers saw of email in your domain’s name, from the attachment of a report',
			},
		],
		default: 'checkDomain',
	},
	{
		displayName: 'Domain',
		name: 'domain',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. example.com',
		description: 'The domain behind the @ of your From address',
		...shownFor('deliverability', 'checkDomain'),
	},
	{
		displayName: 'DKIM Selectors',
		name: 'selectors',
		type: 'string',
		default: '',
		placeholder: 'e.g. s1, google',
		description: 'Selectors that your servers and providers sign with, separated by commas',
		hint: 'They stand in the DKIM-Signature header of an email you sent, behind s=',
		...shownFor('deliverability', 'checkDomain'),
	},
	{
		displayName: 'Input Binary Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: '',
		placeholder: 'e.g. attachment_0',
		description: 'Field with the report. Empty means every attachment that can be one.',
		...shownFor('deliverability', 'readReport'),
	},
	{
		displayName: 'Split Into Rows',
		name: 'splitRows',
		type: 'boolean',
		default: false,
		description: 'Whether to return one item for each sending address instead of one for each report',
		...shownFor('deliverability', 'readReport'),
	},
];
