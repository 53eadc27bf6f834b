import { type HeaderField, header, rawHeader } from '../mime/headerBlock';
import { type Part, readPartTree } from '../mime/partTree';
import { type Anatomy, dissect } from './anatomy';
import type { BouncedRecipient, Classification, ClassificationKind, Evidence, OriginalMessage } from './classification';
import { typedValue } from './deliveryStatus';
import { complainant, readComplaint } from './feedback';
import { readOtherMail } from './otherMail';
import { readSesNotification } from './providerNotification';
import { recipientsOf } from './recipients';
import { recogniseNotice } from './recognise';
import { describedHeader, isoDate, messageIdIn, originalOf } from './returnedMessage';

/** Wrappers followed at most: a list manager's notice around a bounce, and a gateway's around that. */
const WRAPPER_DEPTH = 2;

/**
 * Tells a mail apart and takes out what a bounce says, synchronously and in memory.
 *
 * @param raw the message as received, with or without an mbox `From ` line, LF or CRLF
 * @returns a classification, whatever the bytes: it never throws. RFC 3464, 3834, 5965, 8098.
 */
export function classifyMessage(raw: Buffer): Classification {
	return classifyPart(readPartTree(withLineFeeds(raw)), 0);
}

/** Old Macs and some gateways end lines with CR alone. */
function withLineFeeds(raw: Buffer): Buffer {
	if (raw.includes(LF) || !raw.includes(CR)) return raw;
	return raw.map((byte) => (byte === CR ? LF : byte)) as Buffer;
}

const LF = 0x0a;
const CR = 0x0d;

function classifyPart(root: Part, depth: number): Classification {
	const anatomy = dissect(root);
	const complaint = readComplaint(anatomy);
	// RFC 6430: the recipient says that it was no spam; nobody complains.
	if (complaint?.feedbackType === 'not-spam')
		return { ...base('auto-reply', anatomy, 0.99, [complaint.evidence]), feedbackType: 'not-spam' };
	if (complaint !== null) {
		return {
			...base('complaint', anatomy, 0.99, [complaint.evidence]),
			recipients: complaint.recipients.map((address) => complainant(address, complaint.evidence)),
			reportingMta: mta(complaint.reportingMta),
			arrivalDate: isoDate(complaint.arrivalDate),
			feedbackType: complaint.feedbackType,
		};
	}
	if (anatomy.disposition !== null) return receipt(anatomy, anatomy.disposition);
	const notification = readSesNotification(anatomy.notice);
	if (notification !== null) return notification;
	const recognition = recogniseNotice(anatomy);
	if (recognition.isNotice) return notice(anatomy, recognition.evidence, recognition.points);
	return enclosedNotice(anatomy, depth) ?? otherMail(anatomy);
}

function base(kind: ClassificationKind, anatomy: Anatomy, confidence: number, evidence: Evidence[]): Classification {
	return {
		kind,
		recipients: [],
		original: originalIn(anatomy),
		reportingMta: null,
		arrivalDate: null,
		feedbackType: null,
		confidence,
		evidence,
	};
}

/** The message that came back; where only its id or some of its lines are given, what these say. */
function originalIn(anatomy: Anatomy): OriginalMessage | null {
	const fields = anatomy.returned ?? describedHeader(anatomy.notice);
	const stated =
		rawHeader(anatomy.deliveryStatus?.message ?? [], 'x-original-message-id') ??
		rawHeader(anatomy.disposition ?? [], 'original-message-id');
	if (fields.length === 0 && stated === null) return null;
	const original = originalOf(fields);
	return { ...original, messageId: original.messageId ?? messageIdIn(stated) };
}

function notice(anatomy: Anatomy, evidence: Evidence[], points: number): Classification {
	const recipients = recipientsOf(anatomy);
	const fields = anatomy.deliveryStatus?.message ?? [];
	const kind = kindOf(anatomy, recipients);
	for (const recipient of recipients)
		recipient.action ??= kind === 'delay' ? 'delayed' : kind === 'bounce' ? 'failed' : 'delivered';
	if (kind === 'auto-reply') {
		for (const recipient of recipients)
			Object.assign(recipient, { reason: 'delivered', bounceType: null, confidence: 0.95 });
	}
	return {
		...base(kind, anatomy, Math.min(0.99, 0.5 + 0.05 * points), evidence),
		recipients,
		reportingMta: mta(rawHeader(fields, 'reporting-mta')),
		arrivalDate: isoDate(rawHeader(fields, 'arrival-date')),
	};
}

