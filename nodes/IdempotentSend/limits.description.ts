/** Options that decide when a mail may go: limits, warm-up, breaker, retries, suppression override, doubt. */
import type { INodeProperties } from 'n8n-workflow';

const WINDOW_UNITS: INodeProperties['options'] = [
	{ name: 'Days', value: 'days' },
	{ name: 'Hours', value: 'hours' },
	{ name: 'Minutes', value: 'minutes' },
	{ name: 'Seconds', value: 'seconds' },
];

const limitDomain: INodeProperties = {
	displayName: 'Only for Domain',
	name: 'domain',
	type: 'string',
	default: '',
	placeholder: 'e.g. gmail.com',
	description: 'Counts only recipients of this domain. Empty means all.',
};

const subjectOf = (name: string, description: string): INodeProperties => ({
	displayName: 'For Each',
	name,
	type: 'options',
	options: [
		{ name: 'Credential', value: 'credential' },
		{ name: 'Recipient', value: 'recipient' },
		{ name: 'Recipient Domain', value: 'domain' },
		{ name: 'Scope', value: 'scope', description: 'All emails of this tenant' },
		{ name: 'Stream', value: 'stream' },
		{ name: 'Template', value: 'template' },
	],
	default: 'credential',
	description,
});

const periodOf = (value: number, unit: string): INodeProperties[] => [
	{
		displayName: 'Within',
		name: 'period',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: value,
	},
	{ displayName: 'Unit', name: 'unit', type: 'options', options: WINDOW_UNITS, default: unit },
];

