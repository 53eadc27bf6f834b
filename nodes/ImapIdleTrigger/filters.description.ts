/** What the server looks for: an email that does not fit never leaves it. */
import type { INodeProperties } from 'n8n-workflow';

export const filters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
	description: 'Only emails that fit all of them. The mail server does the looking.',
	options: [
		{
			displayName: 'From Contains',
			name: 'from',
			type: 'string',
			default: '',
			placeholder: 'e.g. @example.com',
			description: 'Text in the From header',
		},
		{
			displayName: 'Has Keyword',
			name: 'keyword',
			type: 'string',
			default: '',
			placeholder: 'e.g. $Important',
			description: 'Keyword (also called tag or custom flag) that the email carries when it arrives',
		},
		{
			displayName: 'Headers',
			name: 'headers',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add header',
			default: {},
			options: [
				{
					displayName: 'Header',
					name: 'header',
					values: [
						{
							displayName: 'Name',
							name: 'name',
							type: 'string',
							default: '',
							placeholder: 'e.g. X-Ticket',
						},
						{
							displayName: 'Contains',
							name: 'value',
							type: 'string',
							default: '',
							description: 'Text in the header. Leave empty for emails that have the header at all.',
						},
					],
				},
			],
		},
		{
			displayName: 'IMAP Search',
			name: 'search',
			type: 'string',
			default: '',
			placeholder: 'e.g. OR FROM "shop" SUBJECT invoice NOT KEYWORD Done',
			description:
				'Criteria in the language of IMAP, for what the other filters cannot say. On Gmail X-GM-RAW "has:attachment" works as well.',
		},
		{
			displayName: 'Larger Than (KB)',
			name: 'larger',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 1,
		},
		{
			displayName: 'Received Since',
			name: 'since',
			type: 'dateTime',
			default: '',
			description: 'Emails that the server received from this day on',
		},
		{
			displayName: 'Smaller Than (KB)',
			name: 'smaller',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 10_240,
		},
		{
			displayName: 'Subject Contains',
			name: 'subject',
			type: 'string',
			default: '',
			placeholder: 'e.g. invoice',
			description: 'Text in the subject',
		},
		{
			displayName: 'To Contains',
			name: 'to',
			type: 'string',
			default: '',
			placeholder: 'e.g. support@',
			description: 'Text in the To header',
		},
		{
			displayName: 'Unread Only',
			name: 'unread',
			type: 'boolean',
			default: true,
			description: 'Whether emails that somebody has read before they got here are passed over',
		},
	],
};
