/** What differs where workers run the executions (n8n's queue mode). */
import type { IRun } from 'n8n-workflow';

export const isQueueMode = process.env.EXECUTIONS_MODE === 'queue';

const HOUR = 3_600_000;

/**
 * Age in ms after which an execution that another process started counts as dead. In regular mode that process is gone;
 * in queue mode workers go on without it, so the limit has to be longer than any execution takes.
 */
export function abandonedAfter(): number {
	if (!isQueueMode) return 0;
	const seconds = Number(process.env.EMAIL_PIPELINE_ABANDONED_AFTER_SECONDS ?? '');
	return seconds > 0 ? seconds * 1_000 : HOUR;
}

/**
 * Whether an execution that n8n reports as ended never came to its end: its worker died, or its job got lost. n8n then
 * ends it with an error of its own and knows of no node that ran; an error of the workflow names the node.
 */
export function isLost(run: IRun | undefined): boolean {
	if (run === undefined || (run.status !== 'error' && run.status !== 'crashed')) return false;
	const { lastNodeExecuted, runData } = run.data.resultData;
	return lastNodeExecuted === undefined && Object.keys(runData).length === 0;
}