export const limitOptions: INodeProperties[] = [
	{
		displayName: 'Automatic Reply Limit',
		name: 'automaticReplyLimit',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 10,
		description:
			'How many automatic replies one correspondent gets within an hour at most, in case a loop slips through. More are rejected. 0 means no limit.',
		displayOptions: { show: { '/operation': ['reply'] } },
	},
	{
		displayName: 'Circuit Breaker',
		name: 'breaker',
		type: 'fixedCollection',
		placeholder: 'Change circuit breaker',
		default: {},
		description: 'When to leave a failing server alone. Emails are deferred meanwhile, and one tries the server again.',
		options: [
			{
				name: 'settings',
				displayName: 'Settings',
				values: [
					{
						displayName: 'Failures in a Row',
						name: 'threshold',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 5,
						description:
							'Connections that fail, or answers that say “too much”, before the server is left alone. A refused login does it at once. 0 switches the circuit breaker off.',
					},
					{
						displayName: 'Pause (Seconds)',
						name: 'pause',
						type: 'number',
						typeOptions: { minValue: 1 },
						default: 60,
						description: 'How long the first pause lasts; each further one lasts twice as long',
					},
					{
						displayName: 'Longest Pause (Seconds)',
						name: 'longest',
						type: 'number',
						typeOptions: { minValue: 1 },
						default: 900,
					},
				],
			},
		],
	},
	{
		displayName: 'Limits',
		name: 'limits',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add limit',
		default: {},
		description:
			'How much may be sent. All workers share the limits; what exceeds one is deferred to a turn of its own, never dropped.',
		options: [
			{
				name: 'quota',
				displayName: 'Quota',
				values: [
					{
						displayName: 'At Most',
						name: 'amount',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 3,
						description: 'Emails in any stretch of time as long as this; one that is tried again counts once',
					},
					...periodOf(1, 'hours'),
					subjectOf('per', 'What the emails are counted for'),
					limitDomain,
				],
			},
			{
				name: 'rate',
				displayName: 'Rate',
				values: [
					{
						displayName: 'Emails',
						name: 'amount',
						type: 'number',
						typeOptions: { minValue: 1 },
						default: 10,
						description: 'Emails on average, evenly spread',
					},
					...periodOf(1, 'seconds'),
					subjectOf('per', 'What has a rate of its own'),
					{
						displayName: 'Burst',
						name: 'burst',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 0,
						description: 'Emails that may go at once after a pause. 0 means as many as go in a second, at least one.',
					},
					limitDomain,
				],
			},
		],
	},
	{
		displayName: 'Retries',
		name: 'retries',
		type: 'fixedCollection',
		placeholder: 'Change retries',
		default: {},
		description: 'Attempts that follow at once when the connection fails or the server has a passing problem',
		options: [
			{
				name: 'settings',
				displayName: 'Settings',
				values: [
					{
						displayName: 'Attempts',
						name: 'attempts',
						type: 'number',
						typeOptions: { minValue: 0, maxValue: 10 },
						default: 2,
						description: 'Further attempts before the email is deferred',
					},
					{
						displayName: 'First Delay (Seconds)',
						name: 'first',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 1,
						description: 'The delay is drawn between 0 and this, and this doubles with each attempt',
					},
					{
						displayName: 'Longest Delay (Seconds)',
						name: 'longest',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 10,
					},
					{
						displayName: 'Give Up After (Hours)',
						name: 'giveUpAfter',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 0,
						description: 'An email that could not be sent by then expires instead. 0 means never.',
					},
				],
			},
		],
	},
	{
		displayName: 'Suppression Override',
		name: 'override',
		type: 'fixedCollection',
		placeholder: 'Allow suppressed addresses',
		default: {},
		description: 'Lets some streams reach suppressed addresses, such as a password reset after a soft bounce',
		options: [
			{
				name: 'settings',
				displayName: 'Settings',
				values: [
					{
						displayName: 'Allowed Streams',
						name: 'streams',
						type: 'string',
						default: '',
						placeholder: 'e.g. password-reset, security',
						description:
							'Streams that may, separated by commas. An email of another stream, or of none, obeys the suppression list.',
					},
					{
						displayName: 'Suppressions to Ignore',
						name: 'kinds',
						type: 'multiOptions',
						default: ['soft'],
						options: [
							{ name: 'Complaints', value: 'complaint' },
							{ name: 'Hard Bounces', value: 'hard' },
							{ name: 'Manual', value: 'manual' },
							{ name: 'Soft Bounces', value: 'soft' },
							{ name: 'Unsubscribed', value: 'unsubscribed' },
						],
					},
				],
			},
		],
	},
	{
		displayName: 'Warm-Up',
		name: 'warmUp',
		type: 'fixedCollection',
		placeholder: 'Add warm-up',
		default: {},
		description:
			'Volume per day for a sender that receivers do not know yet. What exceeds a day is spread over the next.',
		options: [
			{
				name: 'settings',
				displayName: 'Settings',
				values: [
					{
						displayName: 'Start Date',
						name: 'start',
						type: 'dateTime',
						default: '',
						description: 'Begin of the first day; before it there is no limit',
					},
					{
						displayName: 'Emails per Day',
						name: 'volumes',
						type: 'string',
						default: '50, 100, 200, 400, 800, 1600, 3200, 6400',
						description: 'One number for each day, separated by commas. There is no limit after the last.',
					},
					{
						displayName: 'For Each',
						name: 'per',
						type: 'options',
						options: [
							{ name: 'Credential', value: 'credential' },
							{ name: 'Recipient Domain', value: 'domain' },
						],
						default: 'credential',
					},
				],
			},
		],
	},
	{
		displayName: 'When Content Differs',
		name: 'whenContentDiffers',
		type: 'options',
		options: [
			{ name: 'Error', value: 'error', description: 'The key was meant for another email: nothing is sent' },
			{
				name: 'Send First Content',
				value: 'first',
				description:
					'For content that changes with every run, such as a text an AI writes or a report with a time in it. An email that waits goes out with the content of its first run, which the store keeps until then; for one that was sent its result is returned. The item has “contentDiffers”.',
			},
			{
				name: 'Send Newest Content',
				value: 'newest',
				description:
					'An email that waits goes out with the content of this run, as long as nothing of the first can have left. For one that was sent it is an error.',
			},
		],
		default: 'error',
		description: 'What to do when there is an email with the same key and other content already',
	},
	{
		displayName: 'When in Doubt',
		name: 'whenInDoubt',
		type: 'options',
		options: [
			{
				name: 'Keep for Review',
				value: 'keep',
				description: 'Never send it again by itself. Resolve it with Email Ledger.',
			},
			{ name: 'Send Again', value: 'resend', description: 'The recipient may get it twice' },
		],
		default: 'keep',
		description:
			'What to do when the connection broke after the email was handed over, so that nobody knows whether it was accepted',
	},
];

/** Options as n8n lists them: by name. */
export function byName(options: INodeProperties[]): INodeProperties[] {
	return options.sort((a, b) => (a.displayName < b.displayName ? -1 : 1));
}
