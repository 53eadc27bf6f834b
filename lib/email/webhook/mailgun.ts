import { createHmac } from 'node:crypto';
import { decode } from './encoding';
import { fieldOf, formOf, hasForm } from './form';
import { jsonOf, record, textOf } from './json';
import { keyRing, matchingKey, sameBytes, textKey } from './keys';
import type { WebhookRequest } from './request';
import { missingSignature, readTimestamp, type SignatureCheck, type WebhookConfig } from './signature';

interface MailgunSignature {
	timestamp: string;
	token: string;
	/** Its own, and for a subaccount that of the parent account: the key may be either's. */
	signatures: string[];
}

/**
 * Mailgun signs `timestamp` + `token`, not the body: whoever sees one request could send another body with the same
 * signature, so the token must be let through once only (`signedId`).
 * https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
 */
export function verifyMailgun(request: WebhookRequest, config: WebhookConfig): SignatureCheck {
	const { timestamp, token, signatures } = hasForm(request) ? signatureOfForm(request) : signatureOfJson(request);
	const signedAt = readTimestamp(timestamp);
	const signedBytes = [Buffer.from(timestamp + token, 'utf8')];
	const keyId = matchingKey(keyRing(config.keys, textKey), (key) => {
		const expected = createHmac('sha256', key)
			.update(timestamp + token)
			.digest();
		return signatures.map((signature) => sameBytes(decode(signature, 'hex'), expected)).includes(true);
	});
	return { keyId, timestamp: signedAt, signedId: token, signedBytes, bodyAuthenticated: false };
}

function signatureOfForm(request: WebhookRequest): MailgunSignature {
	const form = formOf(request);
	return complete((name) => fieldOf(form, name));
}

function signatureOfJson(request: WebhookRequest): MailgunSignature {
	const signature = record(record(jsonOf(request)).signature);
	return complete((name) => textOf(signature[name]));
}

function complete(valueOf: (name: string) => string | null): MailgunSignature {
	const [timestamp, token, signature] = ['timestamp', 'token', 'signature'].map(valueOf);
	if (!timestamp || !token || !signature) throw missingSignature('timestamp, token and signature in its body');
	const parent = valueOf('parent-signature');
	return { timestamp, token, signatures: parent ? [signature, parent] : [signature] };
}
