/** Starting executions in n8n, and what can be known of them. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { IExecuteFunctions, INodeExecutionData, IRun, ITriggerFunctions } from 'n8n-workflow';
import { receivedItem } from '../lib/pipeline/ingest/arrival';
import type { ExecutionBatch, QueueOptions, Outcome } from '../lib/pipeline/ingest/queueOptions';
import { INGESTION_STAGES, type IngestionStage, type RunBy, type Store } from '../lib/store';
import { toNodeError } from './nodeFailure';
import { isLost } from './queueMode';
import { ingestionKeyOf } from './rawInput';

/** This process: records it emitted are alive, those of an earlier one are not. */
export const processId = `${hostname()}:${process.pid}:${randomUUID()}`;

/** Some versions of n8n never say that an execution has ended. */
const EXECUTION_PATIENCE = 24 * 3_600_000;

/** The nodes that move the record of a mail, and how far. */
const STAGES: Readonly<Record<string, IngestionStage>> = {
	mimeParse: 'parsed',
	bounceClassifier: 'classified',
	threadMatch: 'matched',
};

/** One execution for the mails, each an item. */
export async function emitMails(context: ITriggerFunctions, { id, records }: ExecutionBatch): Promise<Outcome> {
	const items = records.map((record): INodeExecutionData => ({ json: receivedItem(record.metadata, record) }));
	return await emitItems(context, id, [items]);
}

/**
 * One execution for the items of each output. n8n skips an id it knows.
 *
 * @throws what n8n throws when it did not take them, or died over it
 */
export async function emitItems(
	context: ITriggerFunctions,
	id: string,
	outputs: INodeExecutionData[][],
): Promise<Outcome> {
	const done = context.helpers.createDeferredPromise<IRun>();
	context.emit(outputs, undefined, done, deduplicationKeyOf(context, id));
	let timer: NodeJS.Timeout | undefined;
	const patience = new Promise<Outcome>((resolve) => {
		timer = setTimeout(() => resolve('ended'), EXECUTION_PATIENCE).unref();
	});
	try {
		return await Promise.race([done.promise.then(outcomeOf, outcomeOfError), patience]);
	} finally {
		clearTimeout(timer);
	}
}

/** What n8n knows an emission by: it is unique over all workflows. */
export function deduplicationKeyOf(context: Pick<ITriggerFunctions, 'getNode' | 'getWorkflow'>, id: string): string {
	return `${context.getWorkflow().id ?? ''}:${context.getNode().id}:${id}`;
}

/** n8n before 2.20 has no fourth parameter, and starts an execution for whatever it is given. */
export function knowsIds(context: ITriggerFunctions): boolean {
	return context.emit.length >= 4;
}

/**
 * What the records of mails can tell about their executions. With nodes in a row of which the last one moves the record
 * on, a record at that stage has nothing left to come; what comes after any other node leaves no trace.
 */
export function tracesOf(context: ITriggerFunctions): Pick<QueueOptions, 'lastStage' | 'leavesTraces'> {
	const { name, type } = context.getNode();
	const prefix = type.slice(0, type.lastIndexOf('.') + 1);
	const rankOf = (node: { type: string; disabled: boolean }): number => {
		const stage = node.disabled || !node.type.startsWith(prefix) ? undefined : STAGES[node.type.slice(prefix.length)];
		return stage === undefined ? -1 : INGESTION_STAGES.indexOf(stage);
	};
	const nodes = context
		.getChildNodes(name)
		.map((node) => ({ rank: rankOf(node), behind: context.getChildNodes(node.name).length }))
		.sort((a, b) => a.behind - b.behind);
	const [last, ...before] = nodes;
	const inARow = nodes.every(({ behind }, index) => behind === index);
	const rank = last !== undefined && inARow && before.every((node) => node.rank < last.rank) ? last.rank : -1;
	return { lastStage: INGESTION_STAGES[rank] ?? null, leavesTraces: nodes.some((node) => node.rank >= 0) };
}

/** Moves the record of the item's mail on, if it has one; the store is opened for nothing else. */
export async function advanceMail(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	store: () => Promise<Store>,
	scope: string,
	stage: IngestionStage,
): Promise<void> {
	const key = ingestionKeyOf(item);
	if (key === null) return;
	await (await store()).ingestion.advance(scope, key, stage, undefined, runBy(context, item));
}

/** What the node that moves a record on says of its execution; one that somebody runs in the editor counts for nothing. */
export function runBy(context: IExecuteFunctions, item: INodeExecutionData): RunBy | undefined {
	const attempt = (item.json.ingestion as { attempt?: unknown } | undefined)?.attempt;
	const execution = context.getExecutionId();
	// In a sub-workflow it is the sub-workflow's execution, which ends before that of the trigger.
	if (context.getMode() !== 'trigger' || !execution || typeof attempt !== 'number') return undefined;
	return { execution, attempt };
}

/** Shows an error as a failed execution, which runs the error workflow; the trigger goes on. */
export function showFailure(context: ITriggerFunctions, error: unknown): void {
	// Older versions of n8n have only emitError, which would end the trigger.
	if ('saveFailedExecution' in context) context.saveFailedExecution(toNodeError(context, error));
}

/** n8n tells nothing when it knew the id, or when the execution failed before its first node. */
function outcomeOf(run: IRun | undefined): Outcome {
	// Its type promises a run.
	if (run === undefined) return 'refused';
	if (isLost(run)) return 'died';
	if (run.status === 'canceled') return canceledAs(run.data.resultData.error);
	if (run.data.resultData.error !== undefined || run.status === 'error' || run.status === 'crashed') return 'failed';
	return run.status === 'waiting' || run.waitTill ? 'waiting' : 'succeeded';
}

function outcomeOfError(error: unknown): Outcome {
	if ((error as { reason?: unknown } | null)?.reason !== undefined) return canceledAs(error);
	// It was over before n8n could be asked for its end.
	if (error instanceof Error && error.constructor.name === 'ExecutionNotFoundError') return 'ended';
	throw error;
}

/** By n8n's reason (n8n-workflow, `ExecutionCancelledError`). What ran out of time may have done so because of one of its items. */
function canceledAs(error: unknown): Outcome {
	switch ((error as { reason?: unknown } | null | undefined)?.reason) {
		case 'shutdown':
			return 'died';
		case 'timeout':
			return 'failed';
		default:
			return 'canceled';
	}
}
