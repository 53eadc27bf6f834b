/** Puts what mailauth found into the form of the canonical message. */
import type { Authentication, AuthenticationCheck, AuthenticationResult } from '../message';
import { NO_AUTHOR } from '../parse/author';
import type { SmtpSession } from './verify';
import type { Evidence } from './verifyMessage';

const RESULTS: readonly string[] = [
	'pass',
	'fail',
	'softfail',
	'neutral',
	'none',
	'temperror',
	'permerror',
	'policy',
] satisfies AuthenticationResult[];

function resultOf(word: string): AuthenticationResult {
	return RESULTS.includes(word) ? (word as AuthenticationResult) : 'permerror';
}

function because(reason: string | false | undefined): { reason?: string } {
	return typeof reason === 'string' && reason !== '' ? { reason } : {};
}

/** All checks failed for good, for one reason that lies in the message. */
export function unverifiable(reason: string): Authentication {
	return {
		spf: { result: 'none', domain: null, aligned: false, reason },
		dkim: [],
		dmarc: { result: 'permerror', domain: null, policy: null, reason },
		arc: { result: 'fail', reason },
		aligned: false,
		author: { ...NO_AUTHOR },
		source: 'verified',
		client: null,
	};
}

export function authenticationOf(
	evidence: Evidence,
	session: SmtpSession & { ignoredSignatures: number },
): Authentication {
	const spf = spfCheck(evidence, session);
	const dkim = dkimChecks(evidence, session.ignoredSignatures);
	const dmarc = dmarcCheck(evidence);
	return {
		spf,
		dkim,
		dmarc,
		arc: arcCheck(evidence),
		aligned: alignedBy(evidence, [spf, ...dkim], dmarc.result),
		author: { ...evidence.author },
		source: 'verified',
		client:
			session.client === null
				? null
				: { ip: session.client.ip, helo: session.client.helo, mailFrom: session.mailFrom, from: session.from },
	};
}

/**
 * A pass that is aligned decides; without one, a check that found no answer leaves it open. A signature that leaves part
 * of the body open (l=) is one by RFC 6376, but anybody may have written the rest.
 */
function alignedBy(
	{ spf, dkim, isAligned }: Evidence,
	checks: readonly AuthenticationCheck[],
	dmarc: AuthenticationResult,
): boolean | null {
	const passed = [
		...(spf?.status.result === 'pass' ? [spf.domain] : []),
		...dkim
			.filter(({ status }) => status.result === 'pass' && status.underSized === undefined)
			.map(({ signingDomain }) => signingDomain ?? ''),
	];
	if (passed.some((domain) => isAligned(domain.toLowerCase()))) return true;
	return dmarc === 'temperror' || checks.some(({ result }) => result === 'temperror') ? null : false;
}

function spfCheck({ spf, isAligned }: Evidence, { mailFrom }: SmtpSession): AuthenticationCheck {
	if (spf === null) {
		return {
			result: 'none',
			domain: mailFrom?.includes('@') === true ? mailFrom.slice(mailFrom.lastIndexOf('@') + 1).toLowerCase() : null,
			aligned: false,
			reason:
				'The address of the SMTP client is not known: neither the envelope nor a trusted Received header tells it',
		};
	}
	const domain = spf.domain === '' ? null : spf.domain.toLowerCase();
	const result = resultOf(spf.status.result);
	return {
		result,
		domain,
		aligned: isAligned(domain),
		// mailauth begins with the name of the verifying host, which means nothing here.
		...(result === 'pass' ? {} : because(spf.status.comment?.replace(/^localhost: /, ''))),
	};
}

function dkimChecks({ dkim, isAligned }: Evidence, ignored: number): Authentication['dkim'] {
	const checks = dkim.flatMap(({ signingDomain, selector, status }): Authentication['dkim'] => {
		// A message without signatures is told as one without a domain.
		if (status.result === 'none') return [];
		const domain = signingDomain?.toLowerCase() ?? null;
		return [
			{
				// Strictly by RFC 6376, 6.1, whatever is wrong with a signature is PERMFAIL.
				result: status.result === 'neutral' ? 'fail' : resultOf(status.result),
				domain: domain === '' ? null : domain,
				selector: selector === undefined || selector === '' ? null : selector,
				aligned: isAligned(domain),
				...because(status.comment ?? status.policy?.['dkim-rules']),
				...(status.underSized === undefined
					? {}
					: { reason: `${status.underSized} bytes of the body are not signed (l=)` }),
			},
		];
	});
	if (ignored === 0) return checks;
	const reason = `${ignored} more signatures were not looked at`;
	return [...checks, { result: 'policy', domain: null, selector: null, aligned: false, reason }];
}

function dmarcCheck({ dmarc, author }: Evidence): NonNullable<Authentication['dmarc']> {
	if (dmarc === null) {
		return {
			result: 'permerror',
			domain: null,
			policy: null,
			reason:
				author.ambiguity === null ? 'From names no domain' : `From can be read as another author: ${author.ambiguity}`,
		};
	}
	const result = resultOf(dmarc.status.result);
	// Absent where there is no record.
	const { policy = null } = dmarc as { policy?: string };
	return {
		result,
		domain: author.domain,
		policy,
		...(result === 'temperror' ? because(dmarc.error ?? 'The DMARC record could not be looked up') : {}),
		...(result === 'none' ? { reason: 'The domain publishes no DMARC record' } : {}),
		...(result === 'fail' ? { reason: 'Neither SPF nor DKIM passed for an aligned domain' } : {}),
	};
}

function arcCheck({ arc, sealer }: Evidence): NonNullable<Authentication['arc']> {
	const result = resultOf(arc.status.result);
	if (result === 'none') return { result };
	return {
		// RFC 8617, 5.2: a chain is none, pass or fail; a key that could not be looked up may still be found.
		result: result === 'pass' || result === 'temperror' ? result : 'fail',
		domain: sealer,
		...(typeof arc.i === 'number' ? { instance: arc.i } : {}),
		...(result === 'pass' ? {} : because(arc.status.comment)),
	};
}
