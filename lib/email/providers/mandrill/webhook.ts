import { assembleMessage, type AssembledAttachment } from '../../webhook/assemble';
import { bounceOf, lookup, type BounceTable } from '../../webhook/bounceDetail';
import { fieldOf, formOf } from '../../webhook/form';
import { event, fromBatch, message } from '../../webhook/itemDefaults';
import type { ProviderEvent, ProviderItem, ProviderMessage, ReadProvider } from '../../webhook/items';
import { firstText, list, parseJson, record, textOf, type JsonRecord } from '../../webhook/json';
import {
	addressOf,
	bareId,
	base64Bytes,
	eventType,
	headerEntries,
	mailFromOf,
	timeOf,
	without,
	type EventTypes,
} from '../../webhook/normalise';
import { authenticationOf, spamOf } from '../../webhook/verdicts';

/** https://mailchimp.com/developer/transactional/docs/webhooks/ */
const EVENTS: EventTypes = {
	send: 'accepted',
	delivered: 'delivered',
	deferral: 'deferred',
	hard_bounce: 'bounced',
	soft_bounce: 'bounced',
	reject: 'suppressed',
	spam: 'complained',
	unsub: 'unsubscribed',
	open: 'opened',
	click: 'clicked',
};

/** `bounce_description`, else the event. */
const BOUNCES: BounceTable = {
	bad_mailbox: { type: 'hard', reason: 'user-unknown' },
	invalid_domain: { type: 'hard', reason: 'host-unknown' },
	mailbox_full: { type: 'soft', reason: 'mailbox-full' },
	policy_related: { type: 'soft', reason: 'policy-rejected' },
	message_too_large: { type: 'soft', reason: 'message-too-big' },
	general: { type: null, reason: null },
	hard_bounce: { type: 'hard', reason: null },
	soft_bounce: { type: 'soft', reason: null },
};

/** Mandrill (Mailchimp Transactional): a form whose one field `mandrill_events` holds an array of events, inbound mail among them. */
export const readMandrill: ReadProvider = (request): ProviderItem[] => {
	const text = fieldOf(formOf(request), 'mandrill_events');
	return fromBatch(text === null ? [] : parseJson(text, 'The field mandrill_events'), (entry) =>
		entry.event === 'inbound' ? inbound(entry) : delivery(entry),
	);
};

/** https://mailchimp.com/developer/transactional/docs/webhooks/#inbound-webhook-format */
function inbound(entry: JsonRecord): ProviderMessage {
	const msg = record(entry.msg);
	const raw = textOf(msg.raw_msg);
	const spf = record(msg.spf);
	return message({
		eventId: textOf(entry._id),
		raw: raw === null ? assembleMessage(assembled(msg)) : Buffer.from(raw, 'utf8'),
		assembled: raw === null,
		envelope: { mailFrom: mailFromOf(msg.sender), rcptTo: [textOf(msg.email)].filter((address) => address !== null) },
		authentication: authenticationOf({ spf: spf.result, dkim: dkimOf(record(msg.dkim)) }),
		spam: spamOf('mandrill', record(msg.spam_report).score, null),
		details: without(msg, ['raw_msg', 'text', 'html', 'headers', 'attachments', 'images']),
	});
}

function dkimOf({ signed, valid }: JsonRecord): string | null {
	return typeof signed !== 'boolean' ? null : !signed ? 'none' : valid === true ? 'pass' : 'fail';
}

function assembled(msg: JsonRecord): Parameters<typeof assembleMessage>[0] {
	const parts = (value: unknown, inline: boolean): AssembledAttachment[] =>
		Object.values(record(value))
			.map(record)
			.map((part) => ({
				filename: textOf(part.name),
				contentType: textOf(part.type),
				content: part.base64 === false ? Buffer.from(textOf(part.content) ?? '', 'utf8') : base64Bytes(part.content),
				contentId: inline ? textOf(part.name) : null,
				inline,
			}));
	const from = textOf(msg.from_email);
	return {
		headers: headerEntries(msg.headers),
		fallback: {
			From: from === null ? null : `"${(textOf(msg.from_name) ?? '').replace(/["\\]/g, '')}" <${from}>`,
			Subject: textOf(msg.subject),
		},
		text: textOf(msg.text),
		html: textOf(msg.html),
		attachments: [...parts(msg.attachments, false), ...parts(msg.images, true)],
	};
}

function delivery(entry: JsonRecord): ProviderEvent {
	const name = firstText(entry.event, entry.type);
	const msg = record(entry.msg);
	const type = eventType(EVENTS, name);
	const smtp = record(list(msg.smtp_events).at(-1));
	// One mail has many opens, clicks and deferrals, all with the mail's own id.
	const id = textOf(entry._id);
	return event({
		type,
		eventId: id === null ? null : [name, id, textOf(entry.ts)].join(':'),
		providerType: name,
		occurredAt: timeOf(entry.ts),
		providerMessageId: firstText(msg._id, entry._id),
		messageId: bareId(record(msg.metadata)['message-id']),
		recipient: addressOf(msg.email),
		payload: entry,
		...((type === 'bounced' || type === 'deferred') && {
			bounce: bounceOf({
				known:
					type === 'deferred' ? { type: 'soft', reason: null } : lookup(BOUNCES, textOf(msg.bounce_description), name),
				diagnostic: firstText(msg.diag, smtp.diag),
			}),
		}),
		...(type === 'suppressed' && {
			bounce: bounceOf({ known: { type: 'soft', reason: 'sender-suppressed' }, diagnostic: msg.diag }),
		}),
	});
}
