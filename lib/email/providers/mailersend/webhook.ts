import { assembleMessage } from '../../webhook/assemble';
import { bounceOf, lookup, type BounceTable } from '../../webhook/bounceDetail';
import { event, message } from '../../webhook/itemDefaults';
import type { ProviderEvent, ProviderItem, ProviderMessage, ReadProvider } from '../../webhook/items';
import { firstText, jsonOf, list, record, textOf, type JsonRecord } from '../../webhook/json';
import {
	addressHeader,
	addressOf,
	base64Bytes,
	eventType,
	headerEntries,
	mailFromOf,
	timeOf,
	without,
	type EventTypes,
} from '../../webhook/normalise';
import { authenticationOf } from '../../webhook/verdicts';

/** https://developers.mailersend.com/api/v1/webhooks.html */
const EVENTS: EventTypes = {
	'activity.sent': 'accepted',
	'activity.delivered': 'delivered',
	'activity.soft_bounced': 'bounced',
	'activity.hard_bounced': 'bounced',
	'activity.deferred': 'deferred',
	'activity.opened': 'opened',
	'activity.opened_unique': 'opened',
	'activity.clicked': 'clicked',
	'activity.clicked_unique': 'clicked',
	'activity.unsubscribed': 'unsubscribed',
	'activity.spam_complaint': 'complained',
	'activity.spam_complaints': 'complained',
	'activity.suppressed': 'suppressed',
};

const BOUNCES: BounceTable = {
	'activity.hard_bounced': { type: 'hard', reason: null },
	'activity.soft_bounced': { type: 'soft', reason: null },
	'activity.deferred': { type: 'soft', reason: null },
	'activity.suppressed': { type: 'soft', reason: 'sender-suppressed' },
};

/** MailerSend: inbound routes (with the raw message) and activity webhooks, in the form of 2025 and the one before. */
export const readMailerSend: ReadProvider = (request): ProviderItem[] => {
	const body = record(jsonOf(request));
	return [body.type === 'inbound.message' ? inbound(record(body.data)) : activity(body)];
};

/** https://developers.mailersend.com/api/v1/inbound.html */
function inbound(data: JsonRecord): ProviderMessage {
	const raw = textOf(data.raw);
	const rcptTo = list(record(data.recipients).rcptTo)
		.map(addressOf)
		.filter((address) => address !== null);
	return message({
		eventId: textOf(data.id),
		raw: raw === null ? assembleMessage(assembled(data)) : Buffer.from(raw, 'utf8'),
		assembled: raw === null,
		envelope: { mailFrom: mailFromOf(data.sender), rcptTo },
		authentication: authenticationOf({ spf: record(data.spf_check).code ?? data.spf_check, dkim: data.dkim_check }),
		details: without(data, ['raw', 'text', 'html', 'headers', 'attachments']),
	});
}

function assembled(data: JsonRecord): Parameters<typeof assembleMessage>[0] {
	return {
		headers: headerEntries(data.headers),
		fallback: {
			From: addressHeader(data.from),
			To: addressHeader(record(record(data.recipients).to).data),
			Subject: textOf(data.subject),
			Date: textOf(data.date),
		},
		text: textOf(data.text),
		html: textOf(data.html),
		attachments: list(data.attachments)
			.map(record)
			.map((part) => ({
				filename: firstText(part.file_name, part.filename),
				contentType: textOf(part.content_type),
				content: base64Bytes(part.content),
				contentId: textOf(part.content_id),
				inline: part.content_disposition === 'inline',
			})),
	};
}

function activity(body: JsonRecord): ProviderEvent {
	const data = record(body.data);
	const email = record(data.email);
	const morph = record(data.morph);
	const meta = record(data.meta);
	const name = textOf(body.type);
	const type = eventType(EVENTS, name);
	return event({
		type,
		eventId: textOf(data.id),
		providerType: name,
		occurredAt: timeOf(firstText(data.created_at, body.created_at)),
		providerMessageId: firstText(data.message_id, record(email.message).id),
		recipient: addressOf(firstText(data.recipient, record(email.recipient).email)),
		payload: body,
		...((type === 'bounced' || type === 'deferred' || type === 'suppressed') && {
			bounce: bounceOf({
				known: lookup(BOUNCES, name),
				replyCode: meta.bounce_code,
				diagnostic: firstText(
					meta.bounce_reason,
					meta.suppression_reason,
					meta.reject_reason,
					morph.reason,
					morph.readable_reason,
				),
			}),
		}),
	});
}
