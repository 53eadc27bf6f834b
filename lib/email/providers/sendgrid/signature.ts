import { verify } from 'node:crypto';
import { keyRing, matchingKey, publicKey } from '../../webhook/keys';
import { decodeSignature } from '../../webhook/hmac';
import { signatureHeader, type WebhookRequest } from '../../webhook/request';
import { readTimestamp, type SignatureCheck, type WebhookConfig } from '../../webhook/signature';

/**
 * SendGrid: ECDSA P-256 with SHA-256 over time stamp + raw body, DER in base64.
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
 * The Inbound Parse security policy uses the same headers.
 */
export function verifySendGrid(request: WebhookRequest, config: WebhookConfig): SignatureCheck {
	const signature = signatureHeader(request, 'x-twilio-email-event-webhook-signature');
	const timestamp = signatureHeader(request, 'x-twilio-email-event-webhook-timestamp');
	const signedAt = readTimestamp(timestamp);
	const signedBytes = [Buffer.from(timestamp, 'utf8'), request.rawBody];
	const bytes = Buffer.concat(signedBytes);
	const der = decodeSignature(signature, 'base64');
	const ring = keyRing(config.keys, (text) => publicKey(text, 'ec'));
	const keyId = matchingKey(ring, (key) => verify('sha256', bytes, key, der));
	return { keyId, timestamp: signedAt, signedId: null, signedBytes, bodyAuthenticated: true };
}
