import { createHash, randomBytes } from 'node:crypto';
import { openStore } from '../../../../lib/store';
import type { Store } from '../../../../lib/store';
import type { Order, Report } from './workers';

/** One of several processes on the same store: says that it is there, waits for the word, does its task. */
const order = JSON.parse(process.argv[2] ?? '') as Order;

const tell = (report: Report): void => void process.send?.(report);
const told = new Promise((resolve) => process.once('message', resolve));

void main().finally(() => process.disconnect());

async function main(): Promise<void> {
	try {
		tell({ kind: 'ready' });
		await told;
		const store = await openStore({ ...order.store, linger: 0 });
		if (order.task === 'claim') await claim(store, order.scope, order.keys);
		if (order.task === 'write') await write(store, order.scope);
		await store.close();
		tell({ kind: 'done' });
	} catch (error) {
		const { code, message } = error as Error & { code?: string };
		tell({ kind: 'failed', code: code ?? '', message });
		process.exitCode = 1;
	}
}

async function claim(store: Store, scope: string, keys: number): Promise<void> {
	const start = Math.floor(Math.random() * keys);
	const won: string[] = [];
	for (let step = 0; step < keys; step++) {
		const key = `key-${(start + step) % keys}`;
		const { state } = await store.replay.claim(scope, key, { lease: 600_000, ttl: 600_000 });
		if (state === 'claimed') won.push(key);
	}
	tell({ kind: 'won', keys: won });
}

/** Writes for ever, and reports what was confirmed, until it is killed. */
async function write(store: Store, scope: string): Promise<void> {
	for (;;) {
		const id = randomBytes(8).toString('hex');
		const size = 1_000 + Math.floor(Math.random() * 900_000);
		const bytes = randomBytes(size);
		const sha256 = createHash('sha256').update(bytes).digest('hex');
		tell({ kind: 'begun', id, ref: `sha256:${sha256}` });
		const { ref } = await store.archive.put(scope, bytes);
		await store.ingestion.record({ scope, key: id, feed: 'f', rawRef: ref, contentKey: sha256, metadata: { size } });
		tell({ kind: 'confirmed', id, what: 'ingestion' });
		await store.threads.assign(scope, {
			key: id,
			contentHash: sha256,
			links: [{ key: `parent of ${id}`, evidence: 'references', unknown: 'placeholder', merges: true }],
			at: null,
			participants: ['a@example.com', 'b@example.com'],
		});
		tell({ kind: 'confirmed', id, what: 'thread' });
		const { sends } = await store.sends.reserve({
			scope,
			sender: 's',
			key: id,
			fingerprint: sha256,
			recipients: ['a@example.com', 'b@example.com', 'c@example.com'],
			messageId: id,
			fixed: {},
			stream: null,
			template: null,
			templateVersion: null,
			correlationId: null,
			threadId: null,
			tags: [],
			metadata: {},
			expiresAt: null,
		});
		tell({ kind: 'confirmed', id, what: 'send' });
		const leased = await store.sends.lease(scope, sends[0]?.groupId ?? '', 600_000);
		const ids = leased.map((send) => send.id);
		for (const to of ['transmitting', 'accepted'] as const) {
			await store.sends.transition(scope, { ids, fence: leased[0]?.fence ?? 0, to });
		}
		tell({ kind: 'confirmed', id, what: 'accepted' });
	}
}
