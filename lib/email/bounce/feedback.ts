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
	if (anatomy.feedback !== null) return fromReport(anatomy.feedback);
	const fields = anatomy.root.headers;
	if (rawHeader(fields, 'x-apple-unsubscribe')?.toLowerCase() === 'true') {
		return complaint('opt-out', [], { source: 'header', rule: 'apple-unsubscribe', text: 'X-Apple-Unsubscribe: true' });
	}
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
		return complaint('abuse', [], { source: 'structure', rule: 'rfc5965', text: 'report-type=feedback-report' });
	}
	return null;
}

function fromReport(fields: HeaderField[]): Complaint {
	const type = rawHeader(fields, 'feedback-type')?.trim().toLowerCase() ?? 'abuse';
	const recipients = RECIPIENT_FIELDS.flatMap((name) => fields.filter((field) => field.name === name)).flatMap(
		(field) => allAddresses(field.value),
	);
	return {
		...complaint(type, [...new Set(recipients)], {
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
