import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import type { Classification } from '../../lib/email/bounce/classification';
import { classifyMessage } from '../../lib/email/bounce/classifyMessage';
import { addressedTo } from '../../lib/email/verp';
import { runTask } from '../../lib/email/worker/run';
import { type LedgerUpdate, applyClassification } from '../../lib/pipeline/delivery/applyUpdate';
import { DEFAULT_POLICY, type SuppressionPolicy } from '../../lib/pipeline/delivery/suppress';
import type { Store } from '../../lib/store';
import { canonicalMessageOf, rebuildRaw } from '../canonicalInput';
import { advanceMail } from '../execution';
import { withResult } from '../itemField';
import { eachItem } from '../nodeFailure';
import { openNodeStore, pipelineStoreTest, scopeOf, withOwnStore } from '../pipelineStore';
import { findRawInput, missingRawInput } from '../rawInput';
import { properties } from './BounceClassifier.description';

const HUMAN = 0;
const BOUNCE = 1;
const COMPLAINT = 2;
const AUTO_REPLY = 3;

/** Bytes that are read of an email that takes too long. */
const BEGINNING = 32 * 1024;

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
		properties,
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
				const raw = await rawBytes(this, item, itemIndex, store, scope);
				const classification = await classified(raw);
				const output = outputOf(classification, options);
				const ledger = concernsLedger(classification, output, options)
					? await updateLedger(await store(), scope, classification, raw, policyOf(options))
					: null;
				await advanceMail(this, item, store, scope, 'classified');
				outputs[output]?.push({
					json: withResult(item.json, { classification: { ...classification, ledger } }),
					pairedItem: { item: itemIndex },
					...(item.binary ? { binary: item.binary } : {}),
				});
			} finally {
				await opened[0]?.close();
			}
		});
	}
}

/** What takes too long is told apart by its beginning, where a report says what it is. */
async function classified(raw: Buffer): Promise<Classification> {
	return (await runTask('classify', raw, raw.length)) ?? classifyMessage(raw.subarray(0, BEGINNING));
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

/** What counts as a person's, and a reply that no delivery is reported in, says nothing about a send. */
function concernsLedger(classification: Classification, output: number, options: IDataObject): boolean {
	if (options.updateLedger === false || output === HUMAN) return false;
	return classification.kind !== 'auto-reply' || classification.recipients.length > 0;
}

async function updateLedger(
	store: Store,
	scope: string,
	classification: Classification,
	raw: Buffer,
	policy: SuppressionPolicy,
): Promise<LedgerUpdate> {
	// The same as the reference of an archived notice.
	const source = `sha256:${createHash('sha256').update(raw).digest('hex')}`;
	return await applyClassification(store, scope, classification, { source, recipients: addressedTo(raw) }, policy);
}

function policyOf(options: IDataObject): SuppressionPolicy {
	const kinds: unknown[] = Array.isArray(options.suppress) ? options.suppress : ['complaints', 'hard', 'soft'];
	const number = (name: string): number | null => (typeof options[name] === 'number' ? options[name] : null);
	const standard = DEFAULT_POLICY.soft;
	const lasts = number('softSuppressionDays') ?? standard.expireAfterDays;
	return {
		complaints: kinds.includes('complaints'),
		hard: kinds.includes('hard'),
		soft: kinds.includes('soft')
			? {
					bounces: number('softBounces') ?? standard.bounces,
					days: number('softBounceDays') ?? standard.days,
					expireAfterDays: lasts === 0 ? null : lasts,
				}
			: null,
	};
}
