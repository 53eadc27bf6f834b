import { buffer } from 'node:stream/consumers';
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import type { Classification } from '../../lib/email/bounce/classification';
import { classifyMessage } from '../../lib/email/bounce/classifyMessage';
import type { Store } from '../../lib/store';
import { canonicalMessageOf, rebuildRaw } from '../canonicalInput';
import { eachItem } from '../nodeFailure';
import { openNodeStore, pipelineStoreTest, scopeOf, scopeOption, withOwnStore, storeOption } from '../pipelineStore';
import { findRawInput, ingestionKeyOf, missingRawInput, rawInputProperties } from '../rawInput';

const HUMAN = 0;
const BOUNCE = 1;
const COMPLAINT = 2;
const AUTO_REPLY = 3;

export class BounceClassifier implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Bounce Classifier',
		name: 'bounceClassifier',
		icon: { light: 'file:bounceClassifier.svg', dark: 'file:bounceClassifier.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: 'Tell people from machines',
		description: 'Tells a person’s email from a bounce, a complaint and an automatic reply, with recipient and reason',
		defaults: { name: 'Bounce Classifier' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main, NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Human', 'Bounce', 'Complaint', 'Auto-Reply'],
		usableAsTool: true,
		credentials: [{ name: 'pipelineStoreApi', required: true, testedBy: 'pipelineStoreTest', ...withOwnStore }],
		properties: [
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
						description: 'Where notices go that a mail is late but still being tried',
					},
					{
						displayName: 'Minimum Confidence',
						name: 'minimumConfidence',
						type: 'number',
						typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 2 },
						default: 0,
						description: 'Below this, between 0 and 1, an email counts as a person’s',
					},
					scopeOption,
					storeOption,
				],
			},
		],
	};

	methods = { credentialTest: { pipelineStoreTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await eachItem(this, [[], [], [], []], HUMAN, async (item, itemIndex, outputs) => {
			const options = this.getNodeParameter('options', itemIndex, {});
			const scope = scopeOf(options);
			const opened: Store[] = [];
			const store = async () => {
				const one = opened[0] ?? (await openNodeStore(this, options, itemIndex));
				if (opened.length === 0) opened.push(one);
				return one;
			};
			try {
				const classification = classifyMessage(await rawBytes(this, item, itemIndex, store, scope));
				const ingestionKey = ingestionKeyOf(item);
				if (ingestionKey !== null) await (await store()).ingestion.advance(scope, ingestionKey, 'classified');
				outputs[outputOf(classification, options)]?.push({
					json: { ...item.json, classification: { ...classification } },
					pairedItem: { item: itemIndex },
					...(item.binary ? { binary: item.binary } : {}),
				});
			} finally {
				await opened[0]?.close();
			}
		});
	}
}

async function rawBytes(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	itemIndex: number,
	store: () => Promise<Store>,
	scope: string,
): Promise<Buffer> {
	const message = canonicalMessageOf(item);
	// A parsed message carries its attachments as files: those are not the message.
	if (message !== null && message.raw.ref === null && context.getNodeParameter('input', itemIndex, 'auto') === 'auto') {
		return rebuildRaw(message);
	}
	const raw = await findRawInput(context, item, itemIndex, store, scope);
	if (raw === null) throw missingRawInput();
	return Buffer.isBuffer(raw.content) ? raw.content : await buffer(raw.content);
}

function outputOf(classification: Classification, options: IDataObject): number {
	const minimum = typeof options.minimumConfidence === 'number' ? options.minimumConfidence : 0;
	if (classification.confidence < minimum) return HUMAN;
	switch (classification.kind) {
		case 'human':
			return HUMAN;
		case 'bounce':
			return BOUNCE;
		case 'delay':
			return options.delays === 'auto-reply' ? AUTO_REPLY : BOUNCE;
		case 'complaint':
			return COMPLAINT;
		case 'auto-reply':
			return AUTO_REPLY;
	}
}
