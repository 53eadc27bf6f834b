import type { Authentication, AuthenticationResult } from '../message';
import { onDemand } from '../onDemand';
import { asciiDomain, type AuthorReading } from './author';
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

/** Splits at a separator outside of quoted strings: what a client said stands in them (`smtp.mailfrom="a; b"@c`). */
function splitOutsideQuotes(text: string, separator: RegExp): string[] {
	const pieces: string[] = [];
	let piece = '';
	let quoted = false;
	for (let i = 0; i < text.length; i++) {
		const character = text[i] ?? '';
		if (character === '\\' && quoted) piece += character + (text[++i] ?? '');
		else if (!quoted && separator.test(character)) {
			pieces.push(piece);
			piece = '';
		} else {
			if (character === '"') quoted = !quoted;
			piece += character;
		}
	}
	return [...pieces, piece];
}

/** `name=value` with blanks around the sign (RFC 8601, 2.2 allows them); the first of each name counts. */
function propertiesOf(text: string): Map<string, string> {
	const properties = new Map<string, string>();
	for (const word of splitOutsideQuotes(joinEquals(text), /\s/)) {
		const match = /^([a-z0-9-]+(?:\.[a-z0-9-]+)?)=(.+)$/i.exec(word);
		const name = match?.[1]?.toLowerCase();
		if (name !== undefined && !properties.has(name)) properties.set(name, match?.[2] ?? '');
	}
	return properties;
}

function joinEquals(text: string): string {
	return text
		.split(/("(?:[^"\\]|\\.)*"?)/)
		.map((piece) => (piece.startsWith('"') ? piece : piece.replace(/(?<=\S)\s*=\s*/g, '=')))
		.join('');
}

/** Splits `authserv-id; method=result prop=value …; …` (RFC 8601, section 2.2). */
function parse(value: string): { authservId: string; results: MethodResult[] } {
	const [head = '', ...pieces] = splitOutsideQuotes(withoutComments(value), /;/);
	const results: MethodResult[] = [];
	for (const piece of pieces) {
		const match = /^\s*([a-z-]+)(?:\/\d+)?\s*=\s*([a-z]+)\b/i.exec(piece);
		if (match?.[1] === undefined || match[2] === undefined) continue;
		const properties = propertiesOf(piece.slice(match[0].length));
		results.push({ method: match[1].toLowerCase(), result: toResult(match[2]), properties });
	}
	return { authservId: unquoted(head.trim().split(/\s+/)[0] ?? '').toLowerCase(), results };
}

function unquoted(text: string): string {
	return /^"[^"\\]*"$/.test(text) ? text.slice(1, -1) : text;
}

/** Domain of an address or domain; null also where quotes leave open which of two it is. */
function propertyDomain(written: string | undefined): string | null {
	const text = unquoted(written ?? '').replace(/^<|>$/g, '');
	const domain = text.slice(text.lastIndexOf('@') + 1);
	return domain === '' || /["\s\\]/.test(domain) ? null : asciiDomain(domain);
}

const mailauthTools = onDemand('mailauth/lib/tools') as () => typeof import('mailauth/lib/tools');

/** Relaxed alignment (RFC 7489, 3.1): one organizational domain by the Public Suffix List. */
function aligns(domain: string | null, author: string): boolean {
	if (domain === null || !domain.includes('.')) return false;
	if (domain === author) return true;
	const nested = author.endsWith(`.${domain}`) || domain.endsWith(`.${author}`) || shareParent(domain, author);
	return nested && mailauthTools().getAlignment(author, [domain]) !== false;
}

/** Whether the last two labels agree; without that no list makes them one organization's. */
function shareParent(a: string, b: string): boolean {
	const last = (domain: string): string => domain.split('.').slice(-2).join('.');
	return last(a) === last(b);
}

/**
 * DMARC knows the domain's own wish for alignment, strict or relaxed. Its word counts for the author domain that it names
 * and for no other; a host that names two has not decided.
 */
function dmarcDecision(verdicts: readonly MethodResult[], author: string): boolean | null {
	const results = new Set(verdicts.map(({ result }) => result));
	if (results.has('fail')) return false;
	const [verdict] = verdicts;
	if (verdict === undefined || !results.has('pass') || results.size > 1) return null;
	const named = verdicts.map(({ properties }) => properties.get('header.from'));
	// Some hosts tell no header.from: then the checks behind the verdict are looked at.
	if (named.every((from) => from === undefined)) return null;
	return named.every((from) => propertyDomain(from) === author);
}

/**
 * Reads the topmost Authentication-Results header that a trusted host wrote (RFC 8601): headers below it came with the
 * mail and prove nothing. Without a trusted host nothing is read. What the host found counts as aligned only with the
 * author that the parser read, and only where From has one reading: the host may have read another one.
 *
 * @param trusted authserv-ids; `example.com` stands for that name alone. Their server must take headers with its own
 * name out of what comes in (RFC 8601, 5): nobody else can tell a forged one
 */
export function readAuthenticationResults(
	values: readonly string[],
	trusted: readonly string[],
	author: AuthorReading,
): Authentication {
	const names = new Set(trusted.map((name) => name.trim().toLowerCase()).filter((name) => name !== ''));
	const found = names.size === 0 ? undefined : values.map(parse).find((entry) => names.has(entry.authservId));
	if (found === undefined) return { ...NOT_AUTHENTICATED, dkim: [], author: { ...author } };
	const of = (method: string): MethodResult[] => found.results.filter((entry) => entry.method === method);
	const spf = of('spf')[0];
	const dmarc = of('dmarc')[0];
	const arc = of('arc')[0];
	const spfDomain = propertyDomain(spf?.properties.get('smtp.mailfrom') ?? spf?.properties.get('smtp.helo'));
	const dkim = of('dkim').map(({ result, properties }) => ({
		result,
		domain: propertyDomain(properties.get('header.d') ?? properties.get('header.i')),
		selector: textOf(properties.get('header.s')),
	}));
	const { domain } = author;
	const passed =
		domain !== null &&
		((spf?.result === 'pass' && aligns(spfDomain, domain)) ||
			dkim.some((entry) => entry.result === 'pass' && aligns(entry.domain, domain)));
	return {
		spf: spf === undefined ? null : { result: spf.result, domain: spfDomain },
		dkim,
		dmarc:
			dmarc === undefined
				? null
				: {
						result: dmarc.result,
						domain: propertyDomain(dmarc.properties.get('header.from')),
						policy: textOf(dmarc.properties.get('policy.dmarc') ?? dmarc.properties.get('p')),
					},
		arc: arc === undefined ? null : { result: arc.result },
		aligned: domain === null ? unknownAuthor(author) : (dmarcDecision(of('dmarc'), domain) ?? passed),
		author: { ...author },
		source: 'authentication-results',
	};
}

function textOf(value: string | undefined): string | null {
	return value === undefined ? null : unquoted(value);
}

/** Where nobody is named there is nothing to be aligned with; where two are, nothing is. */
function unknownAuthor({ ambiguity }: AuthorReading): boolean | null {
	return ambiguity === null ? null : false;
}

/**
 * What somebody else verified, held to the author that the parser read: it counts where From has one reading, and where
 * it names a domain, for that one alone.
 */
export function heldToAuthor(authentication: Authentication, author: AuthorReading): Authentication {
	const { aligned, dmarc } = authentication;
	const spoken = dmarc?.domain ?? author.domain;
	const counts = author.domain !== null && spoken !== null && asciiDomain(spoken) === author.domain;
	return {
		...authentication,
		aligned: author.ambiguity !== null ? false : aligned === true && !counts ? false : aligned,
		author: { ...author },
	};
}
