/**
 * Durable before acknowledged: leased claim on each id → archive raw → record → all of it is on the disk → the claims are
 * confirmed → the 2xx leaves. The records' feed (feed.ts) starts the executions, and starts again what died. A crash before
 * the confirmation lets the sender's retry through once the lease has lapsed; what was recorded already is recorded once.
 */
import type { WebhookItem } from '../../../email/webhook/items';
import type { ArchiveMode, JsonObject, Millis, NewIngestion, ReplayTaken, Store } from '../../../store/store';
import { addressesIn, rawRefOf } from '../arrival';
import { restoreContent } from '../restoredContent';
import { recordLateArrival } from '../sharedIntake';
import { type Candidate, candidatesOf, claim } from './claim';
import { dedupKeyOf, eventItem, messageItem, messageJson } from './items';

export interface WebhookDelivery {
	store: Store;
	scope: string;
	/** Identity of the webhook node: another node may take the same event. */
	endpoint: string;
	/** Whose feed emits what is recorded; the endpoint unless given. */
	feed?: string;
	/** Somebody tries the trigger out. */
	isTest?: boolean;
	/** Of the request: what was signed is let through once. */
	replayKey: string;
	items: WebhookItem[];
	receivedAt: string;
	/** Whether events change the send ledger and suppress addresses (correlate.ts). */
	updateLedger: boolean;
	/** Whether that goes for events too of which nothing but the caller's address was checked. */
	trustsAddress?: boolean;
	/** How long the request itself is let through once, where longer than `ttl`: as long as its signature is fresh. */
	replayTtl?: Millis;
	/** Name shared with other ways by which the same mail comes (sharedIntake.ts). */
	pipeline?: string;
	/** How much of a raw mail is kept once its execution is over; `full` unless given. */
	keep?: ArchiveMode;
	/** How long recording may take. */
	lease?: Millis;
	/** How long a repeat is recognised; at least the sender's retry horizon. */
	ttl?: Millis;
}

export type Admission =
	| {
			state: 'admitted';
			messages: JsonObject[];
			events: JsonObject[];
			/** Of those, the ones that break the published schema: a fault of ours, and no reason to lose them. */
			violations: SchemaBreach[];
			/**
			 * Records the items for the feed: what is recorded is emitted, and a repeat starts nothing.
			 * @throws StoreError when it is not known to be on the disk; the claims are then released
			 */
			record: () => Promise<void>;
	  }
	| { state: 'in-progress'; retryAfterSeconds: number }
	| { state: 'repeat' };

export interface SchemaBreach {
	/** The dedup key of the item. */
	record: string;
	/** JSON Pointer and keyword of each violation; never a value. */
	broken: string[];
}

const LEASE: Millis = 30_000;
const TTL: Millis = 72 * 3_600_000;

/** Records that are written in one transaction: others wait for the writer meanwhile. */
const CHUNK = 100;

/** @throws StoreError when nothing could be made durable; the sender is to try again (503) */
export async function admitWebhook(delivery: WebhookDelivery): Promise<Admission> {
	const { scope, endpoint } = delivery;
	const store = delivery.store.unflushed;
	// The request as well as its items: an id that is not signed (X-Webhook-Id) could be changed in a captured
	// request, and a token that signs no body (Mailgun's) could be sent with another one.
	const request = { key: `${endpoint}:${delivery.replayKey}`, ttl: Math.max(delivery.replayTtl ?? 0, ttlOf(delivery)) };
	const candidates = await candidatesOf(delivery);
	const outcome = await claim(delivery, request, candidates, { lease: leaseOf(delivery), ttl: ttlOf(delivery) });
	if ('state' in outcome) return outcome;

	const { taken, fresh, known } = outcome;
	const held = new HeldClaims(store, scope, taken, leaseOf(delivery));
	return await held.orRelease(async () => {
		for (const { candidate, firstKey } of known) {
			await recordKnown(delivery, candidate, firstKey);
			await held.renewWhenDue();
		}
		if (fresh.length === 0) {
			await delivery.store.flush();
			await store.replay.confirmAll(scope, taken);
			return { state: 'repeat' };
		}
		const prepared = await prepare(delivery, fresh, held);
		const record = () =>
			held
				.orRelease(async () => {
					await recordNew(store, prepared, ttlOf(delivery), held);
					await delivery.store.flush();
					await held.renewWhenDue();
				})
				.then(() => store.replay.confirmAll(scope, taken));
		const { messages, events, violations } = prepared;
		return { state: 'admitted', messages, events, violations, record };
	});
}

