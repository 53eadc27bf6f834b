/** What a watched mailbox's mails are, whatever UIDs they lie under: what is new after a renumbering or a move to another server. */
import { identityOf } from '../../../../email/imap/messageIdentity';
import type { MailboxMessage } from '../../../../email/imap/fetch';
import type { WatchHandlers } from '../../../../email/imap/watch';
import type { MailIdentity, MailboxKey, Store } from '../../../../store/store';
import type { QueueLog } from '../../queueOptions';
import { isSameUser, mailboxPlace, mailboxStream, readConsumedAccount } from './mailboxNames';
import type { MailboxStatus } from './mailboxStatus';

export interface MailboxIdentityOptions {
	store: Store;
	key: MailboxKey;
	account: string;
	consumer: string;
	/** Name in the log. */
	feed: string;
	log: QueueLog;
	/** Knows since when the mailbox is watched. */
	status: Pick<MailboxStatus, 'since'>;
}

type IdentityHandlers = 'window' | 'onWindow' | 'isKnown' | 'strangers' | 'onUidValidityChange';

export interface MailboxIdentities {
	handlers: Required<Pick<WatchHandlers, IdentityHandlers>>;
	/** @param head the first bytes of the message */
	of(message: Omit<MailboxMessage, 'source'>, head: Buffer): { identity: string; mail: MailIdentity };
	/** Since when the same mailbox was watched on another server, ISO 8601; null: it was not. */
	moved(): Promise<{ since: string | null } | null>;
}

export function mailboxIdentities(options: MailboxIdentityOptions): MailboxIdentities {
	const { store, key, account, consumer, log, status } = options;
	const { scope, mailbox } = key;
	const stream = mailboxStream(consumer, mailbox);
	let epoch = 0;
	const placeOf = (uidValidity: string) => mailboxPlace(account, uidValidity, epoch);
	const since = () => (status.since === null ? null : new Date(status.since));

	const handlers: MailboxIdentities['handlers'] = {
		window: async () => {
			const window = await store.mailboxes.window(key);
			epoch = window?.epoch ?? 0;
			return { window, since: since() };
		},
		onWindow: async (window) => {
			await store.mailboxes.saveWindow(key, stream, window);
			epoch = window.epoch;
		},
		isKnown: async (found, isHeld) => {
			const uidValidity = found[0]?.uidValidity ?? '';
			return await store.identities.claim(scope, stream, placeOf(uidValidity), identified(found), isHeld);
		},
		strangers: async (found) => {
			const uidValidity = found[0]?.uidValidity ?? '';
			return await store.identities.strangers(scope, stream, placeOf(uidValidity), identified(found));
		},
		onUidValidityChange: ({ previous, uidValidity, uidNext }) => {
			log.warn(
				previous.uidValidity === uidValidity
					? 'The server gives UIDs again that it gave before; known mail is recognised by what it is'
					: 'The server numbered the mailbox anew; known mail is recognised by what it is',
				{ feed: options.feed, from: previous.uidValidity, to: uidValidity, lastUid: previous.lastUid, uidNext },
			);
			return Promise.resolve({ since: since() });
		},
	};

	return {
		handlers,
		of: ({ uidValidity, uid, internalDate }, head) => {
			const { identity } = identityOf(head, internalDate);
			return { identity, mail: { stream, identity, place: placeOf(uidValidity), uid } };
		},
		async moved() {
			for (const former of await store.mailboxes.formerly(scope, stream)) {
				if (former.account === key.account && former.mailbox === mailbox) continue;
				const then = readConsumedAccount(former.account)?.account ?? '';
				if (!isSameUser(then, account)) continue;
				const began = (await store.mailboxes.status(former))?.since;
				log.info('This mailbox was watched on another server before; only mail that is new to it counts', {
					feed: options.feed,
				});
				return { since: typeof began === 'string' ? began : null };
			}
			return null;
		},
	};
}

function identified(found: ReadonlyArray<{ uid: number; identity: string | null }>) {
	return found.flatMap(({ uid, identity }) => (identity === null ? [] : [{ uid, identity }]));
}
