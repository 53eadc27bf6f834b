/** Everything in a mail that may tie it to a thread, as links of the store's index, strongest first. */
import { createHash } from 'node:crypto';
import type { CanonicalMessage } from '../../email/message';
import { extractReply } from '../../email/reply/extractReply';
import { type BusinessKeyPattern, findBusinessKeys } from '../../email/thread/businessKeys';
import { exchangeThreadKey } from '../../email/thread/exchange';
import { gmailThreadKey } from '../../email/thread/gmail';
import { type KinMessage, kinFactsOf, storedKinFacts } from '../../email/thread/kinFacts';
import { kinship, QUOTE_REACH } from '../../email/thread/kinship';
import { messageIdKey, threadLinks } from '../../email/thread/links';
import { wordsOf } from '../../email/thread/shingles';
import { normalizeSubject } from '../../email/thread/subject';
import { subjectBuckets } from '../../email/thread/subjectBuckets';
import type { Millis, Store, ThreadKin, ThreadLink } from '../../store/store';
import { replyTokenKeys } from '../send/replyTokens';

export type EvidenceKind =
	| 'own-key'
	| 'own-send'
	| 'in-reply-to'
	| 'references'
	| 'reply-token'
	| 'exchange-thread'
	| 'gmail-thread'
	| 'business-key'
	| 'quoted-text'
	| 'subject';

/** How sure a match by this alone is, 0 to 1. */
export const CONFIDENCE: Readonly<Record<EvidenceKind, number>> = {
	'own-send': 1,
	'reply-token': 1,
	'own-key': 0.98,
	'in-reply-to': 0.98,
	references: 0.95,
	'exchange-thread': 0.9,
	'gmail-thread': 0.9,
	'quoted-text': 0.85,
	'business-key': 0.8,
	subject: 0.6,
};

/** Ids of a mail that are looked up in the send ledger: its parent's, and the nearest before. */
const MOST_LEDGER_IDS = 4;

export type Linked = Pick<CanonicalMessage, 'messageId' | 'inReplyTo' | 'references' | 'to' | 'cc'> &
	Partial<Pick<CanonicalMessage, 'envelope' | 'headers' | 'source'>>;

/** What the mail says about itself: no guess is among these, and all of them join threads. */
export async function headerLinks(store: Store, scope: string, message: Linked): Promise<ThreadLink[]> {
	const named = threadLinks(message);
	const own = await ownSends(store, scope, message);
	const tokens = await replyTokenKeys(store, scope, message);
	const exchange = exchangeThreadKey(message.headers ?? {});
	const gmail = gmailThreadKey(message);
	const link = (key: string, evidence: EvidenceKind): ThreadLink => ({
		key,
		evidence,
		unknown: 'index',
		merges: true,
	});
	return [
		...[...own].map((key): ThreadLink => ({ ...link(key, 'own-send'), unknown: 'placeholder' })),
		...named
			.filter(({ key }) => !own.has(key))
			.map(({ key, evidence }): ThreadLink => ({ ...link(key, evidence), unknown: 'placeholder' })),
		...tokens.map((key): ThreadLink => ({ ...link(key, 'reply-token'), trusted: true })),
		...(exchange === null ? [] : [link(exchange, 'exchange-thread')]),
		...(gmail === null ? [] : [link(gmail, 'gmail-thread')]),
	];
}

/** Keys of the mails of ours that the message names, by our Message-ID or by the one that a provider put in its place. */
async function ownSends(store: Store, scope: string, message: Linked): Promise<Set<string>> {
	const ids = [...new Set([...message.inReplyTo, ...[...message.references].reverse()])].slice(0, MOST_LEDGER_IDS);
	if (ids.length === 0) return new Set();
	// Amazon SES tells the sender an id without the domain that it puts behind it.
	const asked = ids.flatMap((id) => {
		const local = /^([^@]+)@(?:[\w-]+\.)*amazonses\.com$/i.exec(id)?.[1];
		return local === undefined ? [id] : [id, local];
	});
	const found = await store.sends.messageIdsOf(scope, asked);
	return new Set(found.filter((id) => id !== message.messageId).map(messageIdKey));
}

export interface BusinessLinks {
	links: ThreadLink[];
	warnings: string[];
}

/** They find a thread only where the mail's headers find none. */
export function businessLinks(
	patterns: readonly BusinessKeyPattern[],
	message: Parameters<typeof findBusinessKeys>[1],
): BusinessLinks {
	if (patterns.length === 0) return { links: [], warnings: [] };
	const { keys, slow } = findBusinessKeys(patterns, message);
	return {
		links: keys.map(({ name, value }) => ({
			key: businessKey(name, value),
			evidence: 'business-key',
			unknown: 'index',
			merges: false,
		})),
		warnings: slow.map(
			(name) => `The pattern of the business key "${name}" took too long for this email and was left out`,
		),
	};
}

export function businessKey(name: string, value: string): string {
	return `biz:${name.trim().toLowerCase()}:${value}`;
}

/** Comparison with mails of the same subject; undefined where the subject says nothing. */
export function kinOf(
	message: KinMessage,
	window: Millis,
	options: Parameters<typeof kinFactsOf>[1] = {},
): ThreadKin | undefined {
	const buckets = subjectBuckets(message.subject);
	if (buckets.length === 0) return undefined;
	const facts = kinFactsOf(message, options);
	return {
		buckets,
		seeking: facts.orphan || facts.quotes || facts.anonymous,
		reach: Math.max(QUOTE_REACH, window),
		facts,
		judge: (record, at) => kinship({ facts, at }, { facts: storedKinFacts(record.facts), at: record.at }, window),
	};
}

type Content = Pick<CanonicalMessage, 'date' | 'subject' | 'text'> & Partial<Pick<CanonicalMessage, 'reply'>>;

/** The same for every copy of a mail: what lists put before the subject and below the text does not count. */
export function contentHashOf(message: Content): string {
	const { text } = message.reply ?? extractReply({ text: message.text });
	const words = wordsOf(text === '' ? message.text : text).join(' ');
	return sha256(JSON.stringify([message.date, baseOf(message), words]));
}

/** Versions of one mail share the subject or the date; what shares neither is another mail under a used Message-ID. */
export function lineageOf(message: Content): string[] {
	return [`s${sha256(baseOf(message)).slice(0, 12)}`, ...(message.date === null ? [] : [`d${message.date}`])];
}

function baseOf({ subject }: Content): string {
	return normalizeSubject(subject).base.toLowerCase();
}

function sha256(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}
