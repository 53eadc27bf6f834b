/** The DNS records that decide whether a domain's mail is believed: SPF, DKIM, DMARC, MX. */
import { createPublicKey } from 'node:crypto';
import { promises as dns } from 'node:dns';
import type { Finding } from './findings';

/** Looks up records; replaced in tests. Rejects as `node:dns` does (`ENOTFOUND`, `ENODATA`, `ETIMEOUT` …). */
export interface Resolver {
	txt(name: string): Promise<string[][]>;
	mx(name: string): Promise<Array<{ exchange: string; priority: number }>>;
}

export const systemResolver: Resolver = {
	txt: (name) => dns.resolveTxt(name),
	mx: (name) => dns.resolveMx(name),
};

export interface DomainCheck {
	domain: string;
	/** False when there is a finding of level `error`. */
	healthy: boolean;
	findings: Finding[];
	mx: Array<{ exchange: string; priority: number }>;
	spf: { record: string | null; lookups: number; all: string | null };
	dkim: Array<{ selector: string; found: boolean; keyType: string | null; keyBits: number | null; testing: boolean }>;
	dmarc: {
		record: string | null;
		policy: string | null;
		subdomainPolicy: string | null;
		percent: number;
		reports: string[];
	};
}

/** RFC 7208, section 4.6.4: terms that ask the DNS, over all includes. */
const MAX_SPF_LOOKUPS = 10;
/** RFC 8301: RSA keys under 1024 bits must not be used, 2048 should be. */
const [MIN_RSA_BITS, GOOD_RSA_BITS] = [1024, 2048];

/**
 * Looks at the records as a receiver would, and says what to mend.
 *
 * @param selectors DKIM selectors that the domain signs with; they cannot be found out from the DNS
 */
export async function checkDomain(
	domain: string,
	selectors: readonly string[],
	resolver: Resolver = systemResolver,
): Promise<DomainCheck> {
	const name = domain.trim().toLowerCase().replace(/\.$/, '');
	const findings: Finding[] = [];
	const [mx, spf, dkim, dmarc] = await Promise.all([
		checkMx(name, resolver, findings),
		checkSpf(name, resolver, findings),
		Promise.all(selectors.map((selector) => checkDkim(name, selector, resolver, findings))),
		checkDmarc(name, resolver, findings),
	]);
	if (selectors.length === 0) {
		findings.push({
			level: 'info',
			code: 'DKIM_NOT_CHECKED',
			message: 'No DKIM selector was given, so no key was looked up',
			advice: 'Name the selectors that your servers and providers sign with.',
		});
	}
	findings.sort((a, b) => a.code.localeCompare(b.code));
	return { domain: name, healthy: findings.every(({ level }) => level !== 'error'), findings, mx, spf, dkim, dmarc };
}

async function checkMx(domain: string, resolver: Resolver, findings: Finding[]): Promise<DomainCheck['mx']> {
	const records = await lookUp(() => resolver.mx(domain), `MX of ${domain}`, findings);
	if (records === null) return [];
	const isNull = records.length === 1 && (records[0]?.exchange === '' || records[0]?.exchange === '.');
	if (records.length === 0 || isNull) {
		findings.push({
			level: 'warning',
			code: isNull ? 'MX_NULL' : 'MX_MISSING',
			message: isNull ? 'The domain says that it takes no mail (RFC 7505)' : 'The domain has no MX record',
			advice: 'Bounces and answers to an address of this domain get lost; some receivers refuse its mail.',
		});
	}
	return [...records].sort((a, b) => a.priority - b.priority);
}

