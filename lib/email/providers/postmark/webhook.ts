import type { AssembledAttachment } from '../../webhook/assemble';
import { assembleMessage } from '../../webhook/assemble';
import { bounceOf, lookup, type BounceTable } from '../../webhook/bounceDetail';
import { event, message } from '../../webhook/itemDefaults';
import type { ProviderEvent, ProviderItem, ProviderMessage, ReadProvider } from '../../webhook/items';
import { jsonOf, list, record, textOf, type JsonRecord } from '../../webhook/json';
import {
	addressHeader,
	addressOf,
	bareId,
	base64Bytes,
	eventType,
	headerEntries,
	headerIn,
	mailFromOf,
	timeOf,
	without,
	type EventTypes,
} from '../../webhook/normalise';
import { authenticationOf, spamOf } from '../../webhook/verdicts';

/** https://postmarkapp.com/developer/webhooks/webhooks-overview */
const EVENTS: EventTypes = {
	Delivery: 'delivered',
	Bounce: 'bounced',
	SpamComplaint: 'complained',
	Open: 'opened',
	Click: 'clicked',
};

/** https://postmarkapp.com/developer/api/bounce-api#bounce-types */
const BOUNCES: BounceTable = {
	HardBounce: { type: 'hard', reason: null },
	BadEmailAddress: { type: 'hard', reason: 'user-unknown' },
	AddressChange: { type: 'soft', reason: 'has-moved' },
	Transient: { type: 'soft', reason: null },
	SoftBounce: { type: 'soft', reason: null },
	DnsError: { type: 'soft', reason: null },
	SpamNotification: { type: 'soft', reason: 'spam-detected' },
	VirusNotification: { type: 'soft', reason: 'virus-detected' },
	ChallengeVerification: { type: 'soft', reason: null },
	Blocked: { type: 'soft', reason: 'policy-rejected' },
	DMARCPolicy: { type: 'soft', reason: 'authentication-failed' },
	ManuallyDeactivated: { type: 'soft', reason: 'sender-suppressed' },
	Unconfirmed: { type: 'soft', reason: null },
	Unknown: { type: 'soft', reason: null },
	SMTPApiError: { type: 'soft', reason: 'system-error' },
	InboundError: { type: 'soft', reason: 'system-error' },
	TemplateRenderingFailed: { type: 'soft', reason: null },
	OpenRelayTest: { type: 'soft', reason: null },
};

/** Bounce types that are no bounce. */
const NOT_BOUNCED: EventTypes = {
	AutoResponder: 'other',
	Subscribe: 'other',
	Unsubscribe: 'unsubscribed',
	SpamComplaint: 'complained',
};

/** Postmark: inbound mail, with RawEmail where it was switched on, and every webhook of a message stream. */
export const readPostmark: ReadProvider = (request): ProviderItem[] => {
	const body = record(jsonOf(request));
	return [
		textOf(body.RecordType) === null && (body.FromFull !== undefined || body.From !== undefined)
			? inbound(body)
			: delivery(body),
	];
};

/** https://postmarkapp.com/developer/webhooks/inbound-webhook */
function inbound(body: JsonRecord): ProviderMessage {
	const headers = headerEntries(body.Headers);
	const receivedSpf = headerIn(headers, 'received-spf');
	const rawEmail = textOf(body.RawEmail);
	return message({
		eventId: textOf(body.MessageID),
		raw: rawEmail === null ? assembleMessage(assembled(body, headers)) : Buffer.from(rawEmail, 'utf8'),
		assembled: rawEmail === null,
		envelope: {
			mailFrom:
				mailFromOf(headerIn(headers, 'return-path')) ??
				/envelope-from="?<?([^\s;">]+)/i.exec(receivedSpf ?? '')?.[1] ??
				null,
			rcptTo: [textOf(body.OriginalRecipient)].filter((address) => address !== null),
		},
		authentication: authenticationOf({ spf: receivedSpf }),
		spam: spamOf('postmark', headerIn(headers, 'x-spam-score'), headerIn(headers, 'x-spam-status')),
		details: without(body, ['TextBody', 'HtmlBody', 'RawEmail', 'Attachments', 'Headers']),
	});
}

function assembled(
	body: JsonRecord,
	headers: ReadonlyArray<readonly [string, string]>,
): Parameters<typeof assembleMessage>[0] {
	return {
		headers,
		fallback: {
			From: addressHeader(body.FromFull) ?? textOf(body.From),
			To: addressHeader(body.ToFull) ?? textOf(body.To),
			Cc: addressHeader(body.CcFull) ?? textOf(body.Cc),
			Bcc: addressHeader(body.BccFull) ?? textOf(body.Bcc),
			'Reply-To': textOf(body.ReplyTo),
			Subject: textOf(body.Subject),
			Date: textOf(body.Date),
		},
		text: textOf(body.TextBody),
		html: textOf(body.HtmlBody),
		attachments: list(body.Attachments)
			.map(record)
			.map((part): AssembledAttachment => ({
				filename: textOf(part.Name),
				contentType: textOf(part.ContentType),
				content: base64Bytes(part.Content),
				contentId: textOf(part.ContentID),
				inline: textOf(part.ContentID) !== null,
			})),
	};
}

function delivery(body: JsonRecord): ProviderEvent {
	const recordType = textOf(body.RecordType);
	const bounceType = textOf(body.Type);
	const type = typeOf(body, recordType, bounceType);
	const id = textOf(body.ID);
	return event({
		type,
		eventId: id === null ? null : `${recordType ?? ''}:${id}`,
		providerType: [recordType, bounceType].filter((part) => part !== null).join('/') || null,
		occurredAt: timeOf(body.DeliveredAt ?? body.BouncedAt ?? body.ReceivedAt ?? body.ChangedAt),
		providerMessageId: textOf(body.MessageID),
		messageId: bareId(record(body.Metadata)['message-id']),
		recipient: addressOf(body.Email ?? body.Recipient),
		payload: body,
		...(type === 'bounced' && {
			bounce: bounceOf({ known: lookup(BOUNCES, bounceType), diagnostic: body.Details ?? body.Description }),
		}),
	});
}

function typeOf(body: JsonRecord, recordType: string | null, bounceType: string | null): ProviderEvent['type'] {
	if (recordType === 'SubscriptionChange') {
		if (body.SuppressSending !== true) return 'other';
		return body.SuppressionReason === 'SpamComplaint'
			? 'complained'
			: body.SuppressionReason === 'HardBounce'
				? 'suppressed'
				: 'unsubscribed';
	}
	if (recordType === 'Bounce' && bounceType !== null && Object.hasOwn(NOT_BOUNCED, bounceType))
		return eventType(NOT_BOUNCED, bounceType);
	return eventType(EVENTS, recordType);
}
