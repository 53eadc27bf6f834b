/** What a provider says happened to a mail we sent, `email.event/1`. Fields are only ever added within /1. */
export const EVENT_SCHEMA = 'email.event/1';

export type DeliveryEventType =
	| 'accepted'
	| 'delivered'
	| 'deferred'
	| 'bounced'
	| 'complained'
	| 'unsubscribed'
	| 'opened'
	| 'clicked'
	| 'failed'
	| 'suppressed'
	| 'other';

export interface SignatureOutcome {
	scheme: string;
	/** Which of the configured secrets matched; null for schemes without a secret of ours. */
	keyId: 'current' | 'previous' | null;
	/** Whether a signature was checked, and held. */
	verified: boolean;
	/**
	 * What was checked: a `signature` over the whole report; a `signed-token` beside it, good for one request (Mailgun),
	 * whose report could be another's; a shared `secret` that the caller knew; the caller's `address` and nothing else.
	 */
	checkedBy?: 'signature' | 'signed-token' | 'secret' | 'address';
	/** With `address`: whether the user let such events of this trigger change the send ledger and suppress addresses. */
	allowed?: boolean;
}

export interface DeliveryEvent {
	schema: typeof EVENT_SCHEMA;
	type: DeliveryEventType;
	/** ISO 8601, UTC; null when the provider does not say. */
	occurredAt: string | null;
	receivedAt: string;
	provider: string;
	providerEventId: string | null;
	providerMessageId: string | null;
	/** RFC 5322 Message-ID without angle brackets. */
	messageId: string | null;
	recipient: string | null;
	bounce?: {
		type: 'hard' | 'soft' | null;
		reason: string | null;
		status: string | null;
		replyCode: string | null;
		diagnostic: string | null;
	};
	signature: SignatureOutcome;
	dedupKey: string;
	raw: { ref: string | null; sha256: string; size: number };
}