async function checkSpf(domain: string, resolver: Resolver, findings: Finding[]): Promise<DomainCheck['spf']> {
	const records = await spfRecords(domain, resolver, findings);
	if (records === null) return { record: null, lookups: 0, all: null };
	const [record = null] = records;
	if (record === null) {
		findings.push({
			level: 'error',
			code: 'SPF_MISSING',
			message: 'The domain has no SPF record',
			advice: 'Publish a TXT record such as “v=spf1 include:… -all” that names who may send for it.',
		});
		return { record, lookups: 0, all: null };
	}
	if (records.length > 1) {
		findings.push({
			level: 'error',
			code: 'SPF_SEVERAL',
			message: `The domain has ${records.length} SPF records, so receivers see a permanent error (RFC 7208, 4.5)`,
			advice: 'Join them into one record.',
		});
	}
	const lookups = await spfLookups(record, resolver, findings, new Set([domain]));
	if (lookups > MAX_SPF_LOOKUPS) {
		findings.push({
			level: 'error',
			code: 'SPF_TOO_MANY_LOOKUPS',
			message: `SPF needs ${lookups} DNS look-ups, and receivers stop at ${MAX_SPF_LOOKUPS} (RFC 7208, 4.6.4)`,
			advice: 'Remove includes that are no longer used, or put a provider on a subdomain of its own.',
		});
	}
	const all = /(?:^|\s)([-~?+]?)all(?:\s|$)/i.exec(record)?.[1] ?? null;
	const isOpen = all === '' || all === '+';
	if (isOpen || (all === null && !/\bredirect=/i.test(record)) || all === '?') {
		findings.push({
			level: isOpen ? 'error' : 'warning',
			code: 'SPF_OPEN',
			message: isOpen ? 'SPF lets everybody send for the domain' : 'SPF says nothing about everybody else',
			advice: 'End the record with “-all” or “~all”.',
		});
	}
	return { record, lookups, all: all === '' ? '+' : all };
}

async function spfRecords(domain: string, resolver: Resolver, findings: Finding[]): Promise<string[] | null> {
	const texts = await textRecords(domain, resolver, findings);
	return texts?.filter((text) => /^v=spf1(?:\s|$)/i.test(text)) ?? null;
}

/** Counts include, redirect, a, mx, ptr and exists, through what is included. */
async function spfLookups(record: string, resolver: Resolver, findings: Finding[], seen: Set<string>): Promise<number> {
	let lookups = 0;
	for (const term of record.split(/\s+/).slice(1)) {
		const [, kind, target] =
			/^[-~?+]?(include|redirect|a|mx|ptr|exists)(?:[:=]([^/\s]+))?(?:\/\S*)?$/i.exec(term) ?? [];
		if (!kind) continue;
		lookups++;
		const isNested = /^(?:include|redirect)$/i.test(kind);
		const name = target?.toLowerCase().replace(/\.$/, '');
		// A macro stands for something of each mail; there is nothing to follow here.
		if (!isNested || !name || name.includes('%') || seen.has(name) || lookups > 4 * MAX_SPF_LOOKUPS) continue;
		seen.add(name);
		const records = await spfRecords(name, resolver, findings);
		if (records === null) continue;
		const [nested] = records;
		if (nested === undefined) {
			findings.push({
				level: 'error',
				code: 'SPF_INCLUDE_BROKEN',
				message: `SPF refers to ${name}, which has no SPF record`,
				advice: 'Receivers see a permanent error: remove or mend that term.',
			});
			continue;
		}
		lookups += await spfLookups(nested, resolver, findings, seen);
	}
	return lookups;
}

async function checkDkim(
	domain: string,
	selector: string,
	resolver: Resolver,
	findings: Finding[],
): Promise<DomainCheck['dkim'][number]> {
	const name = `${selector}._domainkey.${domain}`;
	const records = await textRecords(name, resolver, findings);
	const none = { selector, found: false, keyType: null, keyBits: null, testing: false };
	if (records === null) return none;
	const record = records.find((text) => /(?:^|;)\s*p=/i.test(text));
	const add = (level: Finding['level'], code: string, message: string, advice: string) =>
		findings.push({ level, code, message, advice });
	if (record === undefined) {
		add('error', 'DKIM_MISSING', `There is no DKIM key at ${name}`, 'Publish the key that your server signs with.');
		return none;
	}
	const tags = tagsOf(record);
	const keyType = tags.get('k')?.toLowerCase() ?? 'rsa';
	const testing = (tags.get('t') ?? '').split(':').some((flag) => flag.trim() === 'y');
	const key = (tags.get('p') ?? '').replace(/\s+/g, '');
	if (key === '') {
		add('error', 'DKIM_REVOKED', `The DKIM key at ${name} is revoked (RFC 6376, 3.6.1)`, 'Sign with another selector.');
		return { selector, found: true, keyType, keyBits: null, testing };
	}
	const keyBits = keyType === 'rsa' ? rsaBits(key) : null;
	if (keyType === 'rsa' && keyBits === null) {
		add('error', 'DKIM_INVALID', `The DKIM key at ${name} cannot be read`, 'Publish it again, without line breaks.');
	} else if (keyBits !== null && keyBits < GOOD_RSA_BITS) {
		const level = keyBits < MIN_RSA_BITS ? 'error' : 'warning';
		add(level, 'DKIM_WEAK', `The DKIM key at ${name} has ${keyBits} bits (RFC 8301)`, 'Use an RSA key of 2048 bits.');
	}
	if (testing) {
		add('warning', 'DKIM_TESTING', `The DKIM key at ${name} is marked as a test`, 'Remove “t=y” once it works.');
	}
	return { selector, found: true, keyType, keyBits, testing };
}

