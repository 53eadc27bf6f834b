import type { INodeProperties } from 'n8n-workflow';
import { WEBHOOK_PROVIDERS, WEBHOOK_SCHEMES } from '../../lib/email/webhook/catalog';
import { keepRawOption, pipelineOption, scopeOption, storeOption } from '../pipelineStore';

/** Schemes without a key of the user's. */
export const keylessProviders = WEBHOOK_PROVIDERS.filter(
	({ scheme }) => WEBHOOK_SCHEMES.find(({ id }) => id === scheme)?.key === null,
).map(({ id }) => id);

/** For the line below the node's name on the canvas. */
export const PROVIDER_NAMES = Object.fromEntries(WEBHOOK_PROVIDERS.map(({ id, displayName }) => [id, displayName]));

const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);

export const properties: INodeProperties[] = [
	{
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		noDataExpression: true,
		options: WEBHOOK_PROVIDERS.map(({ id, displayName }) => ({ name: displayName, value: id })).sort(byName),
		default: 'generic',
		description: 'Who calls the webhook',
	},
	...WEBHOOK_PROVIDERS.map(({ id, setup, documentation, authenticatesBody }): INodeProperties => ({
		displayName: [
			setup.replaceAll('{url}', 'the webhook URL above'),
			...(authenticatesBody
				? []
				: ['<b>The body of these requests is not signed</b>: keep the URL and the credential to yourself.']),
			`<a href="${documentation}" target="_blank">How the provider does it</a>`,
		].join(' '),
		name: `${id}Notice`,
		type: 'notice',
		default: '',
		displayOptions: { show: { provider: [id] } },
	})),
	{
		displayName: 'Topic ARNs',
		name: 'topicArns',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. arn:aws:sns:eu-west-1:123456789012:mail',
		description: 'SNS topics whose messages are accepted, separated by commas',
		displayOptions: { show: { provider: ['ses'] } },
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		// n8n leaves the bytes of the body alone when this is set: a signature covers the bytes, multipart ones too.
		default: { binaryData: true },
		options: [
			{
				displayName: 'Confirm Subscriptions',
				name: 'confirmSubscriptions',
				type: 'boolean',
				default: false,
				description:
					'Whether to confirm a verified SNS subscription of the topics above by calling the URL that Amazon gives',
				displayOptions: { show: { '/provider': ['ses'] } },
			},
			{
				displayName: 'IP Allow-List',
				name: 'ipAllowList',
				type: 'string',
				default: '',
				placeholder: 'e.g. 192.0.2.0/24, 2001:db8::/32',
				description: 'Addresses and ranges that may call, in addition to the signature, separated by commas',
			},
			{ displayName: 'Keep Raw Body', name: 'binaryData', type: 'hidden', default: true },
			keepRawOption,
			{
				displayName: 'Max Body Size (MB)',
				name: 'maxBodySize',
				type: 'number',
				typeOptions: { minValue: 0.1 },
				default: 10,
				description:
					'Larger requests are refused with status 413. n8n’s own limit (N8N_PAYLOAD_SIZE_MAX, 16 MB) holds as well.',
			},
			{
				displayName: 'Max Executions at Once',
				name: 'executions',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 10,
				description:
					'How many executions of this trigger may be under way. What arrives beyond that is kept, and waits its turn.',
			},
			{
				displayName: 'Max Requests per Address and Second',
				name: 'requestsPerAddress',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 100,
				description:
					'Counts every request of an address before it is verified, a refused one as ten. Faster requests are refused with status 429. Ten seconds’ worth may come at once. 0 for no limit.',
			},
			{
				displayName: 'Max Requests per Second',
				name: 'requestsPerSecond',
				type: 'number',
				typeOptions: { minValue: 0.1 },
				default: 50,
				description:
					'Without this option there is no limit. Faster requests are refused with status 429, so that the sender tries again later.',
			},
			pipelineOption,
			{
				displayName: 'Remember For (Hours)',
				name: 'replayHours',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 72,
				description: 'How long a repeated request is recognized. At least as long as the sender retries.',
			},
			{
				displayName: 'Requests per Execution',
				name: 'batching',
				type: 'options',
				options: [
					{
						name: 'Adaptive',
						value: 'adaptive',
						description: 'One while executions keep up, several with up to 100 items in all when many are waiting',
					},
					{ name: 'Always One', value: 'single', description: 'Slower when many are waiting' },
				],
				default: 'adaptive',
				description:
					'How many requests one execution gets. Each email and each event is an item of its own; if an execution with several fails, each runs again in one of its own.',
			},
			scopeOption,
			{
				displayName: 'Signature Header',
				name: 'header',
				type: 'string',
				default: '',
				placeholder: 'e.g. X-Signature',
				description: 'Header that carries the signature or the token, if not the usual one',
			},
			{
				displayName: 'Signature Scheme',
				name: 'scheme',
				type: 'options',
				options: WEBHOOK_SCHEMES.map(({ id, displayName }) => ({ name: displayName, value: id })).sort(byName),
				default: 'generic',
				description: 'How requests are verified, if not in the way usual with the provider',
			},
			storeOption,
			{
				displayName: 'Time Tolerance (Seconds)',
				name: 'toleranceSeconds',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 300,
				description: 'How old a signed request may be, and how far ahead its clock. 0 accepts any age.',
			},
			{
				displayName: 'Token Query Parameter',
				name: 'queryParameter',
				type: 'string',
				default: '',
				placeholder: 'e.g. token',
				description: 'Parameter of the URL that carries the token, with the scheme Token',
			},
			{
				displayName: 'Trust the Address Alone',
				name: 'addressOnly',
				type: 'boolean',
				default: false,
				description:
					'Whether to accept requests of which nothing but the sender’s address is checked. Whoever can send from those addresses, such as other customers of the same provider, can then start this workflow with any content.',
				displayOptions: { show: { scheme: ['ip'] } },
			},
			{
				displayName: 'Unverified Events May Update Send Ledger',
				name: 'trustAddress',
				type: 'boolean',
				default: false,
				description:
					'Whether delivery events of which nothing but the sender’s address was checked may change the state of sends and suppress addresses. Whoever can send from those addresses can then stop your email to anybody.',
				displayOptions: { show: { scheme: ['ip'] } },
			},
			{
				displayName: 'Update Send Ledger',
				name: 'updateLedger',
				type: 'boolean',
				default: true,
				description:
					'Whether a delivery event marks the send that it is about, and hard bounces, complaints and unsubscribes suppress the address. Sends are found when Idempotent Send uses the same scope and store.',
			},
		],
	},
];
