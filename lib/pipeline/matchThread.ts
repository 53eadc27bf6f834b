/** Joins a message to its conversation: the rules of lib/email/thread on the store's index, in one atomic step. */
import { createHash } from 'node:crypto';
import type { CanonicalMessage } from '../email/message';
import { ownKey, threadLinks } from '../email/thread/links';
import type { JsonObject, Store, ThreadAssignment } from '../store/store';

export interface MatchOptions {
	/** `default` unless given. */
	scope?: string;
	/** Whether a subject may link messages that name no parent. Not offered yet: subject alone never matches. */
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

type Matchable = Pick<
	CanonicalMessage,
	'id' | 'messageId' | 'inReplyTo' | 'references' | 'date' | 'from' | 'to' | 'cc' | 'raw'
>;

/** Files the message in its thread, or in a new one. Order of arrival, repeats and concurrency do not change the answer. */
export async function matchThread(store: Store, message: Matchable, options: MatchOptions): Promise<ThreadMatch> {
	const people = [message.from, ...message.to, ...message.cc].flatMap((person) => (person ? [person.address] : []));
	const assignment = await store.threads.assign(options.scope ?? 'default', {
		key: ownKey(message),
		contentHash: message.raw.sha256,
		links: threadLinks(message).map(({ key, evidence }) => ({ key, evidence, unknown: 'placeholder', merges: true })),
		at: message.date === null ? null : Date.parse(message.date),
		participants: [...new Set(people.filter(Boolean).map((address) => address.toLowerCase()))],
	});
	return describeMatch(assignment);
}

/** Files a mail of ours, so that answers to it are found even when they name nothing else. */
export async function recordSentMessage(
	store: Store,
	scope: string,
	sent: { messageId: string; inReplyTo: string | null; references: string[]; date: string; from: string; to: string[] },
): Promise<ThreadMatch> {
	return await matchThread(
		store,
		{
			id: sent.messageId,
			messageId: sent.messageId,
			inReplyTo: sent.inReplyTo === null ? [] : [sent.inReplyTo],
			references: sent.references,
			date: sent.date,
			from: { name: '', address: sent.from },
			to: sent.to.map((address) => ({ name: '', address })),
			cc: [],
			// Message-ID, date and boundary are fixed with the record, so the id stands for the content.
			raw: { ref: null, sha256: createHash('sha256').update(sent.messageId).digest('hex'), size: 0 },
		},
		{ scope },
	);
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
