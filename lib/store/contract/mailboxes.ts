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

export interface MailboxStore {
	cursor(key: MailboxKey): Promise<MailboxCursor | null>;
	/** Writes the cursor if the lease still holds; never moves `lastUid` back within one UIDVALIDITY. @returns false when the fence is stale */
	saveCursor(cursor: Omit<MailboxCursor, 'updatedAt'>, lease: Lease): Promise<boolean>;
	/** What a person wants to see of a mailbox: connection state, last event, backlog. Last writer wins. */
	saveStatus(key: MailboxKey, status: JsonObject): Promise<void>;
	statuses(scope: string): Promise<Array<MailboxKey & { status: JsonObject; updatedAt: Millis }>>;
}
