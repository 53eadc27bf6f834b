/** No execution shows a refused request, so it is counted and logged: by node and code, never with its content. */
import type { IWebhookFunctions } from 'n8n-workflow';

/** A flood of forged requests must not become a flood of lines. */
const QUIET_MS = 1_000;

interface Tally {
	count: number;
	loggedAt: number;
}

/** Of this process, since it started; a webhook processor counts for itself. */
const tallies = new Map<string, Tally>();

/** Writes at most one line per second, node and code, with how many there have been in all. */
export function noteRefusal(context: IWebhookFunctions, code: string, reason: string): void {
	const { id: nodeId, name: node } = context.getNode();
	const key = `${context.getWorkflow().id ?? ''}/${nodeId}/${code}`;
	const tally = tallies.get(key) ?? { count: 0, loggedAt: -Infinity };
	tallies.set(key, tally);
	tally.count += 1;
	const now = performance.now();
	if (now - tally.loggedAt < QUIET_MS) return;
	tally.loggedAt = now;
	context.logger.warn('Webhook request refused', { node, code, reason, refusedSinceStart: tally.count });
}
