/** Where every message is: the ledger and the dead letters on one side, the customer's mailbox on the other. */
import type { SendRecord, SendState, Store } from '../../../lib/store';
import { deliveredTo, transactionsById } from '../queue/delivered';
import { customer, type MailWorld } from './mailWorld';
import type { Traffic } from './traffic';

export interface Account {
	received: number;
	/** The reply has an outcome: accepted, refused for good, or in doubt. */
	processed: number;
	deadLettered: number;
	/** Neither, by the way they came: Message-IDs. */
	openByImap: string[];
	openByWebhook: string[];
	/** Replies by state. */
	byState: Partial<Record<SendState, number>>;
	/** Accepted replies that are in the customer's mailbox. */
	delivered: number;
	/** Accepted replies that are not there (yet). */
	undelivered: number;
	/** Replies in doubt, and how many of them did arrive. */
	inDoubt: number;
	inDoubtArrived: number;
	/** Replies to those who are not there: refused for good. */
	refused: number;
	/** Replies refused for good to somebody who is there, or accepted for somebody who is not: ids of the sends. */
	refusedWrongly: string[];
	/** Replies that a server accepted more than once, by Message-ID. */
	duplicates: string[];
	/** Mails with more than one reply. */
	answeredTwice: string[];
}

const DONE: readonly SendState[] = ['accepted', 'failed', 'in_doubt', 'needs_review', 'suppressed', 'expired'];

export async function accountFor(store: Store, scope: string, traffic: Traffic, world: MailWorld): Promise<Account> {
	await store.sends.sweep(scope);
	const sends = await everySend(store, scope);
	const letters = await store.deadLetters.list(scope, {}, { limit: 10_000 });
	const dead = new Set(letters.map(({ item }) => item.messageId));
	const received = [...traffic.byImap, ...traffic.byWebhook];
	const done = sends.filter(({ state }) => DONE.includes(state));
	const replied = new Set(done.map(({ correlationId }) => correlationId));
	const mails = await deliveredTo(world.dovecot.maildir(customer));
	const transactions = transactionsById(mails);
	const accepted = sends.filter(({ state }) => state === 'accepted');
	const delivered = accepted.filter(({ messageId }) => transactions.has(messageId)).length;
	const doubtful = sends.filter(({ state }) => state === 'in_doubt' || state === 'needs_review');
	const replies = new Map<string, Set<string>>();
	for (const { messageId, inReplyTo } of mails) {
		if (inReplyTo !== null) replies.set(inReplyTo, (replies.get(inReplyTo) ?? new Set()).add(messageId));
	}
	const isDead = (id: string) => dead.has(id) && !replied.has(id);
	const isOpen = (id: string) => !replied.has(id) && !dead.has(id);
	return {
		received: received.length,
		processed: received.filter((id) => replied.has(id)).length,
		deadLettered: received.filter(isDead).length,
		openByImap: traffic.byImap.filter(isOpen),
		openByWebhook: traffic.byWebhook.filter(isOpen),
		byState: countBy(sends),
		delivered,
		undelivered: accepted.length - delivered,
		inDoubt: doubtful.length,
		inDoubtArrived: doubtful.filter(({ messageId }) => transactions.has(messageId)).length,
		refused: sends.filter((send) => isGone(send) && send.state === 'failed').length,
		refusedWrongly: sends
			.filter((send) => (isGone(send) ? send.state === 'accepted' : send.state === 'failed'))
			.map(({ id }) => id),
		duplicates: [...transactions].filter(([, count]) => count > 1).map(([id]) => id),
		answeredTwice: [...replies].filter(([, ids]) => ids.size > 1).map(([id]) => id),
	};
}

const isGone = ({ recipient }: SendRecord): boolean => recipient.startsWith('gone-');

async function everySend(store: Store, scope: string): Promise<SendRecord[]> {
	const sends: SendRecord[] = [];
	for (;;) {
		const last = sends.at(-1);
		const page = await store.sends.search(scope, {}, { limit: 500, ...(last ? { before: last.id } : {}) });
		sends.push(...page);
		if (page.length < 500) return sends;
	}
}

function countBy(sends: readonly SendRecord[]): Account['byState'] {
	const counts: Account['byState'] = {};
	for (const { state } of sends) counts[state] = (counts[state] ?? 0) + 1;
	return counts;
}
