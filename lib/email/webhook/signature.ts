import type { KeyId, WebhookKeys } from './keys';
import { WebhookRefusal } from './refusal';
import type { SchemeId } from './schemes';
import type { SnsCertificates } from './snsCertificates';

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
 * Milliseconds since 1970 of a time stamp in seconds (or, from 13 digits on, milliseconds).
 * Throws `WEBHOOK_MALFORMED` for anything but digits.
 */
export function readTimestamp(text: string): number {
	if (!/^\d{1,15}$/.test(text))
		throw new WebhookRefusal('WEBHOOK_MALFORMED', 'The time stamp of the signature is not a number of seconds.');
	const value = Number(text);
	return value >= 1e12 ? value : value * 1000;
}

export function missingSignature(what: string): WebhookRefusal {
	return new WebhookRefusal('WEBHOOK_SIGNATURE_MISSING', `The request has no ${what}.`);
}

export function invalidSignature(): WebhookRefusal {
	return new WebhookRefusal('WEBHOOK_SIGNATURE_INVALID', 'The signature does not match the request.');
}
