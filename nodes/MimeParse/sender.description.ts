import type { INodeProperties } from 'n8n-workflow';

/** In alphabetical order, as n8n shows them. */
export const senderChecks: INodeProperties[] = [
	{
		displayName: 'Allowed Senders',
		name: 'allowedSenders',
		type: 'string',
		default: '',
		placeholder: 'e.g. ann@example.com, example.org, *.example.net',
		description:
			'Addresses and domains that may write, separated by commas; *.example.net stands for its subdomains. Anyone can write any sender: require authentication too.',
	},
	{
		displayName: 'DNS Servers',
		name: 'dnsServers',
		type: 'string',
		default: '',
		placeholder: 'e.g. 192.0.2.53',
		description: 'Servers to ask when signatures are verified, separated by commas. Those of the system unless set.',
	},
	{
		displayName: 'Require Authentication',
		name: 'requireAligned',
		type: 'boolean',
		default: true,
		description:
			'Whether SPF or DKIM must have passed for the domain of the sender (DMARC alignment). Needs trusted mail servers, verification, or a webhook provider that tells its verdict.',
	},
	{
		displayName: 'Trusted Mail Servers',
		name: 'trustedHosts',
		type: 'string',
		default: '',
		placeholder: 'e.g. mx.example.com',
		description:
			'Your own mail servers, by the name they write into Authentication-Results and Received. Only their verdicts on SPF, DKIM and DMARC are believed.',
	},
	{
		displayName: 'Verify Signatures',
		name: 'verify',
		type: 'boolean',
		default: true,
		description:
			'Whether to verify SPF, DKIM, DMARC and ARC here, by DNS, instead of believing what mail servers wrote. SPF needs trusted mail servers for the address of the sending host.',
	},
];
