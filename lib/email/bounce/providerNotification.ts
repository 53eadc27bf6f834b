import { firstAddress } from './addresses';
import { decideReason } from './decide';
import type { BouncedRecipient, Classification, ClassificationKind, Evidence, OriginalMessage } from './classification';
import { readAction, typedValue } from './deliveryStatus';
import { isoDate, messageIdIn } from './returnedMessage';
import { findReplyCode, findSaidStatus, findStatus } from './statusCodes';

type Json = Readonly<Record<string, unknown>>;

const KINDS: Readonly<Record<string, ClassificationKind>> = {
	bounce: 'bounce',
	complaint: 'complaint',
	delivery: 'auto-reply',
	deliverydelay: 'delay',
};

/**
 * An Amazon SES event that SNS has sent as mail: JSON in the text, wrapped in SNS's own JSON or raw
 * (docs.aws.amazon.com/ses, "Amazon SNS notification contents"). Null for anything else.
 */
export function readSesNotification(text: string): Classification | null {
	// What stands before the JSON was written by somebody who passes it on.
	if (!/^\s{0,20}\{/.test(text) || !/notificationType|eventType/.test(text)) return null;
	const outer = jsonIn(text);
	const inner = typeof outer?.Message === 'string' ? jsonIn(outer.Message) : outer;
	const type = stringOf(inner?.notificationType) ?? stringOf(inner?.eventType);
	const kind = KINDS[type?.toLowerCase() ?? ''];
	if (inner === null || kind === undefined || type === null) return null;
	const evidence: Evidence = { source: 'notice', rule: 'ses-notification', text: `notificationType ${type}` };
	const event = objectOf(inner[type.charAt(0).toLowerCase() + type.slice(1)]) ?? {};
	const recipients = [event.bouncedRecipients, event.complainedRecipients, event.delayedRecipients]
		.flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))
		.map(objectOf)
		.filter((entry) => entry !== null)
		.map((entry) => recipientOf(entry, kind, evidence));
	return {
		kind,
		recipients,
		original: originalIn(objectOf(inner.mail)),
		reportingMta: typedValue(stringOf(event.reportingMTA))?.value ?? null,
		arrivalDate: null,
		feedbackType: kind === 'complaint' ? (stringOf(event.complaintFeedbackType) ?? 'abuse') : null,
		confidence: 0.98,
		evidence: [evidence],
	};
}

function recipientOf(entry: Json, kind: ClassificationKind, evidence: Evidence): BouncedRecipient {
	const diagnostic = typedValue(stringOf(entry.diagnosticCode))?.value ?? null;
	const text = diagnostic ?? '';
	const status = findSaidStatus(text) ?? findStatus(stringOf(entry.status) ?? text);
	const replyCode = findReplyCode(text);
	const decision = decideReason({ text, status, replyCode, remote: '', command: null }, 'notice');
	const isFailure = kind === 'bounce' || kind === 'delay';
	return {
		address: firstAddress(stringOf(entry.emailAddress)),
		originalAddress: null,
		action: readAction(stringOf(entry.action)) ?? (kind === 'delay' ? 'delayed' : kind === 'bounce' ? 'failed' : null),
		status,
		replyCode,
		reason: isFailure ? decision.reason : kind === 'complaint' ? 'complaint' : 'delivered',
		bounceType: isFailure ? decision.bounceType : null,
		diagnostic,
		remoteMta: null,
		command: null,
		confidence: isFailure ? decision.confidence : 0.98,
		evidence: [evidence, ...decision.evidence],
	};
}

function originalIn(mail: Json | null): OriginalMessage | null {
	if (mail === null) return null;
	const common = objectOf(mail.commonHeaders) ?? {};
	const headers: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
	for (const field of (Array.isArray(mail.headers) ? (mail.headers as unknown[]) : []).map(objectOf)) {
		const name = stringOf(field?.name)?.toLowerCase();
		const value = stringOf(field?.value);
		if (name !== undefined && value !== null) (headers[name] ??= []).push(value);
	}
	return {
		messageId: messageIdIn(stringOf(common.messageId) ?? headers['message-id']?.[0] ?? null),
		subject: stringOf(common.subject),
		from: firstAddress(stringOf(mail.source)),
		to: (Array.isArray(mail.destination) ? (mail.destination as unknown[]) : [])
			.map((value) => firstAddress(stringOf(value)))
			.filter((address) => address !== null),
		date: isoDate(stringOf(mail.timestamp)),
		headers,
	};
}

function jsonIn(text: string): Json | null {
	const start = text.indexOf('{');
	const end = text.lastIndexOf('}');
	if (start < 0 || end < start) return null;
	// SNS mails wrap the JSON at the width of a line, even within a string.
	const body = text.slice(start, end + 1);
	for (const candidate of [body, body.replace(/\n/g, '')]) {
		try {
			return objectOf(JSON.parse(candidate));
		} catch {
			// Not JSON in this form.
		}
	}
	return null;
}

function objectOf(value: unknown): Json | null {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

function stringOf(value: unknown): string | null {
	return typeof value === 'string' ? value : null;
}
