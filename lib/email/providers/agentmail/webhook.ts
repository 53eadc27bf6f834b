import { assembleMessage } from '../../webhook/assemble';
import { bounceOf, lookup, type BounceTable } from '../../webhook/bounceDetail';
import { event, message } from '../../webhook/itemDefaults';
import type { ProviderEvent, ProviderItem, ReadProvider } from '../../webhook/items';
import { firstText, isRecord, jsonOf, list, record, textOf, type JsonRecord } from '../../webhook/json';
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
import { spamOf } from '../../webhook/verdicts';
import { deliveryId } from '../resend/webhook';

/** https://docs.agentmail.to/events */
const EVENTS: EventTypes = {
	'message.sent': 'accepted',
	'message.delivered': 'delivered',
	'message.bounced': 'bounced',
	'message.complained': 'complained',
	'message.rejected': 'failed',
};

/** Where each event keeps its data. */
const DATA: Readonly<Record<string, string>> = {
	'message.sent': 'send',
	'message.delivered': 'delivery',
	'message.bounced': 'bounce',
	'message.complained': 'complaint',
	'message.rejected': 'reject',
};

/** `type` of a bounce, in the words of Amazon SES. */
const BOUNCES: BounceTable = {
	Permanent: { type: 'hard', reason: null },
	Transient: { type: 'soft', reason: null },
	Undetermined: { type: null, reason: null },
};

/** AgentMail: `message.received` and its spam, blocked and unauthenticated kin, and events, one item per recipient. */
export const readAgentMail: ReadProvider = (request): ProviderItem[] => {
	const body = record(jsonOf(request));
	const name = textOf(body.event_type);
	const eventId = textOf(body.event_id) ?? deliveryId(request);
	if (name?.startsWith('message.received') && isRecord(body.message)) return [received(body.message, name, eventId)];
	const data = record(body[(name !== null && Object.hasOwn(DATA, name) ? DATA[name] : undefined) ?? 'send']);
	const recipients = list(data.recipients);
	return (recipients.length > 0 ? recipients : [null]).map((recipient, index) =>
		delivery(body, name, data, recipient, eventId === null ? null : `${eventId}:${index}`),
	);
};

/** https://docs.agentmail.to/api-reference/webhooks/events/message-received */
function received(mail: JsonRecord, name: string, eventId: string | null): ProviderItem {
	const headers = headerEntries(mail.headers);
	const references = list(mail.references)
		.map(bareId)
		.filter((id) => id !== null);
	const messageId = bareId(mail.message_id);
	const inReplyTo = bareId(mail.in_reply_to);
	return message({
		eventId,
		raw: assembleMessage({
			headers,
			fallback: {
				From: addressHeader(mail.from ?? mail.from_),
				To: addressHeader(mail.to),
				Cc: addressHeader(mail.cc),
				'Reply-To': addressHeader(mail.reply_to),
				Subject: textOf(mail.subject),
				Date: textOf(mail.timestamp),
				'Message-ID': messageId === null ? null : `<${messageId}>`,
				'In-Reply-To': inReplyTo === null ? null : `<${inReplyTo}>`,
				References: references.map((id) => `<${id}>`).join(' '),
			},
			text: textOf(mail.text),
			html: textOf(mail.html),
		}),
		assembled: true,
		// The inbox is an address there.
		envelope: {
			mailFrom: null,
			rcptTo: addressesOf(textOf(mail.inbox_id)?.includes('@') ? mail.inbox_id : (mail.to ?? [])),
		},
		spam: spamOf('agentmail', null, name.endsWith('.spam') ? 'spam' : null),
		remote: list(mail.attachments)
			.map(record)
			.map((part) => ({
				kind: 'attachment',
				url: null,
				id: textOf(part.attachment_id),
				filename: textOf(part.filename),
			})),
		details: { ...without(mail, ['text', 'html', 'headers']), event_type: name },
	});
}

function delivery(
	body: JsonRecord,
	name: string | null,
	data: JsonRecord,
	recipient: unknown,
	eventId: string | null,
): ProviderEvent {
	const type = eventType(EVENTS, name);
	const about = record(recipient);
	return event({
		type,
		eventId,
		providerType: name,
		occurredAt: timeOf(data.timestamp),
		providerMessageId: textOf(data.message_id),
		messageId: textOf(data.message_id)?.includes('@') ? bareId(data.message_id) : null,
		recipient: addressOf(recipient),
		payload: body,
		...(type === 'bounced' && {
			bounce: bounceOf({
				known: lookup(BOUNCES, textOf(data.type)),
				status: about.status,
				diagnostic: firstText(about.diagnostic_code, about.status, data.sub_type),
			}),
		}),
	});
}
