import { assembleMessage, type AssembledAttachment } from '../../webhook/assemble';
import { bounceOf, lookup, type BounceTable } from '../../webhook/bounceDetail';
import { fieldBytes, fieldOf, formOf, hasForm, type Form } from '../../webhook/form';
import { event, message } from '../../webhook/itemDefaults';
import type { ProviderEvent, ProviderItem, ProviderMessage, ReadProvider, RemoteContent } from '../../webhook/items';
import { firstText, jsonOf, list, numberOf, parseJson, record, textOf, type JsonRecord } from '../../webhook/json';
import {
	addressesOf,
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

/** https://documentation.mailgun.com/docs/mailgun/user-manual/events/event-structure */
const EVENTS: EventTypes = {
	accepted: 'accepted',
	delivered: 'delivered',
	failed: 'bounced',
	rejected: 'failed',
	opened: 'opened',
	clicked: 'clicked',
	unsubscribed: 'unsubscribed',
	complained: 'complained',
};

/** `reason` of a failed event. */
const REASONS: BounceTable = {
	'suppress-bounce': { type: 'soft', reason: 'sender-suppressed' },
	'suppress-complaint': { type: 'soft', reason: 'sender-suppressed' },
	'suppress-unsubscribe': { type: 'soft', reason: 'sender-suppressed' },
	espblock: { type: 'soft', reason: 'policy-rejected' },
	old: { type: 'soft', reason: 'delivery-expired' },
	bounce: { type: 'hard', reason: null },
	generic: { type: 'hard', reason: null },
};

/** Mailgun: webhooks (JSON), and routes with forward() or store() (forms, with raw MIME where the URL ends in `mime`). */
export const readMailgun: ReadProvider = (request): ProviderItem[] => {
	if (hasForm(request)) {
		const form = formOf(request);
		return [
			fieldOf(form, 'recipient') === null && fieldOf(form, 'sender') === null
				? event({ type: 'other', payload: Object.fromEntries(form.fields.map(({ name, value }) => [name, value])) })
				: inbound(form),
		];
	}
	const body = record(jsonOf(request));
	return [delivery(record(body['event-data']), body)];
};

/** https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http */
function inbound(form: Form): ProviderMessage {
	const raw = fieldBytes(form, 'body-mime');
	const headers = headersOf(form);
	const header = (name: string): string | null =>
		headerIn(headers, name) ?? form.fields.find((field) => field.name.toLowerCase() === name)?.value ?? null;
	return message({
		raw:
			raw ??
			assembleMessage({
				headers,
				fallback: {
					From: fieldOf(form, 'from'),
					To: fieldOf(form, 'To') ?? fieldOf(form, 'recipient'),
					Subject: fieldOf(form, 'subject'),
					'Message-Id': fieldOf(form, 'Message-Id'),
					Date: fieldOf(form, 'Date'),
				},
				text: fieldOf(form, 'body-plain'),
				html: fieldOf(form, 'body-html'),
				attachments: attachmentsOf(form),
			}),
		assembled: raw === null,
		envelope: { mailFrom: mailFromOf(fieldOf(form, 'sender')), rcptTo: addressesOf(fieldOf(form, 'recipient')) },
		authentication: authenticationOf({ spf: header('x-mailgun-spf'), dkim: header('x-mailgun-dkim-check-result') }),
		spam: spamOf('mailgun', header('x-mailgun-sscore'), header('x-mailgun-sflag')),
		remote: storedAttachments(form),
		details: without(Object.fromEntries(form.fields.map(({ name, value }) => [name, value])), [
			'body-mime',
			'body-plain',
			'body-html',
			'message-headers',
			'signature',
			'token',
			'timestamp',
			'attachments',
			'stripped-html',
		]),
	});
}

function headersOf(form: Form): Array<readonly [string, string]> {
	const text = fieldOf(form, 'message-headers');
	return text === null ? [] : headerEntries(parseJson(text, 'The field message-headers'));
}

function attachmentsOf(form: Form): AssembledAttachment[] {
	const ids = record(parseJson(fieldOf(form, 'content-id-map') || '{}', 'The field content-id-map'));
	const idOf = (field: string): string | null => Object.entries(ids).find(([, name]) => name === field)?.[0] ?? null;
	return form.files.map(({ name, filename, contentType, content }) => {
		const contentId = idOf(name);
		return { filename, contentType, content, contentId, inline: contentId !== null };
	});
}

/** With store(), attachments stay at Mailgun and the form lists their URLs. */
function storedAttachments(form: Form): RemoteContent[] {
	const text = fieldOf(form, 'attachments');
	if (!text) return [];
	return list(parseJson(text, 'The field attachments'))
		.map(record)
		.map(({ url, name }) => ({
			kind: 'attachment',
			url: textOf(url),
			id: null,
			filename: textOf(name),
		}));
}

function delivery(data: JsonRecord, body: JsonRecord): ProviderEvent {
	const name = textOf(data.event);
	const status = record(data['delivery-status']);
	const type = typeOf(data, name);
	return event({
		type,
		eventId: textOf(data.id),
		providerType: [name, textOf(data.severity)].filter((part) => part !== null).join('/') || null,
		occurredAt: timeOf(numberOf(data.timestamp)),
		messageId: bareId(record(record(data.message).headers)['message-id']),
		recipient: addressOf(data.recipient),
		payload: Object.keys(data).length > 0 ? data : body,
		...((type === 'bounced' || type === 'deferred' || type === 'suppressed') && {
			bounce: bounceOf({
				known: data.severity === 'temporary' ? { type: 'soft', reason: null } : lookup(REASONS, textOf(data.reason)),
				status: status['enhanced-code'],
				replyCode: status.code,
				diagnostic: firstText(status.message, status.description),
			}),
		}),
	});
}

function typeOf(data: JsonRecord, name: string | null): ProviderEvent['type'] {
	if (name === 'failed' && data.severity === 'temporary') return 'deferred';
	if (name === 'failed' && textOf(data.reason)?.startsWith('suppress-')) return 'suppressed';
	return eventType(EVENTS, name);
}
