/** Joins a message to its conversation: the rules of lib/email/thread on the store's index, in one atomic step. */
import { createHash } from 'node:crypto';
import type { CanonicalMessage } from '../email/message';
import { ownKey, threadLinks } from '../email/thread/links';
import type { JsonObject, Store, ThreadAssignment, ThreadLink } from '../store/store';
import { replyTokenKeys } from './replyTokens';

export interface MatchOptions {
	/** `default` unless given. */
	scope?: string;
	/** Reserved for matching by subject and participants; without effect. */
	subject?: boolean;
}

export interface ThreadMatch {
	threadId: string;
	isNew: boolean;
	/** True when the same message was matched before: the answer of then. */
	repeated: boolean;
	position: number;
	parentId: string | null;
	evidence: Array<{ kind: string; key: string }>;
	/** From 0 to 1. */
	confidence: number;
	suspect: boolean;
	mergedThreadIds: string[];
	messageCount: number;
	lastMessageAt: string | null;
	participants: string[];
	data: JsonObject;
}

type Headers = Pick<CanonicalMessage, 'id' | 'messageId' | 'inReplyTo' | 'references' | 'date' | 'from' | 'to' | 'cc'> &
	Partial<Pick<CanonicalMessage, 'envelope' | 'headers'>>;
type Matchable = Headers & Pick<CanonicalMessage, 'subject' | 'text'>;

/**
 * Files the message in its thread, or in a new one. Order of arrival, repeats and concurrency do not change the answer.
 */
export async function matchThread(store: Store, message: Matchable, options: MatchOptions): Promise<ThreadMatch> {
	return await assign(store, options.scope ?? 'default', message, contentHashOf(message));
}

/** Files a mail of ours, so that answers to it are found even when they name nothing else. */
export async function recordSentMessage(
	store: Store,
	scope: string,
	sent: { messageId: string; inReplyTo: string | null; references: string[]; date: string; from: string; to: string[] },
): Promise<ThreadMatch> {
	const message: Headers = {
		id: sent.messageId,
		messageId: sent.messageId,
		inReplyTo: sent.inReplyTo === null ? [] : [sent.inReplyTo],
		references: sent.references,
		date: sent.date,
		from: { name: '', address: sent.from },
		to: sent.to.map((address) => ({ name: '', address })),
		cc: [],
	};
	// The id is ours: whatever comes back under it is this mail.
	return await assign(store, scope, message, null);
}

async function assign(store: Store, scope: string, message: Headers, contentHash: string | null): Promise<ThreadMatch> {
	const people = [message.from, ...message.to, ...message.cc].flatMap((person) => (person ? [person.address] : []));
	const tokens = await replyTokenKeys(store, scope, message);
	const assignment = await store.threads.assign(scope, {
		key: ownKey(message),
		contentHash,
		links: [
			...threadLinks(message).map(({ key, evidence }): ThreadLink => ({
				key,
				evidence,
				unknown: 'placeholder',
				merges: true,
			})),
			...tokens.map((key): ThreadLink => ({
				key,
				evidence: 'reply-token',
				unknown: 'index',
				merges: true,
				trusted: true,
			})),
		],
		at: message.date === null ? null : Date.parse(message.date),
		participants: [...new Set(people.filter(Boolean).map((address) => address.toLowerCase()))],
	});
	return describeMatch(assignment);
}

/** The same for every copy of a mail, whatever was put in front of it on the way. */
function contentHashOf({ from, date, subject, text }: Matchable): string {
	const content = JSON.stringify([from?.address.toLowerCase() ?? '', date, subject, text]);
	return createHash('sha256').update(content).digest('hex');
}

/** The canonical id after merges, null for an id the scope does not know. */
export async function resolveThread(store: Store, threadId: string, scope = 'default'): Promise<string | null> {
	return await store.threads.resolve(scope, threadId);
}

function describeMatch(assignment: ThreadAssignment): ThreadMatch {
	return {
		threadId: assignment.threadId,
		isNew: assignment.isNew,
		repeated: assignment.repeated,
		position: assignment.position,
		parentId: assignment.parentKey?.replace(/^(mid|id):/, '') ?? null,
		evidence: assignment.matched.map(({ evidence, key }) => ({ kind: evidence, key: key.replace(/^(mid|id):/, '') })),
		confidence: 1,
		suspect: assignment.suspect,
		mergedThreadIds: assignment.merged,
		messageCount: assignment.messageCount,
		lastMessageAt: assignment.lastAt === null ? null : new Date(assignment.lastAt).toISOString(),
		participants: assignment.participants,
		data: assignment.data,
	};
}
