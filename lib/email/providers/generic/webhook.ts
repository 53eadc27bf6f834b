import { assembleMessage, type AssembledAttachment } from '../../webhook/assemble';
import { bounceOf } from '../../webhook/bounceDetail';
import { fieldBytes, formOf, hasForm, type Form } from '../../webhook/form';
import { event, message } from '../../webhook/itemDefaults';
import type { ProviderEvent, ProviderItem, ReadProvider, RemoteContent } from '../../webhook/items';
import { firstText, isRecord, jsonOf, list, record, textOf, type JsonRecord } from '../../webhook/json';
import {
	addressesOf,
	addressHeader,
	addressOf,
	bareId,
	base64Bytes,
	eventType,
	headerEntries,
	mailFromOf,
	pick,
	timeOf,
	without,
	type EventTypes,
} from '../../webhook/normalise';
import { mediaTypeOf, headerOf, type WebhookRequest } from '../../webhook/request';
import { authenticationOf, spamOf } from '../../webhook/verdicts';

/** Words that senders of events use, with anything before the last `.`, `/` or `:` taken off (`email.delivered`). */
const EVENTS: EventTypes = {
	accepted: 'accepted',
	sent: 'accepted',
	queued: 'accepted',
	processed: 'accepted',
	delivered: 'delivered',
	delivery: 'delivered',
	deferred: 'deferred',
	delayed: 'deferred',
	bounced: 'bounced',
	bounce: 'bounced',
	hard_bounce: 'bounced',
	soft_bounce: 'bounced',
	complained: 'complained',
	complaint: 'complained',
	spam: 'complained',
	unsubscribed: 'unsubscribed',
	unsubscribe: 'unsubscribed',
	opened: 'opened',
	open: 'opened',
	clicked: 'clicked',
	click: 'clicked',
	failed: 'failed',
	rejected: 'failed',
	suppressed: 'suppressed',
	dropped: 'suppressed',
};

/**
 * Any sender that posts mail or events as JSON (one object, an array, or an object whose `items`, `events`, `messages` or
 * `emails` is an array), as a form of the same names, or as message/rfc822. An object is read where it stands, or in its
 * `data`, `payload`, `email`, `message` or `event-data`:
 *
 * - raw MIME in `raw`, `raw_mime`, `rawMime`, `mime`, `raw_email`, `rawEmail` or `body-mime`; base64 is recognised;
 * - else a message from `from`, `to`, `cc`, `bcc`, `reply_to`, `subject`, `date`, `message_id`, `in_reply_to`, `references`,
 *   `text`/`plain`/`body_text`/`body-plain`, `html`/`body_html`/`body-html`, `headers`, and `attachments` of `filename`/`name`,
 *   `content_type`/`type`, `content`/`data` in base64 or `url`, `content_id`/`cid`;
 * - `envelope` with `from` and `to`, `spf`, `dkim`, `dmarc`, `spam_score`, `is_spam`, `id`/`event_id`;
 * - anything with `event` or `type` that is no mail: an event, with `email`/`recipient`, `timestamp`, `message_id`, `reason`.
 *
 * Names are also read in camelCase. What fits none of this is an event of type `other`.
 */
export const readGeneric: ReadProvider = (request): ProviderItem[] => {
	if (mediaTypeOf(request) === 'message/rfc822') {
		return [message({ eventId: requestId(request), raw: request.rawBody, envelope: { mailFrom: null, rcptTo: [] } })];
	}
	if (hasForm(request)) return [item(formRecord(formOf(request)), requestId(request))];
	const entries = entriesOf(jsonOf(request));
	return entries.map((entry, index) =>
		item(entry, entries.length === 1 ? requestId(request) : suffixed(requestId(request), index)),
	);
};

function requestId(request: WebhookRequest): string | null {
	return headerOf(request, 'webhook-id') ?? headerOf(request, 'svix-id') ?? headerOf(request, 'x-webhook-id');
}

function suffixed(id: string | null, index: number): string | null {
	return id === null ? null : `${id}:${index}`;
}

function entriesOf(body: unknown): readonly unknown[] {
	if (Array.isArray(body)) return body as unknown[];
	const batch = ['items', 'events', 'messages', 'emails'].map((name) => record(body)[name]).find(Array.isArray);
	return batch === undefined ? [body] : list(batch);
}

