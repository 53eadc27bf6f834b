/**
 * Durable before acknowledged: archive raw → leased claim on the event id → n8n creates the execution → the 2xx
 * leaves → the claim is confirmed. A crash in between lets the provider's retry through once the lease has lapsed.
 */
import type { Millis, Store } from '../store/store';

export interface WebhookArrival {
	scope: string;
	/** Identity of the webhook node. */
	endpoint: string;
	/** The provider's event id, else a hash of the signed bytes. */
	replayKey: string;
	rawBody: Buffer;
	/** How long n8n may take to create the execution. */
	lease?: Millis;
	/** How long a repeat is recognised; at least the provider's retry horizon. */
	ttl?: Millis;
}

export type Admission =
	| {
			state: 'admitted';
			raw: { ref: string; sha256: string; size: number };
			confirm: () => Promise<void>;
			release: () => Promise<void>;
	  }
	| { state: 'in-progress'; retryAfterSeconds: number }
	| { state: 'repeat' };

/** @throws StoreError when nothing could be made durable; the provider is to try again (503) */
export async function admitWebhook(store: Store, arrival: WebhookArrival): Promise<Admission> {
	const { scope, replayKey } = arrival;
	const key = `${arrival.endpoint}:${replayKey}`;
	const entry = await store.archive.put(scope, arrival.rawBody);
	const claim = await store.replay.claim(scope, key, {
		lease: arrival.lease ?? 30_000,
		ttl: arrival.ttl ?? 72 * 3_600_000,
	});
	switch (claim.state) {
		case 'done':
			return { state: 'repeat' };
		case 'in-progress':
			return { state: 'in-progress', retryAfterSeconds: Math.max(1, Math.ceil(claim.retryAfter / 1000)) };
		case 'claimed':
			return {
				state: 'admitted',
				raw: { ref: entry.ref, sha256: entry.sha256, size: entry.size },
				confirm: async () => {
					await store.replay.confirm(scope, key, claim.fence);
				},
				release: async () => {
					await store.replay.release(scope, key, claim.fence);
				},
			};
	}
}
