import { createHmac } from 'node:crypto';
import { formOf } from './form';
import { decodeSignature } from './hmac';
import { keyRing, matchingKey, sameBytes, textKey } from './keys';
import { signatureHeader, type WebhookRequest } from './request';
import type { SignatureCheck, WebhookConfig } from './signature';

/**
 * Mandrill: HMAC-SHA1 in base64 over the exact URL as entered at Mandrill and every POST field, name and value, sorted by
 * name. Nothing signed tells the time.
 * https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/#authenticating-webhook-requests
 */
export function verifyMandrill(request: WebhookRequest, config: WebhookConfig): SignatureCheck {
	const signature = decodeSignature(signatureHeader(request, 'x-mandrill-signature'), 'base64');
	const fields = formOf(request).fields.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
	const signed = Buffer.from(request.url + fields.map(({ name, value }) => name + value).join(''), 'utf8');
	const keyId = matchingKey(keyRing(config.keys, textKey), (key) =>
		sameBytes(signature, createHmac('sha1', key).update(signed).digest()),
	);
	return { keyId, timestamp: null, signedId: null, signedBytes: [signed], bodyAuthenticated: true };
}
