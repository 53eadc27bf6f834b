/** Starts the executions for what the webhook has recorded, and starts again what died with a process. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject, INodeExecutionData, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import { EVENT_SCHEMA } from '../../lib/email/event';
import { PipelineError } from '../../lib/errors';
import { receivedItem } from '../../lib/pipeline/ingest/arrival';
import { type IngestionQueue, createIngestionQueue } from '../../lib/pipeline/ingest/queue';
import type { ExecutionBatch, Outcome } from '../../lib/pipeline/ingest/queueOptions';
import { createSlots } from '../../lib/pipeline/ingest/slots';
import { onceInPipeline } from '../../lib/pipeline/ingest/sharedIntake';
import type { IngestionRecord, Store } from '../../lib/store';
import { emitItems, knowsIds, processId, showFailure, tracesOf } from '../execution';
import { executionStatusOf } from '../executionStatus';
import { abandonedAfter, isQueueMode } from '../queueMode';
import { failureOf, toNodeError } from '../nodeFailure';
import { openNodeStore, pipelineOf, scopeOf } from '../pipelineStore';
import { endpointOf } from './refusals';

/** Items in one execution at most: a larger request makes several. */
const BATCH = 100;
const DEFAULT_EXECUTIONS = 10;
/** In queue mode a webhook processor records, and the main has to look. */
const LOOK_EVERY = 500;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/** Where a test request is filed: nobody but `testRun` takes it. */
export function testFeedOf(endpoint: string): string {
	return `${endpoint}:test`;
}

/** Runs until it is closed; a store that is away is waited for, because the address must stay there meanwhile. */
export function startIntakeFeed(context: ITriggerFunctions): ITriggerResponse {
	const closing = new AbortController();
	const running = untilOpen(context, closing.signal).catch((error: unknown) => {
		if (!closing.signal.aborted) context.emitError(toNodeError(context, error));
		return null;
	});
	return {
		closeFunction: async () => {
			closing.abort();
			const opened = await running;
			if (opened === null) return;
			opened.feed.stop();
			// Executions under way are confirmed when they end.
			void opened.feed.idle().then(() => opened.store.close());
		},
	};
}

async function untilOpen(
	context: ITriggerFunctions,
	signal: AbortSignal,
): Promise<{ feed: IngestionQueue; store: Store } | null> {
	const options = context.getNodeParameter('options', {}) as IDataObject;
	let told = false;
	for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
		let store: Store | null = null;
		try {
			store = await openNodeStore(context, options);
			const feed = feedOf(context, options, store);
			await feed.start();
			return { feed, store };
		} catch (error) {
			await store?.close();
			if (!told) {
				const details = { node: context.getNode().name, code: failureOf(error).code };
				context.logger.warn('What a webhook has recorded cannot be looked for, trying again', details);
			}
			told = true;
		}
		await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
	}
	return null;
}

function feedOf(context: ITriggerFunctions, options: IDataObject, store: Store): IngestionQueue {
	const scope = scopeOf(options);
	const { pipeline } = pipelineOf(options);
	const log = context.logger;
	const emit = async ({ id, records }: ExecutionBatch): Promise<Outcome> =>
		await emitItems(context, id, outputsOf(records));
	return createIngestionQueue({
		...tracesOf(context),
		store,
		scope,
		feed: endpointOf(context),
		emitter: processId,
		emit: pipeline === undefined ? emit : onceInPipeline({ store, scope, pipeline, log }, emit),
		knowsIds: knowsIds(context),
		executionStatus: executionStatusOf(context),
		orphanAfter: abandonedAfter(),
		slots: createSlots(
			typeof options.executions === 'number' && options.executions >= 1 ? options.executions : DEFAULT_EXECUTIONS,
		),
		batchSize: BATCH,
		keepsBatches: options.batching === 'single',
		...(isQueueMode ? { lookEvery: LOOK_EVERY } : {}),
		log,
		onDeadLetter(reason, message, key) {
			const error = new PipelineError(`An email or event became a dead letter: ${message}`, {
				code: reason,
				hint: 'The Email Ledger node lists dead letters and replays them.',
				record: { key },
			});
			showFailure(context, error);
		},
	});
}

/**
 * A test request in the editor: n8n starts the execution by the webhook, and then asks the trigger for its items, possibly
 * in another process.
 */
export function testRun(context: ITriggerFunctions): ITriggerResponse {
	const options = context.getNodeParameter('options', {}) as IDataObject;
	return {
		manualTriggerFunction: async () => {
			const store = await openNodeStore(context, options);
			try {
				const scope = scopeOf(options);
				const waiting = await store.ingestion.list(scope, testFeedOf(endpointOf(context)), ['received'], 1_000);
				const newest = waiting.filter(({ batch }) => batch === waiting.at(-1)?.batch);
				await store.ingestion.advanceAll(
					scope,
					waiting.map(({ key }) => key),
					'confirmed',
				);
				context.emit(outputsOf(newest, false));
			} finally {
				await store.close();
			}
		},
	};
}

/** Messages and delivery events. */
function outputsOf(records: readonly IngestionRecord[], traced = true): INodeExecutionData[][] {
	const outputs: [INodeExecutionData[], INodeExecutionData[]] = [[], []];
	for (const record of records) {
		const json = receivedItem(record.metadata, traced ? record : undefined);
		outputs[json.schema === EVENT_SCHEMA ? 1 : 0].push({ json });
	}
	return outputs;
}
