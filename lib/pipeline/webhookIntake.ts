/**
 * Durable before acknowledged: leased claim on each id → archive raw → record → all of it is on the disk → the claims are
 * confirmed → the 2xx leaves. The records' feed (feed.ts) starts the executions, and starts again what died. A crash before
 * the confirmation lets the sender's retry through once the lease has lapsed; what was recorded already is recorded once.
 */
import { StoreError } from '../errors';
import type { DeliveryEvent } from '../email/event';
import type { Defect } from '../email/message';
import { EMAIL_EVENT_JSON_SCHEMA } from '../email/schema/eventSchema';
import { EMAIL_MESSAGE_JSON_SCHEMA } from '../email/schema/messageSchema';
import { type JsonSchema, violations } from '../email/schema/violations';
import { mailFingerprint } from '../email/fingerprint';
import type { WebhookItem } from '../email/webhook/items';
import { parseOptionsOf } from '../email/webhook/read';
import type {
	ArchiveMode,
	JsonObject,
	Millis,
	NewIngestion,
	ReplayHeld,
	ReplayKey,
	ReplayTaken,
	Store,
} from '../store/store';
import { addressesIn, listedHeaders, rawRefOf, receivedItem } from './arrival';
import { applyDeliveryEvent } from './correlate';
import { SHARED_TTL, recordLateArrival, sharedKey } from './sharedIntake';

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

/** An item, and the keys under which it is let through once. */
interface Candidate {
	item: WebhookItem;
	/** Of the event, here; names the arrival too. */
	key: string;
	/** Of the mail, in the pipeline. */
	shared: { key: string; fingerprint: string } | null;
}

const LEASE: Millis = 30_000;
const TTL: Millis = 72 * 3_600_000;

/** @throws StoreError when nothing could be made durable; the sender is to try again (503) */
export async function admitWebhook(delivery: WebhookDelivery): Promise<Admission> {
	const { scope, endpoint } = delivery;
	const feed = delivery.feed ?? endpoint;
	const keep = delivery.keep ?? 'full';
	const keeping = { keep, owesCare: keep !== 'full' };
	const store = delivery.store.unflushed;
	// The request as well as its items: an id that is not signed (X-Webhook-Id) could be changed in a captured
	// request, and a token that signs no body (Mailgun's) could be sent with another one.
	const request = `${endpoint}:${delivery.replayKey}`;
	const candidates = await candidatesOf(delivery);
	const outcome = await claim(delivery, request, candidates);
	if ('state' in outcome) return outcome;

	const { taken, fresh, known } = outcome;
	const release = () => store.replay.releaseAll(scope, taken);
	try {
		for (const { candidate, firstKey } of known) {
			const { item, shared, key } = candidate;
			if (item.kind !== 'message' || shared === null) continue;
			const json = await messageJson(delivery, item);
			const { fingerprint } = shared;
			await recordLateArrival(store, scope, { key, feed, item: json, fingerprint, firstKey, ...keeping });
		}
		if (fresh.length === 0) {
			await delivery.store.flush();
			await store.replay.confirmAll(scope, taken);
			return { state: 'repeat' };
		}
		const [messages, events, breaches]: [JsonObject[], JsonObject[], SchemaBreach[]] = [[], [], []];
		const entries: NewIngestion[] = [];
		for (const { item, shared, key } of fresh) {
			const isMessage = item.kind === 'message';
			const json = isMessage ? await messageJson(delivery, item) : await eventJson(delivery, item);
			const broken = brokenRules(isMessage ? RECEIVED_PART : EMAIL_EVENT_JSON_SCHEMA, json);
			if (broken.length > 0) breaches.push({ record: dedupKeyOf(item), broken });
			const metadata = withDefects(json, broken);
			(isMessage ? messages : events).push(metadata);
			entries.push({
				scope,
				key,
				kind: delivery.isTest === true ? 'test' : item.kind,
				feed,
				rawRef: rawRefOf(json),
				contentKey: shared?.fingerprint ?? null,
				metadata,
				subjects: addressesIn(json),
				...(isMessage ? keeping : {}),
			});
		}
		const record = async () => {
			try {
				await recordNew(store, entries, delivery.ttl ?? TTL);
				await delivery.store.flush();
			} catch (error) {
				await release().catch(() => undefined);
				throw error;
			}
			await store.replay.confirmAll(scope, taken);
		};
		return { state: 'admitted', messages, events, violations: breaches, record };
	} catch (error) {
		await release().catch(() => undefined);
		throw error;
	}
}

/**
 * What is recorded already is from an attempt that died before its confirmation; unless its time is over, in which case the
 * event counts as new.
 */
async function recordNew(store: Store, entries: readonly NewIngestion[], ttl: Millis): Promise<void> {
	let left = entries;
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
}

/** The items, each once: an id that stands twice in one batch is one event. */
async function candidatesOf({ endpoint, pipeline, items }: WebhookDelivery): Promise<Candidate[]> {
	const candidates = new Map<string, Candidate>();
	const mails = new Set<string>();
	for (const item of items) {
		const key = `${endpoint}:${dedupKeyOf(item)}`;
		if (candidates.has(key)) continue;
		const fingerprint = pipeline && item.kind === 'message' ? await mailFingerprint(item.raw) : null;
		const shared = pipeline && fingerprint ? { key: sharedKey(pipeline, fingerprint), fingerprint } : null;
		if (shared !== null && mails.has(shared.key)) continue;
		if (shared !== null) mails.add(shared.key);
		candidates.set(key, { item, key, shared });
	}
	return [...candidates.values()];
}

