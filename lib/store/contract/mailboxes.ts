import type { Lease } from './leases';
import type { JsonObject, Millis } from './values';

export interface MailboxKey {
	scope: string;
	/** Identity of the account: user, host and port. */
	account: string;
	mailbox: string;
}

export interface MailboxCursor extends MailboxKey {
	/** Decimal string: UIDVALIDITY is 32 bit unsigned, HIGHESTMODSEQ 63 bit. */
	uidValidity: string;
	/** Every UID up to and including this one has been recorded. */
	lastUid: number;
	highestModseq: string | null;
	updatedAt: Millis;
}

/** Which UIDs were dealt with, as of the last comparison with the server. */
export interface MailboxWindow {
	uidValidity: string;
	/** Grows when UIDs came to mean other mails under the same UIDVALIDITY. */
	epoch: number;
	/** As whoever compares writes it. */
	uids: string;
}

export interface MailboxStore {
	cursor(key: MailboxKey): Promise<MailboxCursor | null>;
	/**
	 * Writes the cursor if the lease still holds; never moves `lastUid` back within one UIDVALIDITY, unless the server did
	 * (`rewound`).
	 *
	 * @returns false when the fence is stale
	 */
	saveCursor(cursor: Omit<MailboxCursor, 'updatedAt'> & { rewound?: boolean }, lease: Lease): Promise<boolean>;
	window(key: MailboxKey): Promise<MailboxWindow | null>;
	/** @param stream names the mailbox for whoever watches it, also when it moves to another server */
	saveWindow(key: MailboxKey, stream: string, window: MailboxWindow): Promise<void>;
	/** Accounts and mailboxes under which the stream was watched before, the last one first. */
	formerly(scope: string, stream: string): Promise<MailboxKey[]>;
	/** What a person wants to see of a mailbox: connection state, last event, backlog. Last writer wins. */
	saveStatus(key: MailboxKey, status: JsonObject): Promise<void>;
	status(key: MailboxKey): Promise<JsonObject | null>;
	statuses(scope: string): Promise<Array<MailboxKey & { status: JsonObject; updatedAt: Millis }>>;
}
