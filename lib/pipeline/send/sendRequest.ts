/** What is to be sent, under which key, and how. */
import { createHash } from 'node:crypto';
import { normalAddress } from '../../address';
import { type Draft, fingerprintOf } from '../../email/smtp/compose';
import type { OutgoingMail } from '../../email/outgoingMail';
import type { OutgoingEnvelope, Transmission } from '../../email/smtp/connection';
import type { DkimKey } from '../../email/smtp/dkim';
import type { JsonObject, Millis, Store } from '../../store/store';
import type { SandboxPolicy } from './sandbox';
import type { SendPolicy } from './sendLimits';
import { fullJitter } from '../../retry';

export interface SendRequest {
	scope: string;
	/** Local parts that differ in case are different people, each with a copy. False unless set. */
	caseSensitive?: boolean;
	/** Idempotency key; see `deriveKey`. */
	key: string;
	draft: Draft;
	/** RFC 5321 return path; the from address unless set, '' for the null return path. */
	mailFrom?: string;
	/** Adds the send's id to the return path, so that any bounce tells which mail it is about. */
	verp?: boolean;
	/** Address that a signed token is added to, as Reply-To; `SendOptions.replyAddress` makes it. */
	replyToken?: string | null;
	/** Signs the message; null or missing: the server does, or nobody. */
	dkim?: DkimKey | null;
	sandbox?: SandboxPolicy | null;
	stream?: string | null;
	template?: string | null;
	templateVersion?: string | null;
	correlationId?: string | null;
	threadId?: string | null;
	tags?: string[];
	metadata?: JsonObject;
	expiresAt?: Millis | null;
}

/** An open way out: an SMTP session, or an HTTP API. */
export interface SendSession {
	/**
	 * @param message the composed bytes
	 * @param beforeBody called before the first byte of the mail leaves; when it throws, none does
	 * @param mail the same mail in its parts, for providers that take fields
	 */
	transmit(
		envelope: OutgoingEnvelope,
		message: Buffer,
		beforeBody: () => Promise<void>,
		mail: OutgoingMail,
	): Promise<Transmission>;
}

/** Where mail goes out. A session is opened on the first transmission and reused for those that follow. */
export interface SendTransport {
	/** The server's host or the provider, as the ledger shows it. */
	name: string;
	session(): Promise<SendSession>;
	/** True when the provider makes the header from the recipients: all of them go in one request. */
	together?: boolean;
	/** How long the provider's own idempotency key holds, in ms; 0 or missing: it has none. */
	keyLifetime?: Millis;
	/** Takes over where this one sent nothing; never where it may have. */
	fallback?: SendTransport | null;
}

export interface SendOptions {
	/** How long a transmission may be silent before another process may take over, in ms. Renewed while it runs. */
	leaseTtl?: Millis;
	/** Delay before the attempt after the n-th, in ms. */
	backoff?: (attempts: number) => Millis;
	/**
	 * What a known key with other content gets: an error; the first content, which is kept for that until the send is over,
	 * and what came of it then; or the newest, as long as nobody can have got any of the first.
	 */
	whenContentDiffers?: 'error' | 'first' | 'newest';
	/** Limits, breaker, retries within the call. Without: none of them. */
	policy?: SendPolicy;
	/** Makes the Reply-To address of `SendRequest.replyToken`. */
	replyAddress?: (
		store: Store,
		scope: string,
		address: string,
		about: { messageId: string; threadId: string | null },
	) => Promise<string>;
}

/** Of the content and of what the receiver would notice and the draft does not tell. */
export function fingerprintOfSend({
	draft,
	mailFrom,
	verp,
	replyToken,
}: Pick<SendRequest, 'draft' | 'mailFrom' | 'verp' | 'replyToken'>): string {
	return fingerprintOf(draft, {
		...(mailFrom === undefined ? {} : { mailFrom: mailFrom.toLowerCase() }),
		...(verp === true ? { verp } : {}),
		...(replyToken ? { replyToken: replyToken.toLowerCase() } : {}),
	});
}

/** Exponential with full jitter, between one second and one hour. */
export function defaultBackoff(attempts: number): Millis {
	return 1_000 + fullJitter(attempts - 1, { first: 60_000, longest: 3_600_000 });
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
	/** Local parts that differ in case are different people. */
	caseSensitive?: boolean;
}): string {
	const normal = parts.recipients.map((address) => normalAddress(address, parts.caseSensitive === true));
	const recipients = [...new Set(normal)].sort();
	const canonical = JSON.stringify([parts.event, recipients, parts.template, parts.templateVersion]);
	return createHash('sha256').update(canonical).digest('hex');
}
