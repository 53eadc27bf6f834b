/** Which of a request's items are new, and the leases under which they are taken. */
import { mailFingerprint } from '../../../email/fingerprint';
import type { WebhookItem } from '../../../email/webhook/items';
import type { Millis, ReplayHeld, ReplayKey, ReplayTaken, ReplayTimes } from '../../../store/store';
import { SHARED_TTL, sharedKey } from '../sharedIntake';
import type { Admission, WebhookDelivery } from './intake';
import { dedupKeyOf } from './items';

/** An item, and the keys under which it is let through once. */
export interface Candidate {
	item: WebhookItem;
	/** Of the event, here; names the arrival too. */
	key: string;
	/** Others by which the event is known again. */
	otherKeys: string[];
	/** Of the mail, in the pipeline. */
	shared: { key: string; fingerprint: string } | null;
}

/** The items, each once: an event that stands twice in one batch is one. */
export async function candidatesOf({ endpoint, pipeline, items }: WebhookDelivery): Promise<Candidate[]> {
	const candidates: Candidate[] = [];
	const seen = new Set<string>();
	for (const item of items) {
		const key = `${endpoint}:${dedupKeyOf(item)}`;
		const otherKeys = reportKeysOf(item).map((other) => `${endpoint}:${other}`);
		const own = [key, ...otherKeys];
		if (own.some((one) => seen.has(one))) continue;
		const fingerprint = pipeline && item.kind === 'message' ? await mailFingerprint(item.raw) : null;
		const shared = pipeline && fingerprint ? { key: sharedKey(pipeline, fingerprint), fingerprint } : null;
		if (shared !== null && seen.has(shared.key)) continue;
		for (const one of shared === null ? own : [...own, shared.key]) seen.add(one);
		candidates.push({ item, key, otherKeys, shared });
	}
	return candidates;
}

function reportKeysOf(item: WebhookItem): string[] {
	return item.kind === 'event' && item.reportKey !== null ? [item.reportKey] : [];
}

export interface Claimed {
	taken: ReplayTaken[];
	fresh: Candidate[];
	/** Mails that came another way before. */
	known: Array<{ candidate: Candidate; firstKey: string }>;
}

/** Takes the request and what of it is new; or says that it is a repeat, or for how many seconds another one works on it. */
export async function claim(
	{ store, scope }: WebhookDelivery,
	request: ReplayKey,
	candidates: readonly Candidate[],
	times: ReplayTimes,
): Promise<Claimed | Exclude<Admission, { state: 'admitted' }>> {
	const all = [
		request.key,
		...candidates.flatMap(({ key, otherKeys, shared }) => [
			key,
			...otherKeys,
			...(shared === null ? [] : [shared.key]),
		]),
	];
	// Looking first spares a repeat the write. Whoever is overtaken between looking and taking looks again.
	for (;;) {
		const held = await store.unflushed.replay.held(scope, all);
		if (held.get(request.key)?.state === 'done') return { state: 'repeat' };
		const wait = longestWait(held);
		if (wait > 0) return { state: 'in-progress', retryAfterSeconds: Math.max(1, Math.ceil(wait / 1000)) };

		const unknown = candidates.filter(({ key, otherKeys }) => ![key, ...otherKeys].some((one) => held.has(one)));
		const known = unknown.flatMap((candidate) => {
			const first = candidate.shared === null ? undefined : held.get(candidate.shared.key);
			return first ? [{ candidate, firstKey: first.owner ?? '' }] : [];
		});
		const fresh = unknown.filter(({ shared }) => shared === null || !held.has(shared.key));
		const keys: ReplayKey[] = [
			request,
			...unknown.flatMap(({ key, otherKeys }) => [key, ...otherKeys].map((one) => ({ key: one }))),
			...fresh.flatMap(({ key, shared }) =>
				shared === null ? [] : [{ key: shared.key, owner: key, ttl: SHARED_TTL }],
			),
		];
		const taken = await store.unflushed.replay.take(scope, keys, times);
		if (taken) return { taken, fresh, known };
	}
}

function longestWait(held: ReadonlyMap<string, ReplayHeld>): Millis {
	const waits = [...held.values()].map((key) => (key.state === 'in-progress' ? key.retryAfter : 0));
	return waits.reduce((longest, wait) => Math.max(longest, wait), 0);
}
