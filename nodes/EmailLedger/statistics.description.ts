import type { INodeProperties } from 'n8n-workflow';

export const statisticsProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['statistics'] } },
		options: [
			{
				name: 'Get Dashboard',
				value: 'getDashboard',
				action: 'Get the operations dashboard',
				description: 'One self-contained page of HTML with volumes, rates, latency, backlog and mailbox health',
			},
			{
				name: 'Get Metrics',
				value: 'getMetrics',
				action: 'Get metrics for Prometheus',
				description: 'The figures of the dashboard in Prometheus’ text format',
			},
			{
				name: 'Get Overview',
				value: 'getOverview',
				action: 'Get an overview',
				description:
					'Counts, rates and latencies of sends, what waits, what is paused, dead letters, mailboxes and webhooks',
			},
		],
		default: 'getOverview',
	},
	{
		displayName: 'Since',
		name: 'since',
		type: 'dateTime',
		default: '={{ $now.minus({ days: 1 }).toISO() }}',
		required: true,
		description: 'Counts what was sent and received since then. All else is shown as it is now.',
		displayOptions: { show: { resource: ['statistics'] } },
	},
	{
		displayName: 'Sections',
		name: 'sections',
		type: 'multiOptions',
		default: [],
		description: 'Parts of the overview. Empty means all.',
		options: [
			{ name: 'Backlog', value: 'backlog', description: 'What is due, scheduled, under way or in doubt' },
			{ name: 'Control', value: 'control', description: 'What is paused, and servers that are left alone' },
			{ name: 'Dead Letters', value: 'deadLetters' },
			{ name: 'Hours', value: 'hours', description: 'Counts and rates of each hour' },
			{ name: 'Latency', value: 'latency', description: 'How long until emails were accepted and delivered' },
			{ name: 'Mailboxes', value: 'mailboxes', description: 'Connection and backlog of each watched mailbox' },
			{ name: 'Sends', value: 'sends', description: 'Counts and rates, also by provider, template, stream and sender' },
			{ name: 'Webhooks', value: 'webhooks', description: 'What each endpoint was asked, and what it refused' },
		],
		displayOptions: { show: { resource: ['statistics'], operation: ['getOverview'] } },
	},
];
