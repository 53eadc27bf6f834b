/** The keys of the node's credential, for a moment: n8n reads and decrypts the credential anew for each request. */
import type { IWebhookFunctions } from 'n8n-workflow';
import { type SigningKeys, keysOf } from './verification';

/** A key that was withdrawn opens nothing for longer than this. */
const KEPT_MS = 2_000;

const kept = new Map<string, { keys: SigningKeys; until: number }>();

export async function signingKeys(context: IWebhookFunctions): Promise<SigningKeys> {
	const { id: nodeId, credentials } = context.getNode();
	const credential = credentials?.webhookSigningApi?.id ?? '';
	const place = `${context.getWorkflow().id ?? ''}/${nodeId}/${credential}`;
	const now = performance.now();
	const known = kept.get(place);
	if (known && known.until > now) return known.keys;
	const keys = keysOf(await context.getCredentials('webhookSigningApi'));
	for (const [other, { until }] of kept) if (until <= now) kept.delete(other);
	kept.set(place, { keys, until: now + KEPT_MS });
	return keys;
}
