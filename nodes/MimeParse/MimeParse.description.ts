import type { INodeProperties } from 'n8n-workflow';
import { rawInputProperties } from '../rawInput';
import { attachmentRules } from './attachments.description';
import { parseOptions } from './options.description';
import { senderChecks } from './sender.description';

export const properties: INodeProperties[] = [
	...rawInputProperties,
	{
		displayName: 'Attachment Rules',
		name: 'attachments',
		type: 'collection',
		placeholder: 'Add rule',
		default: {},
		description: 'What attachments are let in. All of them are listed, hashed and inspected in any case.',
		options: attachmentRules,
	},
	{
		displayName: 'Sender Checks',
		name: 'sender',
		type: 'collection',
		placeholder: 'Add check',
		default: {},
		description:
			'Who may write, and how a forged sender is recognized. An email that fails goes to the Quarantined output with the reason.',
		options: senderChecks,
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: parseOptions,
	},
];
