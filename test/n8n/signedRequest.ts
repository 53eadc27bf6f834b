import { createHmac } from 'node:crypto';

/** Headers of a JSON request as the generic scheme signs it, `age` seconds ago. */
export function signedHeaders(secret: string, body: string, age = 0): Record<string, string> {
	const timestamp = String(Math.floor(Date.now() / 1000) - age);
	return {
		'content-type': 'application/json',
		'x-webhook-timestamp': timestamp,
		'x-webhook-signature': createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex'),
	};
}
