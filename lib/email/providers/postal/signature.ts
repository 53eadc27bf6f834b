import { verify } from 'node:crypto';
import { decodeSignature } from '../../webhook/hmac';
import { keyRing, matchingKey, publicKey } from '../../webhook/keys';
import { signatureHeader, type WebhookRequest } from '../../webhook/request';
import type { SignatureCheck, WebhookConfig } from '../../webhook/signature';

/**
 * Postal: RSA PKCS #1 v1.5 with SHA-1 over the raw body, base64. The public key is the `p=` of the server's DKIM record
 * (`postal default-dkim-record`). Nothing signed tells the time.
 * https://docs.postalserver.io/developer/webhooks
 */
export function verifyPostal(request: WebhookRequest, config: WebhookConfig): SignatureCheck {
	const signature = decodeSignature(signatureHeader(request, 'x-postal-signature'), 'base64');
	const body = request.rawBody;
	const ring = keyRing(config.keys, (text) => publicKey(text, 'rsa'));
	const keyId = matchingKey(ring, (key) => verify('sha1', body, key, signature));
	return { keyId, timestamp: null, signedId: null, signedBytes: [body], bodyAuthenticated: true };
}
