import type { Authentication, AuthenticationResult } from '../message';
import type { Spam } from './items';
import { isRecord, numberOf, textOf } from './json';

/** Words of providers for results of SPF, DKIM and DMARC, in lower case, beside those of RFC 8601. */
const RESULTS: Readonly<Record<string, AuthenticationResult>> = {
	pass: 'pass',
	passed: 'pass',
	true: 'pass',
	'+': 'pass',
	fail: 'fail',
	failed: 'fail',
	hardfail: 'fail',
	'-': 'fail',
	softfail: 'softfail',
	'~': 'softfail',
	neutral: 'neutral',
	'?': 'neutral',
	none: 'none',
	policy: 'policy',
	temperror: 'temperror',
	error: 'temperror',
	permerror: 'permerror',
	// Amazon SES: neither passed nor failed; the check did not work.
	gray: 'neutral',
	processing_failed: 'temperror',
};

/** Result of a check in a provider's words, `Pass (sender SPF authorized)` included; null when there is none. */
export function resultOf(value: unknown): AuthenticationResult | null {
	const text = (typeof value === 'boolean' ? String(value) : (textOf(value) ?? '')).trim().toLowerCase();
	const word = /^[a-z_]+|^[+~?-]/.exec(text)?.[0] ?? '';
	return Object.hasOwn(RESULTS, word) ? (RESULTS[word] ?? null) : null;
}

export interface ProviderVerdicts {
	spf?: unknown;
	spfDomain?: unknown;
	/** One result, or each with its domain. */
	dkim?: unknown;
	dmarc?: unknown;
	dmarcPolicy?: unknown;
}

/** What the provider verified, in the form of the contract; null when it says nothing. Alignment is left to the caller. */
export function authenticationOf(verdicts: ProviderVerdicts): Authentication | null {
	const spf = resultOf(verdicts.spf);
	const dkim = (Array.isArray(verdicts.dkim) ? (verdicts.dkim as unknown[]) : [verdicts.dkim]).flatMap((entry) => {
		const result = resultOf(isRecord(entry) ? entry.result : entry);
		const domain = isRecord(entry) ? textOf(entry.domain) : null;
		const selector = isRecord(entry) ? textOf(entry.selector) : null;
		return result === null ? [] : [{ result, domain, selector }];
	});
	const dmarc = resultOf(verdicts.dmarc);
	if (spf === null && dkim.length === 0 && dmarc === null) return null;
	return {
		spf: spf === null ? null : { result: spf, domain: textOf(verdicts.spfDomain) },
		dkim,
		dmarc:
			dmarc === null
				? null
				: { result: dmarc, domain: null, policy: textOf(verdicts.dmarcPolicy)?.toLowerCase() ?? null },
		arc: null,
		aligned: dmarc === 'pass' ? true : dmarc === 'fail' ? false : null,
		source: 'provider',
	};
}

/** A provider's spam verdict; null when it gives neither score nor flag. */
export function spamOf(source: string, score: unknown, flag: unknown): Spam | null {
	const number = numberOf(score);
	const word = (typeof flag === 'boolean' ? String(flag) : (textOf(flag) ?? '')).trim().toLowerCase();
	const flagged = /^(?:yes|true|1|spam|fail)\b/.test(word)
		? true
		: /^(?:no|false|0|notspam|ham|pass|clean)\b/.test(word)
			? false
			: null;
	return number === null && flagged === null ? null : { score: number, flagged, source };
}