function formRecord(form: Form): JsonRecord {
	const fields = Object.fromEntries(form.fields.map(({ name, value }) => [name, value]));
	const raw = RAW.map((name) => fieldBytes(form, name)).find((bytes) => bytes !== null);
	return { ...fields, ...(raw && { raw }), ...(form.files.length > 0 && { attachments: form.files }) };
}

const RAW = [
	'raw',
	'raw_mime',
	'rawMime',
	'mime',
	'raw_email',
	'rawEmail',
	'RawEmail',
	'body-mime',
	'raw_message',
] as const;

/** The object that holds the mail or the event, outermost first. */
function item(entry: unknown, requestId: string | null): ProviderItem {
	if (!isRecord(entry)) return event({ type: 'other', eventId: requestId, payload: entry });
	const inner = ['data', 'payload', 'email', 'message', 'event-data'].map((name) => entry[name]).filter(isRecord);
	const deeper = inner.flatMap((object) => ['email', 'message'].map((name) => object[name]).filter(isRecord));
	const mail = [entry, ...inner, ...deeper].find(isMail);
	if (mail !== undefined)
		return inbound(mail, firstText(entry.event_id, entry.eventId, entry.id, mail.id) ?? requestId);
	return delivery(entry, inner[0] ?? entry, requestId);
}

function isMail(candidate: JsonRecord): boolean {
	if (RAW.some((name) => candidate[name] !== undefined)) return true;
	const hasBody = [
		'text',
		'html',
		'plain',
		'body_text',
		'body_html',
		'bodyText',
		'bodyHtml',
		'body-plain',
		'body-html',
		'body',
	].some((name) => candidate[name] !== undefined);
	return (
		candidate.from !== undefined &&
		(hasBody || candidate.headers !== undefined || candidate.subject !== undefined) &&
		textOf(candidate.event) === null
	);
}

function inbound(mail: JsonRecord, eventId: string | null): ProviderItem {
	const raw = rawOf(RAW.map((name) => mail[name]).find((value) => value !== undefined));
	const envelope = record(mail.envelope);
	const recipients = addressesOf(
		envelope.to ??
			envelope.rcpt_to ??
			envelope.rcptTo ??
			envelope.recipients ??
			pick(mail, 'recipient', 'recipients', 'rcpt_to') ??
			[],
	);
	const authentication = record(pick(mail, 'authentication', 'auth'));
	const parts = list(mail.attachments);
	return message({
		eventId,
		raw: raw ?? assembleMessage(assembled(mail)),
		assembled: raw === null,
		envelope: {
			mailFrom: mailFromOf(
				envelope.from ?? envelope.mail_from ?? envelope.mailFrom ?? pick(mail, 'sender', 'envelope_from', 'mail_from'),
			),
			rcptTo: recipients,
		},
		authentication: authenticationOf({
			spf: verdict(mail.spf ?? authentication.spf),
			dkim: verdict(mail.dkim ?? authentication.dkim),
			dmarc: verdict(mail.dmarc ?? authentication.dmarc),
		}),
		spam: spamOf('provider', pick(mail, 'spam_score'), pick(mail, 'is_spam', 'spam')),
		remote: raw === null ? parts.map(record).flatMap(remoteOf) : [],
		details: without(mail, [
			...RAW,
			'headers',
			'text',
			'html',
			'plain',
			'body',
			'body_text',
			'body_html',
			'bodyText',
			'bodyHtml',
			'body-plain',
			'body-html',
			'attachments',
		]),
	});
}

/** A result as it stands, or in the object's `result` or `status`. */
function verdict(value: unknown): unknown {
	return isRecord(value) ? (value.result ?? value.status) : value;
}

/** Bytes of raw MIME; text that is nothing but base64 is decoded. */
function rawOf(value: unknown): Buffer | null {
	if (Buffer.isBuffer(value)) return value;
	if (typeof value !== 'string' || value === '') return null;
	return /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(value) && !/[ :]/.test(value)
		? base64Bytes(value)
		: Buffer.from(value, 'utf8');
}

