/** What is kept of a mail so that others can be told to belong with it. */
import type { CanonicalMessage, EmailAddress } from '../message';
import { readQuotations } from './quotations';
import { hashOf, packHashes, shinglesOf, wordsOf } from './shingles';
import { normalizeSubject } from './subject';
import { isGeneric, subjectsIn } from './subjectBuckets';

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
	/** Its subject begins as answers do. */
	reply: boolean;
	/** Its subject is one that two people hit upon in the same week: `Question`. */
	generic: boolean;
	/** It went to a mailing list, or comes from the archive of one. */
	list: boolean;
	/** Of what names that list; all mails of an archive without recipients are of one. */
	lists: number[];
	/** It quotes something. */
	quotes: boolean;
	/** It has neither author nor recipients. */
	anonymous: boolean;
	/** Packed hashes of the author's own text, of what it quotes from the mail before it, and from older ones. */
	own: string;
	nearest: string;
	older: string;
	/** Of addresses, ids, words and pairs of words in the lines that say who is quoted. */
	attributed: number[];
	/** Minutes past the hour in those lines: the same in every time zone, but for a few that are half an hour off. */
	minutes: number[];
	/** Of the Message-ID. */
	id: number | null;
};

export type KinMessage = Pick<
	CanonicalMessage,
	'subject' | 'text' | 'inReplyTo' | 'references' | 'from' | 'to' | 'cc'
> &
	Partial<Pick<CanonicalMessage, 'messageId' | 'reply' | 'replyTo' | 'headers' | 'envelope' | 'source'>>;

const MOST_RECIPIENTS = 50;
const LIST_HEADERS = ['list-id', 'list-post', 'list-unsubscribe', 'x-mailing-list', 'x-beenthere', 'mailing-list'];

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
		reply: isReply,
		generic: subjectsIn(message.subject).some(isGeneric),
		list: isListMail(message, recipients.length),
		lists: listsOf(message, recipients.length),
		quotes: nearest.length + older.length > 0,
		anonymous: message.from === null && recipients.length === 0,
		own: packHashes(shinglesOf(own)),
		nearest: packHashes(nearest),
		older: packHashes(older),
		attributed: [...new Set(attributed)].slice(0, 200),
		minutes: minutesIn(quotations.attributions),
		id: message.messageId ? foldedHash(message.messageId) : null,
	};
}

const NOT_KEPT_AT_FIRST = { reply: false, generic: false, lists: [], minutes: [], id: null };

/** Facts as the store kept them: an earlier version knew less of a mail. */
export function storedKinFacts(facts: object): KinFacts {
	return { ...NOT_KEPT_AT_FIRST, ...(facts as Omit<KinFacts, keyof typeof NOT_KEPT_AT_FIRST>) };
}

function minutesIn(lines: readonly string[]): number[] {
	const times = lines
		.slice(0, 6)
		.flatMap((line) => [...line.matchAll(/(?<![\d:+-])(?:[01]?\d|2[0-3])[:.h]([0-5]\d)(?![\d.])/g)]);
	return [...new Set(times.map(([, minute]) => Number(minute)))];
}

function listsOf({ headers, from }: KinMessage, recipients: number): number[] {
	const named = (headers?.['list-id'] ??
		headers?.['list-post'] ??
		headers?.['x-mailing-list'] ??
		headers?.['x-beenthere'])?.[0];
	if (named !== undefined) return [foldedHash(/<([^<>]+)>/.exec(named)?.[1] ?? named)];
	return from !== null && recipients === 0 ? [0] : [];
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
