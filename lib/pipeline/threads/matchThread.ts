/** Joins a message to its conversation: the rules of lib/email/thread on the store's index, in one atomic step. */
import type { CanonicalMessage } from '../../email/message';
import type { BusinessKeyPattern } from '../../email/thread/businessKeys';
import type { KinMessage } from '../../email/thread/kinFacts';
import { ownKey, providerIdKeys } from '../../email/thread/links';
import { believedAuthor, speakersOf } from '../../email/thread/standing';
import type { JsonObject, Millis, Store, ThreadAssignment, ThreadEntry } from '../../store/store';
import {
	businessLinks,
	CONFIDENCE,
	contentHashOf,
	type EvidenceKind,
	headerLinks,
	kinOf,
	lineageOf,
	type Linked,
} from './threadEvidence';

const DAY: Millis = 86_400_000;
const DEFAULT_WINDOW: Millis = 14 * DAY;

export interface MatchOptions {
	/** `default` unless given. */
	scope?: string;
	/**
	 * Allows matching by quoted text, and by subject and participants, for answers that name no mail. Mails that came
	 * while it was not allowed are not found by it.
	 */
	subject?: boolean;
	/** How far apart subject and participants may match, in ms; 14 days unless given. The same for all mail of a scope. */
	subjectWindow?: Millis;
	/** Our own addresses: that two mails share one of these proves nothing. */
	ownAddresses?: string[];
	/** A match needs a sender who took part in the thread, or a reply token of ours. */
	requireParticipant?: boolean;
	businessKeys?: BusinessKeyPattern[];
}

export interface ThreadMatch {
	threadId: string;
	isNew: boolean;
	/** True when the same message was matched before: the answer of then. */
	repeated: boolean;
	/**
	 * What the Message-ID had been used for: nothing, this very mail (also as lists and people send it again), another
	 * version of it, another mail altogether.
	 */
	messageIdUse: ThreadAssignment['keyUse'];
	/** From 1, by date, among the messages known when this one came. */
	position: number;
	parentId: string | null;
	evidence: Array<{ kind: string; key: string }>;
	/** From 0 to 1: of the strongest evidence. */
	confidence: number;
	/** Something in it named a thread that it was not let into. */
	suspect: boolean;
	/**
	 * `not-a-participant`: its sender has no part in the thread, which was required. `would-merge-threads`: it names several
	 * threads, in all of which its author has no part; it went to that of its best evidence, and they stay apart.
	 */
	suspectReason: ThreadAssignment['suspectReason'];
	mergedThreadIds: string[];
	messageCount: number;
	lastMessageAt: string | null;
	/** A hundred at most. */
	participants: string[];
	data: JsonObject;
	warnings: string[];
}

type Matchable = Linked &
	KinMessage &
	Pick<CanonicalMessage, 'id' | 'date' | 'subject' | 'text'> &
	Partial<Pick<CanonicalMessage, 'authentication' | 'defects'>>;

/**
 * Files the message in its thread, or in a new one. Order of arrival, repeats and concurrency do not change the answer.
 * @throws InputError `BUSINESS_KEY_INVALID`
 */
export async function matchThread(store: Store, message: Matchable, options: MatchOptions): Promise<ThreadMatch> {
	const scope = options.scope ?? 'default';
	const business = businessLinks(options.businessKeys ?? [], message);
	const { ownAddresses = [], subjectWindow = DEFAULT_WINDOW } = options;
	const believed = believedAuthor(message);
	const assignment = await store.threads.assign(scope, {
		...basics(message),
		contentHash: contentHashOf(message),
		lineage: lineageOf(message),
		links: [...(await headerLinks(store, scope, message)), ...business.links],
		...(options.requireParticipant === true && { vouchers: believed === null ? [] : [believed] }),
		standing: speakersOf(message, { ownAddresses }),
		...(options.subject === true && { kin: kinOf(message, subjectWindow, { ownAddresses }) }),
	});
	return { ...describeMatch(assignment), warnings: business.warnings };
}

