import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { loopRefusal } from '../../lib/email/smtp/loopGuard';
import { recordSentMessage } from '../../lib/pipeline/matchThread';
import { sendOnce } from '../../lib/pipeline/sendOnce';
import type { Disposition, RecipientOutcome } from '../../lib/pipeline/sendOutcome';
import { fixedPartsOf } from '../../lib/pipeline/transmit';
import { createSmtpTransport } from '../../lib/pipeline/smtpTransport';
import type { Store } from '../../lib/store';
import { canonicalMessageOf } from '../canonicalInput';
import { withOAuth2, withPassword, smtpServerOf } from '../mailServer';
import { eachItem } from '../nodeFailure';
import { openNodeStore, pipelineStoreTest, scopeOf, withOwnStore } from '../pipelineStore';
import { properties } from './IdempotentSend.description';
import { smtpServerTest } from './credentialTest';
import { type PlannedSend, planSend } from './planSend';

const outputIndex: Record<Disposition, number> = { sent: 0, duplicate: 1, deferred: 2, rejected: 3 };

export class IdempotentSend implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Idempotent Send',
		name: 'idempotentSend',
		icon: { light: 'file:idempotentSend.svg', dark: 'file:idempotentSend.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] === "reply" ? "Reply once" : "Send once" }}',
		description:
			'Sends an email or a reply once, however often the workflow runs, with a record kept before it is sent',
		defaults: { name: 'Idempotent Send' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main, NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Sent', 'Duplicate', 'Deferred', 'Rejected'],
		usableAsTool: true,
		credentials: [
			{ name: 'smtpServerApi', required: true, testedBy: 'smtpServerTest', ...withPassword },
			{ name: 'mailOAuth2Api', required: true, ...withOAuth2 },
			{ name: 'pipelineStoreApi', required: true, testedBy: 'pipelineStoreTest', ...withOwnStore },
		],
		properties,
	};

	methods = { credentialTest: { smtpServerTest, pipelineStoreTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const server = await smtpServerOf(this);
		const transport = createSmtpTransport(server);
		try {
			return await eachItem(this, [[], [], [], []], outputIndex.rejected, async (item, itemIndex, outputs) => {
				const options = this.getNodeParameter('options', itemIndex, {});
				const scope = scopeOf(options);
				const plan = await planSend(this, item, itemIndex, options);
				const push = (disposition: Disposition, send: IDataObject) => {
					outputs[outputIndex[disposition]]?.push({
						json: { ...item.json, send },
						pairedItem: { item: itemIndex },
						...(item.binary ? { binary: item.binary } : {}),
					});
				};

				const message = canonicalMessageOf(item);
				if (plan.automatic && message !== null) {
					const refusal = loopRefusal(message, plan.draft.to, [plan.draft.from.address]);
					if (refusal !== null) {
						push('rejected', { state: 'not_sent', replayed: false, recipients: [], error: { ...refusal } });
						return;
					}
				}

				const store = await openNodeStore(this, options, itemIndex);
				try {
					const outcomes = await sendOnce(store, transport, { scope, ...plan });
					await fileInThread(store, scope, plan, outcomes);
					for (const [disposition, send] of summarize(plan, outcomes)) push(disposition, send);
				} finally {
					await store.close();
				}
			});
		} finally {
			transport.close();
		}
	}
}

/** Filed once a server has it, and again on a repeat: that heals a crash between the two. */
async function fileInThread(
	store: Store,
	scope: string,
	plan: PlannedSend,
	outcomes: RecipientOutcome[],
): Promise<void> {
	const [first] = outcomes.filter(({ disposition }) => disposition === 'sent' || disposition === 'duplicate');
	if (!first) return;
	const { draft } = plan;
	await recordSentMessage(store, scope, {
		messageId: first.record.messageId,
		inReplyTo: draft.inReplyTo,
		references: draft.references,
		date: fixedPartsOf(first.record).date,
		from: draft.from.address,
		to: [...draft.to, ...draft.cc].map(({ address }) => address),
		subject: draft.subject,
		text: draft.text ?? '',
		threadId: first.record.threadId,
	});
}

/** One result per output: recipients of one mail may fare differently. */
function summarize(plan: PlannedSend, outcomes: RecipientOutcome[]): Array<[Disposition, IDataObject]> {
	const groups = new Map<Disposition, RecipientOutcome[]>();
	for (const outcome of outcomes) {
		groups.set(outcome.disposition, [...(groups.get(outcome.disposition) ?? []), outcome]);
	}
	return [...groups].map(([disposition, group]) => {
		const retryTimes = group.flatMap(({ retryAt }) => (retryAt === null ? [] : [retryAt]));
		const [first] = group;
		return [
			disposition,
			{
				key: plan.key,
				messageId: first?.record.messageId ?? null,
				providerMessageId: first?.record.providerMessageId ?? null,
				state: first?.record.state ?? null,
				replayed: group.every(({ replayed }) => replayed),
				from: plan.draft.from.address,
				subject: plan.draft.subject,
				threadId: first?.record.threadId ?? null,
				retryAt: retryTimes.length === 0 ? null : new Date(Math.max(...retryTimes)).toISOString(),
				error: first?.error ? { ...first.error } : null,
				recipients: group.map(({ record, error }) => ({
					address: record.recipient,
					sendId: record.id,
					state: record.state,
					replyCode: record.replyCode,
					status: record.status,
					response: record.response,
					reason: record.reason,
					attempts: record.attempts,
					acceptedAt: record.acceptedAt === null ? null : new Date(record.acceptedAt).toISOString(),
					error: error ? { ...error } : null,
				})),
			},
		];
	});
}
