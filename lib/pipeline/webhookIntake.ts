/**
 * Durable before acknowledged: archive raw → leased claim on each id → n8n creates the execution → the claims are
 * confirmed → the 2xx leaves. A crash before the confirmation lets the sender's retry through once the lease has lapsed.
 */
import { StoreError } from '../errors';
import type { DeliveryEvent } from '../email/event';
import type { Defect } from '../email/message';
import { EMAIL_EVENT_JSON_SCHEMA } from '../email/schema/eventSchema';
import { EMAIL_MESSAGE_JSON_SCHEMA } from '../email/schema/messageSchema';
import { type JsonSchema, violations } from '../email/schema/violations';
import type { WebhookItem } from '../email/webhook/items';
import { parseOptionsOf } from '../email/webhook/read';
import type { JsonObject, Millis, Store } from '../store/store';
import { listedHeaders, receivedItem } from './arrival';
import { applyDeliveryEvent } from './correlate';

export interface WebhookDelivery {
	store: Store;
	scope: string;
	/** Identity of the webhook node: another node may take the same event. */
	endpoint: string;
	/** Of the request: what was signed is let through once. */
	replayKey: string;
	items: WebhookItem[];
	receivedAt: string;
	/** Whether events change the send ledger and suppress addresses (correlate.ts). */
	updateLedger: boolean;
	/** How long n8n may take to create the execution. */
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
			/** n8n has it: a repeat is now answered without an execution. */
			confirm: () => Promise<void>;
			/** n8n does not have it: the next attempt goes through at once. */
			release: () => Promise<void>;
	  }
	| { state: 'in-progress'; retryAfterSeconds: number }
	| { state: 'repeat' };

export interface SchemaBreach {
	/** The dedup key of the item. */
	record: string;
	/** JSON Pointer and keyword of each violation; never a value. */
	broken: string[];
}

interface Claim {
	key: string;
	fence: number;
}

/** @throws StoreError when nothing could be made durable; the sender is to try again (503) */
export async function admitWebhook(delivery: WebhookDelivery): Promise<Admission> {
	const { store, scope } = delivery;
	const claims: Claim[] = [];
	const release = async () => {
		for (const { key, fence } of claims) await store.replay.release(scope, key, fence);
	};
	try {
		// The request as well as its items: an id that is not signed (X-Webhook-Id) could be changed in a captured
		// request, and a token that signs no body (Mailgun's) could be sent with another one.
		const request = await claim(delivery, delivery.replayKey, claims);
		if (request === 'done') return { state: 'repeat' };
		if (request !== 'claimed') return { state: 'in-progress', retryAfterSeconds: request };

		const fresh: WebhookItem[] = [];
		for (const item of delivery.items) {
			const outcome = await claim(delivery, dedupKeyOf(item), claims);
			if (outcome === 'claimed') fresh.push(item);
			else if (outcome !== 'done') {
				await release();
				return { state: 'in-progress', retryAfterSeconds: outcome };
			}
		}
		const confirm = async () => {
			for (const { key, fence } of claims) await store.replay.confirm(scope, key, fence);
		};
		if (fresh.length === 0) {
			await confirm();
			return { state: 'repeat' };
		}
		const [messages, events, breaches]: [JsonObject[], JsonObject[], SchemaBreach[]] = [[], [], []];
		for (const item of fresh) {
			const isMessage = item.kind === 'message';
			const json = isMessage ? await messageJson(delivery, item) : await eventJson(delivery, item);
			const broken = brokenRules(isMessage ? RECEIVED_PART : EMAIL_EVENT_JSON_SCHEMA, json);
			if (broken.length > 0) breaches.push({ record: dedupKeyOf(item), broken });
			(isMessage ? messages : events).push(withDefects(json, broken));
		}
		return { state: 'admitted', messages, events, violations: breaches, confirm, release };
	} catch (error) {
		await release().catch(() => undefined);
		throw error;
	}
}

/** @returns seconds to wait while another request holds the key */
async function claim(delivery: WebhookDelivery, id: string, claims: Claim[]): Promise<'claimed' | 'done' | number> {
	const key = `${delivery.endpoint}:${id}`;
	// An id that stands twice in one batch is one event.
	if (claims.some((held) => held.key === key)) return 'done';
	const outcome = await delivery.store.replay.claim(delivery.scope, key, {
		lease: delivery.lease ?? 30_000,
		ttl: delivery.ttl ?? 72 * 3_600_000,
	});
	switch (outcome.state) {
		case 'claimed':
			claims.push({ key, fence: outcome.fence });
			return 'claimed';
		case 'done':
			return 'done';
		case 'in-progress':
			return Math.max(1, Math.ceil(outcome.retryAfter / 1000));
	}
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
	const { ref, sha256, size } = await store.archive.put(scope, item.raw);
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
	const { ref, sha256, size } = await store.archive.put(scope, item.raw);
	const event: DeliveryEvent = { ...item.event, raw: { ref, sha256, size } };
	return {
		...(plain(event) as JsonObject),
		providerType: item.providerType,
		payload: plain(item.payload),
		...(updateLedger ? await ledgerOf(store, scope, event) : { ledger: null }),
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
