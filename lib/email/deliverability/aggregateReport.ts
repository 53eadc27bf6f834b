/** DMARC aggregate reports (RFC 7489, section 7.2 and appendix C): what receivers saw of mail in a domain's name. */
import { InputError } from '../../errors';
import { readXml, type XmlElement, type XmlLimits, XmlRefused } from './reportXml';

export interface AggregateReport {
	/** Who reports, such as `google.com`. */
	reporter: string;
	reporterEmail: string | null;
	reportId: string;
	/** The domain reported on. */
	domain: string;
	/** ISO 8601, UTC. */
	begin: string | null;
	end: string | null;
	/** The policy that the receiver found published. */
	policy: { p: string | null; sp: string | null; adkim: string | null; aspf: string | null; pct: number | null };
	/** In messages. `aligned` passed DMARC: SPF or DKIM passed for a domain aligned with From. */
	totals: { messages: number; aligned: number; unaligned: number; quarantined: number; rejected: number };
	rows: AggregateRow[];
}

/** Messages from one address that fared alike. */
export interface AggregateRow {
	sourceIp: string;
	messages: number;
	disposition: string | null;
	/** True when DMARC passed by DKIM or by SPF. */
	aligned: boolean;
	dkim: string | null;
	spf: string | null;
	headerFrom: string | null;
	envelopeFrom: string | null;
	/** Why the receiver did not follow the policy, e.g. `mailing_list`. */
	overrides: string[];
	dkimResults: Array<{ domain: string | null; selector: string | null; result: string | null }>;
	spfResults: Array<{ domain: string | null; result: string | null }>;
}

/** Reports are some kilobytes to a few megabytes; beyond that something else was sent. */
const LIMITS: XmlLimits = { bytes: 32 * 1024 * 1024, elements: 500_000, depth: 20, text: 10_000 };

/**
 * @param content an attachment: the XML, gzipped or in a zip file, told apart by its first bytes
 * @throws InputError `DMARC_REPORT_INVALID`
 */
export async function readAggregateReport(content: Buffer): Promise<AggregateReport> {
	const feedback = child(await documentOf(content), 'feedback');
	const metadata = child(feedback, 'report_metadata');
	const published = child(feedback, 'policy_published');
	const domain = text(published, 'domain');
	if (domain === null) throw invalid('it names no domain');
	const range = child(metadata, 'date_range');
	const rows = children(feedback, 'record').map(readRow);
	return {
		reporter: text(metadata, 'org_name') ?? text(metadata, 'email')?.split('@').pop() ?? 'unknown',
		reporterEmail: text(metadata, 'email'),
		reportId: text(metadata, 'report_id') ?? '',
		domain: domain.toLowerCase(),
		begin: time(range, 'begin'),
		end: time(range, 'end'),
		policy: {
			p: text(published, 'p'),
			sp: text(published, 'sp'),
			adkim: text(published, 'adkim'),
			aspf: text(published, 'aspf'),
			pct: count(published, 'pct'),
		},
		totals: {
			messages: sum(rows),
			aligned: sum(rows.filter(({ aligned }) => aligned)),
			unaligned: sum(rows.filter(({ aligned }) => !aligned)),
			quarantined: sum(rows.filter(({ disposition }) => disposition === 'quarantine')),
			rejected: sum(rows.filter(({ disposition }) => disposition === 'reject')),
		},
		rows,
	};
}

function readRow(record: XmlElement): AggregateRow {
	const row = child(record, 'row');
	const evaluated = child(row, 'policy_evaluated');
	const identifiers = child(record, 'identifiers');
	const results = child(record, 'auth_results');
	const [dkim, spf] = [text(evaluated, 'dkim'), text(evaluated, 'spf')];
	return {
		sourceIp: text(row, 'source_ip') ?? '',
		messages: count(row, 'count') ?? 0,
		disposition: text(evaluated, 'disposition'),
		aligned: dkim === 'pass' || spf === 'pass',
		dkim,
		spf,
		headerFrom: text(identifiers, 'header_from'),
		envelopeFrom: text(identifiers, 'envelope_from'),
		overrides: children(evaluated, 'reason').flatMap((reason) => text(reason, 'type') ?? []),
		dkimResults: children(results, 'dkim').map((result) => ({
			domain: text(result, 'domain'),
			selector: text(result, 'selector'),
			result: text(result, 'result'),
		})),
		spfResults: children(results, 'spf').map((result) => ({
			domain: text(result, 'domain'),
			result: text(result, 'result'),
		})),
	};
}

async function documentOf(content: Buffer): Promise<XmlElement> {
	try {
		return await readXml(content, LIMITS);
	} catch (error) {
		if (error instanceof XmlRefused) throw invalid(error.message, error);
		throw error;
	}
}

function invalid(why: string, cause?: unknown): InputError {
	return new InputError(`This file is no DMARC aggregate report: ${why}`, {
		code: 'DMARC_REPORT_INVALID',
		hint: 'Reports come as XML, gzipped XML or a zip file with XML. Check the field that holds the attachment.',
		cause,
	});
}

function children(parent: XmlElement, name: string): XmlElement[] {
	return parent.children.get(name) ?? [];
}

function child(parent: XmlElement, name: string): XmlElement {
	return children(parent, name)[0] ?? { children: new Map(), text: '' };
}

function text(parent: XmlElement, name: string): string | null {
	return child(parent, name).text.trim() || null;
}

function count(parent: XmlElement, name: string): number | null {
	const value = text(parent, name);
	return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null;
}

/** Seconds since 1970. */
function time(parent: XmlElement, name: string): string | null {
	const seconds = count(parent, name);
	return seconds === null || seconds > 253_402_300_799 ? null : new Date(seconds * 1000).toISOString();
}

function sum(rows: readonly AggregateRow[]): number {
	return rows.reduce((total, { messages }) => total + messages, 0);
}
