import { assembleMessage } from '../../webhook/assemble';
import { bounceOf, lookup, type BounceTable } from '../../webhook/bounceDetail';
import { event, message } from '../../webhook/itemDefaults';
import type { ProviderEvent, ProviderItem, ProviderMessage, ReadProvider, RemoteContent } from '../../webhook/items';
import { firstText, isRecord, jsonOf, list, record, textOf, type JsonRecord } from '../../webhook/json';
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

/** https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html */
const EVENTS: EventTypes = {
	Send: 'accepted',
	Delivery: 'delivered',
	DeliveryDelay: 'deferred',
	Bounce: 'bounced',
	Complaint: 'complained',
	Reject: 'failed',
	'Rendering Failure': 'failed',
	Open: 'opened',
	Click: 'clicked',
	Subscription: 'unsubscribed',
};

/** https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types; and of a DeliveryDelay its type. */
const BOUNCES: BounceTable = {
	'Permanent/General': { type: 'hard', reason: null },
	'Permanent/NoEmail': { type: 'hard', reason: 'user-unknown' },
	'Permanent/Suppressed': { type: 'soft', reason: 'sender-suppressed' },
	'Permanent/OnAccountSuppressionList': { type: 'soft', reason: 'sender-suppressed' },
	'Transient/General': { type: 'soft', reason: null },
	'Transient/MailboxFull': { type: 'soft', reason: 'mailbox-full' },
	'Transient/MessageTooLarge': { type: 'soft', reason: 'message-too-big' },
	'Transient/ContentRejected': { type: 'soft', reason: 'content-rejected' },
	'Transient/AttachmentRejected': { type: 'soft', reason: 'content-rejected' },
	'Undetermined/Undetermined': { type: null, reason: null },
	MailboxFull: { type: 'soft', reason: 'mailbox-full' },
	SpamDetected: { type: 'soft', reason: 'spam-detected' },
	IPFailure: { type: 'soft', reason: 'bad-reputation' },
	TransientCommunicationFailure: { type: 'soft', reason: 'network-error' },
	RecipientServerError: { type: 'soft', reason: 'system-error' },
	InternalFailure: { type: 'soft', reason: 'system-error' },
};

/** Where each event lists the recipients it is about. */
const RECIPIENTS: Readonly<Record<string, { object: string; list: string }>> = {
	Bounce: { object: 'bounce', list: 'bouncedRecipients' },
	Complaint: { object: 'complaint', list: 'complainedRecipients' },
	Delivery: { object: 'delivery', list: 'recipients' },
	DeliveryDelay: { object: 'deliveryDelay', list: 'delayedRecipients' },
	Open: { object: 'open', list: '' },
	Click: { object: 'click', list: '' },
	Reject: { object: 'reject', list: '' },
	Send: { object: 'send', list: '' },
	'Rendering Failure': { object: 'failure', list: '' },
	Subscription: { object: 'subscription', list: '' },
};

/** Amazon SES through SNS: event publishing, feedback notifications and received mail. One item per recipient. */
export const readSes: ReadProvider = (request): ProviderItem[] => {
	const notification = record(jsonOf(request));
	const id = textOf(notification.MessageId);
	const body = innerMessage(notification);
	if (!isRecord(body))
		return [
			event({
				type: 'other',
				eventId: id,
				occurredAt: timeOf(notification.Timestamp),
				payload: signedPart(notification),
			}),
		];
	return body.notificationType === 'Received' ? [received(body, id)] : deliveries(body, id);
};

/** What of a notification its signature covers. */
function signedPart(notification: JsonRecord): JsonRecord {
	const { Type, MessageId, TopicArn, Subject, Message, Timestamp } = notification;
	if (Type === undefined) return notification;
	return { Type, MessageId, TopicArn, ...(Subject === undefined ? {} : { Subject }), Message, Timestamp };
}

/** What SES wrote into the notification; null when it is not JSON, as in SES's own test message. */
function innerMessage(notification: JsonRecord): unknown {
	try {
		return JSON.parse(textOf(notification.Message) ?? '') as unknown;
	} catch {
		return null;
	}
}

