/** What the pickers of the node show. */
import type { ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';
import { listDeadLetters } from '../../lib/pipeline/ledger/deadLetters';
import { watchedMailboxes } from '../../lib/pipeline/ledger/mailboxes';
import { searchSends } from '../../lib/pipeline/ledger/sends';
import type { SendState, Store } from '../../lib/store';
import { toNodeError } from '../nodeFailure';
import { openNodeStore, scopeOf } from '../pipelineStore';

/** As many as one still looks through; whoever seeks another has its id. */
const SHOWN = 200;

/** States that an operation can do something about; all for the others. */
const SENDS_FOR: Record<string, SendState[]> = {
	cancel: ['reserved', 'leased', 'deferred', 'needs_review'],
	resolve: ['in_doubt', 'needs_review'],
	retry: ['deferred', 'in_doubt', 'needs_review'],
};

export async function getSends(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	const states = SENDS_FOR[this.getCurrentNodeParameter('operation') as string];
	return await listed(this, filter, async (store, scope) =>
		(await searchSends(store, scope, states ? { states } : {}, SHOWN)).map(({ id, recipient, state, createdAt }) => ({
			name: `${minute(createdAt)} · ${recipient} · ${state}`,
			value: id,
		})),
	);
}

export async function getDeadLetters(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	// A letter may be replayed again, but only one that waits can be discarded.
	const state = this.getCurrentNodeParameter('operation') === 'discard' ? ('waiting' as const) : undefined;
	return await listed(this, filter, async (store, scope) =>
		(await listDeadLetters(store, scope, state ? { state } : {}, SHOWN)).map(
			({ id, reason, state, item, createdAt }) => ({
				name: `${minute(createdAt)} · ${typeof item.subject === 'string' ? item.subject : reason} · ${state}`,
				value: id,
			}),
		),
	);
}

export async function getFeeds(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	return await listed(this, filter, async (store, scope) =>
		(await watchedMailboxes(store, scope)).flatMap(({ account, mailbox, feed }) =>
			feed === null ? [] : [{ name: `${mailbox} (${account})`, value: feed }],
		),
	);
}

async function listed(
	context: ILoadOptionsFunctions,
	filter: string | undefined,
	load: (store: Store, scope: string) => Promise<INodeListSearchItems[]>,
): Promise<INodeListSearchResult> {
	try {
		const options = (context.getCurrentNodeParameter('options') ?? {}) as { store?: unknown; scope?: unknown };
		const store = await openNodeStore(context, options);
		try {
			const wanted = filter?.toLowerCase() ?? '';
			const results = await load(store, scopeOf(options));
			return { results: results.filter(({ name }) => name.toLowerCase().includes(wanted)) };
		} finally {
			await store.close();
		}
	} catch (error) {
		throw toNodeError(context, error);
	}
}

function minute(time: number): string {
	return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
