import { createHmac } from 'node:crypto';
import { decode } from '../../webhook/encoding';
import { fieldOf, formOf, hasForm } from '../../webhook/form';
import { jsonOf, record, textOf } from '../../webhook/json';
import { keyRing, matchingKey, sameBytes, textKey } from '../../webhook/keys';
import type { WebhookRequest } from '../../webhook/request';
import { WebhookRefusal } from '../../webhook/refusal';
import {
	invalidSignature,
	missingSignature,
	readTimestamp,
	type SignatureCheck,
	type WebhookConfig,
} from '../../webhook/signature';

const NAMES = ['timestamp', 'token', 'signature', 'parent-signature'];
const TIMESTAMP = /^\d{10}$/;
/** Documented as a text of 50 characters; hexadecimal digits so far. */
const TOKEN = /^[0-9A-Za-z_-]{1,128}$/;

interface MailgunSignature {
	timestamp: string;
	token: string;
	/** Its own, and for a subaccount that of the parent account: the key may be either's. */
	signatures: string[];
}

/**
 * Mailgun signs `timestamp` + `token`, not the body: whoever sees one request could send another body with the same
 * signature, so what is signed is let through once only. The two are signed without anything in between: as the time
 * stamp has exactly ten digits, there is one way to part them.
 * https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
 */
export function verifyMailgun(request: WebhookRequest, config: WebhookConfig): SignatureCheck {
	const { timestamp, token, signatures } = hasForm(request) ? signatureOfForm(request) : signatureOfJson(request);
	if (!TIMESTAMP.test(timestamp) || !TOKEN.test(token)) throw invalidSignature();
	const signedAt = readTimestamp(timestamp);
	const signedBytes = [Buffer.from(timestamp + token, 'utf8')];
	const keyId = matchingKey(keyRing(config.keys, textKey), (key) => {
		const expected = createHmac('sha256', key)
			.update(timestamp + token)
			.digest();
		return signatures.map((signature) => sameBytes(decode(signature, 'hex'), expected)).includes(true);
	});
	return { keyId, timestamp: signedAt, signedId: null, signedBytes, bodyAuthenticated: false };
}

function signatureOfForm(request: WebhookRequest): MailgunSignature {
	const form = formOf(request);
	for (const name of NAMES) {
		if (form.fields.filter((field) => field.name === name).length > 1)
			throw new WebhookRefusal('WEBHOOK_MALFORMED', `The field ${name} came more than once.`);
	}
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
