import { assembleMessage, type AssembledAttachment } from '../../webhook/assemble';
import { bounceOf, lookup, type BounceTable } from '../../webhook/bounceDetail';
import { event, fromBatch, message } from '../../webhook/itemDefaults';
import type { ProviderEvent, ProviderItem, ProviderMessage, ReadProvider } from '../../webhook/items';
import { jsonOf, list, record, textOf, type JsonRecord } from '../../webhook/json';
import { parameterOf } from '../../webhook/multipart';
import {
	addressOf,
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

/** https://dev.mailjet.com/email/guides/webhooks/ */
const EVENTS: EventTypes = {
	sent: 'delivered',
	bounce: 'bounced',
	blocked: 'suppressed',
	spam: 'complained',
	unsub: 'unsubscribed',
	open: 'opened',
	click: 'clicked',
};

/** `error`: https://dev.mailjet.com/email/guides/webhooks/#possible-values-for-errors */
const BOUNCES: BounceTable = {
	'user unknown': { type: 'hard', reason: 'user-unknown' },
	'mailbox inactive': { type: 'soft', reason: 'mailbox-disabled' },
	'quota exceeded': { type: 'soft', reason: 'mailbox-full' },
	'invalid domain': { type: 'hard', reason: 'host-unknown' },
	'no mail host': { type: 'hard', reason: 'host-unknown' },
	'relay/access denied': { type: 'soft', reason: 'relay-denied' },
	greylisted: { type: 'soft', reason: null },
	typofix: { type: 'soft', reason: 'sender-suppressed' },
	blacklisted: { type: 'soft', reason: 'sender-suppressed' },
	'spam reporter': { type: 'soft', reason: 'sender-suppressed' },
	preblocked: { type: 'soft', reason: 'sender-suppressed' },
	'sender blocked': { type: 'soft', reason: 'bad-reputation' },
	'content blocked': { type: 'soft', reason: 'content-rejected' },
	'policy issue': { type: 'soft', reason: 'policy-rejected' },
	'system issue': { type: 'soft', reason: 'system-error' },
	'protocol issue': { type: 'soft', reason: 'syntax-error' },
	'connection issue': { type: 'soft', reason: 'network-error' },
	'bad or empty template': { type: 'soft', reason: 'content-rejected' },
};

/** Mailjet: events (one, or an array when grouped), and the Parse API. */
export const readMailjet: ReadProvider = (request): ProviderItem[] => {
	const body = jsonOf(request);
	if (record(body).event === undefined && record(body).Recipient !== undefined) return [inbound(record(body))];
	return fromBatch(body, delivery);
};

/** https://dev.mailjet.com/email/guides/parse-api/ */
function inbound(body: JsonRecord): ProviderMessage {
	const headers = headerEntries(body.Headers);
	return message({
		raw: assembleMessage({
			headers,
			fallback: {
				From: textOf(body.From),
				Subject: textOf(body.Subject),
				Date: textOf(body.Date),
				Cc: textOf(body.Cc),
			},
			text: textOf(body['Text-part']),
			html: textOf(body['Html-part']),
			attachments: attachmentsOf(body),
		}),
		assembled: true,
		envelope: {
			mailFrom: mailFromOf(body.Sender),
			rcptTo: [addressOf(body.Recipient)].filter((address) => address !== null),
		},
		authentication: authenticationOf({ spf: headerIn(headers, 'received-spf') }),
		spam: spamOf('mailjet', body.SpamAssassinScore, null),
		details: Object.fromEntries(
			Object.entries(without(body, ['Headers', 'Parts'])).filter(
				([name]) => !/-part$|^(?:Inline)?Attachment\d+$/.test(name),
			),
		),
	});
}

/** The parts describe the attachments; their bytes are in the fields that `ContentRef` names. */
function attachmentsOf(body: JsonRecord): AssembledAttachment[] {
	return list(body.Parts)
		.map(record)
		.flatMap((part) => {
			const reference = textOf(part.ContentRef) ?? '';
			if (!/^(?:Inline)?Attachment\d+$/.test(reference)) return [];
			const headers = headerEntries(part.Headers);
			const contentType = headerIn(headers, 'content-type');
			const disposition = headerIn(headers, 'content-disposition') ?? '';
			return [
				{
					filename: parameterOf(disposition, 'filename') ?? parameterOf(contentType ?? '', 'name'),
					contentType,
					content: base64Bytes(body[reference]),
					contentId: headerIn(headers, 'content-id'),
					inline: reference.startsWith('Inline'),
				},
			];
		});
}

function delivery(item: JsonRecord): ProviderEvent {
	const name = textOf(item.event);
	const error = textOf(item.error);
	const greylisted = error === 'greylisted' && item.hard_bounce !== true;
	const type = greylisted ? 'deferred' : eventType(EVENTS, name);
	return event({
		type,
		providerType: [name, error].filter((part) => part !== null).join('/') || null,
		occurredAt: timeOf(item.time),
		providerMessageId: textOf(item.MessageID),
		recipient: addressOf(item.email),
		payload: item,
		...((type === 'bounced' || type === 'deferred' || type === 'suppressed') && {
			bounce: bounceOf({
				known: lookup(BOUNCES, error) ?? { type: item.hard_bounce === true ? 'hard' : 'soft', reason: null },
				diagnostic: item.comment ?? item.smtp_reply ?? error,
			}),
		}),
	});
}
