import { decodeCharset } from '../../parse/charset';
import { assembleMessage, type AssembledAttachment } from '../../webhook/assemble';
import { bounceOf, lookup, type BounceTable } from '../../webhook/bounceDetail';
import { fieldBytes, fieldOf, formOf, hasForm, type Form } from '../../webhook/form';
import { event, message } from '../../webhook/itemDefaults';
import type { ProviderEvent, ProviderItem, ProviderMessage, ReadProvider } from '../../webhook/items';
import { firstText, isRecord, jsonOf, parseJson, record, textOf, type JsonRecord } from '../../webhook/json';
import {
	addressesOf,
	addressOf,
	bareId,
	clientOf,
	eventType,
	headerEntries,
	mailFromOf,
	timeOf,
	without,
	type EventTypes,
} from '../../webhook/normalise';
import { authenticationOf, spamOf } from '../../webhook/verdicts';

/** https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event */
const EVENTS: EventTypes = {
	processed: 'accepted',
	deferred: 'deferred',
	delivered: 'delivered',
	bounce: 'bounced',
	dropped: 'suppressed',
	open: 'opened',
	click: 'clicked',
	spamreport: 'complained',
	unsubscribe: 'unsubscribed',
	group_unsubscribe: 'unsubscribed',
};

/** `bounce_classification`, else `type`, of a bounce. */
const BOUNCES: BounceTable = {
	'Invalid Address': { type: 'hard', reason: 'user-unknown' },
	'Mailbox Unavailable': { type: 'soft', reason: null },
	Reputation: { type: 'soft', reason: 'bad-reputation' },
	'Frequency or Volume Too High': { type: 'soft', reason: 'rate-limited' },
	Content: { type: 'soft', reason: 'content-rejected' },
	Technical: { type: 'soft', reason: null },
	Unclassified: { type: null, reason: null },
	blocked: { type: 'soft', reason: null },
	bounce: { type: 'hard', reason: null },
};

/** SendGrid: the Event Webhook (a JSON array) and Inbound Parse (multipart, parsed or raw). */
export const readSendGrid: ReadProvider = (request): ProviderItem[] => {
	if (hasForm(request)) return [inbound(formOf(request))];
	const body = jsonOf(request);
	return (Array.isArray(body) ? (body as unknown[]) : [body]).map(delivery);
};

/** https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook#default-parameters */
function inbound(form: Form): ProviderMessage {
	const raw = fieldBytes(form, 'email');
	const envelope = jsonField(form, 'envelope');
	return message({
		raw: raw ?? assembleMessage(assembled(form)),
		assembled: raw === null,
		envelope: {
			mailFrom: mailFromOf(envelope.from),
			rcptTo: addressesOf(envelope.to),
			...clientOf(fieldOf(form, 'sender_ip')),
		},
		authentication: authenticationOf({ spf: fieldOf(form, 'SPF'), dkim: dkimOf(fieldOf(form, 'dkim') ?? '') }),
		spam: spamOf('sendgrid', fieldOf(form, 'spam_score'), null),
		details: without(Object.fromEntries(form.fields.map(({ name, value }) => [name, value])), [
			'email',
			'text',
			'html',
			'headers',
		]),
	});
}

/** Written as `{@example.com : pass, @lists.example.org : fail}` or `none`. */
function dkimOf(text: string): Array<{ domain: string; result: string }> {
	return [...text.matchAll(/@?([\w.-]+)\s*:\s*(\w+)/g)].map((match) => ({
		domain: match[1] ?? '',
		result: match[2] ?? '',
	}));
}

function assembled(form: Form): Parameters<typeof assembleMessage>[0] {
	const charsets = jsonField(form, 'charsets');
	const textField = (name: string): string | null => {
		const bytes = fieldBytes(form, name);
		return bytes === null ? null : decodeCharset(bytes, textOf(charsets[name]) ?? 'utf-8').text;
	};
	return {
		headers: headerEntries(textField('headers')),
		fallback: { From: textField('from'), To: textField('to'), Cc: textField('cc'), Subject: textField('subject') },
		text: textField('text'),
		html: textField('html'),
		attachments: attachmentsOf(form),
	};
}

function attachmentsOf(form: Form): AssembledAttachment[] {
	const info = jsonField(form, 'attachment-info');
	const contentIds = jsonField(form, 'content-ids');
	return form.files.map(({ name, filename, contentType, content }) => {
		const about = record(info[name]);
		const contentId = firstText(
			about['content-id'],
			Object.entries(contentIds).find(([, field]) => field === name)?.[0],
		);
		return {
			filename: firstText(about.filename, about.name, filename),
			contentType: firstText(about.type, contentType),
			content,
			contentId,
			inline: contentId !== null,
		};
	});
}

function jsonField(form: Form, name: string): JsonRecord {
	const text = fieldOf(form, name);
	return text ? record(parseJson(text, `The field ${name}`)) : {};
}

function delivery(item: unknown): ProviderEvent {
	if (!isRecord(item)) return event({ type: 'other', payload: item });
	const name = textOf(item.event);
	const type = eventType(EVENTS, name);
	return event({
		type,
		eventId: textOf(item.sg_event_id),
		providerType: [name, textOf(item.type)].filter((part) => part !== null).join('/') || null,
		occurredAt: timeOf(item.timestamp),
		// What stands before the first dot is the X-Message-Id the API answered with.
		providerMessageId: textOf(item.sg_message_id)?.split('.')[0] ?? null,
		messageId: bareId(item['smtp-id']),
		recipient: addressOf(item.email),
		payload: item,
		...((type === 'bounced' || type === 'deferred') && {
			bounce: bounceOf({
				known:
					type === 'deferred'
						? { type: 'soft', reason: null }
						: lookup(BOUNCES, textOf(item.bounce_classification), textOf(item.type)),
				status: item.status,
				diagnostic: firstText(item.reason, item.response),
			}),
		}),
		...(type === 'suppressed' && {
			bounce: bounceOf({ known: { type: 'soft', reason: 'sender-suppressed' }, diagnostic: item.reason }),
		}),
	});
}
