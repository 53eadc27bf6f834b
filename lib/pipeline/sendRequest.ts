/** What is to be sent, under which key, and how. */
import { createHash } from 'node:crypto';
import type { Draft } from '../email/smtp/compose';
import type { SmtpSession } from '../email/smtp/connection';
import type { JsonObject, Millis } from '../store/store';
import type { SendPolicy } from './sendLimits';

export interface SendRequest {
	scope: string;
	/** Idempotency key; see `deriveKey`. */
	key: string;
	draft: Draft;
	/** RFC 5321 return path; the from address unless set, '' for the null return path. */
	mailFrom?: string;
	stream?: string | null;
	template?: string | null;
	templateVersion?: string | null;
	correlationId?: string | null;
	threadId?: string | null;
	tags?: string[];
	metadata?: JsonObject;
	expiresAt?: Millis | null;
}

/** Where mail goes out. A session is opened on the first transmission and reused for those that follow. */
export interface SendTransport {
	session(): Promise<SmtpSession>;
}

export interface SendOptions {
	/** How long a transmission may be silent before another process may take over, in ms. Renewed while it runs. */
	leaseTtl?: Millis;
	/** Delay before the attempt after the n-th, in ms. */
	backoff?: (attempts: number) => Millis;
	/** Limits, breaker, retries within the call. Without: none of them. */
	policy?: SendPolicy;
}

/** Exponential with full jitter, between one second and one hour. */
export function defaultBackoff(attempts: number): Millis {
	const ceiling = Math.min(3_600_000, 60_000 * 2 ** Math.max(0, attempts - 1));
	return 1_000 + Math.floor(Math.random() * ceiling);
}

/**
 * The default idempotency key: business event, recipients, template and its version. The execution id is never part
 * of it, or a retry of the execution would send again.
 */
export function deriveKey(parts: {
	event: string;
	recipients: string[];
	template: string;
	templateVersion: string;
}): string {
	const recipients = parts.recipients.map((address) => address.toLowerCase()).sort();
	const canonical = JSON.stringify([parts.event, recipients, parts.template, parts.templateVersion]);
	return createHash('sha256').update(canonical).digest('hex');
}
