import { setTimeout as delay } from 'node:timers/promises';
import type { N8nClient } from '../tools/n8n/client.mts';
import { SetupError } from '../tools/setup-error.mjs';

const DEADLINE_MS = 60_000;
const POLL_MS = 300;

/**
 * Does something that should start a workflow, then waits for the execution's end and prints how it went and where to
 * look at it.
 */
export async function showExecutionOf(n8n: N8nClient, work: () => Promise<void>): Promise<void> {
	const known = new Set((await n8n.executions()).map(({ id }) => id));
	await work();
	const deadline = Date.now() + DEADLINE_MS;
	while (Date.now() < deadline) {
		const fresh = (await n8n.executions()).find(({ id }) => !known.has(id));
		if (fresh !== undefined) {
			const { status, workflowId } = await n8n.waitForExecution(fresh.id, DEADLINE_MS);
			console.log(`Execution ${fresh.id}: ${status}   ${n8n.url}/workflow/${workflowId}/executions/${fresh.id}`);
			return;
		}
		await delay(POLL_MS);
	}
	throw new SetupError('No workflow was executed within a minute', {
		hint: `Look in the editor (${n8n.url}) whether the example workflows are active.`,
	});
}
