/** What a watched mailbox is called in the store: made and read here only. */
import type { ImapServer } from '../email/imap/server';

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

/** Feed under which the mails of one consumer's mailbox are recorded. */
export function mailboxFeedName(account: string, consumer: string, mailbox: string): string {
	return `imap:${consumer}:${account}:${mailbox}`;
}
