import { detectAutomation } from '../automation';
import type { Automation, EmailAddress } from '../message';
import { type HeaderField, decodeHeaderValue, header, parseStructured, rawHeader } from '../mime/headerBlock';
import { firstAddress } from './addresses';
import type { Anatomy } from './anatomy';
import type { Evidence } from './classification';

/** Mail that is no notice: whether a person, or a machine in reply to one, wrote it. */
export function readOtherMail(anatomy: Anatomy): {
	kind: 'human' | 'auto-reply';
	confidence: number;
	evidence: Evidence[];
} {
	const fields = anatomy.root.headers;
	const automation = readAutomation(anatomy, mailFromOf(fields));
	const evidence = automation.evidence.map((text): Evidence => ({
		source: 'header',
		rule: `automation:${automation.kind}`,
		text,
	}));
	if (automation.kind === 'auto-reply') return { kind: 'auto-reply', confidence: 0.95, evidence };
	if (automation.kind === 'bounce' && DAEMON_NAME.test(header(fields, 'from') ?? ''))
		return { kind: 'auto-reply', confidence: 0.8, evidence };
	if ((automation.kind === 'auto-generated' || automation.kind === 'bounce') && isAnswer(fields))
		return { kind: 'auto-reply', confidence: 0.85, evidence };
	return { kind: 'human', confidence: automation.kind === 'none' ? 0.9 : 0.7, evidence };
}

/** What the header and the text say of automation; the return path counts only where it is given. */
export function readAutomation(anatomy: Anatomy, mailFrom: string | null = null): Automation {
	const fields = anatomy.root.headers;
	const type = parseStructured(rawHeader(fields, 'content-type') ?? '');
	return detectAutomation({
		headers: headersOf(fields),
		mailFrom,
		from: senderOf(fields),
		subject: header(fields, 'subject') ?? '',
		text: anatomy.notice,
		contentType: type.value === '' ? null : type.value,
		reportType: type.params['report-type'] ?? null,
	});
}

/** Only mail systems bear these names: nobody reads what is sent there. */
const DAEMON_NAME = /mailer-?daemon|mail[ -]?delivery[ -]?(?:sub)?system/i;

/** What a machine sends on its own (an invoice, a newsletter) is not a reply: it goes where people's mail goes. */
function isAnswer(fields: readonly HeaderField[]): boolean {
	return (
		rawHeader(fields, 'in-reply-to') !== null ||
		rawHeader(fields, 'references') !== null ||
		/^auto-replied/i.test(rawHeader(fields, 'auto-submitted') ?? '')
	);
}

function headersOf(fields: readonly HeaderField[]): Record<string, string[]> {
	const headers: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
	for (const field of fields) (headers[field.name] ??= []).push(decodeHeaderValue(field.value));
	return headers;
}

function mailFromOf(fields: readonly HeaderField[]): string | null {
	const path = rawHeader(fields, 'return-path');
	if (path === null) return null;
	return /^<\s{0,3}>$/.test(path.trim()) ? '' : firstAddress(path);
}

function senderOf(fields: readonly HeaderField[]): EmailAddress | null {
	const from = header(fields, 'from');
	const address = firstAddress(from);
	return address === null ? null : { name: (from ?? '').split('<', 1)[0]?.trim() ?? '', address };
}
