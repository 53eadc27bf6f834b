/** The watched mailboxes, and the feeds their mail is recorded under. */
import type { JsonObject, Store } from '../../store/store';
import { mailboxFeedName, readConsumedAccount } from '../ingest/sources/imap/mailboxNames';
import { isoTime } from './records';

export interface WatchedMailbox {
	account: string;
	mailbox: string;
	/** Name that the records of this mailbox carry; null when somebody else than a trigger wrote the status. */
	feed: string | null;
	status: JsonObject;
	updatedAt: string | null;
}

export async function watchedMailboxes(store: Store, scope: string): Promise<WatchedMailbox[]> {
	return (await store.mailboxes.statuses(scope)).map(({ account, mailbox, status: kept, updatedAt }) => {
		const consumed = readConsumedAccount(account);
		// The mark of the login is for the trigger alone.
		const status = Object.fromEntries(Object.entries(kept).filter(([name]) => name !== 'login'));
		return {
			account: consumed?.account ?? account,
			mailbox,
			feed: consumed && mailboxFeedName(consumed.account, consumed.consumer, mailbox),
			status,
			updatedAt: isoTime(updatedAt),
		};
	});
}
