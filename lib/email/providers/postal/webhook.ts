import { assembleMessage } from '../../webhook/assemble';
import { bounceOf, lookup, type BounceTable } from '../../webhook/bounceDetail';
import { event, message } from '../../webhook/itemDefaults';
import type { ProviderEvent, ProviderItem, ProviderMessage, ReadProvider } from '../../webhook/items';
import { firstText, jsonOf, list, record, textOf, type JsonRecord } from '../../webhook/json';
import {
	addressOf,
	bareId,
	base64Bytes,
	eventType,
	mailFromOf,
	timeOf,
	without,
	type EventTypes,
} from '../../webhook/normalise';
import { spamOf } from '../../webhook/verdicts';

/** https://docs.postalserver.io/developer/webhooks */
const EVENTS: EventTypes = {
	MessageSent: 'delivered',
	MessageDelayed: 'deferred',
	MessageDeliveryFailed: 'bounced',
	MessageHeld: 'suppressed',
	MessageBounced: 'bounced',
	MessageLinkClicked: 'clicked',
	MessageLoaded: 'opened',
};

/** A message that failed for good may have failed for any reason; one is held for a suppression, a limit or its spam score. */
const BOUNCES: BounceTable = {
	MessageDeliveryFailed: { type: 'hard', reason: null },
	MessageDelayed: { type: 'soft', reason: null },
	MessageHeld: { type: 'soft', reason: 'sender-suppressed' },
};

/** Postal: webhooks, and HTTP endpoints for inbound mail in both formats (raw message, hash). */
export const readPostal: ReadProvider = (request): ProviderItem[] => {
	const body = record(jsonOf(request));
	return [textOf(body.event) === null && body.rcpt_to !== undefined ? inbound(body) : delivery(body)];
};

/** https://docs.postalserver.io/developer/http-payloads */
function inbound(body: JsonRecord): ProviderMessage {
	const text = textOf(body.message);
	const raw = text === null ? null : body.base64 === true ? base64Bytes(text) : Buffer.from(text, 'utf8');
	return message({
		eventId: textOf(body.id),
		raw: raw ?? assembleMessage(assembled(body)),
		assembled: raw === null,
		envelope: {
			mailFrom: mailFromOf(body.mail_from),
			rcptTo: [textOf(body.rcpt_to)].filter((address) => address !== null),
		},
		spam: spamOf('postal', body.spam_score, body.spam_status),
		details: without(body, ['message', 'plain_body', 'html_body', 'attachments']),
	});
}

function assembled(body: JsonRecord): Parameters<typeof assembleMessage>[0] {
	const messageId = bareId(body.message_id);
	return {
		headers: [],
		fallback: {
			From: textOf(body.from),
			To: textOf(body.to),
			Cc: textOf(body.cc),
			Subject: textOf(body.subject),
			Date: textOf(body.date),
			'Message-ID': messageId === null ? null : `<${messageId}>`,
			'In-Reply-To': textOf(body.in_reply_to),
			References: textOf(body.references),
			'Auto-Submitted': textOf(body.auto_submitted),
		},
		text: textOf(body.plain_body),
		html: textOf(body.html_body),
		attachments: list(body.attachments)
			.map(record)
			.map((part) => ({
				filename: textOf(part.filename),
				contentType: textOf(part.content_type),
				content: base64Bytes(part.data),
			})),
	};
}

function delivery(body: JsonRecord): ProviderEvent {
	const payload = record(body.payload);
	const mail = record(payload.message ?? payload.original_message);
	const name = textOf(body.event);
	const type = eventType(EVENTS, name);
	return event({
		type,
		eventId: textOf(body.uuid),
		providerType: name,
		occurredAt: timeOf(payload.timestamp ?? body.timestamp),
		providerMessageId: firstText(mail.id, mail.token),
		messageId: bareId(mail.message_id),
		recipient: addressOf(mail.to),
		payload: body,
		...((type === 'bounced' || type === 'deferred' || type === 'suppressed') && {
			bounce: bounceOf({
				known: lookup(BOUNCES, name),
				diagnostic: firstText(payload.output, payload.details),
			}),
		}),
	});
}
