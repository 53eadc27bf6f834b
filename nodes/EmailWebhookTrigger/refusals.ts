/** No execution shows a refused request, so it is counted and logged: by node and code, never with its content. */
import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import { countRequest } from '../../lib/pipeline/ingest/webhook/counts';
import { openNodeStore, scopeOf } from '../pipelineStore';
import { withKeptCredentials } from '../rememberedCredential';

/** A flood of forged requests must not become a flood of lines. */
const QUIET_MS = 1_000;

interface Tally {
	count: number;
	loggedAt: number;
}

/** Of this process, since it started; a webhook processor counts for itself. */
const tallies = new Map<string, Tally>();

export function endpointOf(context: Pick<IWebhookFunctions, 'getNode' | 'getWorkflow'>): string {
	return `webhook:${context.getWorkflow().id ?? ''}/${context.getNode().id}`;
}

/** For Email Ledger → Statistics. Test requests are not counted. */
export function noteOutcome(context: IWebhookFunctions, options: IDataObject, outcome: string): void {
	if (context.getMode() === 'manual') return;
	const { name, credentials } = context.getNode();
	const place = options.store === 'credential' ? (credentials?.pipelineStoreApi?.id ?? '') : '';
	const request = { scope: scopeOf(options), endpoint: endpointOf(context), label: name, outcome };
	countRequest(place, request, () => openNodeStore(withKeptCredentials(context), options));
}

/** Writes at most one line per second, node and code, with how many there have been in all. */
export function noteRefusal(context: IWebhookFunctions, options: IDataObject, code: string, reason: string): void {
	noteOutcome(context, options, code);
	const node = context.getNode().name;
	const key = `${endpointOf(context)}/${code}`;
	const tally = tallies.get(key) ?? { count: 0, loggedAt: -Infinity };
	tallies.set(key, tally);
	tally.count += 1;
	const now = performance.now();
	if (now - tally.loggedAt < QUIET_MS) return;
	tally.loggedAt = now;
	context.logger.warn('Webhook request refused', { node, code, reason, refusedSinceStart: tally.count });
}
