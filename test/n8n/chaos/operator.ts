/** What docs/operations.md tells a person to do about executions that died: let n8n run them again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Execution, type ExecutionStatus, N8nApiError, type N8nClient } from '../../../tools/n8n/client.mts';

export interface Operator {
	/** Executions that were run again. */
	readonly retried: number;
	/**
	 * Executions that n8n lists as failed and cannot run again: when the job of a dead worker is given up, n8n 2.41 writes
	 * the error over the execution's data, the trigger's item included.
	 */
	readonly emptied: number;
}

const DEAD: ExecutionStatus[] = ['error', 'crashed', 'canceled'];
const AT_ONCE = 8;

/**
 * Retries every execution of the workflow that ended badly. A retry that ends badly is an execution of its own; if it was
 * emptied, the one it repeated is retried again.
 */
export function startOperator(client: N8nClient, workflowId: string, signal: AbortSignal): Operator {
	const seen = new Set<string>();
	const emptied = new Set<string>();
	let retried = 0;
	let underWay = 0;

	/** The execution itself, or the nearest before it that still has its data. */
	const repeatable = async (id: string): Promise<string | null> => {
		const execution = (await client.execution(id)) as Execution & { retryOf?: string | null };
		const { executionData, resultData } = execution.data;
		const waiting = executionData?.nodeExecutionStack.length ?? 0;
		if (waiting > 0 || Object.keys(resultData.runData).length > 0) return id;
		return typeof execution.retryOf === 'string' ? await repeatable(execution.retryOf) : null;
	};
	const retry = async (id: string): Promise<void> => {
		seen.add(id);
		underWay++;
		try {
			const from = await repeatable(id);
			if (from === null) {
				emptied.add(id);
				return;
			}
			retried++;
			// n8n answers when the retried execution has ended, however it did.
			await client.request('POST', `/rest/executions/${from}/retry`, {});
		} catch (error) {
			// Without an answer of its own n8n is away, and nobody knows.
			if (!(error instanceof N8nApiError) || error.status >= 500) seen.delete(id);
		} finally {
			underWay--;
		}
	};
	const work = async (): Promise<void> => {
		while (!signal.aborted) {
			const dead = await client.everyExecution({ workflowId, status: DEAD }).catch(() => []);
			const fresh = dead.filter(({ id }) => !seen.has(id)).slice(0, AT_ONCE - underWay);
			for (const { id } of fresh) void retry(id);
			await sleep(1_000);
		}
	};
	void work();
	return {
		get retried() {
			return retried;
		},
		get emptied() {
			return emptied.size;
		},
	};
}
