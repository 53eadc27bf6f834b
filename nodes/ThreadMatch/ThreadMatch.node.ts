import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { InputError } from '../../lib/errors';
import { withResult } from '../itemField';
import { eachItem } from '../nodeFailure';
import { openNodeStore, pipelineStoreTest, scopeOf, withOwnStore } from '../pipelineStore';
import { NEW, type Operation, operations } from './operations';
import { properties } from './ThreadMatch.description';

const OPERATION_NAMES = {
	forget: 'Forget a thread',
	link: 'Link data to a thread',
	lookUp: 'Look up a thread',
	match: 'Find the conversation',
	merge: 'Merge two threads',
	split: 'Split a message off',
};

export class ThreadMatch implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Thread Match',
		name: 'threadMatch',
		icon: { light: 'file:threadMatch.svg', dark: 'file:threadMatch.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: `={{ (${JSON.stringify(OPERATION_NAMES)})[$parameter.operation] }}`,
		description: 'Tells whether an email belongs to a known conversation, whatever arrived first',
		defaults: { name: 'Thread Match' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Existing Thread', 'New Thread'],
		usableAsTool: true,
		credentials: [{ name: 'pipelineStoreApi', required: true, testedBy: 'pipelineStoreTest', ...withOwnStore }],
		properties,
	};

	methods = { credentialTest: { pipelineStoreTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await eachItem(this, [[], []], NEW, async (item, itemIndex, outputs) => {
			const options = this.getNodeParameter('options', itemIndex, {});
			const operation = operationOf(this, itemIndex);
			const store = await openNodeStore(this, options, itemIndex);
			try {
				const call = { context: this, item, itemIndex, store, scope: scopeOf(options), options };
				const result = await operation(call);
				outputs[result.output]?.push({
					json: withResult(item.json, { thread: result.thread }),
					pairedItem: { item: itemIndex },
					...(item.binary ? { binary: item.binary } : {}),
				});
			} finally {
				await store.close();
			}
		});
	}
}

function operationOf(context: IExecuteFunctions, itemIndex: number): Operation {
	const name = context.getNodeParameter('operation', itemIndex);
	const operation = operations[name];
	if (operation) return operation;
	throw new InputError(`Thread Match has no operation “${name}”`, {
		code: 'INPUT_OPERATION_UNKNOWN',
		hint: 'Choose the operation again in the node.',
	});
}
