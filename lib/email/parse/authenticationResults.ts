import type { Authentication, AuthenticationResult, EmailAddress } from '../message';
import { withoutComments } from './parameters';

export const NOT_AUTHENTICATED: Authentication = {
	spf: null,
	dkim: [],
	dmarc: null,
	arc: null,
	aligned: null,
	source: 'none',
};

const RESULTS = new Set<string>(['pass', 'fail', 'softfail', 'neutral', 'none', 'temperror', 'permerror', 'policy']);

interface MethodResult {
	method: string;
	result: AuthenticationResult;
	properties: Map<string, string>;
}

function isResult(text: string): text is AuthenticationResult {
	return RESULTS.has(text);
}

function toResult(text: string): AuthenticationResult {
	const name = text.toLowerCase();
	if (isResult(name)) return name;
	// RFC 8601, 2.7.2: hardfail is the old word for fail; Microsoft writes bestguesspass and error.
	return name === 'hardfail' ? 'fail' : name === 'error' ? 'temperror' : 'none';
}

/** Splits `authserv-id; method=result prop=value …; …` (RFC 8601, section 2.2). */
function parse(value: string): { authservId: string; results: MethodResult[] } {
	const [head = '', ...pieces] = withoutComments(value).split(';');
	const results: MethodResult[] = [];
	for (const piece of pieces) {
		const match = /^\s*([a-z-]+)(?:\/\d+)?\s*=\s*([a-z]+)\b/i.exec(piece);
		if (match?.[1] === undefined || match[2] === undefined) continue;
		const properties = new Map<string, string>();
		for (const property of piece
			.slice(match[0].length)
			.matchAll(/(?<![a-z0-9.-])([a-z0-9-]+(?:\.[a-z0-9-]+)?)\s*=\s*("[^"]*"|[^\s;]+)/gi)) {
			const name = property[1]?.toLowerCase() ?? '';
			if (!properties.has(name)) properties.set(name, (property[2] ?? '').replace(/^"|"$/g, ''));
		}
		results.push({ method: match[1].toLowerCase(), result: toResult(match[2]), properties });
	}
	return { authservId: head.trim().split(/\s+/)[0]?.toLowerCase() ?? '', results };
}

function domainOf(text: string | undefined): string | null {
	if (text === undefined || text === '') return null;
	const domain = text
		.slice(text.lastIndexOf('@') + 1)
		.replace(/^<|>$/g, '')
		.toLowerCase();
	return domain === '' ? null : domain;
}

/** Relaxed alignment without a public suffix list: equal, or one within the other (RFC 7489, 3.1). */
function aligns(domain: string | null, from: string): boolean {
	return (
		domain !== null &&
		domain.includes('.') &&
		(domain === from || from.endsWith(`.${domain}`) || domain.endsWith(`.${from}`))
	);
}

/** DMARC knows the domain's own wish for alignment, strict or relaxed; without its verdict relaxed alignment is looked at. */
function decided(dmarc: AuthenticationResult | undefined): boolean | null {
	return dmarc === 'pass' ? true : dmarc === 'fail' ? false : null;
}

/**
 * Reads the topmost Authentication-Results header that a trusted host wrote (RFC 8601): headers below it came with the
 * mail and prove nothing. Without a trusted host nothing is read.
 *
 * @param trusted authserv-ids; `example.com` stands for that name alone
 */
export function readAuthenticationResults(
	values: readonly string[],
	trusted: readonly string[],
	from: EmailAddress | null,
): Authentication {
	const names = new Set(trusted.map((name) => name.trim().toLowerCase()).filter((name) => name !== ''));
	const found = names.size === 0 ? undefined : values.map(parse).find((entry) => names.has(entry.authservId));
	if (found === undefined) return { ...NOT_AUTHENTICATED, dkim: [] };
	const of = (method: string): MethodResult[] => found.results.filter((entry) => entry.method === method);
	const spf = of('spf')[0];
	const dmarc = of('dmarc')[0];
	const arc = of('arc')[0];
	const spfDomain = domainOf(spf?.properties.get('smtp.mailfrom') ?? spf?.properties.get('smtp.helo'));
	const dkim = of('dkim').map(({ result, properties }) => ({
		result,
		domain: domainOf(properties.get('header.d') ?? properties.get('header.i')),
		selector: properties.get('header.s') ?? null,
	}));
	const fromDomain = domainOf(from?.address);
	const passed =
		(spf?.result === 'pass' && fromDomain !== null && aligns(spfDomain, fromDomain)) ||
		dkim.some((entry) => entry.result === 'pass' && fromDomain !== null && aligns(entry.domain, fromDomain));
	return {
		spf: spf === undefined ? null : { result: spf.result, domain: spfDomain },
		dkim,
		dmarc:
			dmarc === undefined
				? null
				: {
						result: dmarc.result,
						domain: domainOf(dmarc.properties.get('header.from')),
						policy: dmarc.properties.get('policy.dmarc') ?? dmarc.properties.get('p') ?? null,
					},
		arc: arc === undefined ? null : { result: arc.result },
		aligned: fromDomain === null ? null : (decided(dmarc?.result) ?? passed),
		source: 'authentication-results',
	};
}
