import { verify } from 'node:crypto';
import { jsonOf, record, textOf, type JsonRecord } from '../../webhook/json';
import { invalidSignature, missingSignature, type SignatureCheck, type WebhookConfig } from '../../webhook/signature';
import { decodeSignature } from '../../webhook/hmac';
import { isSnsUrl, snsCertificates } from './snsCertificates';
import { WebhookRefusal } from '../../webhook/refusal';
import type { WebhookRequest } from '../../webhook/request';

/** The keys that are signed, in byte order, `Subject` only where the message has one. */
const SIGNED_KEYS: Record<string, readonly string[]> = {
	Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
	SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
	UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
};

const HASHES: Record<string, string> = { '1': 'sha1', '2': 'sha256' };

/**
 * Amazon SNS. Any AWS customer can have SNS sign a message, so the signature counts only together with the topic.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
export async function verifySns(request: WebhookRequest, config: WebhookConfig): Promise<SignatureCheck> {
	const message = record(jsonOf(request));
	const type = textOf(message.Type) ?? '';
	const keys = Object.hasOwn(SIGNED_KEYS, type) ? SIGNED_KEYS[type] : undefined;
	const [signature, version, certificateUrl] = ['Signature', 'SignatureVersion', 'SigningCertURL'].map((name) =>
		textOf(message[name]),
	);
	if (!signature || !version || !certificateUrl) throw missingSignature('SNS signature; raw message delivery has none');
	const hash = Object.hasOwn(HASHES, version) ? HASHES[version] : undefined;
	if (keys === undefined || hash === undefined || !keys.every((key) => isWellFormed(key, message[key])))
		throw invalidSignature();
	const signed = Buffer.from(stringToSign(message, keys), 'utf8');
	const bytes = decodeSignature(signature, 'base64');
	const key = await (config.certificates ?? snsCertificates).get(certificateUrl);
	if (!verify(hash, signed, key, bytes)) throw invalidSignature();
	const topicArn = textOf(message.TopicArn) ?? '';
	if (!config.topicArns?.includes(topicArn)) {
		throw new WebhookRefusal('WEBHOOK_TOPIC_REFUSED', 'The SNS message is of a topic that is not configured here.');
	}
	const timestamp = Date.parse(textOf(message.Timestamp) ?? '');
	if (Number.isNaN(timestamp))
		throw new WebhookRefusal('WEBHOOK_MALFORMED', 'The SNS message has no readable Timestamp.');
	return {
		keyId: null,
		timestamp,
		signedId: textOf(message.MessageId),
		signedBytes: [signed],
		bodyAuthenticated: true,
		...(type === 'Notification' ? {} : { confirmation: confirmation(message, type, topicArn) }),
	};
}

/**
 * Names and values are signed line by line, so a value with a line break could be read as several. None but the content
 * has one: its end is told by the lines that follow.
 */
function isWellFormed(key: string, value: unknown): boolean {
	if (key === 'Message') return typeof value === 'string';
	if (key === 'Subject' && (value === undefined || value === null)) return true;

	return typeof value === 'string' && (key === 'Subject' || value !== '') && !/[\0-\x1f\x7f]/.test(value);
}

function stringToSign(message: JsonRecord, keys: readonly string[]): string {
	return keys
		.filter((key) => typeof message[key] === 'string' && (key !== 'Subject' || message[key] !== ''))
		.map((key) => `${key}\n${message[key] as string}\n`)
		.join('');
}

function confirmation(
	message: JsonRecord,
	type: string,
	topicArn: string,
): NonNullable<SignatureCheck['confirmation']> {
	const subscribeUrl = textOf(message.SubscribeURL) ?? '';
	if (!isSnsUrl(subscribeUrl))
		throw new WebhookRefusal('WEBHOOK_MALFORMED', 'The SubscribeURL does not lead to Amazon SNS.');
	return { kind: type === 'SubscriptionConfirmation' ? 'subscribe' : 'unsubscribe', subscribeUrl, topicArn };
}
