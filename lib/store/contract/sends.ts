import type { Admission, AdmissionTerms } from './admission';
import type { JsonObject, Millis } from './values';

/** DESIGN.md, "The send ledger". */
export const SEND_STATES = [
	'reserved',
	'leased',
	'transmitting',
	'accepted',
	'delivered',
	'bounced',
	'complained',
	'deferred',
	'failed',
	'in_doubt',
	'needs_review',
	'suppressed',
	'canceled',
	'expired',
] as const;
export type SendState = (typeof SEND_STATES)[number];

/** What a sandbox did instead of mailing the recipient. */
export type SandboxMark = 'redirected' | 'captured';

export interface NewSend {
	scope: string;
	/** Identity the mail is sent as, e.g. the from address. */
	sender: string;
	key: string;
	/** sha256 over the canonical envelope and content. */
	fingerprint: string;
	recipients: string[];
	/** Fixed now, so that every transmission has the same bytes. */
	messageId: string;
	/** Date, boundary and what else composing needs to be repeated byte for byte. */
	fixed: JsonObject;
	stream: string | null;
	template: string | null;
	templateVersion: string | null;
	correlationId: string | null;
	threadId: string | null;
	tags: string[];
	metadata: JsonObject;
	/** After this the send is `expired` instead of transmitted. */
	expiresAt: Millis | null;
	/** Archive reference of what goes out, of this send alone: it is given up once the send is over. */
	contentRef?: string | null;
}

/** One recipient of a send. All recipients of one key share `groupId`, `messageId` and `fixed`. */
export interface SendRecord extends Omit<NewSend, 'recipients' | 'contentRef'> {
	contentRef: string | null;
	id: string;
	groupId: string;
	recipient: string;
	state: SendState;
	fence: number;
	leaseUntil: Millis | null;
	notBefore: Millis | null;
	/** Transmissions begun. */
	attempts: number;
	providerMessageId: string | null;
	/** Where it was handed over: an API's name or a server's host; null before the first transmission. */
	provider: string | null;
	/** Null when it went to its recipient. */
	sandbox: SandboxMark | null;
	/** Last SMTP or API response, one line. */
	response: string | null;
	replyCode: string | null;
	status: string | null;
	/** Normalised reason of the last failure. */
	reason: string | null;
	createdAt: Millis;
	updatedAt: Millis;
	acceptedAt: Millis | null;
}

export interface SendEvent {
	id: number;
	sendId: string;
	/** State after the event, or the name of a provider event that changed nothing. */
	type: string;
	from: SendState | null;
	to: SendState | null;
	at: Millis;
	detail: JsonObject;
}

export type Reservation =
	| {
			outcome: 'created';
			sends: SendRecord[];
			/** What came of it, when it was asked for. */ admission: Admission | null;
	  }
	/** The key is known with this fingerprint. */
	| { outcome: 'existing'; sends: SendRecord[] }
	/** The key is known with another fingerprint. */
	| { outcome: 'conflict'; sends: SendRecord[] };

export interface SendPatch {
	notBefore?: Millis | null;
	/** Instead of `notBefore`: so many ms from now, by the database's clock. */
	delay?: Millis;
	providerMessageId?: string | null;
	provider?: string | null;
	sandbox?: SandboxMark | null;
	response?: string | null;
	replyCode?: string | null;
	status?: string | null;
	reason?: string | null;
}

export interface SendChange {
	ids: string[];
	fence: number | null;
	to: SendState;
	from?: readonly SendState[];
	patch?: SendPatch;
	detail?: JsonObject;
}

/** Other content in place of what waits. */
export interface ContentChange {
	groupId: string;
	/** Fingerprint of the content that is to be replaced. */
	from: string;
	fingerprint: string;
	/** As in {@link NewSend.fixed}. */
	fixed: JsonObject;
}

export interface SendFilter {
	states?: SendState[];
	recipient?: string;
	messageId?: string;
	providerMessageId?: string;
	correlationId?: string;
	threadId?: string;
	key?: string;
	template?: string;
	templateVersion?: string;
	stream?: string;
	tag?: string;
	provider?: string;
	/** Only what a sandbox kept from its recipient, or only what it did not. */
	sandboxed?: boolean;
	reason?: string;
	since?: Millis;
}

export interface SendStore {
	/**
	 * Makes the records before anything is sent, all recipients or none. With `admit` they are leased in the same
	 * transaction, as by {@link SendStore.admit}; not so when they were there already.
	 */
	reserve(send: NewSend, admit?: { ttl: Millis; terms: AdmissionTerms }): Promise<Reservation>;
	/**
	 * Leases those records of the group that may be sent now: reserved, deferred and due, or leased and lapsed.
	 * A lapsed `transmitting` becomes `in_doubt` instead. One fence for all of them; empty when there is none.
	 */
	lease(scope: string, groupId: string, ttl: Millis): Promise<SendRecord[]>;
	/**
	 * As `lease`, in one transaction with what has to be asked before: suppressions, pauses, the breaker, limits. A send
	 * that is suppressed ends so; one that has to wait is `deferred` until its turn.
	 * @param sends all records of one group; nothing is leased when its content is no longer that of these
	 */
	admit(scope: string, sends: readonly SendRecord[], ttl: Millis, terms: AdmissionTerms): Promise<Admission>;
	renew(scope: string, ids: string[], fence: number, ttl: Millis): Promise<boolean>;
	/**
	 * Compare-and-set along the edges of the state machine: changes those of `ids` whose fence is `fence` (null: any,
	 * for events from outside) and whose state has an edge to `to`, and appends the history in the same transaction.
	 * With `from` only those in one of these states.
	 * @returns the records that changed
	 */
	transition(scope: string, change: SendChange): Promise<SendRecord[]>;
	/**
	 * Replaces the content, in one transaction with the line in each history, where nobody can have got any of it: the
	 * group has the fingerprint `from`, and each of its sends waits and never began to be transmitted.
	 * @returns `replaced`, and the sends as they are now
	 */
	replaceContent(scope: string, change: ContentChange): Promise<{ replaced: boolean; sends: SendRecord[] }>;
	/** Removes the kept content of a group all of whose sends are over. @returns false when there is none to remove */
	releaseContent(scope: string, groupId: string): Promise<boolean>;
	/** Appends to the history without changing the state. */
	note(scope: string, sendId: string, type: string, detail: JsonObject): Promise<void>;
	get(scope: string, id: string): Promise<SendRecord | null>;
	group(scope: string, sender: string, key: string): Promise<SendRecord[]>;
	search(scope: string, filter: SendFilter, page: { limit: number; before?: string }): Promise<SendRecord[]>;
	/** Sends that may go out now, those first that have been due the longest. */
	due(scope: string, page: { limit: number; after?: SendRecord }): Promise<SendRecord[]>;
	/** Message-IDs of the sends that have one of these as Message-ID or as the provider's id. */
	messageIdsOf(scope: string, ids: string[]): Promise<string[]>;
	history(scope: string, sendId: string): Promise<SendEvent[]>;
	/** Turns lapsed leases back to `reserved` and lapsed transmissions to `in_doubt`; done by `lease` for its own group too. */
	sweep(scope: string): Promise<{ reserved: number; inDoubt: number; expired: number }>;
}