/** A mail of ours as it was sent. Ids are without angle brackets. */
export interface SentMessage {
	messageId: string;
	inReplyTo: string | null;
	references: string[];
	date: string;
	from: string;
	to: string[];
	/** With subject and text, answers that name no mail are found by what they quote. */
	subject?: string;
	text?: string;
	/** What the provider calls the mail; some put it in place of the Message-ID. */
	providerMessageIds?: string[];
	/** The thread that it was sent to; unknown ones do not count. */
	threadId?: string | null;
}

/** Files a mail of ours, so that answers to it are found even when they name nothing else. */
export async function recordSentMessage(store: Store, scope: string, sent: SentMessage): Promise<ThreadMatch> {
	const message: Matchable = {
		id: sent.messageId,
		messageId: sent.messageId,
		inReplyTo: sent.inReplyTo === null ? [] : [sent.inReplyTo],
		references: sent.references,
		date: sent.date,
		subject: sent.subject ?? '',
		text: sent.text ?? '',
		from: { name: '', address: sent.from },
		to: sent.to.map((address) => ({ name: '', address })),
		cc: [],
	};
	const entry = basics(message);
	const aliases = (sent.providerMessageIds ?? []).flatMap(providerIdKeys).filter((key) => key !== entry.key);
	if (sent.threadId) await store.threads.reserve(scope, [{ key: entry.key, kind: 'placeholder' }], sent.threadId);
	const assignment = await store.threads.assign(scope, {
		...entry,
		// The id is ours: whatever comes back under it is this mail.
		contentHash: null,
		standing: speakersOf(message, { ours: true }),
		links: [
			...(await headerLinks(store, scope, message)),
			...aliases.map((key) => ({ key, evidence: 'own-send', unknown: 'index' as const, merges: true })),
		],
		...(sent.text !== undefined && { kin: kinOf(message, DEFAULT_WINDOW, { sent: true }) }),
	});
	return { ...describeMatch(assignment), warnings: [] };
}

function basics(message: Matchable): Pick<ThreadEntry, 'key' | 'at' | 'participants'> {
	const people = [message.from, ...message.to, ...message.cc].flatMap((person) => (person ? [person.address] : []));
	return {
		key: ownKey(message),
		at: message.date === null ? null : Date.parse(message.date),
		participants: [...new Set(people.filter(Boolean).map((address) => address.toLowerCase()))],
	};
}

/** The canonical id after merges, null for an id the scope does not know. */
export async function resolveThread(store: Store, threadId: string, scope = 'default'): Promise<string | null> {
	return await store.threads.resolve(scope, threadId);
}

function describeMatch(assignment: ThreadAssignment): Omit<ThreadMatch, 'warnings'> {
	const weights = assignment.matched.map(({ evidence }) => CONFIDENCE[evidence as EvidenceKind]);
	return {
		threadId: assignment.threadId,
		isNew: assignment.isNew,
		repeated: assignment.repeated,
		messageIdUse: assignment.keyUse,
		position: assignment.position,
		parentId: shownKey(assignment.parentKey),
		evidence: assignment.matched.map(({ evidence, key }) => ({ kind: evidence, key: shownKey(key) ?? '' })),
		confidence: weights.length === 0 ? 1 : Math.max(...weights),
		suspect: assignment.suspect,
		suspectReason: assignment.suspectReason,
		mergedThreadIds: assignment.merged,
		messageCount: assignment.messageCount,
		lastMessageAt: assignment.lastAt === null ? null : new Date(assignment.lastAt).toISOString(),
		participants: assignment.participants,
		data: assignment.data,
	};
}

/** Without the index's own prefix, and without the mark of a Message-ID that was used again. */
function shownKey(key: string | null): string | null {
	return key?.replace(/^(?:mid|id|biz|token|exchange|gmail):/, '').replace(/#s[\da-f]{12}$/, '') ?? null;
}
