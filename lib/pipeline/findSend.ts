/** Finds the send in the ledger that a notice or a provider's event is about. */
import { sameAddress } from '../email/bounce/addresses';
import type { Millis, SendRecord, SendState, Store } from '../store/store';
import { fixedPartsOf } from './fixedParts';

/** What a notice tells about the mail that it is about. Ids are without angle brackets. */
export interface SendClues {
	/** Message-IDs, and ids that a provider gave the mail. */
	ids: string[];
	/** Likeliest first. What may be a send's id, key or correlation id: values of custom headers, and words of a VERP return path. */
	references: string[];
	/** The From address of the mail, null when it is not told. */
	from: string | null;
	/** Its Date, ISO 8601 UTC; null when it is not told. */
	date: string | null;
	/** Addresses of the recipient: the one the mail was sent to, and where it was forwarded. Empty when not told. */
	addresses: string[];
}

/**
 * How the send was found. `recipient` is the weakest: the notice names no id, and this is the only mail that went to the
 * address lately, or the only one with the Date that the notice names.
 */
export type SendMatch = 'message-id' | 'reference' | 'recipient';

export interface FoundSend {
	send: SendRecord;
	matchedBy: SendMatch;
	/** The notice names another address than the one we wrote to: the mail was forwarded there. */
	forwarded: boolean;
}

/** How far back a recipient's sends are looked through, in ms: most MTAs give up after five days (RFC 5321, 4.5.4.1). */
const RECENT: Millis = 7 * 86_400_000;
/** Words that are looked up at most: every one is three reads. */
const MOST_REFERENCES = 30;
/** Sends that are read at most for one clue. */
const MOST_SENDS = 500;

/** States in which a mail can have left us. */
const LEFT: SendState[] = [
	'transmitting',
	'accepted',
	'delivered',
	'bounced',
	'complained',
	'in_doubt',
	'needs_review',
];

/**
 * The send of one recipient, by the first of these that finds it: the ids of the mail (ours, and the one a provider
 * gave it), what else the mail carried of ours, the recipient.
 *
 * @returns null when the notice is not about a send of this ledger, or does not tell which
 */
export async function findSend(store: Store, scope: string, clues: SendClues): Promise<FoundSend | null> {
	const byId = choose(await sendsWithIds(store, scope, clues), clues.addresses, 'message-id');
	if (byId !== null) return byId;
	const byReference = choose(await sendsWithReferences(store, scope, clues), clues.addresses, 'reference');
	if (byReference !== null) return byReference;
	// A notice that names another mail's id is about another mail.
	if (clues.ids.length > 0) return null;
	const recent = (await sendsTo(store, scope, clues.addresses)).filter(
		({ sender }) => clues.from === null || sameAddress(sender, clues.from),
	);
	const dated = recent.filter((send) => clues.date !== null && second(fixedPartsOf(send).date) === second(clues.date));
	const likely = dated.length > 0 ? dated : recent;
	return likely.length === 1 ? choose(likely, clues.addresses, 'recipient') : null;
}

async function sendsWithIds(store: Store, scope: string, { ids, addresses }: SendClues): Promise<SendRecord[]> {
	for (const id of new Set(ids)) {
		for (const filter of [{ messageId: id }, { providerMessageId: id }]) {
			const sends = await store.sends.search(scope, filter, { limit: MOST_SENDS });
			if (sends.length > 0) return sends;
		}
	}
	if (ids.length === 0) return [];
	// Amazon SES tells an id without the domain that it has in the Message-ID, and the other way round.
	const locals = new Set(ids.map(localPart));
	return (await sendsTo(store, scope, addresses)).filter(
		({ providerMessageId }) => providerMessageId !== null && locals.has(localPart(providerMessageId)),
	);
}

async function sendsWithReferences(store: Store, scope: string, clues: SendClues): Promise<SendRecord[]> {
	for (const reference of [...new Set(clues.references)].slice(0, MOST_REFERENCES)) {
		// An id of ours cannot be somebody else's word: VERP writes it into the return path, and a forwarded mail names
		// another recipient.
		const send = await store.sends.get(scope, reference.toLowerCase());
		if (send !== null && LEFT.includes(send.state)) return [send];
		const found = [
			...(await store.sends.search(scope, { key: reference }, { limit: MOST_SENDS })),
			...(await store.sends.search(scope, { correlationId: reference }, { limit: MOST_SENDS })),
		];
		// A word such as `42` may be another send's by chance: the recipient must agree.
		const agreeing = found.filter(
			(send) => LEFT.includes(send.state) && clues.addresses.some((address) => sameAddress(send.recipient, address)),
		);
		if (agreeing.length > 0) return agreeing;
	}
	return [];
}

async function sendsTo(store: Store, scope: string, addresses: string[]): Promise<SendRecord[]> {
	const spellings = new Set(addresses.flatMap((address) => [address, address.toLowerCase()]));
	const found = new Map<string, SendRecord>();
	for (const recipient of spellings) {
		const filter = { recipient, states: LEFT, since: Date.now() - RECENT };
		for (const send of await store.sends.search(scope, filter, { limit: MOST_SENDS })) found.set(send.id, send);
	}
	return [...found.values()];
}

/** The send to the named address, newest first; where none is named that we wrote to, the only one there is. */
function choose(sends: SendRecord[], addresses: string[], matchedBy: SendMatch): FoundSend | null {
	const named = sends.find(({ recipient }) => addresses.some((address) => sameAddress(recipient, address)));
	if (named) return { send: named, matchedBy, forwarded: false };
	const [only, ...others] = sends;
	return only && others.length === 0 ? { send: only, matchedBy, forwarded: addresses.length > 0 } : null;
}

function localPart(id: string): string {
	return id.split('@', 1)[0]?.toLowerCase() ?? id;
}

/** RFC 5322 dates have no smaller unit. */
function second(date: string): number {
	return Math.floor(Date.parse(date) / 1000);
}
