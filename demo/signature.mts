import { createHmac } from 'node:crypto';

/** The signature schemes that the demo's sender speaks, by the names the Email Webhook Trigger gives them. */
export type DemoScheme = 'generic' | 'standard-webhooks';

/**
 * The headers with which a sender signs a webhook: HMAC-SHA256 over `timestamp.body` (generic, in hex), or over
 * `id.timestamp.body` with the key that follows `whsec_` (https://www.standardwebhooks.com).
 *
 * @param secret `whsec_` and base64
 */
export function signedHeaders(scheme: DemoScheme, secret: string, id: string, body: string): Record<string, string> {
	const timestamp = String(Math.floor(Date.now() / 1000));
	if (scheme === 'generic') {
		return {
			'x-webhook-id': id,
			'x-webhook-timestamp': timestamp,
			'x-webhook-signature': createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex'),
		};
	}
	const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
	return {
		'webhook-id': id,
		'webhook-timestamp': timestamp,
		'webhook-signature': `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
	};
}
