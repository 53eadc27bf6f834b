import type { Reason } from './reasons';

/** What a mail is, for whoever has to act on it. */
export type ClassificationKind = 'human' | 'bounce' | 'delay' | 'complaint' | 'auto-reply';

/** RFC 3464 section 2.3.3. */
export type DeliveryAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';

/** `hard`: the address will never work, suppress it. `soft`: it may work another time, or with another message. */
export type BounceType = 'hard' | 'soft';

/** A reason to believe something: where it was read, which rule fired, and the text that made it fire. */
export interface Evidence {
	/** `report` (delivery-status fields), `notice` (human-readable text), `header`, `structure`, `reply`. */
	source: 'report' | 'notice' | 'header' | 'structure' | 'reply' | 'returned';
	/** Stable name of the rule, e.g. `rfc3464`, `phrase:mailbox-full`. */
	rule: string;
	/** The line or words it fired on, at most 200 characters. */
	text: string;
}

/** What a notice says about one recipient. */
export interface BouncedRecipient {
	/** The address the message could not be delivered to, without angle brackets; null when the notice names none. */
	address: string | null;
	/** The address the sender wrote, where it differs or is stated (forwarding; RFC 3464 section 2.3.1). */
	originalAddress: string | null;
	action: DeliveryAction | null;
	/** RFC 3463 enhanced status code. */
	status: string | null;
	/** RFC 5321 three-digit reply code. */
	replyCode: string | null;
	reason: Reason | null;
	bounceType: BounceType | null;
	/** What the refusing host said, unfolded, at most 2,000 characters. */
	diagnostic: string | null;
	remoteMta: string | null;
	/** SMTP command the refusal answered, where the notice says so. */
	command: string | null;
	/** How sure the reason is, 0 to 1. */
	confidence: number;
	evidence: Evidence[];
}

/** The message that came back, as far as the notice returns or describes it. */
export interface OriginalMessage {
	/** Without angle brackets. */
	messageId: string | null;
	subject: string | null;
	from: string | null;
	to: string[];
	/** ISO 8601 UTC, or null. */
	date: string | null;
	/** Every returned header, name in lower case, values decoded and unfolded. */
	headers: Record<string, string[]>;
}

export interface Classification {
	kind: ClassificationKind;
	/** For bounces, delays, complaints, and the success reports among the auto-replies. */
	recipients: BouncedRecipient[];
	original: OriginalMessage | null;
	/** Host that wrote the notice. */
	reportingMta: string | null;
	/** When the original arrived there, ISO 8601 UTC. */
	arrivalDate: string | null;
	/** RFC 5965 Feedback-Type, complaints only. */
	feedbackType: string | null;
	/** How sure the kind is, 0 to 1. */
	confidence: number;
	evidence: Evidence[];
}