function assembled(mail: JsonRecord): Parameters<typeof assembleMessage>[0] {
	const id = (value: unknown): string | null => {
		const bare = bareId(value);
		return bare === null ? null : `<${bare}>`;
	};
	const references = pick(mail, 'references');
	return {
		headers: headerEntries(mail.headers),
		fallback: {
			From: addressHeader(mail.from),
			To: addressHeader(mail.to),
			Cc: addressHeader(mail.cc),
			Bcc: addressHeader(mail.bcc),
			'Reply-To': addressHeader(pick(mail, 'reply_to')),
			Subject: textOf(mail.subject),
			Date: firstText(mail.date, timeOf(pick(mail, 'received_at', 'timestamp', 'created_at'))),
			'Message-ID': id(pick(mail, 'message_id')),
			'In-Reply-To': id(pick(mail, 'in_reply_to')),
			References: Array.isArray(references) ? list(references).map(id).join(' ') : textOf(references),
		},
		text: firstText(
			pick(mail, 'text', 'plain', 'body_text', 'body_plain', 'text_body'),
			mail.body,
			record(mail.body).text,
			record(mail.body).plaintext,
		),
		html: firstText(pick(mail, 'html', 'body_html', 'html_body'), record(mail.body).html),
		attachments: list(mail.attachments)
			.map(record)
			.filter((part) => remoteOf(part).length === 0)
			.map(attachmentOf),
	};
}

function attachmentOf(part: JsonRecord): AssembledAttachment {
	const content = part.content ?? part.data ?? part.content_base64;
	const contentId = textOf(pick(part, 'content_id', 'cid'));
	return {
		filename: textOf(pick(part, 'filename', 'file_name', 'name')),
		contentType: textOf(pick(part, 'content_type', 'mime_type', 'type')),
		content: Buffer.isBuffer(content) ? content : base64Bytes(content),
		contentId,
		inline: contentId !== null,
	};
}

function remoteOf(part: JsonRecord): RemoteContent[] {
	if (part.content !== undefined || part.data !== undefined || part.content_base64 !== undefined) return [];
	return [
		{
			kind: 'attachment',
			url: textOf(pick(part, 'url', 'download_url', 'content_url')),
			id: textOf(part.id),
			filename: textOf(pick(part, 'filename', 'file_name', 'name')),
		},
	];
}

function delivery(entry: JsonRecord, data: JsonRecord, requestId: string | null): ProviderEvent {
	const name = firstText(entry.event, entry.event_type, entry.eventType, entry.type, data.event, data.type);
	const type = eventType(EVENTS, name?.toLowerCase().split(/[./:]/).at(-1)?.replaceAll(/[ -]/g, '_') ?? null);
	const messageId = pick(data, 'message_id');
	const occurredAt = timeOf(
		pick(data, 'occurred_at', 'timestamp', 'created_at', 'time') ?? pick(entry, 'timestamp', 'created_at'),
	);
	return event({
		type,
		eventId:
			firstText(entry.event_id, entry.eventId, data.event_id, data.eventId) ??
			composedId(name, firstText(entry.id, data.id), occurredAt) ??
			requestId,
		providerType: name,
		occurredAt,
		providerMessageId: firstText(pick(data, 'provider_message_id', 'email_id'), messageId),
		messageId: textOf(messageId)?.includes('@') ? bareId(messageId) : null,
		recipient: addressOf(pick(data, 'recipient', 'email', 'to')),
		payload: entry,
		...((type === 'bounced' || type === 'deferred') && {
			bounce: bounceOf({
				known: {
					type: /hard|permanent/i.test(`${name ?? ''} ${textOf(pick(data, 'bounce_type', 'severity')) ?? ''}`)
						? 'hard'
						: type === 'deferred' ||
							  /soft|transient|temporary/i.test(`${name ?? ''} ${textOf(pick(data, 'bounce_type', 'severity')) ?? ''}`)
							? 'soft'
							: null,
					reason: null,
				},
				status: pick(data, 'status'),
				replyCode: pick(data, 'code', 'smtp_code'),
				diagnostic: firstText(pick(data, 'diagnostic', 'reason', 'response', 'error', 'description')),
			}),
		}),
	});
}

/** A plain `id` may be that of the mail, which has many events: with name and time it is the event's. */
function composedId(name: string | null, id: string | null, occurredAt: string | null): string | null {
	return id === null ? null : [name, id, occurredAt].filter((part) => part !== null).join(':');
}