/** https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html */
function received(body: JsonRecord, snsId: string | null): ProviderMessage {
	const mail = record(body.mail);
	const receipt = record(body.receipt);
	const action = record(receipt.action);
	const verdict = (name: string): unknown => record(receipt[name]).status;
	const content = textOf(body.content);
	const raw =
		content === null ? null : action.encoding === 'BASE64' ? base64Bytes(content) : Buffer.from(content, 'utf8');
	return message({
		eventId: textOf(mail.messageId) ?? snsId,
		raw: raw ?? assembleMessage({ headers: headerEntries(mail.headers) }),
		assembled: raw === null,
		envelope: {
			mailFrom: mailFromOf(mail.source),
			rcptTo: list(receipt.recipients ?? mail.destination)
				.map(addressOf)
				.filter((address) => address !== null),
		},
		authentication: authenticationOf({
			spf: verdict('spfVerdict'),
			dkim: verdict('dkimVerdict'),
			dmarc: verdict('dmarcVerdict'),
			dmarcPolicy: receipt.dmarcPolicy,
		}),
		spam: spamOf('ses', null, spamFlag(textOf(verdict('spamVerdict')))),
		remote: raw === null ? [stored(action, textOf(mail.messageId))] : [],
		details: { ...without(body, ['content', 'mail']), mail: without(mail, ['headers']) },
	});
}

function spamFlag(verdict: string | null): string | null {
	return verdict === 'FAIL' ? 'spam' : verdict === 'PASS' ? 'ham' : null;
}

function stored(action: JsonRecord, id: string | null): RemoteContent {
	const bucket = textOf(action.bucketName);
	const key = textOf(action.objectKey);
	return { kind: 'raw', url: bucket === null || key === null ? null : `s3://${bucket}/${key}`, id, filename: null };
}

function deliveries(body: JsonRecord, snsId: string | null): ProviderEvent[] {
	const name = firstText(body.eventType, body.notificationType);
	const place = name !== null && Object.hasOwn(RECIPIENTS, name) ? RECIPIENTS[name] : undefined;
	const detail = place === undefined ? {} : record(body[place.object]);
	const listed = place === undefined ? [] : list(detail[place.list]);
	const recipients = listed.length > 0 ? listed : list(record(body.mail).destination);
	return (recipients.length > 0 ? recipients : [null]).map((recipient, index) =>
		delivery(body, name, detail, recipient, snsId === null ? null : `${snsId}:${index}`),
	);
}

/** A Subscription event tells the preferences after any change of them. */
function typeOf(name: string | null, detail: JsonRecord): ProviderEvent['type'] {
	if (name === 'Subscription' && record(detail.newTopicPreferences).unsubscribeAll !== true) return 'other';
	return eventType(EVENTS, name);
}

function delivery(
	body: JsonRecord,
	name: string | null,
	detail: JsonRecord,
	recipient: unknown,
	eventId: string | null,
): ProviderEvent {
	const mail = record(body.mail);
	const about = record(recipient);
	const type = typeOf(name, detail);
	const kind = firstText(detail.bounceType, detail.complaintFeedbackType, detail.delayType);
	const classified =
		type === 'bounced' ? `${textOf(detail.bounceType) ?? ''}/${textOf(detail.bounceSubType) ?? ''}` : kind;
	return event({
		type,
		eventId,
		providerType:
			[name, textOf(detail.bounceType), textOf(detail.bounceSubType)].filter((part) => part !== null).join('/') || null,
		occurredAt: timeOf(detail.timestamp ?? mail.timestamp),
		providerMessageId: textOf(mail.messageId),
		messageId: bareId(record(mail.commonHeaders).messageId),
		recipient: addressOf(isRecord(recipient) ? about.emailAddress : recipient),
		payload: body,
		...((type === 'bounced' || type === 'deferred') && {
			bounce: bounceOf({
				known:
					lookup(BOUNCES, classified) ??
					(type === 'deferred'
						? { type: 'soft', reason: null }
						: lookup(BOUNCES, `${textOf(detail.bounceType) ?? ''}/General`)),
				status: about.status,
				diagnostic: about.diagnosticCode,
			}),
		}),
	});
}
