import type { KeyId, WebhookKeys } from './keys';
import { WebhookRefusal } from './refusal';
import type { SchemeId } from './schemes';
import type { SnsCertificates } from '../providers/ses/snsCertificates';

/** What a scheme's check established; throws WebhookRefusal instead when it established nothing. */
export interface SignatureCheck {
	keyId: KeyId | null;
	/** When the request was signed, milliseconds since 1970; null when nothing signed tells. */
	timestamp: number | null;
	/** Id the signature covers; null when there is none, and the hash of the signed bytes has to do. */
	signedId: string | null;
	signedBytes: readonly Buffer[];
	/** False when a valid signature says nothing about the content of the body. */
	bodyAuthenticated: boolean;
	confirmation?: SubscriptionConfirmation;
}

/** Amazon SNS asks whether this endpoint wants the topic's messages; a GET of the URL says yes. */
export interface SubscriptionConfirmation {
	kind: 'subscribe' | 'unsubscribe';
	subscribeUrl: string;
	topicArn: string;
}

/** How to verify requests; what a scheme needs of it is listed in catalog.ts. */
export interface WebhookConfig {
	scheme: SchemeId;
	/** Secrets, public keys, tokens or `user:password`, as the scheme takes them. Not for `sns` and `ip`. */
	keys?: WebhookKeys;
	/** Seconds, into the past and the future. 300 unless the scheme's providers repeat old signatures; 0 means never stale. */
	toleranceSeconds?: number;
	/** Addresses and CIDR ranges, v4 and v6, that may call. Empty means any. */
	ipAllowList?: readonly string[];
	/** `ip` only, and required there: somebody has said that nothing but the address is to be checked. */
	addressOnly?: boolean;
	/** Bytes; 10 MB unless set. */
	maxBodyBytes?: number;
	/** The header that carries the signature (HMAC schemes) or the token, where it is not the usual one. */
	header?: string;
	/** `token` only: the query parameter that carries the token, instead of a header. */
	queryParameter?: string;
	/** `sns` only, and required there: the topics whose messages are ours. */
	topicArns?: readonly string[];
	/** `sns` only: how certificates are fetched. Keep one for the life of the process: it caches. */
	certificates?: SnsCertificates;
}

/**
 * Milliseconds since 1970 of a time stamp in seconds: ten digits, which they have from 2001 to 2286. One length only:
 * SendGrid and Mailgun sign the time stamp and what follows it without anything in between, and with another length a
 * digit of the one could be read as one of the other.
 *
 * @param millis whether 13 digits are taken too, as milliseconds
 * @throws WebhookRefusal `WEBHOOK_MALFORMED` for anything else
 */
export function readTimestamp(text: string, millis = false): number {
	if (/^\d{10}$/.test(text)) return Number(text) * 1000;
	if (millis && /^\d{13}$/.test(text)) return Number(text);
	throw new WebhookRefusal('WEBHOOK_MALFORMED', 'The time stamp of the signature is not a number of seconds.');
}

export function missingSignature(what: string): WebhookRefusal {
	return new WebhookRefusal('WEBHOOK_SIGNATURE_MISSING', `The request has no ${what}.`);
}

export function invalidSignature(): WebhookRefusal {
	return new WebhookRefusal('WEBHOOK_SIGNATURE_INVALID', 'The signature does not match the request.');
}