async function checkDmarc(domain: string, resolver: Resolver, findings: Finding[]): Promise<DomainCheck['dmarc']> {
	const none = { record: null, policy: null, subdomainPolicy: null, percent: 100, reports: [] };
	const records = await textRecords(`_dmarc.${domain}`, resolver, findings);
	if (records === null) return none;
	const [record] = records.filter((text) => /^v=DMARC1\s*(?:;|$)/i.test(text));
	if (record === undefined) {
		findings.push({
			level: 'error',
			code: 'DMARC_MISSING',
			message: 'The domain has no DMARC record of its own',
			advice: `Publish “v=DMARC1; p=none; rua=mailto:…” at _dmarc.${domain}, read the reports, then tighten the policy.`,
		});
		return none;
	}
	const tags = tagsOf(record);
	const policy = tags.get('p')?.toLowerCase() ?? null;
	const reports = (tags.get('rua') ?? '')
		.split(',')
		.map((address) => address.trim())
		.filter(Boolean);
	if (policy === null || !['none', 'quarantine', 'reject'].includes(policy)) {
		findings.push({
			level: 'error',
			code: 'DMARC_INVALID',
			message: 'The DMARC record has no valid policy',
			advice: 'Set p to none, quarantine or reject.',
		});
	} else if (policy === 'none') {
		findings.push({
			level: 'warning',
			code: 'DMARC_MONITORING',
			message: 'DMARC only watches: forged mail is still delivered',
			advice: 'When the reports show your own mail aligned, move to quarantine, then to reject.',
		});
	}
	if (reports.length === 0) {
		findings.push({
			level: 'warning',
			code: 'DMARC_NO_REPORTS',
			message: 'Nobody gets the aggregate reports',
			advice: 'Add rua=mailto:… with a mailbox that a workflow reads.',
		});
	}
	const percent = Number(tags.get('pct') ?? 100);
	return {
		record,
		policy,
		subdomainPolicy: tags.get('sp')?.toLowerCase() ?? null,
		percent: Number.isInteger(percent) ? percent : 100,
		reports,
	};
}

async function textRecords(name: string, resolver: Resolver, findings: Finding[]): Promise<string[] | null> {
	const records = await lookUp(() => resolver.txt(name), `TXT of ${name}`, findings);
	return records?.map((parts) => parts.join('').trim()) ?? null;
}

/** Nothing there is an answer, an empty one; null when there was none, which is a finding. */
async function lookUp<T>(ask: () => Promise<T[]>, what: string, findings: Finding[]): Promise<T[] | null> {
	try {
		return await ask();
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code ?? '';
		if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
		findings.push({
			level: 'error',
			code: 'DNS_UNANSWERED',
			message: `The DNS gave no answer for the ${what} (${code || 'unknown error'})`,
			advice: 'Try again later; if it stays so, look at the name servers of the domain.',
		});
		return null;
	}
}

/** `name=value; …` (RFC 6376, 3.2). */
function tagsOf(record: string): Map<string, string> {
	return new Map(
		record.split(';').flatMap((part): Array<[string, string]> => {
			const at = part.indexOf('=');
			return at < 0 ? [] : [[part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()]];
		}),
	);
}

function rsaBits(base64: string): number | null {
	try {
		const key = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
		return key.asymmetricKeyDetails?.modulusLength ?? null;
	} catch {
		return null;
	}
}
