/** What n8n tells of an execution that nobody waits for any more. */
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IRun, IRunExecutionData, ITriggerFunctions, IWorkflowExecuteAdditionalData } from 'n8n-workflow';
import type {
	ExecutionBatch,
	ExecutionState,
	ExecutionStatus,
	QueueOptions,
} from '../lib/pipeline/ingest/queueOptions';
import type { IngestionRecord, Millis } from '../lib/store';
import { deduplicationKeyOf } from './execution';
import { isLost, isQueueMode } from './queueMode';

/** A row of n8n's list of executions. */
interface ExecutionRow {
	id: string | number;
	status: string;
	createdAt: Date;
}

/** As TypeORM has it. */
interface ExecutionRepository {
	findOne(query: {
		select: Array<keyof ExecutionRow>;
		where: { deduplicationKey: string };
		withDeleted: boolean;
	}): Promise<ExecutionRow | null>;
}

export interface N8nExecutions {
	/** The row that n8n keeps under an emission's key, also when it is about to be pruned. */
	find(deduplicationKey: string): Promise<ExecutionRow | null>;
	/** True while this process works at it. */
	isActive(id: string): boolean;
	/** Between setting a row to `running` and taking the execution up n8n waits for its database, a moment; in ms. */
	readonly takeUp: Millis;
}

type RunData = (execution: string) => Promise<IRunExecutionData | undefined>;

/** n8n takes up at its start what it had created and not begun. */
const BEGIN: Millis = 60_000;

let known: N8nExecutions | null | undefined;

/**
 * n8n gives a node no way to ask for an execution by its key, though only that tells whether a mail that was under way at a
 * crash has got through. Its own repository knows; it is found in n8n's container, from where n8n was started. An n8n that
 * has it elsewhere is not asked, and what `executionStatusOf` says of it is less certain.
 */
function n8nExecutions(): N8nExecutions | null {
	if (known !== undefined) return known;
	try {
		const n8nRequire = createRequire(realpathSync(process.argv[1] ?? ''));
		const { Container } = n8nRequire('@n8n/di') as { Container: { get: (type: unknown) => unknown } };
		const database = n8nRequire('@n8n/db') as { ExecutionRepository: unknown };
		const { ActiveExecutions } = n8nRequire('../dist/active-executions.js') as { ActiveExecutions: unknown };
		const repository = Container.get(database.ExecutionRepository) as ExecutionRepository;
		const active = Container.get(ActiveExecutions) as { has: (id: string) => boolean };
		known = {
			find: async (deduplicationKey) =>
				await repository.findOne({
					select: ['id', 'status', 'createdAt'],
					where: { deduplicationKey },
					withDeleted: true,
				}),
			isActive: (id) => active.has(id),
			takeUp: 1_000,
		};
	} catch {
		known = null;
	}
	return known;
}

/**
 * Asks n8n by the key of the emission; where that is not possible, reads what n8n has kept of the execution that a node of
 * the workflow has named.
 *
 * @param executions how n8n's own list is asked; null where it cannot be
 */
export function executionStatusOf(
	context: ITriggerFunctions,
	executions: N8nExecutions | null = n8nExecutions(),
): QueueOptions['executionStatus'] {
	const data = runDataOf(context);
	if (executions !== null && context.emit.length >= 4) {
		return async (emission) => await askedByKey(context, executions, data, emission);
	}
	if (data === null || savesProgress(context)) return undefined;
	const { name } = context.getNode();
	return async ({ records }) => {
		const execution = executionIn(records);
		const status = execution === null ? 'unknown' : statusIn(await data(execution), name, records);
		return { status, execution };
	};
}

async function askedByKey(
	context: ITriggerFunctions,
	executions: N8nExecutions,
	data: RunData | null,
	{ id, records }: ExecutionBatch,
): Promise<ExecutionState> {
	const key = deduplicationKeyOf(context, id);
	const row = await executions.find(key);
	const status = await statusOfRow(row, { key, executions, data });
	if (row !== null) return { status, execution: String(row.id) };
	const execution = executionIn(records);
	if (execution === null) return { status, execution };
	// There was one. Where n8n keeps the failed ones only, it has ended well.
	return { status: keepsFailuresOnly(context) ? 'succeeded' : 'gone', execution };
}

