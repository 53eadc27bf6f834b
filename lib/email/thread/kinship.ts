/**
 * Tells whether a mail answers one with the same subject, when In-Reply-To and References were lost on the way or name
 * mails that nobody has. Looks at two mails and at nothing else, so that the verdict does not depend on the order of arrival.
 */
import type { CanonicalMessage, EmailAddress } from '../message';
import { readQuotations } from './quotations';
import { hashOf, overlapOf, packHashes, shinglesOf, unpackHashes, wordsOf } from './shingles';
import { normalizeSubject } from './subject';

/** What is kept of a mail for the comparison: hashes only. A type and no interface, since the store keeps it as JSON. */
export type KinFacts = {
	/** Of the author's address; null where a list put its own in place. */
	author: number | null;
	/** Of the author's name: words side by side. */
	name: number[];
	/** Of To and Cc. */
	recipients: number[];
	/** Of addresses at which the mail was received: of those nobody is a stranger. */
	ours: number[];
	/** We sent it. */
	sent: boolean;
	/** It says that it is an answer, and names no mail. */
	orphan: boolean;
	/** It went to a mailing list, or comes from the archive of one. */
	list: boolean;
	/** It quotes something. */
	quotes: boolean;
	/** It has neither author nor recipients. */
	anonymous: boolean;
	/** Packed hashes of the author's own text, of what it quotes from the mail before it, and from older ones. */
	own: string;
	nearest: string;
	older: string;
	/** Of addresses, words and pairs of words in the lines that say who is quoted. */
	attributed: number[];
};

export type KinEvidence = 'quoted-text' | 'subject';

export type KinMessage = Pick<
	CanonicalMessage,
	'subject' | 'text' | 'inReplyTo' | 'references' | 'from' | 'to' | 'cc'
> &
	Partial<Pick<CanonicalMessage, 'reply' | 'replyTo' | 'headers' | 'envelope' | 'source'>>;

const DAY = 86_400_000;
/** How long after a mail somebody may still quote it, in ms. */
export const QUOTE_REACH = 180 * DAY;
/** On a list everybody writes in many threads: there people speak for a thread only while it is fresh, in ms. */
const LIST_WINDOW = 3 * DAY;
/** Clocks and time zones are wrong: an answer may be dated this long before what it answers, in ms. */
const CLOCK_SKEW = DAY;
const MOST_RECIPIENTS = 50;
const LIST_HEADERS = ['list-id', 'list-post', 'list-unsubscribe', 'x-mailing-list', 'x-beenthere', 'mailing-list'];

/** Hashes that a quotation must share with the text, and their share, when nothing else speaks for it; and when something does. */
const ALONE = { shared: 8, share: 0.35 };
const SUPPORTED = { shared: 1, share: 0.5 };
const ATTRIBUTED = { shared: 3, share: 0.35 };
/** Of a quotation within a quotation: the mail quoted is further up in the thread. */
const OLDER = { shared: 8, share: 0.35 };

/** Mails are compared only when they have this in common; null: the mail is compared with none. */
export function subjectBucket(subject: string): string | null {
	const { base } = normalizeSubject(subject);
	return base === '' ? null : hashOf(base.toLowerCase()).toString(36) + hashOf(`${base.toLowerCase()}\0`).toString(36);
}

