import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
	IDataObject,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IRun,
	ITriggerFunctions,
	ITriggerResponse,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import type { MailboxFilter } from '../../lib/email/imap/search';
import type { MailboxAction, WatchStart } from '../../lib/email/imap/watcher';
import { InputError } from '../../lib/errors';
import { receivedItem } from '../../lib/pipeline/arrival';
import { watchIntoFeed } from '../../lib/pipeline/mailboxFeed';
import { onceInPipeline } from '../../lib/pipeline/sharedIntake';
import { sampleMailbox } from '../../lib/pipeline/sampleMailbox';
import type { IngestionRecord } from '../../lib/store';
import { imapServerOf, withOAuth2, withPassword } from '../mailServer';
import { toNodeError } from '../nodeFailure';
import { openNodeStore, pipelineOf, pipelineStoreTest, scopeOf, withOwnStore } from '../pipelineStore';
import { properties } from './ImapIdleTrigger.description';
import { imapMailboxTest } from './credentialTest';
import { getMailboxes } from './mailboxList';
import { abandonedAfter, isLost, isQueueMode } from './queueMode';

/** This process: records it emitted are alive, those of an earlier one are not. */
const processId = `${hostname()}:${process.pid}:${randomUUID()}`;
/** Some versions of n8n never say that an execution has ended. */
const EXECUTION_PATIENCE = 10 * 60_000;
/** How long activation waits to learn that the settings are wrong. */
const ACTIVATION_PATIENCE = 10_000;

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

	methods = { credentialTest: { imapMailboxTest, pipelineStoreTest }, listSearch: { getMailboxes } };

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const options = this.getNodeParameter('options', {}) as IDataObject;
		const mailbox = this.getNodeParameter('mailbox', 'INBOX', { extractValue: true }) as string;
		const filter = filterOf(options);
		const start = startOf(options);
		const server = await imapServerOf(this);
		const store = await openNodeStore(this, options);
		const scope = scopeOf(options);

		if (this.getMode() === 'manual') {
			const sample = sampleMailbox({ server, mailbox, filter, store, scope });
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

		const { pipeline } = pipelineOf(options);
		const emit = async (record: IngestionRecord) => await emitRecord(this, record);
		const feed = watchIntoFeed({
			store,
			scope,
			server,
			mailbox,
			filter,
			start,
			action: actionOf(options),
			consumer: `${this.getWorkflow().id ?? ''}/${this.getNode().id}`,
			emitter: processId,
			emit: pipeline === undefined ? emit : onceInPipeline({ store, scope, pipeline, log: this.logger }, emit),
			orphanAfter: abandonedAfter(),
			// In regular mode the process before this one is gone, so its lease may be taken over at once.
			leaseOwner: isQueueMode ? processId : `regular@${hostname()}`,
			log: this.logger,
			onFailed: (error) => this.emitError(toNodeError(this, error)),
		});
		try {
			// n8n waits for this while it holds its own locks; the watch goes on by itself.
			await Promise.race([feed.ready, sleep(ACTIVATION_PATIENCE, undefined, { ref: false })]);
		} catch (error) {
			await feed.stop();
			await store.close();
			throw toNodeError(this, error);
		}
		return {
			closeFunction: async () => {
				await feed.stop();
				await store.close();
			},
		};
	}
}

/** One execution per mail. n8n skips a key it knows, so a record emitted twice still runs once. */
async function emitRecord(context: ITriggerFunctions, record: IngestionRecord): Promise<'finished' | 'unknown'> {
	const item: INodeExecutionData = { json: receivedItem(record.metadata, record) };
	const done = context.helpers.createDeferredPromise<IRun>();
	const { id } = context.getWorkflow();
	context.emit([[item]], undefined, done, `${id ?? ''}:${context.getNode().id}:${record.id}:${record.attempt}`);
	let timer: NodeJS.Timeout | undefined;
	const patience = new Promise<'unknown'>((resolve) => {
		timer = setTimeout(() => resolve('unknown'), EXECUTION_PATIENCE);
	});
	try {
		const ended = done.promise.then((run) => {
			if (isLost(run)) throw new Error('The worker that ran the execution is gone');
			return 'finished' as const;
		});
		return await Promise.race([ended, patience]);
	} finally {
		clearTimeout(timer);
	}
}

function startOf(options: IDataObject): WatchStart {
	switch (options.start) {
		case 'unseen':
			return { from: 'unseen' };
		case 'everything':
			return { from: 'everything' };
		case 'since':
			return { from: 'since', date: sinceOf(options) };
		default:
			return { from: 'new' };
	}
}

function sinceOf({ since }: IDataObject): Date {
	const date = typeof since === 'string' ? new Date(since) : new Date(Number.NaN);
	if (!Number.isNaN(date.getTime())) return date;
	throw new InputError('“Start With” is set to a date, but there is none', {
		code: 'INPUT_DATE_MISSING',
		hint: 'Add the option “Since”.',
	});
}

function actionOf(options: IDataObject): MailboxAction | undefined {
	switch (options.afterProcessing) {
		case 'markSeen':
			return { kind: 'markSeen' };
		case 'delete':
			return { kind: 'delete' };
		case 'move':
			return {
				kind: 'move',
				mailbox: typeof options.moveTo === 'string' && options.moveTo ? options.moveTo : 'Archive',
			};
		default:
			return undefined;
	}
}

function filterOf(options: IDataObject): MailboxFilter | undefined {
	const text = (name: string) => (typeof options[name] === 'string' ? options[name].trim() : '');
	const filter: MailboxFilter = {
		...(text('fromFilter') ? { from: text('fromFilter') } : {}),
		...(text('toFilter') ? { to: text('toFilter') } : {}),
		...(text('subjectFilter') ? { subject: text('subjectFilter') } : {}),
	};
	return Object.keys(filter).length === 0 ? undefined : filter;
}
