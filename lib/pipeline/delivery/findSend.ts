/** Finds the send in the ledger that a report or a provider's event is about, and says what shows that it is that one. */
import { sameAddress } from '../../email/bounce/addresses';
import { makeReplyToken, verifyReplyToken } from '../../email/thread/replyToken';
import type { Millis, SendRecord, SendState, Store } from '../../store/store';

/** What is told about the mail. Ids are without angle brackets. */
export interface SendClues {
	/** Message-IDs, and ids that a provider gave the mail. */
	ids: string[];
	/** Likeliest first. What may be a send's id, key or correlation id: values of custom headers, and words of a VERP return path. */
	references: string[];
	/** What looks like a reply token of ours in the addresses that the report was sent to. */
	tokens?: string[];
	/** Addresses of the recipient: the one the mail was sent to, and where it was forwarded. Empty when not told. */
	addresses: string[];
}

/**
 * How the send was found. `recipient`: nothing is named but the address, and this is the only mail that went there
 * lately; that is a guess.
 */
export type SendMatch = 'message-id' | 'reference' | 'reply-token' | 'recipient';

export interface FoundSend {
	send: SendRecord;
	matchedBy: SendMatch;
	/**
	 * What nobody can know who did not get the mail, or carry it. `send-id`: the id of this very copy, as VERP writes it
	 * into the return path. `mail-id`: an id of the mail, the same in every recipient's copy. `none`: all of it can be
	 * guessed, as keys, ticket numbers and short queue ids can.
	 */
	proof: 'send-id' | 'mail-id' | 'none';
	/** Whom it names: the send's recipient, nobody, or somebody else (a mail that was forwarded, or a forgery). */
	names: 'recipient' | 'nobody' | 'other';
	/** Others got the same mail, and so know its ids. */
	shared: boolean;
}

/** How far back a recipient's sends are looked through, in ms: most MTAs give up after five days (RFC 5321, 4.5.4.1). */
const RECENT: Millis = 7 * 86_400_000;
/** Words that are looked up at most: every one is three reads. */
const MOST_REFERENCES = 30;
/** Sends that are read at most for one clue. */
const MOST_SENDS = 500;
/** A provider's id that is shorter, such as Postfix's queue id, can be guessed. */
const LONG_ENOUGH = 20;

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

type Found = Pick<FoundSend, 'matchedBy' | 'proof'>;

/**
 * The send of one recipient, by the first of these that finds it: the ids of the mail (ours, and the one a provider
 * gave it), what else the mail carried of ours, the recipient.
 *
 * @returns null when it is not about a send of this ledger, or does not tell which
 */
export async function findSend(store: Store, scope: string, clues: SendClues): Promise<FoundSend | null> {
	const found =
		(await byId(store, scope, clues)) ??
		(await byReference(store, scope, clues)) ??
		(await byReplyToken(store, scope, clues)) ??
		(await byRecipient(store, scope, clues));
	if (found === null) return null;
	const { messageId, id } = found.send;
	const copies = await store.sends.search(scope, { messageId }, { limit: 2 });
	return { ...found, shared: copies.some((copy) => copy.id !== id) };
}

/** What is left to say of it is who else got the mail. */
type Candidate = Omit<FoundSend, 'shared'>;

async function byId(store: Store, scope: string, clues: SendClues): Promise<Candidate | null> {
	const { ids, addresses } = clues;
	for (const id of new Set(ids)) {
		const ours = await store.sends.search(scope, { messageId: id }, { limit: MOST_SENDS });
		if (ours.length > 0) return choose(ours, addresses, { matchedBy: 'message-id', proof: 'mail-id' });
		const theirs = await store.sends.search(scope, { providerMessageId: id }, { limit: MOST_SENDS });
		if (theirs.length > 0) return choose(theirs, addresses, { matchedBy: 'message-id', proof: proofOfProviderId(id) });
	}
	if (ids.length === 0) return null;
	// Amazon SES tells an id without the domain that it has in the Message-ID, and the other way round.
	const locals = new Set(ids.map(localPart));
	const sends = (await sendsTo(store, scope, addresses)).filter(
		({ providerMessageId }) => providerMessageId !== null && locals.has(localPart(providerMessageId)),
	);
	const proof = proofOfProviderId(localPart(sends[0]?.providerMessageId ?? ''));
	return choose(sends, addresses, { matchedBy: 'message-id', proof });
}

function proofOfProviderId(id: string): FoundSend['proof'] {
	return id.length >= LONG_ENOUGH ? 'mail-id' : 'none';
}

async function byReference(
	store: Store,
	scope: string,
	{ references, addresses }: SendClues,
): Promise<Candidate | null> {
	for (const reference of [...new Set(references)].slice(0, MOST_REFERENCES)) {
		// An id of ours cannot be somebody else's word: VERP writes it into the return path, and a forwarded mail names
		// another recipient.
		const send = await store.sends.get(scope, reference.toLowerCase());
		if (send !== null && LEFT.includes(send.state))
			return choose([send], addresses, { matchedBy: 'reference', proof: 'send-id' });
		const found = [
			...(await store.sends.search(scope, { key: reference }, { limit: MOST_SENDS })),
			...(await store.sends.search(scope, { correlationId: reference }, { limit: MOST_SENDS })),
		];
		// A word such as `42` may be another send's by chance: the recipient must agree.
		const agreeing = found.filter(
			(one) => LEFT.includes(one.state) && addresses.some((address) => sameAddress(one.recipient, address)),
		);
		if (agreeing.length > 0) return choose(agreeing, addresses, { matchedBy: 'reference', proof: 'none' });
	}
	return null;
}

/** A report that came to the address for answers: the token there is made from the mail's own Message-ID. */
async function byReplyToken(
	store: Store,
	scope: string,
	{ tokens = [], addresses }: SendClues,
): Promise<Candidate | null> {
	if (tokens.length === 0) return null;
	const secret = await store.secrets.get(scope, 'reply-token');
	const ids = new Set(tokens.map((token) => verifyReplyToken(secret, token)).filter((id) => id !== null));
	if (ids.size === 0) return null;
	const sends = (await sendsTo(store, scope, addresses)).filter(({ messageId }) =>
		ids.has(makeReplyToken(secret, messageId).id),
	);
	return choose(sends, addresses, { matchedBy: 'reply-token', proof: 'mail-id' });
}

async function byRecipient(store: Store, scope: string, { ids, addresses }: SendClues): Promise<Candidate | null> {
	// What names another mail's id is about another mail.
	if (ids.length > 0) return null;
	const recent = await sendsTo(store, scope, addresses);
	return recent.length === 1 ? choose(recent, addresses, { matchedBy: 'recipient', proof: 'none' }) : null;
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
function choose(sends: SendRecord[], addresses: string[], found: Found): Candidate | null {
	const named = sends.find(({ recipient }) => addresses.some((address) => sameAddress(recipient, address)));
	const [only, ...others] = sends;
	const send = named ?? (others.length === 0 ? only : undefined);
	if (send === undefined) return null;
	const names = named !== undefined ? 'recipient' : addresses.length > 0 ? 'other' : 'nobody';
	return { send, ...found, names };
}

function localPart(id: string): string {
	return id.split('@', 1)[0]?.toLowerCase() ?? id;
}
