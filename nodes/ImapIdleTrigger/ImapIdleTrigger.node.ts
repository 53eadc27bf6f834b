import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject, INodeType, INodeTypeDescription, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { TransportError } from '../../lib/errors';
import type { ExecutionBatch } from '../../lib/pipeline/ingest/queueOptions';
import { watchMailboxes } from '../../lib/pipeline/ingest/sources/imap/mailboxSet';
import { watchOutages } from '../../lib/pipeline/ingest/sources/imap/outage';
import { onceInPipeline } from '../../lib/pipeline/ingest/sharedIntake';
import { sampleMailbox } from '../../lib/pipeline/ingest/sources/imap/sampleMailbox';
import { imapServerOf, withOAuth2, withPassword } from '../mailServer';
import { toNodeError } from '../nodeFailure';
import { openNodeStore, pipelineOf, pipelineStoreTest, scopeOf, withOwnStore } from '../pipelineStore';
import { properties } from './ImapIdleTrigger.description';
import { imapMailboxTest } from './credentialTest';
import { emitMails, knowsIds, processId, showFailure, tracesOf } from '../execution';
import { executionStatusOf } from '../executionStatus';
import { getMailboxOptions, getMailboxes } from './mailboxList';
import { abandonedAfter, isQueueMode } from '../queueMode';
import { choicesOf, mailboxesOf } from './settings';

/** How long activation waits to learn that the settings are wrong. */
const ACTIVATION_PATIENCE = 10_000;
const DEFAULT_OUTAGE_MINUTES = 15;

export class ImapIdleTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'IMAP IDLE Trigger',
		name: 'imapIdleTrigger',
		icon: { light: 'file:imapIdleTrigger.svg', dark: 'file:imapIdleTrigger.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["mailbox"].value || $parameter["mailbox"] }}',
		description: 'Starts the workflow for each new email in a mailbox, once, the moment it arrives',
		eventTriggerDescription: 'Waiting for an email',
		defaults: { name: 'IMAP IDLE Trigger' },
		triggerPanel: {
			header: '',
			executionsHelp: {
				inactive:
					'<b>While building your workflow</b>, click “Execute step”: the newest email that fits is taken, and left as it is in the mailbox. If there is none, the next one that arrives is.<br /><br /><b>Once you’re happy with your workflow</b>, publish it. Then it runs for every new email, and you find the runs under <a data-key="executions">Executions</a>.',
				active:
					'<b>While building your workflow</b>, click “Execute step”: the newest email that fits is taken, and left as it is in the mailbox.<br /><br /><b>The published workflow</b> runs for every new email, and you find the runs under <a data-key="executions">Executions</a>.',
			},
			activationHint: 'Publish the workflow to have it run for every new email.',
		},
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		outputNames: ['Message'],
		credentials: [
			{ name: 'imapMailboxApi', required: true, testedBy: 'imapMailboxTest', ...withPassword },
			{ name: 'mailOAuth2Api', required: true, ...withOAuth2 },
			{ name: 'pipelineStoreApi', required: true, testedBy: 'pipelineStoreTest', ...withOwnStore },
		],
		properties,
	};

	methods = {
		credentialTest: { imapMailboxTest, pipelineStoreTest },
		listSearch: { getMailboxes },
		loadOptions: { getMailboxOptions },
	};

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const options = this.getNodeParameter('options', {}) as IDataObject;
		const filters = this.getNodeParameter('filters', {}) as IDataObject;
		const mailboxes = mailboxesOf(this.getNodeParameter('mailbox', 'INBOX', { extractValue: true }) as string, options);
		const scope = scopeOf(options);
		try {
			const choices = choicesOf(options, filters);
			const server = await imapServerOf(this);
			const store = await openNodeStore(this, options);
			if (this.getMode() === 'manual') {
				const { filter } = choices;
				const sample = sampleMailbox({ server, mailboxes, filter, store, scope });
				return {
					manualTriggerFunction: async () => {
						this.emit([[{ json: await sample.next() }]]);
					},
					closeFunction: async () => {
						await sample.stop();
						await store.close();
					},
				};
			}
			const tell = (error: unknown): void => showFailure(this, error);
			const minutes = options.reportOutageAfter ?? DEFAULT_OUTAGE_MINUTES;
			const outages = typeof minutes === 'number' && minutes > 0 ? watchOutages(minutes * 60_000, tell) : null;
			const { pipeline } = pipelineOf(options);
			const emit = async (emission: ExecutionBatch) => await emitMails(this, emission);
			const feed = watchMailboxes({
				...choices,
				...tracesOf(this),
				store,
				scope,
				server,
				mailboxes,
				consumer: `${this.getWorkflow().id ?? ''}/${this.getNode().id}`,
				emitter: processId,
				emit: pipeline === undefined ? emit : onceInPipeline({ store, scope, pipeline, log: this.logger }, emit),
				knowsIds: knowsIds(this),
				executionStatus: executionStatusOf(this),
				orphanAfter: abandonedAfter(),
				// In regular mode the process before this one is gone, so its lease may be taken over at once.
				leaseOwner: isQueueMode ? processId : `regular@${hostname()}`,
				resumed: ['init', 'leadershipChange'].includes(this.getActivationMode()),
				log: this.logger,
				onFailed: (error) => this.emitError(toNodeError(this, error)),
				onState: (mailbox, state) => outages?.state(mailbox, state),
				onDeadLetter: (reason, message, key) => tell(deadLetterError(reason, message, key)),
				onActionFailed: ({ key }, reason, message) => tell(actionError(reason, message, key)),
			});
			const close = async (): Promise<void> => {
				outages?.stop();
				await feed.stop();
				// Executions under way are confirmed when they end.
				void feed.idle().then(() => store.close());
			};
			// n8n waits for this while it holds its own locks; the watch goes on by itself.
			const begun = Promise.race([feed.ready, sleep(ACTIVATION_PATIENCE, undefined, { ref: false })]);
			await begun.catch(async (error: unknown) => {
				await close();
				throw toNodeError(this, error);
			});
			return { closeFunction: close };
		} catch (error) {
			// n8n tells nobody why a published trigger could not begin: the list of executions does.
			if (this.getMode() !== 'manual') showFailure(this, error);
			throw toNodeError(this, error);
		}
	}
}

function deadLetterError(reason: string, message: string, key: string): TransportError {
	return new TransportError(`An email became a dead letter: ${message}`, {
		code: reason,
		hint: 'The Email Ledger node lists dead letters and replays them.',
		record: { key },
	});
}

function actionError(reason: string, message: string, key: string): TransportError {
	return new TransportError(`An email was processed, but could not be dealt with in the mailbox: ${message}`, {
		code: reason,
		hint: 'Do it by hand, or change the option “After Processing”.',
		record: { key },
	});
}
