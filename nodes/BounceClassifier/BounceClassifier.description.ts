import type { INodeProperties } from 'n8n-workflow';
import { scopeOption, storeOption } from '../pipelineStore';
import { rawInputProperties } from '../rawInput';

export const properties: INodeProperties[] = [
	...rawInputProperties,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Delay Warnings Go To',
				name: 'delays',
				type: 'options',
				options: [
					{ name: 'Auto-Reply', value: 'auto-reply' },
					{ name: 'Bounce', value: 'bounce' },
				],
				default: 'bounce',
				description: 'Where notices go that an email is late but still being tried',
			},
			{
				displayName: 'Min Confidence',
				name: 'minimumConfidence',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 1 },
				default: 0,
				description: 'Below this, between 0 and 1, an email counts as a person’s',
			},
			scopeOption,
			{
				displayName: 'Soft Bounce Limit',
				name: 'softBounces',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 3,
				description: 'How many emails must bounce softly, such as at a full mailbox, before the address is suppressed',
			},
			{
				displayName: 'Soft Bounce Window (Days)',
				name: 'softBounceDays',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 7,
				description: 'Soft bounces count towards the limit for that many days',
			},
			{
				displayName: 'Soft Suppression Lasts (Days)',
				name: 'softSuppressionDays',
				type: 'number',
				typeOptions: { minValue: 0, numberPrecision: 0 },
				default: 30,
				description: 'After that many days the address gets email again. 0 suppresses it for good.',
			},
			storeOption,
			{
				displayName: 'Suppress',
				name: 'suppress',
				type: 'multiOptions',
				options: [
					{
						name: 'Complaints',
						value: 'complaints',
						description: 'Who reported an email as spam or unsubscribed, at once',
					},
					{ name: 'Hard Bounces', value: 'hard', description: 'Addresses that will never work, at once' },
					{
						name: 'Repeated Soft Bounces',
						value: 'soft',
						description: 'Addresses that keep failing, once they reach the limit',
					},
				],
				default: ['complaints', 'hard', 'soft'],
				description: 'Which addresses get no more email from Idempotent Send',
			},
			{
				displayName: 'Update Send Ledger',
				name: 'updateLedger',
				type: 'boolean',
				default: true,
				description:
					'Whether to mark the send that an email came back for, and to suppress its address. Sends are found when Idempotent Send uses the same scope and store.',
			},
		],
	},
];
