import { assembleMessage } from '../../webhook/assemble';
import { bounceOf, lookup, type BounceTable } from '../../webhook/bounceDetail';
import { event, message } from '../../webhook/itemDefaults';
import type { ProviderEvent, ProviderItem, ProviderMessage, ReadProvider } from '../../webhook/items';
import { firstText, isRecord, jsonOf, record, textOf, type JsonRecord } from '../../webhook/json';
import {
	addressOf,
	bareId,
	base64Bytes,
	eventType,
	headerEntries,
	mailFromOf,
	timeOf,
	without,
	type EventTypes,
} from '../../webhook/normalise';

/** https://developers.sparkpost.com/api/webhooks/ and https://support.sparkpost.com/docs/tech-resources/webhook-event-reference */
const EVENTS: EventTypes = {
	injection: 'accepted',
	delivery: 'delivered',
	delay: 'deferred',
	bounce: 'bounced',
	out_of_band: 'bounced',
	policy_rejection: 'failed',
	generation_failure: 'failed',
	generation_rejection: 'failed',
	spam_complaint: 'complained',
	open: 'opened',
	initial_open: 'opened',
	amp_open: 'opened',
	amp_initial_open: 'opened',
	click: 'clicked',
	amp_click: 'clicked',
	list_unsubscribe: 'unsubscribed',
	link_unsubscribe: 'unsubscribed',
};

/** `bounce_class`: https://support.sparkpost.com/docs/deliverability/bounce-classification-codes */
const BOUNCES: BounceTable = {
	'1': { type: null, reason: null },
	'10': { type: 'hard', reason: 'user-unknown' },
	'20': { type: 'soft', reason: null },
	'21': { type: 'soft', reason: null },
	'22': { type: 'soft', reason: 'mailbox-full' },
	'23': { type: 'soft', reason: 'message-too-big' },
	'24': { type: 'soft', reason: 'delivery-expired' },
	'25': { type: 'soft', reason: 'sender-suppressed' },
	'26': { type: 'soft', reason: 'sender-suppressed' },
	'30': { type: 'hard', reason: null },
	'40': { type: 'soft', reason: null },
	'50': { type: 'soft', reason: 'policy-rejected' },
	'51': { type: 'soft', reason: 'bad-reputation' },
	'52': { type: 'soft', reason: 'spam-detected' },
	'53': { type: 'soft', reason: 'content-rejected' },
	'54': { type: 'soft', reason: 'relay-denied' },
	'70': { type: 'soft', reason: null },
	'100': { type: 'soft', reason: null },
};

/** Bounce classes that are no bounce: auto-replies, subscriptions. */
const NOT_BOUNCED: EventTypes = { '60': 'other', '80': 'other', '90': 'unsubscribed', '100': 'other' };

/** SparkPost: relay webhooks (inbound) and event webhooks, both arrays of `{msys: {<class>: {…}}}`. An empty msys is a ping. */
export const readSparkPost: ReadProvider = (request): ProviderItem[] => {
	const body = jsonOf(request);
	return (Array.isArray(body) ? (body as unknown[]) : [body]).flatMap((entry): ProviderItem[] => {
		const { msys } = record(entry);
		if (!isRecord(msys)) return [event({ type: 'other', payload: entry })];
		const [kind, content] = Object.entries(msys)[0] ?? [];
		if (kind === undefined) return [];
		return kind === 'relay_message' ? [inbound(record(content))] : [delivery(record(content), entry)];
	});
};

/** https://developers.sparkpost.com/api/relay-webhooks/ */
function inbound(relay: JsonRecord): ProviderMessage {
	const content = record(relay.content);
	const text = textOf(content.email_rfc822);
	const raw =
		text === null ? null : content.email_rfc822_is_base64 === true ? base64Bytes(text) : Buffer.from(text, 'utf8');
	const from = textOf(relay.friendly_from);
	return message({
		raw:
			raw ??
			assembleMessage({
				headers: headerEntries(content.headers),
				fallback: { From: from, Subject: textOf(content.subject) },
				text: textOf(content.text),
				html: textOf(content.html),
			}),
		assembled: raw === null,
		envelope: {
			mailFrom: mailFromOf(relay.msg_from),
			rcptTo: [textOf(relay.rcpt_to)].filter((address) => address !== null),
		},
		details: { ...without(relay, ['content']), subject: content.subject },
	});
}

function delivery(item: JsonRecord, entry: unknown): ProviderEvent {
	const name = textOf(item.type);
	const bounceClass = textOf(item.bounce_class);
	const classified = bounceClass !== null && Object.hasOwn(NOT_BOUNCED, bounceClass);
	const type = classified ? eventType(NOT_BOUNCED, bounceClass) : eventType(EVENTS, name);
	return event({
		type,
		eventId: textOf(item.event_id),
		providerType: name,
		occurredAt: timeOf(item.timestamp),
		providerMessageId: firstText(item.transmission_id, item.message_id),
		messageId: bareId(record(item.rcpt_meta)['message-id']),
		recipient: addressOf(firstText(item.raw_rcpt_to, item.rcpt_to)),
		payload: entry,
		...((type === 'bounced' || type === 'deferred') && {
			bounce: bounceOf({
				known:
					type === 'deferred'
						? { type: 'soft', reason: lookup(BOUNCES, bounceClass)?.reason ?? null }
						: lookup(BOUNCES, bounceClass),
				replyCode: item.error_code,
				diagnostic: firstText(item.raw_reason, item.reason),
			}),
		}),
	});
}