function leaseOf({ lease = LEASE }: WebhookDelivery): Millis {
	return lease;
}

function ttlOf({ ttl = TTL }: WebhookDelivery): Millis {
	return ttl;
}

function keepingOf({ keep = 'full' }: WebhookDelivery): { keep: ArchiveMode; owesCare: boolean } {
	return { keep, owesCare: keep !== 'full' };
}

/** Claims that are renewed between pieces of the work, however many pieces there are. */
class HeldClaims {
	#renewedAt = performance.now();

	constructor(
		private readonly store: Store,
		private readonly scope: string,
		private readonly taken: readonly ReplayTaken[],
		private readonly lease: Millis,
	) {}

	/**
	 * A claim that is lost all the same stops nothing: what two requests record under one key is recorded once.
	 */
	async renewWhenDue(): Promise<void> {
		if (performance.now() - this.#renewedAt < this.lease / 3) return;
		await this.store.replay.renew(this.scope, this.taken, this.lease);
		this.#renewedAt = performance.now();
	}

	/** Gives the claims back when the work fails, so that the sender's next try goes through at once. */
	async orRelease<T>(work: () => Promise<T>): Promise<T> {
		try {
			return await work();
		} catch (error) {
			await this.store.replay.releaseAll(this.scope, this.taken).catch(() => undefined);
			throw error;
		}
	}
}

/** The other arrival of a mail that came another way before. */
async function recordKnown(
	delivery: WebhookDelivery,
	{ item, shared, key }: Candidate,
	firstKey: string,
): Promise<void> {
	if (item.kind !== 'message' || shared === null) return;
	const json = await messageJson(delivery, item);
	const { fingerprint } = shared;
	const feed = delivery.feed ?? delivery.endpoint;
	const arrival = { key, feed, item: json, fingerprint, firstKey, ...keepingOf(delivery) };
	await recordLateArrival(delivery.store.unflushed, delivery.scope, arrival);
	const rawRef = rawRefOf(json);
	if (rawRef !== null) await restoreContent(delivery.store.unflushed, delivery.scope, rawRef, item.raw);
}

interface Prepared {
	messages: JsonObject[];
	events: JsonObject[];
	violations: SchemaBreach[];
	entries: NewIngestion[];
	/** What each reference stands for. */
	raws: Map<string, Buffer>;
}

/** Archives what is new, and brings the ledger up to date with it. */
async function prepare(delivery: WebhookDelivery, fresh: readonly Candidate[], held: HeldClaims): Promise<Prepared> {
	const prepared: Prepared = { messages: [], events: [], violations: [], entries: [], raws: new Map() };
	for (const { item, shared, key } of fresh) {
		const isMessage = item.kind === 'message';
		const { json, broken } = isMessage ? await messageItem(delivery, item) : await eventItem(delivery, item);
		if (broken.length > 0) prepared.violations.push({ record: dedupKeyOf(item), broken });
		prepared[isMessage ? 'messages' : 'events'].push(json);
		const rawRef = rawRefOf(json);
		if (rawRef !== null) prepared.raws.set(rawRef, item.raw);
		prepared.entries.push({
			scope: delivery.scope,
			key,
			kind: delivery.isTest === true ? 'test' : item.kind,
			feed: delivery.feed ?? delivery.endpoint,
			rawRef,
			contentKey: shared?.fingerprint ?? null,
			metadata: json,
			subjects: addressesIn(json),
			...(isMessage ? keepingOf(delivery) : {}),
		});
		await held.renewWhenDue();
	}
	return prepared;
}

/**
 * What is recorded already is from an attempt that died before its confirmation; unless its time is over, in which case the
 * event counts as new.
 */
async function recordNew(store: Store, { entries, raws }: Prepared, ttl: Millis, held: HeldClaims): Promise<void> {
	for (let from = 0; from < entries.length; from += CHUNK) {
		let left = entries.slice(from, from + CHUNK);
		while (left.length > 0) {
			const created = await store.ingestion.recordTogether(left);
			const again: NewIngestion[] = [];
			for (const entry of left) {
				if (created.has(entry.key)) continue;
				const known = await store.ingestion.get(entry.scope, entry.key);
				if (known !== null && Date.now() - known.createdAt > ttl)
					again.push({ ...entry, key: `${entry.key}#${known.id}` });
			}
			left = again;
		}
		for (const { scope, rawRef } of entries.slice(from, from + CHUNK)) {
			const raw = rawRef === null ? undefined : raws.get(rawRef);
			if (rawRef !== null && raw !== undefined) await restoreContent(store, scope, rawRef, raw);
		}
		await held.renewWhenDue();
	}
}
