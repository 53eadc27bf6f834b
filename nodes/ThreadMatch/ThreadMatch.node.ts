import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import type { CanonicalMessage } from '../../lib/email/message';
import { InputError } from '../../lib/errors';
import { matchThread } from '../../lib/pipeline/matchThread';
import { canonicalMessageOf } from '../canonicalInput';
import { eachItem } from '../nodeFailure';
import { openNodeStore, pipelineStoreTest, scopeOf, scopeOption, withOwnStore, storeOption } from '../pipelineStore';
import { ingestionKeyOf } from '../rawInput';

const EXISTING = 0;
const NEW = 1;

export class ThreadMatch implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Thread Match',
		name: 'threadMatch',
		icon: { light: 'file:threadMatch.svg', dark: 'file:threadMatch.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: 'Find the conversation',
		description: 'Tells whether an email belongs to a known conversation, by its headers and never by subject alone',
		defaults: { name: 'Thread Match' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Existing Thread', 'New Thread'],
		usableAsTool: true,
		credentials: [{ name: 'pipelineStoreApi', required: true, testedBy: 'pipelineStoreTest', ...withOwnStore }],
		properties: [
			{
				displayName:
					'Takes the parsed message from MIME Parse. The item keeps its data and gains <b>thread</b> with the thread’s ID, the evidence and the number of messages.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [scopeOption, storeOption],
			},
		],
	};

	methods = { credentialTest: { pipelineStoreTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await eachItem(this, [[], []], NEW, async (item, itemIndex, outputs) => {
			const options = this.getNodeParameter('options', itemIndex, {});
			const scope = scopeOf(options);
			const message: CanonicalMessage | null = canonicalMessageOf(item);
			if (message === null) {
				throw new InputError('This item is not a parsed email', {
					code: 'INPUT_NOT_A_MESSAGE',
					hint: 'Put a MIME Parse node in front.',
				});
			}
			const store = await openNodeStore(this, options, itemIndex);
			try {
				const thread = await matchThread(store, message, { scope });
				const ingestionKey = ingestionKeyOf(item);
				if (ingestionKey !== null) await store.ingestion.advance(scope, ingestionKey, 'matched');
				outputs[thread.isNew ? NEW : EXISTING]?.push({
					json: { ...item.json, thread: { ...thread } },
					pairedItem: { item: itemIndex },
					...(item.binary ? { binary: item.binary } : {}),
				});
			} finally {
				await store.close();
			}
		});
	}
}
