import { type HeaderField, header, rawHeader } from '../mime/headerBlock';
import { allAddresses } from './addresses';
import type { Anatomy } from './anatomy';
import type { BouncedRecipient, Evidence } from './classification';

export interface Complaint {
	feedbackType: string;
	recipients: string[];
	arrivalDate: string | null;
	reportingMta: string | null;
	evidence: Evidence;
}

/** Fields of a feedback report that name the recipient (RFC 5965 section 3.2, RFC 6650, and what providers write). */
const RECIPIENT_FIELDS = [
	'original-rcpt-to',
	'removal-recipient',
	'final-recipient',
	'original-recipient',
	'redacted-address',
];

/**
 * Recognises a complaint: an RFC 5965 report, Microsoft's JMRP, Apple's and others' one-click "unsubscribe by mail",
 * and reports of providers that send the fields or the complaint in other forms. Null for anything else.
 */
export function readComplaint(anatomy: Anatomy): Complaint | null {
	if (anatomy.feedback !== null) return fromReport(anatomy.feedback, anatomy.returned ?? []);
	const fields = anatomy.root.headers;
	if (rawHeader(fields, 'x-apple-unsubscribe')?.toLowerCase() === 'true') {
		return complaint('opt-out', allAddresses(header(fields, 'from') ?? ''), {
			source: 'header',
			rule: 'apple-unsubscribe',
			text: 'X-Apple-Unsubscribe: true',
		});
	}
	const unsubscribe = unsubscribedBy(anatomy);
	if (unsubscribe !== null)
		return complaint('opt-out', allAddresses(header(fields, 'from') ?? ''), {
			source: 'notice',
			rule: 'unsubscribe-by-mail',
			text: unsubscribe,
		});
	const returned = anatomy.returned ?? [];
	const jmrp = header(returned, 'x-hmxmroriginalrecipient') ?? header(fields, 'x-hmxmroriginalrecipient');
	if (
		jmrp !== null &&
		/staff@hotmail\.com|complaint/i.test(`${header(fields, 'from') ?? ''} ${header(fields, 'subject') ?? ''}`)
	) {
		return complaint('abuse', allAddresses(jmrp), {
			source: 'returned',
			rule: 'jmrp',
			text: `X-HmXmrOriginalRecipient: ${jmrp}`,
		});
	}
	if (/report-type="?feedback-report/i.test(rawHeader(fields, 'content-type') ?? '')) {
		const to = allAddresses(header(returned, 'to') ?? '');
		return complaint('abuse', to, { source: 'structure', rule: 'rfc5965', text: 'report-type=feedback-report' });
	}
	return null;
}

/** What Gmail and Apple Mail write themselves into the mail that unsubscribes (RFC 2369, 3.2), and nothing else. */
const GMAIL = /gmail/i;
const AUTOMATIC =
	/automat|otomat|autom[aà]ti|αυτόματ|автомат|自动|自動|자동|تلقائي|אוטומט|อัตโนมัติ|tự động|स्वचालित|sjálfvirk/i;
const APPLE = /apple mail|mail van apple|apple (?:의 )?mail/i;
const UNSUBSCRIBES =
	/unsubscri|abzubestell|abbestell|abmeld|d[ée]sabonn|d[ée]sinscri|suscripci[oó]n|darse de baja|iscrizione|disiscri|assinatura|subscri[cç]|inscri[cç]|afmeld|uitschrijv|abonnement|prenumer|tilau|tilaukse|subskryp|zrezygnowa|wypisa|odhl[aá]|odber|leiratkoz|dezabon|abonare|διαγρα|κατάργηση|aboneli|отпис|відпис|подпис|退订|退訂|取消订阅|取消訂閱|登録解除|購読|配信停止|구독|الاشتراك|מינוי|הסרה|ยกเลิก|hủy đăng ký|berhenti berlangganan|odjav|otkaž/i;
const LONGEST_UNSUBSCRIBE = 300;

/** The client's own sentence when it is all that the mail says; null for everything else. */
function unsubscribedBy({ notice, root }: Anatomy): string | null {
	if (rawHeader(root.headers, 'in-reply-to') !== null) return null;
	const text = notice.slice(0, 2000).replace(/\s+/g, ' ').trim();
	if (text === '' || text.length > LONGEST_UNSUBSCRIBE || /[?？]/.test(text)) return null;
	const apple = APPLE.test(text) && UNSUBSCRIBES.test(text);
	const gmail = GMAIL.test(text) && AUTOMATIC.test(text) && text.length <= 160 && !/[^\s@]@[^\s@]/.test(text);
	return apple || gmail ? text : null;
}

function fromReport(fields: HeaderField[], returned: HeaderField[]): Complaint {
	const type = rawHeader(fields, 'feedback-type')?.trim().toLowerCase() ?? 'abuse';
	const recipients = RECIPIENT_FIELDS.flatMap((name) => fields.filter((field) => field.name === name)).flatMap(
		(field) => allAddresses(field.value),
	);
	// Some providers hide the complainant (`redacted`, `anonymous@`); the mail that was complained of was sent to him.
	const told = recipients.filter(
		(address) =>
			!/^(?:redacted|anonymous|undisclosed|x{3,})[^@]{0,40}@|@(?:redacted|anonymi[sz]ed|invalid)\b/i.test(address),
	);
	// A report of failed authentication (RFC 6591) is nobody's complaint.
	const original = type === 'auth-failure' ? [] : allAddresses(header(returned, 'to') ?? '');
	const named = told.length > 0 ? told : original;
	return {
		...complaint(type, [...new Set(named.length > 0 ? named : recipients)], {
			source: 'structure',
			rule: 'rfc5965',
			text: `Feedback-Type: ${type}`,
		}),
		arrivalDate: rawHeader(fields, 'arrival-date') ?? rawHeader(fields, 'received-date'),
		reportingMta: rawHeader(fields, 'reporting-mta'),
	};
}

function complaint(feedbackType: string, recipients: string[], evidence: Evidence): Complaint {
	return { feedbackType, recipients, arrivalDate: null, reportingMta: null, evidence };
}

/** A complaint's recipient in the form of a bounced one. */
export function complainant(address: string, evidence: Evidence): BouncedRecipient {
	return {
		address,
		originalAddress: null,
		action: null,
		status: null,
		replyCode: null,
		reason: 'complaint',
		bounceType: 'soft',
		diagnostic: null,
		remoteMta: null,
		command: null,
		confidence: 0.99,
		evidence: [evidence],
	};
}
