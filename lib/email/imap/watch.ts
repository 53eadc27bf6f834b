import type { PipelineError } from '../../errors';
import type { MailboxMessage, WholeMessage } from './fetch';
import type { MailboxFilter } from './search';
import type { ImapServer } from './server';

/** Where a watcher starts in a mailbox that it has no cursor for. */
export type WatchStart =
	| { from: 'new' }
	| { from: 'unseen' }
	/** By the time the server received the message, to the second. */
	| { from: 'since'; date: Date }
	| { from: 'everything' };

export interface WatchSettings extends WatchTiming {
	server: ImapServer;
	/** The mailbox as the server spells it, such as `INBOX` or `Support/Inbox`. */
	mailbox: string;
	/** Only messages that match are delivered; the others are passed over for good. */
	filter?: MailboxFilter;
	/** This login has worked before: when it is refused, that is an outage and no wrong password. */
	loginKnown?: boolean;
	/** Default `{ from: 'new' }`. */
	start?: WatchStart;
	/** Bytes; a larger message is reported as poison (`IMAP_MESSAGE_TOO_LARGE`) and not fetched. No limit by default. */
	maxMessageSize?: number;
}

export interface WatchTiming {
	/** Milliseconds between the signs of life asked from the server in IDLE; default 40 000. */
	refreshInterval?: number;
	/** Milliseconds between polls of a server without IDLE; default 30 000. */
	pollInterval?: number;
	/** Milliseconds between full comparisons with the server, whatever it reported; default 300 000. */
	reconcileInterval?: number;
	/** The longest pause between two attempts to reach a server that is away, in milliseconds; default 4 000. */
	reconnectCeiling?: number;
}

/** How far a mailbox has been dealt with; the caller keeps it. Decimal strings: 32 and 63 bits. */
export interface WatchCursor {
	uidValidity: string;
	/** Every UID up to and including this one was delivered, reported, or passed over. */
	lastUid: number;
	/** HIGHESTMODSEQ (RFC 7162) when the mailbox was last opened; null where the server has none. */
	highestModseq: string | null;
}

export interface MailboxFacts {
	uidValidity: string;
	uidNext: number;
	/** Messages in the mailbox. */
	exists: number;
}

export interface DeliveryContext {
	/** Aborted by `stop()`: give up, the message comes again. */
	signal: AbortSignal;
	/** Matching messages still behind this one, as far as the server has told. */
	backlog: number;
}

/** What is known of a message before it is fetched. */
export interface MessageCandidate {
	uid: number;
	uidValidity: string;
	/** Without angle brackets; null when it has none. */
	messageId: string | null;
	/** See `identityOf`; null when the server does not give the message. */
	identity: string | null;
	/** Null when the server tells none that can be read. */
	internalDate: Date | null;
}

/** Which UIDs were dealt with, as of the last comparison; the caller keeps it. */
export interface WatchWindow {
	uidValidity: string;
	/** Grows when UIDs came to mean other mails under the same UIDVALIDITY. */
	epoch: number;
	/** As `UidSet` encodes it. */
	uids: string;
}

/**
 * What a watcher calls; one at a time, each awaited. A handler that rejects is called again with the same arguments,
 * after a pause that grows, until it resolves: nothing is passed over meanwhile. Each must bear repetition, since a
 * crash between two of them repeats the earlier one.
 */
export interface WatchHandlers {
	/** Asked after every connect. Null: never watched before. */
	cursor(): Promise<WatchCursor | null>;
	/**
	 * The mailbox has no cursor; the start mode decides what is delivered of what is there. With `{ from: 'new' }` an answer
	 * says since when mail counts as new: the server may have been away at first.
	 */
	onBaseline?(baseline: MailboxFacts): Promise<{ since: Date } | { moved: true; since: Date | null } | undefined>;
	/**
	 * The server has numbered the mailbox anew, or gives UIDs again under the same UIDVALIDITY, so the cursor means nothing. Every message is looked at again, once:
	 * those received before `since` are passed over, `isKnown` is asked about the rest, and what is unknown is delivered.
	 */
	onUidValidityChange(change: MailboxFacts & { previous: WatchCursor }): Promise<{ since: Date | null }>;
	/**
	 * Which UIDs need no delivery because the same message was delivered before. Asked about messages that do not lie
	 * behind the cursor: in the first pass, and when a comparison finds them.
	 *
	 * @param isHeld true when the UID lies in the mailbox now
	 */
	isKnown?(candidates: readonly MessageCandidate[], isHeld: (uid: number) => boolean): Promise<ReadonlySet<number>>;
	/** Which of the UIDs held another message when they were delivered. */
	strangers?(found: readonly MessageCandidate[]): Promise<ReadonlySet<number>>;
	/**
	 * What `onWindow` wrote last, and since when mail counts as new (null: everything does). Without this handler only what
	 * lies behind the cursor is looked at.
	 */
	window?(): Promise<{ window: WatchWindow | null; since: Date | null }>;
	/** The UIDs dealt with have changed: write them down. */
	onWindow?(window: WatchWindow): Promise<void>;
	/** Oldest first, UIDs ascending. The cursor moves past the message only after this resolved. */
	onMessage(message: MailboxMessage, context: DeliveryContext): Promise<void>;
	/**
	 * Like `onMessage` for each of them in their order: messages that were fetched together and are small enough to be here
	 * as a whole. Without it they come one by one.
	 */
	onMessages?(messages: readonly WholeMessage[], context: DeliveryContext): Promise<void>;
	/**
	 * The cursor has moved: write it down. Called after a mail, or once for the up to 20 that were fetched together; not
	 * within a first pass (start mode, UIDVALIDITY) but after it. `rewound`: the server's UIDNEXT has gone back.
	 */
	onCursor(cursor: WatchCursor & { rewound?: boolean }): Promise<void>;
	/** The server cannot deliver this message, or it is too large; the ones behind it go on. */
	onPoison(message: Pick<MailboxMessage, 'uid' | 'uidValidity'>, error: PipelineError): Promise<void>;
	/** Somebody deleted or moved the message before it could be fetched. */
	onExpunged?(uid: number): Promise<void>;
	/** Everything the server has was compared with the cursor. Not awaited. */
	onReconciled?(): void;
	/** The state changed. Not awaited. */
	onState?(state: WatchState): void;
}

export type WatchState =
	| { kind: 'connecting'; attempt: number }
	/** Up to date, waiting for mail. */
	| { kind: 'watching'; mode: 'idle' | 'poll' }
	/** Delivering. */
	| { kind: 'working'; backlog: number }
	/**
	 * A handler rejects, such as when the store is away, or the server gives no mail at all (`IMAP_NO_MAIL_GIVEN`); the
	 * message is tried again.
	 */
	| { kind: 'blocked'; error: PipelineError | Error; retryAt: Date }
	| { kind: 'disconnected'; error: PipelineError; since: Date; attempt: number; retryAt: Date }
	/** Given up: the server refused the login. Only a changed credential helps. */
	| { kind: 'failed'; error: PipelineError }
	| { kind: 'stopped' };
