import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { InputError } from '../../lib/errors';
import { imapMailboxTest } from '../ImapIdleTrigger/credentialTest';
import { eachItem } from '../nodeFailure';
import { openNodeStore, pipelineStoreTest, scopeOf, withOwnStore } from '../pipelineStore';
import { properties } from './EmailLedger.description';
import type { Result, StorelessCall } from './itemCall';
import { getDeadLetters, getFeeds, getSends } from './lists';
import { operations, storelessOperations } from './operations';

/** The slashes keep Resource and Operation in view: n8n's editor hides what a credential depends on by name. */
const withSentFolder = (authentication: string) => ({
	displayOptions: {
		show: { '/resource': ['send'], '/operation': ['resolveBySentFolder'], authentication: [authentication] },
	},
});

export class EmailLedger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Email Ledger',
		name: 'emailLedger',
		icon: { light: 'file:emailLedger.svg', dark: 'file:emailLedger.dark.svg' },
		group: ['transform'],
		version: [1],
		// With a list of versions n8n does not add “Custom API Call” to the operations, which is for nodes of HTTP APIs.
		defaultVersion: 1,
		subtitle: '={{ ($parameter["operation"] + ": " + $parameter["resource"]).replace(/[A-Z]/g, " $&").toLowerCase() }}',
		description:
			'Looks up what was sent and received, keeps the suppression list, replays what failed, and opens the archive',
		defaults: { name: 'Email Ledger' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: [
			{ name: 'pipelineStoreApi', required: true, testedBy: 'pipelineStoreTest', ...withOwnStore },
			{ name: 'imapMailboxApi', required: true, testedBy: 'imapMailboxTest', ...withSentFolder('password') },
			{ name: 'mailOAuth2Api', required: true, ...withSentFolder('oAuth2') },
		],
		properties,
	};

	methods = {
		credentialTest: { imapMailboxTest, pipelineStoreTest },
		listSearch: { getDeadLetters, getFeeds, getSends },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await eachItem(this, [[]], 0, async (item, itemIndex, [output]) => {
			const options = this.getNodeParameter('options', itemIndex, {});
			const call = { context: this, item, itemIndex, options };
			for (const result of await resultsOf(call)) output?.push({ ...result, pairedItem: { item: itemIndex } });
		});
	}
}

/** The store is opened for those that work on it only. */
async function resultsOf(call: StorelessCall): Promise<Result[]> {
	const { context, itemIndex, options } = call;
	const resource = context.getNodeParameter('resource', itemIndex);
	const name = context.getNodeParameter('operation', itemIndex);
	const storeless = storelessOperations[resource]?.[name];
	if (storeless) return await storeless(call);
	const operation = operations[resource]?.[name];
	if (!operation) {
		throw new InputError(`The ledger has no operation “${name}” on “${resource}”`, {
			code: 'INPUT_OPERATION_UNKNOWN',
			hint: 'Choose resource and operation again in the node.',
		});
	}
	const store = await openNodeStore(context, options, itemIndex);
	try {
		return await operation({ ...call, store, scope: scopeOf(options) });
	} finally {
		await store.close();
	}
}
