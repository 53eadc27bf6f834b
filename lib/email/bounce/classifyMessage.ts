import { type HeaderField, decodeHeaderValue, header, rawHeader } from '../mime/headerBlock';
import { type Part, readPartTree, walkParts } from '../mime/partTree';
import { partText } from '../mime/partText';
import { firstAddress } from './addresses';
import type { BouncedRecipient, Classification, Evidence, OriginalMessage } from './classification';
import { classifyReply } from './classifyReply';
import { readAction, readDeliveryStatus, typedValue } from './deliveryStatus';
import { findReplyCode, findStatus } from './statusCodes';

/** Tells a mail apart, synchronously and in memory. Never throws, whatever the bytes. */
export function classifyMessage(raw: Buffer): Classification {
	const root = readPartTree(raw);
	const parts = [...walkParts(root)];
	const report = parts.find((part) => /^message\/(global-)?delivery-status$/.test(part.contentType));
	const feedback = parts.find((part) => part.contentType === 'message/feedback-report');
	const original = returnedMessage(parts);
	if (feedback !== undefined) return complaint(feedback, original);
	const fields = report === undefined ? null : readDeliveryStatus(partText(report));
	if (fields !== null) {
		const recipients = fields.recipients.map((block) => recipientOf(block));
		const kind = kindOf(recipients);
		return {
			kind,
			recipients,
			original,
			reportingMta: typedValue(rawHeader(fields.message, 'reporting-mta'))?.value ?? null,
			arrivalDate: isoDate(rawHeader(fields.message, 'arrival-date')),
			feedbackType: null,
			confidence: 0.99,
			evidence: [{ source: 'structure', rule: 'rfc3464', text: 'message/delivery-status' }],
		};
	}
	const auto = header(root.headers, 'auto-submitted');
	if (auto !== null && /^auto-/i.test(auto)) {
		return {
			...human(),
			kind: 'auto-reply',
			evidence: [{ source: 'header', rule: 'rfc3834', text: `Auto-Submitted: ${auto}` }],
		};
	}
	return human();
}

function human(): Classification {
	return {
		kind: 'human',
		recipients: [],
		original: null,
		reportingMta: null,
		arrivalDate: null,
		feedbackType: null,
		confidence: 0.9,
		evidence: [],
	};
}

function kindOf(recipients: BouncedRecipient[]): Classification['kind'] {
	if (recipients.some((recipient) => recipient.action === 'failed')) return 'bounce';
	if (recipients.some((recipient) => recipient.action === 'delayed')) return 'delay';
	if (recipients.every((recipient) => /^(delivered|relayed|expanded)$/.test(recipient.action ?? '')))
		return 'auto-reply';
	return 'bounce';
}

function recipientOf(block: HeaderField[]): BouncedRecipient {
	const final = firstAddress(typedValue(rawHeader(block, 'final-recipient'))?.value ?? null);
	const originalAddress = firstAddress(typedValue(rawHeader(block, 'original-recipient'))?.value ?? null);
	const diagnostic = typedValue(rawHeader(block, 'diagnostic-code'))?.value ?? null;
	const status = findStatus(rawHeader(block, 'status') ?? '');
	const replyCode = diagnostic === null ? null : findReplyCode(diagnostic);
	const verdict = classifyReply({ replyCode, status: status ?? findStatus(diagnostic ?? ''), text: diagnostic ?? '' });
	const evidence: Evidence[] = [
		{ source: 'report', rule: 'rfc3464', text: rawHeader(block, 'final-recipient') ?? '' },
		...verdict.evidence,
	];
	return {
		address: final ?? originalAddress,
		originalAddress,
		action: readAction(rawHeader(block, 'action')),
		status,
		replyCode,
		reason: verdict.reason,
		bounceType: verdict.bounceType,
		diagnostic: diagnostic === null ? null : diagnostic.slice(0, 2000),
		remoteMta: typedValue(rawHeader(block, 'remote-mta'))?.value ?? null,
		command: null,
		confidence: verdict.confidence,
		evidence,
	};
}

function complaint(part: Part, original: OriginalMessage | null): Classification {
	const fields = readPartTree(part.body).headers;
	const type = rawHeader(fields, 'feedback-type');
	return {
		...human(),
		kind: 'complaint',
		original,
		feedbackType: type?.toLowerCase() ?? null,
		confidence: 0.99,
		evidence: [{ source: 'structure', rule: 'rfc5965', text: `Feedback-Type: ${type ?? ''}` }],
		recipients: fields
			.filter((field) => field.name === 'original-rcpt-to')
			.map((field) => ({
				address: firstAddress(field.value),
				originalAddress: null,
				action: null,
				status: null,
				replyCode: null,
				reason: 'complaint' as const,
				bounceType: 'soft' as const,
				diagnostic: null,
				remoteMta: null,
				command: null,
				confidence: 0.99,
				evidence: [],
			})),
	};
}

function returnedMessage(parts: Part[]): OriginalMessage | null {
	const part = parts.find((candidate) => /^(message\/rfc822|text\/rfc822-headers)$/.test(candidate.contentType));
	if (part === undefined) return null;
	const fields = part.children[0]?.headers ?? readPartTree(part.body).headers;
	const headers: Record<string, string[]> = {};
	for (const field of fields) (headers[field.name] ??= []).push(decodeHeaderValue(field.value));
	return {
		messageId: /<([^<>\s]+)>/.exec(rawHeader(fields, 'message-id') ?? '')?.[1] ?? null,
		subject: header(fields, 'subject'),
		from: firstAddress(header(fields, 'from')),
		to: [firstAddress(header(fields, 'to'))].filter((address) => address !== null),
		date: isoDate(rawHeader(fields, 'date')),
		headers,
	};
}

function isoDate(raw: string | null): string | null {
	const time = raw === null ? Number.NaN : Date.parse(raw.replace(/\([^)]{0,100}\)/g, ''));
	return Number.isNaN(time) ? null : new Date(time).toISOString();
}