/** n8n's words for it (n8n-workflow, `ExecutionStatusList`). */
async function statusOfRow(
	row: ExecutionRow | null,
	asking: { key: string; executions: N8nExecutions; data: RunData | null },
): Promise<ExecutionStatus> {
	const { executions, data } = asking;
	switch (row?.status) {
		case undefined:
			return 'none';
		case 'success':
			return 'succeeded';
		case 'waiting':
		case 'crashed':
			return row.status;
		case 'canceled':
			return canceledAs(await data?.(String(row.id)));
		case 'error':
			return isQueueMode && (await wasLost(row.id, data)) ? 'crashed' : 'failed';
		case 'new':
			// One that is never begun gives way to a repetition under its key.
			return isQueueMode || Date.now() - new Date(row.createdAt).getTime() < BEGIN ? 'running' : 'none';
		case 'running': {
			if (isQueueMode || executions.isActive(String(row.id))) return 'running';
			await sleep(executions.takeUp);
			const now = await executions.find(asking.key);
			if (now?.status !== 'running') return now === null ? 'none' : await statusOfRow(now, asking);
			return executions.isActive(String(now.id)) ? 'running' : 'crashed';
		}
		default:
			return 'unknown';
	}
}

/** A worker that shuts down cancels what it has not finished, and keeps no reason with it. */
function canceledAs(run: IRunExecutionData | undefined): ExecutionStatus {
	const { reason } = (run?.resultData.error ?? {}) as { reason?: unknown };
	if (reason === 'timeout') return 'failed';
	return reason === 'shutdown' || (reason === undefined && isQueueMode) ? 'crashed' : 'canceled';
}

/** n8n ends an execution whose worker died with an error of its own. */
async function wasLost(id: string | number, data: RunData | null): Promise<boolean> {
	const run = await data?.(String(id));
	return run !== undefined && isLost({ status: 'error', data: run } as IRun);
}

function executionIn(records: ReadonlyArray<Pick<IngestionRecord, 'execution'>>): string | null {
	return records.find(({ execution }) => execution !== null)?.execution ?? null;
}

/** n8n gives it to nodes that act (`getExecutionDataById`), not to triggers, though their context holds it too. */
function runDataOf(context: ITriggerFunctions): RunData | null {
	const { additionalData } = context as unknown as { additionalData?: Partial<IWorkflowExecuteAdditionalData> };
	const read = additionalData?.getRunExecutionData?.bind(additionalData);
	// Data that n8n cannot read tells nothing.
	return typeof read === 'function' ? (execution) => read(execution).catch(() => undefined) : null;
}

/** With the progress of executions saved at each node, what is saved last may not be the end. Older versions do not tell. */
function savesProgress(context: Partial<Pick<ITriggerFunctions, 'getWorkflowSettings'>>): boolean {
	const settings = context.getWorkflowSettings?.();
	if (settings === undefined) return true;
	const { saveExecutionProgress = 'DEFAULT' } = settings;
	if (saveExecutionProgress !== 'DEFAULT') return saveExecutionProgress;
	return process.env.EXECUTIONS_DATA_SAVE_ON_PROGRESS === 'true';
}

function keepsFailuresOnly(context: Partial<Pick<ITriggerFunctions, 'getWorkflowSettings'>>): boolean {
	const { saveDataSuccessExecution = 'DEFAULT', saveDataErrorExecution = 'DEFAULT' } =
		context.getWorkflowSettings?.() ?? {};
	const { EXECUTIONS_DATA_SAVE_ON_SUCCESS: success, EXECUTIONS_DATA_SAVE_ON_ERROR: error } = process.env;
	const none = (chosen: string, byDefault: string | undefined): boolean =>
		chosen === 'DEFAULT' ? byDefault === 'none' : chosen === 'none';
	return none(saveDataSuccessExecution, success) && !none(saveDataErrorExecution, error);
}

function statusIn(
	data: IRunExecutionData | undefined,
	trigger: string,
	records: ReadonlyArray<Pick<IngestionRecord, 'key' | 'attempt'>>,
): ExecutionStatus {
	const { runData, error, lastNodeExecuted } = data?.resultData ?? {};
	const stack = data?.executionData?.nodeExecutionStack;
	if (runData === undefined || stack === undefined) return 'unknown';
	const given = runData[trigger]?.[0]?.data?.main ?? stack.find(({ node }) => node.name === trigger)?.data.main ?? [];
	const keys = given.flatMap((items) => (items ?? []).map(({ json }) => nameOf(json.ingestion)));
	if (records.some((record) => !keys.includes(nameOf(record)))) return 'unknown';
	if (data?.waitTill) return 'waiting';
	const last = runData[lastNodeExecuted ?? '']?.at(-1)?.executionStatus;
	// A crash that n8n has found later is no end.
	if (last === undefined || last === 'crashed') return 'unfinished';
	if (error !== undefined) return last === 'error' ? 'failed' : 'unknown';
	return stack.length === 0 ? 'succeeded' : 'unfinished';
}

function nameOf(ingestion: unknown): string {
	const { key, attempt } = (ingestion ?? {}) as { key?: unknown; attempt?: unknown };
	return JSON.stringify([key, attempt]);
}
