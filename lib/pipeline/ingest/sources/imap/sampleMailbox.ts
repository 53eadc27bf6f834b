/** One mail for a test run in the editor: cursor, ledger and the mailbox itself stay as they are. */
import { fetchNewest } from '../../../../email/imap/account';
import type { MailboxMessage } from '../../../../email/imap/fetch';
import type { MailboxFilter } from '../../../../email/imap/search';
import type { ImapServer } from '../../../../email/imap/server';
import { type Watcher, watchMailbox } from '../../../../email/imap/watcher';
import type { JsonObject, Store } from '../../../../store/store';
import { describeMail, receivedItem, tapHead } from '../../arrival';
import { accountOf } from './mailboxNames';
import { resolveMailboxes } from './mailboxSet';

export interface SampleOptions {
	server: ImapServer;
	/** Paths, patterns and special uses, as in `watchMailboxes`. */
	mailboxes: readonly string[];
	filter?: MailboxFilter | undefined;
	store: Store;
	scope: string;
}

export interface MailboxSample {
	/** The newest mail that fits, of the first mailbox that has one, or the next one to arrive in the first mailbox. */
	next(): Promise<JsonObject>;
	stop(): Promise<void>;
}

/** @throws TransportError from `next` when the mailbox cannot be opened */
export function sampleMailbox(options: SampleOptions): MailboxSample {
	const { server, filter } = options;
	let watcher: Watcher | null = null;
	return {
		async next() {
			const mailboxes = await resolveMailboxes(server, options.mailboxes);
			for (const mailbox of mailboxes) {
				const newest = await fetchNewest(server, mailbox, filter);
				if (newest) return await itemOf(options, mailbox, newest);
			}
			const [mailbox = 'INBOX'] = mailboxes;
			return await new Promise<JsonObject>((resolve, reject) => {
				let uidValidity = '0';
				watcher = watchMailbox(
					{ server, mailbox, start: { from: 'everything' }, ...(filter ? { filter } : {}) },
					{
						cursor: () => Promise.resolve(null),
						onBaseline: (facts) => {
							uidValidity = facts.uidValidity;
							return Promise.resolve(undefined);
						},
						onUidValidityChange: () => Promise.resolve({ since: new Date() }),
						onMessage: async (message) => {
							resolve(await itemOf(options, mailbox, { ...message, uidValidity }));
							void watcher?.stop();
						},
						onCursor: () => Promise.resolve(),
						onPoison: (_message, error) => {
							reject(error);
							return Promise.resolve();
						},
						onState: (state) => {
							if (state.kind === 'failed') reject(state.error);
						},
					},
				);
			});
		},
		async stop() {
			await watcher?.stop();
		},
	};
}

async function itemOf(options: SampleOptions, mailbox: string, message: MailboxMessage): Promise<JsonObject> {
	const { server, store, scope } = options;
	const { source, head } = tapHead(message.source);
	const raw = await store.archive.put(scope, source);
	const account = accountOf(server);
	return receivedItem(await describeMail({ account, mailbox, message, head: head(), raw }));
}
