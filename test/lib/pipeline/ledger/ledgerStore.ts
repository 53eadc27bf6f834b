import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NewSend, type SendRecord, type SendState, type Store, openStore } from '../../../../lib/store';

export const scope = 'default';

/** A real SQLite store in a folder of its own. */
export async function freshStore(): Promise<{ store: Store; dispose: () => Promise<void> }> {
	const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
	const store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite'), linger: 0 });
	return {
		store,
		dispose: async () => {
			await store.close();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

export async function reserved(store: Store, change: Partial<NewSend> = {}): Promise<SendRecord[]> {
	const { sends } = await store.sends.reserve({
		scope,
		sender: 'support@example.com',
		key: 'order-7',
		fingerprint: 'f',
		recipients: ['ann@example.com'],
		messageId: 'm1@example.com',
		fixed: {},
		stream: null,
		template: null,
		templateVersion: null,
		correlationId: null,
		threadId: null,
		tags: [],
		metadata: {},
		expiresAt: null,
		...change,
	});
	return sends;
}

/** Walks a send to a state as a worker would: leased, then along `path`. */
export async function sendIn(store: Store, path: SendState[], change: Partial<NewSend> = {}): Promise<SendRecord> {
	const [record] = await reserved(store, change);
	const [leased] = await store.sends.lease(scope, record!.groupId, 60_000);
	let last = leased!;
	for (const to of path) {
		const [moved] = await store.sends.transition(scope, { ids: [last.id], fence: last.fence, to });
		last = moved!;
	}
	return last;
}
