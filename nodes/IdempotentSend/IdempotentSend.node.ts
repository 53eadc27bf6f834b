import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { loopRefusal } from '../../lib/email/smtp/loopGuard';
import { recordSentMessage } from '../../lib/pipeline/threads/matchThread';
import { failureClassOf } from '../../lib/pipeline/send/failureClass';
import { throttleRefusal } from '../../lib/pipeline/send/replyThrottle';
import { replyAddressFor } from '../../lib/pipeline/send/replyTokens';
import { sendOnce } from '../../lib/pipeline/send/sendOnce';
import type { SendOptions } from '../../lib/pipeline/send/sendRequest';
import type { Disposition, RecipientOutcome } from '../../lib/pipeline/send/sendOutcome';
import { messageIdentityOf } from '../../lib/pipeline/send/messageIdentity';
import type { Store } from '../../lib/store';
import { canonicalMessageOf } from '../canonicalInput';
import { withResult } from '../itemField';
import { eachItem } from '../nodeFailure';
import { openNodeStore, pipelineStoreTest, scopeOf, withOwnStore } from '../pipelineStore';
import { properties } from './IdempotentSend.description';
import { emailProviderTest, smtpServerTest } from './credentialTest';
import { withProvider, withSmtpOAuth2, withSmtpPassword } from './delivery.description';
import { expiryOf, replyThrottleOf, sendAccountOf, sendPolicyOf } from './limits';
import { openOutlet } from './outlet';
import { type PlannedSend, planSend } from './planSend';

const outputIndex: Record<Disposition, number> = { sent: 0, duplicate: 1, deferred: 2, rejected: 3 };

export class IdempotentSend implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Idempotent Send',
		name: 'idempotentSend',
		icon: { light: 'file:idempotentSend.svg', dark: 'file:idempotentSend.dark.svg' },
		group: ['output'],
		version: [1],
		// With a list of versions n8n does not add “Custom API Call” to the operations, which is for nodes of HTTP APIs.
		defaultVersion: 1,
		subtitle: '={{ $parameter["operation"] === "reply" ? "Reply once" : "Send once" }}',
		description:
			'Sends an email or a reply once, however often the workflow runs, with a record kept before it is sent',
		defaults: { name: 'Idempotent Send' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main, NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Sent', 'Duplicate', 'Deferred', 'Rejected'],
		usableAsTool: true,
		credentials: [
			{ name: 'smtpServerApi', required: true, testedBy: 'smtpServerTest', ...withSmtpPassword },
			{ name: 'mailOAuth2Api', required: true, ...withSmtpOAuth2 },
			{ name: 'emailProviderApi', required: true, testedBy: 'emailProviderTest', ...withProvider },
			{ name: 'pipelineStoreApi', required: true, testedBy: 'pipelineStoreTest', ...withOwnStore },
		],
		properties,
	};

	methods = { credentialTest: { emailProviderTest, smtpServerTest, pipelineStoreTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const account = await sendAccountOf(this);
		const outlet = await openOutlet(this);
		try {
			return await eachItem(this, [[], [], [], []], outputIndex.rejected, async (item, itemIndex, outputs) => {
				const options = this.getNodeParameter('options', itemIndex, {});
				const scope = scopeOf(options);
				const plan = await planSend(this, item, itemIndex, options);
				const push = (disposition: Disposition, send: IDataObject) => {
					outputs[outputIndex[disposition]]?.push({
						json: withResult(item.json, { send }),
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
					const throttle = plan.automatic ? replyThrottleOf(options) : null;
					const throttled = throttle && (await throttleRefusal(store, { scope, ...plan }, throttle));
					if (throttled) {
						push('rejected', { state: 'not_sent', replayed: false, recipients: [], error: { ...throttled } });
						return;
					}
					const limits = sendPolicyOf(this, options, account);
					// Where a fallback takes over, a failing server holds nobody up.
					const policy = outlet.transport.fallback ? { ...limits, breaker: null } : limits;
					const outcomes = await sendOnce(
						store,
						outlet.transport,
						{ scope, ...outlet.settings, expiresAt: expiryOf(options), ...plan },
						{
							policy,
							whenContentDiffers: whenContentDiffersOf(options.whenContentDiffers),
							replyAddress: replyAddressFor,
						},
					);
					await fileInThread(store, scope, plan, outcomes);
					for (const [disposition, send] of summarize(plan, outcomes)) push(disposition, send);
				} finally {
					await store.close();
				}
			});
		} finally {
			outlet.close();
		}
	}
}

function whenContentDiffersOf(value: unknown): NonNullable<SendOptions['whenContentDiffers']> {
	return value === 'first' || value === 'newest' ? value : 'error';
}

/** Filed once a server has it, and again on a repeat: that heals a crash between the two. */
async function fileInThread(
	store: Store,
	scope: string,
	plan: PlannedSend,
	outcomes: RecipientOutcome[],
): Promise<void> {
	const [first] = outcomes.filter(({ disposition }) => disposition === 'sent' || disposition === 'duplicate');
	// Of other content that is known no more there is nothing to file: what was sent then has been.
	if (!first || (first.contentDiffers && !first.content)) return;
	const draft = first.content ?? plan.draft;
	await recordSentMessage(store, scope, {
		messageId: first.record.messageId,
		inReplyTo: draft.inReplyTo,
		references: draft.references,
		date: messageIdentityOf(first.record).date,
		from: draft.from.address,
		to: [...draft.to, ...draft.cc].map(({ address }) => address),
		subject: draft.subject,
		text: draft.text ?? '',
		threadId: first.record.threadId,
	});
}

/** What the send can be found by in the Email Ledger. */
function traceOf({ template, templateVersion, stream, correlationId, tags, metadata }: PlannedSend): IDataObject {
	return {
		template: template ?? null,
		templateVersion: templateVersion ?? null,
		stream: stream ?? null,
		correlationId: correlationId ?? null,
		tags: tags ?? [],
		metadata: metadata ?? {},
	};
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
				key: first?.record.key ?? plan.key,
				messageId: first?.record.messageId ?? null,
				providerMessageId: first?.record.providerMessageId ?? null,
				provider: first?.record.provider ?? null,
				sandbox: first?.record.sandbox ?? null,
				state: first?.record.state ?? null,
				replayed: group.every(({ replayed }) => replayed),
				...(first?.contentDiffers ? { contentDiffers: true } : {}),
				from: plan.draft.from.address,
				subject: (first?.content ?? plan.draft).subject,
				threadId: first?.record.threadId ?? null,
				...traceOf(plan),
				retryAt: retryTimes.length === 0 ? null : new Date(Math.max(...retryTimes)).toISOString(),
				error: first?.error ? { ...first.error } : null,
				recipients: group.map(({ record, error }) => ({
					address: record.recipient,
					sendId: record.id,
					state: record.state,
					provider: record.provider,
					providerMessageId: record.providerMessageId,
					sandbox: record.sandbox,
					replyCode: record.replyCode,
					status: record.status,
					response: record.response,
					reason: record.reason,
					failureClass: failureClassOf(record),
					attempts: record.attempts,
					acceptedAt: record.acceptedAt === null ? null : new Date(record.acceptedAt).toISOString(),
					error: error ? { ...error } : null,
				})),
			},
		];
	});
}
