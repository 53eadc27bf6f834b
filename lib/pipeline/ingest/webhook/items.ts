/** What a webhook brought, as records and executions carry it. */
import { StoreError } from '../../../errors';
import type { DeliveryEvent } from '../../../email/event';
import type { Defect } from '../../../email/message';
import { EMAIL_EVENT_JSON_SCHEMA } from '../../../email/schema/eventSchema';
import { EMAIL_MESSAGE_JSON_SCHEMA } from '../../../email/schema/messageSchema';
import { type JsonSchema, violations } from '../../../email/schema/violations';
import type { WebhookItem } from '../../../email/webhook/items';
import { parseOptionsOf } from '../../../email/webhook/read';
import type { JsonObject, Store } from '../../../store/store';
import { listedHeaders, receivedItem } from '../arrival';
import { applyDeliveryEvent } from '../../delivery/applyUpdate';
import type { WebhookDelivery } from './intake';

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

interface CheckedItem {
	json: JsonObject;
	/** JSON Pointer and keyword of each violation of the published schema; never a value. */
	broken: string[];
}

/** Archives a mail, and says what is known of it. */
export async function messageItem(
	delivery: WebhookDelivery,
	item: Extract<WebhookItem, { kind: 'message' }>,
): Promise<CheckedItem> {
	return checked(RECEIVED_PART, await messageJson(delivery, item));
}

/** Archives an event, and brings the ledger up to date with it. */
export async function eventItem(
	delivery: WebhookDelivery,
	item: Extract<WebhookItem, { kind: 'event' }>,
): Promise<CheckedItem> {
	return checked(EMAIL_EVENT_JSON_SCHEMA, await eventJson(delivery, item));
}

function checked(schema: JsonSchema, json: JsonObject): CheckedItem {
	const broken = brokenRules(schema, json);
	return { json: withDefects(json, broken), broken };
}

export function dedupKeyOf(item: WebhookItem): string {
	return item.kind === 'message' ? item.dedupKey : item.event.dedupKey;
}

export async function messageJson(
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

/** With `ledger`: what the event did there; null where it is not to be touched, or not by what anybody may have written. */
async function eventJson(
	{ store, scope, updateLedger, trustsAddress = false }: WebhookDelivery,
	item: Extract<WebhookItem, { kind: 'event' }>,
): Promise<JsonObject> {
	const { ref, sha256, size } = await store.unflushed.archive.put(scope, item.raw);
	const byAddress = item.event.signature.checkedBy === 'address';
	const signature = { ...item.event.signature, ...(byAddress && { allowed: trustsAddress }) };
	const event: DeliveryEvent = { ...item.event, signature, raw: { ref, sha256, size } };
	return {
		...(plain(event) as JsonObject),
		providerType: item.providerType,
		payload: plain(item.payload),
		...(updateLedger && (!byAddress || trustsAddress)
			? await ledgerOf(store.unflushed, scope, event)
			: { ledger: null }),
	};
}

/** Before n8n is given the event: a crash in between lets the retry do it, and twice does no harm. */
async function ledgerOf(store: Store, scope: string, event: DeliveryEvent): Promise<JsonObject> {
	try {
		return {
			ledger: plain(
				await applyDeliveryEvent(store, scope, event, undefined, { allowUnproven: event.signature.allowed === true }),
			),
		};
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
