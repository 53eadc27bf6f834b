import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCourier, hasCyrus, hasDovecot } from '../available';
import { startCourier } from '../mail/courier';
import { startCyrus } from '../mail/cyrus';
import { startDovecot } from '../mail/dovecot';
import { withClient, type MailServer } from '../mail/mailServer';

/** A running server of some product. */
export interface RunningProduct extends MailServer {
	/** Gives the mailbox another UIDVALIDITY, and its messages other UIDs if it has to. */
	renumber(user: string, mailbox: string): Promise<void>;
	/** A mailbox that belongs to nobody, where the product has such. */
	shared?: string;
}

export interface Product {
	name: string;
	available: boolean;
	start(): Promise<RunningProduct>;
	/** What comes before the names of a user's mailboxes. */
	prefix: string;
	delimiter: string;
	/** Name of a folder and its special use: by the server's mark, or else by its name. */
	specialUse: readonly [string, string] | null;
	/** Capabilities of RFC 6851, 4315, 7162 and 5032. */
	offers: Readonly<Record<'MOVE' | 'UIDPLUS' | 'CONDSTORE' | 'QRESYNC' | 'WITHIN', boolean>>;
}

const all = { MOVE: true, UIDPLUS: true, CONDSTORE: true, QRESYNC: true, WITHIN: true };

export const products: readonly Product[] = [
	{
		name: 'Dovecot',
		available: hasDovecot,
		prefix: '',
		delimiter: '/',
		specialUse: ['Junk', '\\Junk'],
		offers: all,
		async start() {
			const dovecot = await startDovecot();
			return Object.assign(dovecot, {
				async renumber(user: string, mailbox: string) {
					await dovecot.doveadm('mailbox', 'update', '-u', user, '--uid-validity', '4711', mailbox);
				},
			});
		},
	},
	{
		name: 'Cyrus',
		available: hasCyrus,
		prefix: 'INBOX.',
		delimiter: '.',
		// By a mark in small letters: the name tells nothing.
		specialUse: ['INBOX.Quarantine', '\\Junk'],
		offers: all,
		async start() {
			const cyrus = await startCyrus();
			await cyrus.createShared('support@example.test');
			return Object.assign(cyrus, {
				shared: 'support',
				renumber: (user: string, mailbox: string) =>
					withClient(cyrus, user, async (client) => {
						const aside = `${mailbox}-old`;
						await client.mailboxRename(mailbox, aside);
						await client.mailboxCreate(mailbox);
						await client.mailboxOpen(aside);
						await client.messageCopy('1:*', mailbox);
					}),
			});
		},
	},
	{
		name: 'Courier',
		available: hasCourier,
		prefix: 'INBOX.',
		delimiter: '.',
		specialUse: null,
		offers: { MOVE: false, UIDPLUS: true, CONDSTORE: false, QRESYNC: false, WITHIN: false },
		async start() {
			const courier = await startCourier();
			return Object.assign(courier, {
				async renumber(user: string, mailbox: string) {
					// Its first line: version, UIDVALIDITY, next UID.
					const file = join(courier.maildir(user), mailbox.replace(/^INBOX/, ''), 'courierimapuiddb');
					const text = await readFile(file, 'utf8');
					await writeFile(file, text.replace(/^(\d+ )\d+( )/, '$14711$2'));
				},
			});
		},
	},
];
