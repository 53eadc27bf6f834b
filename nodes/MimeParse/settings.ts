/** What the user set, in the terms of the library. */
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { clamdScanner, parseClamdAddress } from '../../lib/email/attachments/clamd';
import type { AttachmentPolicy } from '../../lib/email/attachments/policy';
import type { ScanPolicy } from '../../lib/email/attachments/scan';
import { type DnsResolver, systemResolver } from '../../lib/email/authentication/resolver';
import type { SenderGateRules } from '../../lib/email/authentication/senderGate';
import type { Extractor } from '../../lib/email/extract/extract';
import { checkPatterns, type ExtractionPattern } from '../../lib/email/extract/patterns';
import type { ParseLimits } from '../../lib/email/parse/options';

const KILOBYTE = 1024;
const MEGABYTE = 1024 * 1024;

export interface Settings {
	policy: AttachmentPolicy;
	/** For one message: it remembers that the scanner cannot be reached. */
	scan: ScanPolicy | null;
	limits: Partial<ParseLimits>;
	trustedHosts: string[];
	/** Null when nothing is verified here. */
	verify: { resolver: DnsResolver } | null;
	gate: SenderGateRules;
	extract: Extractor[];
	patterns: ExtractionPattern[];
	sanitize: boolean;
	markdown: boolean;
	/** Null when attachments are not put into binary fields. */
	attachmentPrefix: string | null;
}

/** @throws InputError `CLAMD_ADDRESS_INVALID`, `DNS_SERVER_INVALID`, `PATTERN_INVALID`, `PATTERN_NAME_MISSING` */
export function readSettings(context: IExecuteFunctions, itemIndex: number): Settings {
	const collection = (name: string): IDataObject => context.getNodeParameter(name, itemIndex, {}) as IDataObject;
	const options = collection('options');
	const rules = collection('attachments');
	const sender = collection('sender');
	const patterns = patternsOf(options.patterns);
	checkPatterns(patterns);
	const clamd = textOf(rules.clamd);
	return {
		policy: policyOf(rules),
		scan:
			clamd === ''
				? null
				: {
						scanner: clamdScanner(parseClamdAddress(clamd)),
						onFailure: rules.onScanFailure === 'open' ? 'open' : 'closed',
					},
		limits: limitsOf(options.limits),
		trustedHosts: listOf(sender.trustedHosts),
		verify: sender.verify === true ? { resolver: systemResolver(listOf(sender.dnsServers)) } : null,
		gate: { allowed: listOf(sender.allowedSenders), requireAligned: sender.requireAligned === true },
		extract: Array.isArray(options.extract) ? (options.extract as Extractor[]) : [],
		patterns,
		sanitize: options.html === 'sanitized',
		markdown: options.markdown === true,
		attachmentPrefix:
			options.attachments === false
				? null
				: typeof options.attachmentPrefix === 'string'
					? options.attachmentPrefix
					: 'attachment_',
	};
}

function policyOf(rules: IDataObject): AttachmentPolicy {
	const lists = Object.entries({
		allowTypes: rules.allowedTypes,
		denyTypes: rules.deniedTypes,
		allowExtensions: rules.allowedExtensions,
		denyExtensions: rules.deniedExtensions,
	})
		.map(([name, value]) => [name, listOf(value)] as const)
		.filter(([, entries]) => entries.length > 0);
	return {
		...(Object.fromEntries(lists) as Partial<AttachmentPolicy>),
		action: rules.forbiddenAction === 'strip' ? 'strip' : 'quarantine',
		...(rules.refuseDangerous === true ? { denyFindings: 'any' } : {}),
		...(typeof rules.maxAttachmentSize === 'number' ? { maxSize: rules.maxAttachmentSize * MEGABYTE } : {}),
		...(typeof rules.maxCount === 'number' ? { maxCount: rules.maxCount } : {}),
	};
}

/** The fields of the limits, and what one of each is in the library's unit. */
const LIMITS: ReadonlyArray<readonly [field: string, name: keyof ParseLimits, unit: number]> = [
	['addresses', 'addresses', 1],
	['attachments', 'attachments', 1],
	['depth', 'depth', 1],
	['headerKilobytes', 'headerBytes', KILOBYTE],
	['messageMegabytes', 'messageBytes', MEGABYTE],
	['parts', 'parts', 1],
	['textMegabytes', 'textBytes', MEGABYTE],
];

function limitsOf(value: unknown): Partial<ParseLimits> {
	const set = (value as { values?: IDataObject } | undefined)?.values ?? {};
	return Object.fromEntries(
		LIMITS.flatMap(([field, name, unit]) => {
			const entry = set[field];
			return typeof entry === 'number' ? [[name, Math.floor(entry * unit)]] : [];
		}),
	);
}

function patternsOf(value: unknown): ExtractionPattern[] {
	const rows = (value as { pattern?: IDataObject[] } | undefined)?.pattern ?? [];
	return rows.map((row) => ({
		name: textOf(row.name),
		pattern: typeof row.pattern === 'string' ? row.pattern : '',
		ignoreCase: row.ignoreCase !== false,
		in: (row.in ?? 'subject-and-text') as NonNullable<ExtractionPattern['in']>,
	}));
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}

function listOf(value: unknown): string[] {
	return textOf(value)
		.split(',')
		.map((entry) => entry.trim())
		.filter((entry) => entry !== '');
}
