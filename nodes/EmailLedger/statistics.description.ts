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
				description: 'Count sends by state, dead letters, and what waits in each mailbox',
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
		description: 'Counts what was sent and received since then. Dead letters and mailboxes are shown as they are now.',
		displayOptions: { show: { resource: ['statistics'] } },
	},
];
