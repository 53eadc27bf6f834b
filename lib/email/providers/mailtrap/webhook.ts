import { assembleMessage } from '../../webhook/assemble';
import { bounceOf, lookup, type BounceTable } from '../../webhook/bounceDetail';
import { event, fromBatch, message } from '../../webhook/itemDefaults';
import type { ProviderItem, ProviderMessage, ReadProvider } from '../../webhook/items';
import { jsonOf, record, textOf, type JsonRecord } from '../../webhook/json';
import { addressHeader, addressesOf, addressOf, eventType, timeOf, type EventTypes } from '../../webhook/normalise';

/** https://docs.mailtrap.io/email-api-smtp/advanced/webhooks */
const EVENTS: EventTypes = {
	delivery: 'delivered',
	'soft bounce': 'deferred',
	bounce: 'bounced',
	suspension: 'suppressed',
	reject: 'suppressed',
	open: 'opened',
	click: 'clicked',
	unsubscribe: 'unsubscribed',
	spam: 'complained',
};

/** `bounce_category`, else the event. */
const BOUNCES: BounceTable = {
	badmailbox: { type: 'hard', reason: 'user-unknown' },
	baddomain: { type: 'hard', reason: 'host-unknown' },
	quotaissue: { type: 'soft', reason: 'mailbox-full' },
	inactivemailbox: { type: 'soft', reason: 'mailbox-disabled' },
	spam: { type: 'soft', reason: 'spam-detected' },
	bounce: { type: 'hard', reason: null },
	'soft bounce': { type: 'soft', reason: null },
	suspension: { type: 'soft', reason: 'sender-suppressed' },
	reject: { type: 'soft', reason: 'sender-suppressed' },
};

/** Mailtrap: batches of sending events, and notices of inbound mail, whose content stays at Mailtrap. */
export const readMailtrap: ReadProvider = (request): ProviderItem[] => {
	const body = jsonOf(request);
	const { events } = record(body);
	return fromBatch(Array.isArray(events) ? events : body, (entry) => {
		const name = textOf(entry.event);
		return name === 'inbound.message_received' ? inbound(entry) : delivery(entry, name);
	});
};

/** https://docs.mailtrap.io/developers/inbound/messages */
function inbound(entry: JsonRecord): ProviderMessage {
	const id = [textOf(entry.inbox_id), textOf(entry.message_id)].join('/');
	return message({
		eventId: id,
		raw: assembleMessage({
			headers: [],
			fallback: { From: addressHeader(entry.from), To: addressHeader(entry.to), Subject: textOf(entry.subject) },
		}),
		assembled: true,
		envelope: { mailFrom: null, rcptTo: addressesOf(entry.to ?? []) },
		remote: [{ kind: 'raw', url: null, id, filename: null }],
		details: entry,
	});
}

function delivery(entry: JsonRecord, name: string | null): ProviderItem {
	const type = eventType(EVENTS, name);
	const category =
		textOf(entry.bounce_category)
			?.toLowerCase()
			.replace(/[^a-z]/g, '') ?? null;
	return event({
		type,
		eventId: textOf(entry.event_id),
		providerType: name,
		occurredAt: timeOf(entry.timestamp),
		providerMessageId: textOf(entry.message_id),
		recipient: addressOf(entry.email),
		payload: entry,
		...((type === 'bounced' || type === 'deferred' || type === 'suppressed') && {
			bounce: bounceOf({
				known: type === 'bounced' ? lookup(BOUNCES, category, name) : lookup(BOUNCES, name),
				replyCode: entry.response_code,
				diagnostic: textOf(entry.response) ?? textOf(entry.reason),
			}),
		}),
	});
}
