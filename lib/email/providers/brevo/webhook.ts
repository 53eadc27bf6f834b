import { assembleMessage } from '../../webhook/assemble';
import { bounceOf, lookup, type BounceTable } from '../../webhook/bounceDetail';
import { event, fromBatch, message } from '../../webhook/itemDefaults';
import type { ProviderEvent, ProviderItem, ProviderMessage, ReadProvider } from '../../webhook/items';
import { firstText, jsonOf, list, record, textOf, type JsonRecord } from '../../webhook/json';
import {
	addressesOf,
	addressHeader,
	addressOf,
	bareId,
	eventType,
	headerEntries,
	headerIn,
	mailFromOf,
	timeOf,
	without,
	type EventTypes,
} from '../../webhook/normalise';
import { authenticationOf, spamOf } from '../../webhook/verdicts';

/** https://developers.brevo.com/docs/transactional-webhooks */
const EVENTS: EventTypes = {
	request: 'accepted',
	sent: 'accepted',
	delivered: 'delivered',
	deferred: 'deferred',
	soft_bounce: 'bounced',
	hard_bounce: 'bounced',
	invalid_email: 'bounced',
	blocked: 'suppressed',
	error: 'failed',
	spam: 'complained',
	complaint: 'complained',
	opened: 'opened',
	unique_opened: 'opened',
	proxy_open: 'opened',
	unique_proxy_open: 'opened',
	click: 'clicked',
	unsubscribe: 'unsubscribed',
	unsubscribed: 'unsubscribed',
};

const BOUNCES: BounceTable = {
	hard_bounce: { type: 'hard', reason: null },
	invalid_email: { type: 'hard', reason: 'user-unknown' },
	soft_bounce: { type: 'soft', reason: null },
	deferred: { type: 'soft', reason: null },
	blocked: { type: 'soft', reason: 'sender-suppressed' },
};

/** Brevo: transactional webhooks (one event, or a batch), and inbound parsing (`items`). */
export const readBrevo: ReadProvider = (request): ProviderItem[] => {
	const body = jsonOf(request);
	const items = record(body).items;
	if (Array.isArray(items)) return fromBatch(items, inbound);
	return fromBatch(body, delivery);
};

/** https://developers.brevo.com/docs/inbound-parse-webhooks. Attachments stay at Brevo, to be fetched with the API key. */
function inbound(item: JsonRecord): ProviderMessage {
	const headers = headerEntries(item.Headers);
	const recipients = addressesOf(item.Recipients ?? []);
	const messageId = bareId(item.MessageId);
	return message({
		eventId: textOf(list(item.Uuid)[0]),
		raw: assembleMessage({
			headers,
			fallback: {
				From: addressHeader(item.From),
				To: addressHeader(item.To),
				Cc: addressHeader(item.Cc),
				'Reply-To': addressHeader(item.ReplyTo),
				Subject: textOf(item.Subject),
				Date: textOf(item.SentAtDate),
				'Message-ID': messageId === null ? null : `<${messageId}>`,
				'In-Reply-To': textOf(item.InReplyTo),
			},
			text: textOf(item.RawTextBody),
			html: textOf(item.RawHtmlBody),
		}),
		assembled: true,
		envelope: {
			mailFrom: mailFromOf(headerIn(headers, 'return-path')),
			rcptTo: recipients.length > 0 ? recipients : addressesOf(headerIn(headers, 'delivered-to') ?? []),
		},
		authentication: authenticationOf({ spf: headerIn(headers, 'received-spf') }),
		spam: spamOf('brevo', item.SpamScore ?? record(item.Spam).Score, null),
		remote: list(item.Attachments)
			.map(record)
			.map((part) => ({
				kind: 'attachment',
				url: null,
				id: textOf(part.DownloadToken),
				filename: textOf(part.Name),
			})),
		details: without(item, ['RawTextBody', 'RawHtmlBody', 'Headers']),
	});
}

function delivery(item: JsonRecord): ProviderEvent {
	const name = textOf(item.event);
	const type = eventType(EVENTS, name);
	return event({
		type,
		providerType: name,
		// Only ts_epoch is UTC; the others are in the time zone of the account.
		occurredAt: timeOf(item.ts_epoch ?? item.ts_event ?? item.ts),
		providerMessageId: textOf(item['message-id']),
		messageId: bareId(item['message-id']),
		recipient: addressOf(item.email),
		payload: item,
		...((type === 'bounced' || type === 'deferred' || type === 'suppressed') && {
			bounce: bounceOf({ known: lookup(BOUNCES, name), diagnostic: firstText(item.reason) }),
		}),
	});
}
