import type { DeliveryEventType } from '../../event';
import { assembleMessage } from '../../webhook/assemble';
import { bounceOf, lookup, type BounceTable } from '../../webhook/bounceDetail';
import { event, message } from '../../webhook/itemDefaults';
import type { ProviderItem, ReadProvider } from '../../webhook/items';
import { jsonOf, list, record, textOf, type JsonRecord } from '../../webhook/json';
import {
	addressesOf,
	addressHeader,
	addressOf,
	bareId,
	eventType,
	headerEntries,
	timeOf,
	without,
	type EventTypes,
} from '../../webhook/normalise';
import { headerOf, type WebhookRequest } from '../../webhook/request';

/** https://resend.com/docs/dashboard/webhooks/event-types */
const EVENTS: EventTypes = {
	'email.sent': 'accepted',
	'email.delivered': 'delivered',
	'email.delivery_delayed': 'deferred',
	'email.bounced': 'bounced',
	'email.complained': 'complained',
	'email.failed': 'failed',
	'email.suppressed': 'suppressed',
	'email.opened': 'opened',
	'email.clicked': 'clicked',
};

/** `bounce.type`/`bounce.subType`, in the words of Amazon SES, which Resend sends through. */
const BOUNCES: BounceTable = {
	'Permanent/General': { type: 'hard', reason: null },
	'Permanent/NoEmail': { type: 'hard', reason: 'user-unknown' },
	'Permanent/Suppressed': { type: 'soft', reason: 'sender-suppressed' },
	'Permanent/OnAccountSuppressionList': { type: 'soft', reason: 'sender-suppressed' },
	'Transient/General': { type: 'soft', reason: null },
	'Transient/MailboxFull': { type: 'soft', reason: 'mailbox-full' },
	'Transient/MessageTooLarge': { type: 'soft', reason: 'message-too-big' },
	'Transient/ContentRejected': { type: 'soft', reason: 'content-rejected' },
	'Transient/AttachmentRejected': { type: 'soft', reason: 'content-rejected' },
};

/** Resend: events, one per request, and `email.received`, whose bodies and attachments stay at Resend. */
export const readResend: ReadProvider = (request): ProviderItem[] => {
	const body = record(jsonOf(request));
	const data = record(body.data);
	// svix-id is the same at every repetition, and signed.
	const eventId = deliveryId(request);
	if (body.type === 'email.received') return [received(data, eventId)];
	const name = textOf(body.type);
	const type = eventType(EVENTS, name);
	const bounce = record(data.bounce);
	return [
		event({
			type,
			eventId,
			providerType: name,
			occurredAt: timeOf(body.created_at),
			providerMessageId: textOf(data.email_id),
			messageId: bareId(data.message_id),
			recipient: recipientOf(data),
			payload: body,
			...((type === 'bounced' || type === 'deferred' || type === 'suppressed') && {
				bounce: bounceOf({
					known: classification(type, textOf(bounce.type) ?? '', textOf(bounce.subType) ?? ''),
					diagnostic: textOf(bounce.message) ?? textOf(record(data.suppressed).message),
				}),
			}),
		}),
	];
};

function classification(type: DeliveryEventType, bounceType: string, subType: string): BounceTable[string] | undefined {
	if (type === 'suppressed') return { type: 'soft', reason: 'sender-suppressed' };
	if (type === 'deferred') return { type: 'soft', reason: null };
	return lookup(BOUNCES, `${bounceType}/${subType}`, `${bounceType}/General`);
}

export function deliveryId(request: WebhookRequest): string | null {
	return headerOf(request, 'svix-id') ?? headerOf(request, 'webhook-id');
}

/** Resend does not say which of several recipients an event is about; only a single one is certain. */
function recipientOf(data: JsonRecord): string | null {
	const recipients = addressesOf(data.to ?? []);
	return recipients.length === 1 ? (recipients[0] ?? null) : null;
}

/** https://resend.com/docs/webhooks/emails/received */
function received(data: JsonRecord, eventId: string | null): ProviderItem {
	const id = textOf(data.email_id);
	const messageId = bareId(data.message_id);
	return message({
		eventId,
		raw: assembleMessage({
			headers: headerEntries(data.headers),
			fallback: {
				From: addressHeader(data.from),
				To: addressHeader(data.to),
				Cc: addressHeader(data.cc),
				'Reply-To': addressHeader(data.reply_to),
				Subject: textOf(data.subject),
				Date: textOf(data.created_at),
				'Message-ID': messageId === null ? null : `<${messageId}>`,
			},
			text: textOf(data.text),
			html: textOf(data.html),
		}),
		assembled: true,
		envelope: {
			mailFrom: addressOf(data.from),
			rcptTo: addressesOf([...list(data.to), ...list(data.cc), ...list(data.bcc)]),
		},
		remote: [
			{ kind: 'raw', url: null, id, filename: null },
			...list(data.attachments)
				.map(record)
				.map((part) => ({
					kind: 'attachment' as const,
					url: textOf(part.download_url),
					id: textOf(part.id),
					filename: textOf(part.filename),
				})),
		],
		details: without(data, ['text', 'html', 'headers']),
	});
}
