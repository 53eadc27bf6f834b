import { createHmac } from 'node:crypto';
import { formOf } from '../../webhook/form';
import { decodeSignature } from '../../webhook/hmac';
import { keyRing, matchingKey, sameBytes, textKey } from '../../webhook/keys';
import { signatureHeader, type WebhookRequest } from '../../webhook/request';
import { invalidSignature, type SignatureCheck, type WebhookConfig } from '../../webhook/signature';

/**
 * Mandrill: HMAC-SHA1 in base64 over the exact URL as entered at Mandrill and every POST field, name and value, sorted by
 * name, with nothing in between: with other fields than the one that Mandrill sends there would be several ways to part
 * what is signed. Nothing signed tells the time.
 * https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/#authenticating-webhook-requests
 */
export function verifyMandrill(request: WebhookRequest, config: WebhookConfig): SignatureCheck {
	const signature = decodeSignature(signatureHeader(request, 'x-mandrill-signature'), 'base64');
	const { fields, files } = formOf(request);
	const [field, ...others] = fields;
	if (field?.name !== 'mandrill_events' || others.length + files.length > 0) throw invalidSignature();
	const signed = Buffer.from(request.url + field.name + field.value, 'utf8');
	const keyId = matchingKey(keyRing(config.keys, textKey), (key) =>
		sameBytes(signature, createHmac('sha1', key).update(signed).digest()),
	);
	return { keyId, timestamp: null, signedId: null, signedBytes: [signed], bodyAuthenticated: true };
}