interface Claimed {
	taken: ReplayTaken[];
	fresh: Candidate[];
	/** Mails that came another way before. */
	known: Array<{ candidate: Candidate; firstKey: string }>;
}

/** Takes the request and what of it is new; or says that it is a repeat, or for how many seconds another one works on it. */
async function claim(
	{ store, scope, lease = LEASE, ttl = TTL }: WebhookDelivery,
	request: string,
	candidates: readonly Candidate[],
): Promise<Claimed | Exclude<Admission, { state: 'admitted' }>> {
	const all = [request, ...candidates.flatMap(({ key, shared }) => (shared === null ? [key] : [key, shared.key]))];
	// Looking first spares a repeat the write. Whoever is overtaken between looking and taking looks again.
	for (;;) {
		const held = await store.unflushed.replay.held(scope, all);
		if (held.get(request)?.state === 'done') return { state: 'repeat' };
		const wait = longestWait(held);
		if (wait > 0) return { state: 'in-progress', retryAfterSeconds: Math.max(1, Math.ceil(wait / 1000)) };

		const unknown = candidates.filter(({ key }) => !held.has(key));
		const known = unknown.flatMap((candidate) => {
			const first = candidate.shared === null ? undefined : held.get(candidate.shared.key);
			return first ? [{ candidate, firstKey: first.owner ?? '' }] : [];
		});
		const fresh = unknown.filter(({ shared }) => shared === null || !held.has(shared.key));
		const keys: ReplayKey[] = [
			{ key: request },
			...unknown.map(({ key }) => ({ key })),
			...fresh.flatMap(({ key, shared }) =>
				shared === null ? [] : [{ key: shared.key, owner: key, ttl: SHARED_TTL }],
			),
		];
		const taken = await store.unflushed.replay.take(scope, keys, { lease, ttl });
		if (taken) return { taken, fresh, known };
	}
}

function longestWait(held: ReadonlyMap<string, ReplayHeld>): Millis {
	const waits = [...held.values()].map((key) => (key.state === 'in-progress' ? key.retryAfter : 0));
	return Math.max(0, ...waits);
}

const { properties } = EMAIL_MESSAGE_JSON_SCHEMA;
/** What a received mail has of the canonical message already; `authentication` and `spam` may be missing as null. */
const RECEIVED_PART: JsonSchema = {
	type: 'object',
	required: ['messageId', 'subject', 'from', 'to', 'date', 'source', 'raw', 'envelope', 'defects'],
	properties: {
		messageId: properties.messageId,
		subject: properties.subject,
		from: properties.from,
		to: properties.to,
		date: properties.date,
		source: properties.source,
		raw: properties.raw,
		envelope: properties.envelope,
		authentication: { anyOf: [properties.authentication, { type: 'null' }] },
		spam: { anyOf: [properties.spam, { type: 'null' }] },
		defects: properties.defects,
	},
};

function brokenRules(schema: JsonSchema, json: JsonObject): string[] {
	return violations(schema, json).map(({ pointer, keyword }) => `${pointer} ${keyword}`);
}

/** An item that breaks the schema goes on, and says so. */
function withDefects(json: JsonObject, broken: readonly string[]): JsonObject {
	if (broken.length === 0) return json;
	const defect: Defect = { code: 'schema-violated', message: `Breaks the published schema at ${broken.join(', ')}.` };
	return { ...json, defects: [...(Array.isArray(json.defects) ? json.defects : []), { ...defect }] };
}

function dedupKeyOf(item: WebhookItem): string {
	return item.kind === 'message' ? item.dedupKey : item.event.dedupKey;
}

async function messageJson(
	{ store, scope, receivedAt }: WebhookDelivery,
	item: Extract<WebhookItem, { kind: 'message' }>,
): Promise<JsonObject> {
	const { ref, sha256, size } = await store.unflushed.archive.put(scope, item.raw);
	const known = parseOptionsOf(item, receivedAt);
	return receivedItem({
		...(await listedHeaders(item.raw)),
		source: { account: null, mailbox: null, uidValidity: null, uid: null, flags: [], ...known.source },
		raw: { ref, sha256, size },
		envelope: plain(known.envelope),
		authentication: plain(item.authentication),
		spam: plain(item.spam),
		defects: plain(item.defects),
		details: plain(item.details),
	});
}

/** With `ledger`: what the event did there; null where it is not to be touched. */
async function eventJson(
	{ store, scope, updateLedger }: WebhookDelivery,
	item: Extract<WebhookItem, { kind: 'event' }>,
): Promise<JsonObject> {
	const { ref, sha256, size } = await store.unflushed.archive.put(scope, item.raw);
	const event: DeliveryEvent = { ...item.event, raw: { ref, sha256, size } };
	return {
		...(plain(event) as JsonObject),
		providerType: item.providerType,
		payload: plain(item.payload),
		...(updateLedger ? await ledgerOf(store.unflushed, scope, event) : { ledger: null }),
	};
}

/** Before n8n is given the event: a crash in between lets the retry do it, and twice does no harm. */
async function ledgerOf(store: Store, scope: string, event: DeliveryEvent): Promise<JsonObject> {
	try {
		return { ledger: plain(await applyDeliveryEvent(store, scope, event)) };
	} catch (error) {
		if (error instanceof StoreError) throw error;
		// A fault of ours, which no retry mends: the workflow still gets the event.
		const defect: Defect = { code: 'ledger-not-updated', message: 'The send ledger could not be brought up to date.' };
		return { ledger: null, defects: [{ ...defect }] };
	}
}

/** As JSON would carry it. */
function plain(value: unknown): JsonObject[string] {
	return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as JsonObject[string]);
}
