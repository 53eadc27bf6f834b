/** What a watched mailbox is called in the store: made and read here only. */
import { createHash } from 'node:crypto';
import type { ImapServer } from '../../../../email/imap/server';

/** `user@host:port` */
export function accountOf({ authentication, host, port }: ImapServer): string {
	return `${authentication.user}@${host}:${port}`;
}

/** Account of a cursor or status: each consumer (workflow and node id) has its own. */
export function consumedAccount(account: string, consumer: string): string {
	return `${account}#${consumer}`;
}

/** @returns null for an account that no trigger wrote */
export function readConsumedAccount(text: string): { account: string; consumer: string } | null {
	const [, account, consumer] = /^(.*:\d+)#(.*)$/.exec(text) ?? [];
	return account === undefined || consumer === undefined ? null : { account, consumer };
}

/**
 * A consumer's mailbox, whichever server it lies on: `Support`, `INBOX.Support` and `INBOX/Support` are one. Hashed, since
 * it stands beside each mail.
 */
export function mailboxStream(consumer: string, mailbox: string): string {
	const path = mailbox.replace(/[./]/g, '/').replace(/^INBOX\/(?=.)/i, '');
	const name = path.toUpperCase() === 'INBOX' ? 'INBOX' : path;
	return createHash('sha256').update(`${consumer}\n${name}`).digest('hex').slice(0, 24);
}

/** Numbering of a mailbox in which a UID means something. */
export function mailboxPlace(account: string, uidValidity: string, epoch: number): string {
	return `${createHash('sha256').update(account).digest('hex').slice(0, 8)}:${uidValidity}.${epoch}`;
}

/** True when both accounts are one person's: after a move to another server the user may be written with its domain or without. */
export function isSameUser(one: string, other: string): boolean {
	const users = [one, other].map((account) => account.slice(0, account.lastIndexOf('@')).toLowerCase());
	const [a = '', b = ''] = users;
	const bare = a.includes('@') && b.includes('@') ? users : users.map((user) => user.split('@')[0]);
	return bare[0] === bare[1];
}

/** Feed under which the mails of one consumer's mailbox are recorded. */
export function mailboxFeedName(account: string, consumer: string, mailbox: string): string {
	return `imap:${consumer}:${account}:${mailbox}`;
}
