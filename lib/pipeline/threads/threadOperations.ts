/** What a user does with threads besides matching: look up, link, merge, split, forget. */
import { normalizeBusinessKey } from '../../email/thread/businessKeys';
import { messageIdKey } from '../../email/thread/links';
import { InputError } from '../../errors';
import type { JsonObject, Store, ThreadView } from '../../store/store';
import { businessKey } from './threadEvidence';

export interface ThreadDetails {
	threadId: string;
	/** Threads that were merged into this one; their ids still lead here. */
	mergedThreadIds: string[];
	messageCount: number;
	createdAt: string;
	lastMessageAt: string | null;
	/** A hundred at most. */
	participants: string[];
	businessKeys: Array<{ name: string; value: string }>;
	data: JsonObject;
}

export type ThreadName =
	| { by: 'thread'; threadId: string }
	| { by: 'message'; messageId: string }
	| { by: 'key'; name: string; value: string };

/** @returns null when the scope has no such thread */
export async function lookUpThread(store: Store, scope: string, name: ThreadName): Promise<ThreadDetails | null> {
	const view =
		name.by === 'thread'
			? await store.threads.get(scope, name.threadId)
			: await store.threads.find(
					scope,
					name.by === 'message' ? messageKey(name.messageId) : keyOf(name.name, name.value),
				);
	return view && detailsOf(view);
}

/**
 * Notes a business key and data with a thread: `data` gains the key under its name, and matching finds the thread by it.
 * @throws StoreError `STORE_THREAD_NOT_FOUND`
 */
export async function linkThread(
	store: Store,
	scope: string,
	threadId: string,
	link: { key?: { name: string; value: string }; data?: JsonObject },
): Promise<ThreadDetails> {
	const { key } = link;
	const keys = key === undefined ? [] : [keyOf(key.name, key.value)];
	const data = { ...(key && { [key.name]: key.value }), ...link.data };
	return detailsOf(await store.threads.link(scope, threadId, keys, data));
}

/** @throws StoreError `STORE_THREAD_NOT_FOUND` */
export async function mergeThread(store: Store, scope: string, into: string, other: string): Promise<ThreadDetails> {
	return detailsOf(await store.threads.merge(scope, into, other));
}

/**
 * Takes one message out into a thread of its own; the two are not joined again by themselves.
 * @throws StoreError `STORE_THREAD_NOT_FOUND`
 */
export async function splitThread(store: Store, scope: string, messageId: string): Promise<ThreadDetails> {
	return detailsOf(await store.threads.split(scope, messageKey(messageId)));
}

/** @returns false when there is no such thread */
export async function forgetThread(store: Store, scope: string, threadId: string): Promise<boolean> {
	return await store.threads.forget(scope, threadId);
}

function keyOf(name: string, value: string): string {
	const key = normalizeBusinessKey(value);
	if (name.trim() !== '' && key !== '') return businessKey(name, key);
	throw new InputError('The business key has no name or no value', {
		code: 'BUSINESS_KEY_INVALID',
		hint: 'Give both, such as the name ticket and the value 4711.',
	});
}

/** As people copy it: with angle brackets or without. */
function messageKey(messageId: string): string {
	const bare = messageId.trim().replace(/^<|>$/g, '');
	return bare.startsWith('sha256:') ? `id:${bare}` : messageIdKey(bare);
}

function detailsOf(view: ThreadView): ThreadDetails {
	return {
		threadId: view.threadId,
		mergedThreadIds: view.aliases,
		messageCount: view.messageCount,
		createdAt: new Date(view.createdAt).toISOString(),
		lastMessageAt: view.lastAt === null ? null : new Date(view.lastAt).toISOString(),
		participants: view.participants,
		businessKeys: view.keys.flatMap((key) => {
			const [, name, value] = /^biz:([^:]*):(.*)$/s.exec(key) ?? [];
			return name === undefined || value === undefined ? [] : [{ name, value }];
		}),
		data: view.data,
	};
}