/** @param ownAddresses further addresses that are ours and prove nothing when two mails share them */
export function kinFactsOf(message: KinMessage, options: { sent?: boolean; ownAddresses?: string[] } = {}): KinFacts {
	const { isReply, isForward } = normalizeSubject(message.subject);
	const quotations = readQuotations(message);
	const author = authorOf(message);
	const nameWords = wordsOf(author?.name ?? '');
	const own = withoutSignOff(quotations.own, nameWords);
	const nearest = shinglesOf(quotations.nearest);
	const older = shinglesOf(quotations.older);
	const recipients = [...message.to, ...message.cc].map(addressHash).filter((hash) => hash !== null);
	const delivered = ['delivered-to', 'x-original-to'].flatMap((name) => message.headers?.[name] ?? []);
	const ours = [
		...(options.ownAddresses ?? []),
		...(message.envelope?.rcptTo ?? []),
		...delivered,
		...(message.source?.account ? [message.source.account] : []),
	];
	const attributed = quotations.attributions.flatMap((line) => {
		const words = wordsOf(line);
		return [
			...(line.match(/[^\s<>()"'[\]:;,]+@[^\s<>()"'[\]:;,]+/g) ?? []).map(foldedHash),
			...words.map(hashOf),
			...pairs(words),
		];
	});
	return {
		author: author === null ? null : addressHash(author),
		name: nameWords.length > 1 ? pairs(nameWords) : nameWords.map(hashOf),
		recipients: [...new Set(recipients)].slice(0, MOST_RECIPIENTS),
		ours: [...new Set(ours.map(foldedHash))].slice(0, MOST_RECIPIENTS),
		sent: options.sent ?? false,
		orphan:
			message.inReplyTo.length === 0 &&
			message.references.length === 0 &&
			(isReply || isForward || nearest.length + older.length > 0),
		list: isListMail(message, recipients.length),
		quotes: nearest.length + older.length > 0,
		anonymous: message.from === null && recipients.length === 0,
		own: packHashes(shinglesOf(own)),
		nearest: packHashes(nearest),
		older: packHashes(older),
		attributed: [...new Set(attributed)].slice(0, 200),
	};
}

interface Dated {
	facts: KinFacts;
	/** ms since 1970. */
	at: number;
}

/**
 * Why the two belong together; null when nothing says so.
 * @param window how far apart they may be when only subject and people speak for it, in ms
 */
export function kinship(one: Dated, other: Dated, window: number): KinEvidence | null {
	return answers(one, other, window) ?? answers(other, one, window);
}

function answers(answer: Dated, parent: Dated, window: number): KinEvidence | null {
	const distance = answer.at - parent.at;
	if (distance < -CLOCK_SKEW || distance > Math.max(QUOTE_REACH, window)) return null;
	// Where neither mail names anybody, the subject decides, as in RFC 5256.
	if (answer.facts.anonymous && parent.facts.anonymous) return distance <= window ? 'subject' : null;
	if (!answer.facts.orphan && !answer.facts.quotes) return null;
	const [a, p] = [answer.facts, parent.facts];
	const text = unpackHashes(p.own);
	const nearest = unpackHashes(a.nearest);
	const older = unpackHashes(a.older);
	const people = peopleAgree(a, p);
	const near = overlapOf(nearest, text);
	// A few words in a row may be everybody's: "any help would be appreciated". Who is quoted must agree then.
	if (reaches(near, ALONE) || (reaches(near, ATTRIBUTED) && attributes(a, p))) return 'quoted-text';
	if (a.orphan && reaches(near, SUPPORTED) && (people || attributes(a, p))) return 'quoted-text';
	if (reaches(overlapOf(older, text), OLDER)) return 'quoted-text';
	if (!a.orphan) return null;
	// It says what it answers, and this is not it.
	if (nearest.length + older.length > 0) return null;
	return people && distance <= (a.list || p.list ? Math.min(window, LIST_WINDOW) : window) ? 'subject' : null;
}

function reaches(overlap: { shared: number; share: number }, least: { shared: number; share: number }): boolean {
	return overlap.shared >= least.shared && overlap.share >= least.share;
}

/** Whether the answer's author was party to the other mail, or writes to its author where both see what the other sees. */
function peopleAgree(answer: KinFacts, parent: KinFacts): boolean {
	const ours = new Set([...answer.ours, ...parent.ours]);
	if (answer.author !== null && !ours.has(answer.author)) {
		if (parent.recipients.includes(answer.author)) return true;
		if (answer.author === parent.author && !answer.list && !parent.list) return true;
	}
	if (parent.author === null || parent.sent || ours.has(parent.author)) return false;
	if (!answer.recipients.includes(parent.author)) return false;
	return answer.recipients.some(
		(recipient) => recipient !== parent.author && !ours.has(recipient) && parent.recipients.includes(recipient),
	);
}

function attributes(answer: KinFacts, parent: KinFacts): boolean {
	const named = new Set(answer.attributed);
	if (parent.author !== null && named.has(parent.author)) return true;
	return parent.name.length > 0 && parent.name.every((hash) => named.has(hash));
}

/** Archives of lists keep no recipients. */
function isListMail({ headers, from }: KinMessage, recipients: number): boolean {
	if (from !== null && recipients === 0) return true;
	return LIST_HEADERS.some((name) => headers?.[name] !== undefined) || headers?.precedence?.[0] === 'list';
}

/** Behind a list that writes its own address into From (for DMARC), the author is in Reply-To, or nowhere. */
function authorOf(message: KinMessage): EmailAddress | null {
	const { from } = message;
	if (from === null) return null;
	const address = from.address.toLowerCase();
	if (!address.includes('@')) {
		// Archives hide addresses: `ann at example.com (Ann Lee)`.
		const written = message.headers?.from?.[0] ?? from.name;
		return { name: /\(([^()]+)\)\s*$/.exec(written)?.[1] ?? from.name, address: written.trim() };
	}
	const post = message.headers?.['list-post']?.join(' ').toLowerCase() ?? '';
	const isList =
		post.includes(address) || [...message.to, ...message.cc].some((one) => one.address.toLowerCase() === address);
	if (!isList) return from;
	const own = message.replyTo?.find((one) => one.address !== '' && one.address.toLowerCase() !== address);
	// Whoever writes to himself is his own author.
	return own ?? (post === '' && !/ via /i.test(from.name) ? from : null);
}

/** A name below the text is quoted with it, and says nothing about which mail of that person is. */
function withoutSignOff(blocks: readonly string[], name: readonly string[]): string[] {
	const last = blocks.at(-1);
	if (last === undefined) return [...blocks];
	const paragraphs = last.split(/\n\s*\n/);
	const end = paragraphs.at(-1) ?? '';
	const words = wordsOf(end);
	const isName =
		words.length <= 30 && end.split('\n').length <= 6 && name.some((word) => word.length > 2 && words.includes(word));
	return isName ? [...blocks.slice(0, -1), paragraphs.slice(0, -1).join('\n\n')] : [...blocks];
}

function pairs(words: readonly string[]): number[] {
	return words.slice(1).map((word, at) => hashOf(`${words[at] ?? ''} ${word}`));
}

/** Without the plus tag, so that a tagged address is the same person's. */
function foldedHash(address: string): number {
	return hashOf(
		address
			.trim()
			.replace(/^.*<|>.*$/g, '')
			.toLowerCase()
			.replace(/\+[^@]*@/, '@'),
	);
}

function addressHash({ address }: EmailAddress): number | null {
	return address === '' ? null : foldedHash(address);
}
