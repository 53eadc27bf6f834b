import type { JsonObject, Millis } from './values';

export interface ThreadLink {
	/** Key of a record or an index entry, e.g. `mid:<id>`, `biz:ticket:42`. */
	key: string;
	/** Why it links, e.g. `in-reply-to`; handed back in `matched`. */
	evidence: string;
	/**
	 * What a key nobody knows yet does: `placeholder` makes an empty record that is filled later, `index` files the
	 * key for this thread, `none` only looks up.
	 */
	unknown: 'placeholder' | 'index' | 'none';
	/** True joins two existing threads over this link; false only when no other link has found a thread. */
	merges: boolean;
	/** Needs no participant to vouch for it, e.g. a signed address of our own. */
	trusted?: boolean;
}

/** Lets records find each other that name no common key: those that share a bucket are compared two by two. */
export interface ThreadKin {
	buckets: string[];
	/** True compares the entry with every record of a bucket, false only with those that seek. */
	seeking: boolean;
	/** How far apart in time two records may be, either way. At most 500 records of a bucket on each side are compared. */
	reach: Millis;
	/** Kept with the record, handed to the judge of later ones. */
	facts: JsonObject;
	/**
	 * Why the record belongs with this entry, null when it does not. Pure, and the same whichever of the two came first.
	 * @param at this entry's time
	 */
	judge(record: { facts: JsonObject; at: Millis }, at: Millis): string | null;
}

export interface ThreadEntry {
	/** Key of the record itself. */
	key: string;
	/** Tells a repeat from another message under the same key. */
	contentHash: string | null;
	/** Strongest first; the first that is a record becomes the parent. */
	links: ThreadLink[];
	/** When the message was sent, for order and time windows. */
	at: Millis | null;
	/** Compared and kept in lower case. */
	participants: string[];
	/** When set, a link counts only if one of these is a participant of the thread, or the link is `trusted`. */
	vouchers?: string[];
	/**
	 * On whose word this entry may show that two threads are one: somebody, or a group, that has standing in both. Who
	 * begins a thread has standing in it, and who is named by an entry of somebody with standing. Absent: whoever files
	 * the entry is believed.
	 */
	standing?: { people: string[]; groups: string[] };
	kin?: ThreadKin;
	/**
	 * Marks what a key is about. Another entry under the same key with another lineage is no copy but a stranger whose
	 * sender used the key again; it is filed under key and lineage.
	 */
	lineage?: string[];
}

export type SuspectReason = 'not-a-participant' | 'would-merge-threads';

export interface ThreadAssignment {
	threadId: string;
	isNew: boolean;
	/** The same key and content had been assigned before: the answer of then, through merges. */
	repeated: boolean;
	/** What the key had been used for: nothing, this very entry, another version of it, another thing altogether. */
	keyUse: 'first' | 'repeat' | 'version' | 'reused';
	/** From 1, by `at`, then by arrival. */
	position: number;
	parentKey: string | null;
	/** The links that found something, strongest first. */
	matched: Array<{ key: string; evidence: string }>;
	/** Threads that this entry showed to be the same one; they live on as aliases. */
	merged: string[];
	/** A link was found but refused. */
	suspect: boolean;
	/**
	 * Why: no participant vouched for any thread it names (`not-a-participant`), or it names several threads and its
	 * author has no standing in all of them (`would-merge-threads`).
	 */
	suspectReason: SuspectReason | null;
	messageCount: number;
	lastAt: Millis | null;
	/** The first hundred, in alphabetical order. */
	participants: string[];
	/** Business ids and user data linked to the thread. */
	data: JsonObject;
}

export interface ThreadView {
	threadId: string;
	aliases: string[];
	messageCount: number;
	createdAt: Millis;
	lastAt: Millis | null;
	participants: string[];
	keys: string[];
	data: JsonObject;
}

export interface ThreadStore {
	/** One atomic step: look up every link, join what belongs together, file the entry. Order of arrival never matters. */
	assign(scope: string, entry: ThreadEntry): Promise<ThreadAssignment>;
	/**
	 * Files keys for a message that is still to come, without counting one. Keys that are filed already stay as they are.
	 * @param threadId where to file them; null or unknown: the thread of the first key that is known, else a new one
	 * @returns the thread
	 */
	reserve(
		scope: string,
		keys: ReadonlyArray<{ key: string; kind: 'placeholder' | 'index' }>,
		threadId: string | null,
	): Promise<string>;
	/** The canonical id after merges; null when there is no such thread in the scope. */
	resolve(scope: string, threadId: string): Promise<string | null>;
	get(scope: string, threadId: string): Promise<ThreadView | null>;
	find(scope: string, key: string): Promise<ThreadView | null>;
	/** Files another key for the thread and merges `data` into its data. */
	link(scope: string, threadId: string, keys: string[], data?: JsonObject): Promise<ThreadView>;
	merge(scope: string, into: string, other: string): Promise<ThreadView>;
	/** Moves the record of `key` into a new thread of its own. */
	split(scope: string, key: string): Promise<ThreadView>;
	forget(scope: string, threadId: string): Promise<boolean>;
}