function mta(raw: string | null): string | null {
	return typedValue(raw)?.value.split(/[\s(]/, 1)[0] ?? null;
}

const DELAY =
	/warning message only|do not need to resend|(?:has|have) not yet been delivered|delivery (?:status notification )?\(?delay|not yet been delivered|still being retried|will be retried|delayed for more than|only a temporary failure report|could not send message for past|delivery (?:has been|is) delayed|message (?:is |has been |still )?delayed|this is (?:only )?a warning|will keep trying|transient non-fatal errors|delivery attempts will continue|temporarily delayed|will (?:be )?(?:retry|retried|try again)|temporary problem delivering|bisher nicht (?:zugestellt|ausgeliefert)|weiter(?:hin)? versucht|verzögert|vorübergehendes problem|retardée?\b|a été différée?|se ha retrasado|entrega retrasada|retraso|atrasad[oa]|ritardat[oa]|vertraagd|försenad|forsinket|viivästy|opóźnion|zpožděn|késleltet|gecik|задерж|отложен|遅延|遅れて|延迟|延遲|지연/i;
const SUCCESS =
	/\b(?:successfully (?:delivered|relayed)|was delivered|relayed to the following|delivery to the following recipients? (?:was|has been) success|mail delivery report that you requested|delivery report: success|return receipt|\(success\)|\(relay\))/i;

function kindOf(anatomy: Anatomy, recipients: BouncedRecipient[]): ClassificationKind {
	const actions = recipients.map((recipient) => recipient.action);
	if (actions.includes('failed')) return 'bounce';
	if (actions.includes('delayed')) return 'delay';
	if (actions.some((action) => action !== null)) return 'auto-reply';
	const text = `${header(anatomy.root.headers, 'subject') ?? ''}\n${anatomy.notice.slice(0, 4000)}`;
	if (DELAY.test(text)) return 'delay';
	return SUCCESS.test(text) &&
		recipients.every((recipient) => !/^[45]/.test(recipient.status ?? recipient.replyCode ?? ''))
		? 'auto-reply'
		: 'bounce';
}

/** RFC 8098: a read receipt is an answer nobody wrote. */
function receipt(anatomy: Anatomy, fields: HeaderField[]): Classification {
	const disposition = rawHeader(fields, 'disposition') ?? '';
	return base('auto-reply', anatomy, 0.98, [
		{ source: 'structure', rule: 'rfc8098', text: `Disposition: ${disposition}` },
	]);
}

/** A list manager or gateway that hands on a bounce as an attachment: its own mail must be automatic, too. */
function enclosedNotice(anatomy: Anatomy, depth: number): Classification | null {
	const fields = anatomy.root.headers;
	const automatic =
		/^(?:bulk|list|junk)/i.test(rawHeader(fields, 'precedence') ?? '') ||
		/^auto-/i.test(rawHeader(fields, 'auto-submitted') ?? '') ||
		/(?:-(?:bounces|owner|request|admin)|^mailman|listserv|majordomo|mailer-daemon|postmaster)@|-owner@/i.test(
			header(fields, 'from') ?? '',
		) ||
		rawHeader(fields, 'x-mailman-version') !== null;
	if (!automatic || anatomy.enclosed === null || depth >= WRAPPER_DEPTH) return null;
	const inner = classifyPart(anatomy.enclosed, depth + 1);
	if (inner.kind === 'human' || inner.kind === 'auto-reply') return null;
	return {
		...inner,
		evidence: [{ source: 'structure', rule: 'wrapper', text: header(fields, 'subject') ?? '' }, ...inner.evidence],
	};
}

function otherMail(anatomy: Anatomy): Classification {
	const { kind, confidence, evidence } = readOtherMail(anatomy);
	return { ...base(kind, anatomy, confidence, evidence), original: null };
}
