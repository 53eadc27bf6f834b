import { describe, expect, it } from 'vitest';
import { readAuthenticationResults } from '../../../../lib/email/parse/authenticationResults';

const from = { domain: 'mail.example.com', ambiguity: null };
const OURS =
	'mx.example.net; spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=bounce@example.com; dkim=pass (2048-bit key; unprotected) header.d=example.com header.s=s1 header.b="abc"; dkim=fail header.i=@other.example; dmarc=pass (p=REJECT) policy.dmarc=reject header.from=mail.example.com; arc=none';

describe('Authentication-Results', () => {
	it('are not read unless a host is trusted', () => {
		expect(readAuthenticationResults([OURS], [], from)).toEqual({
			spf: null,
			dkim: [],
			dmarc: null,
			arc: null,
			aligned: null,
			author: from,
			source: 'none',
		});
		expect(readAuthenticationResults([OURS], ['mx.other.example'], from).source).toBe('none');
	});

	it('of a trusted host are read', () => {
		expect(readAuthenticationResults([OURS], ['MX.example.net'], from)).toEqual({
			spf: { result: 'pass', domain: 'example.com' },
			dkim: [
				{ result: 'pass', domain: 'example.com', selector: 's1' },
				{ result: 'fail', domain: 'other.example', selector: null },
			],
			dmarc: { result: 'pass', domain: 'mail.example.com', policy: 'reject' },
			arc: { result: 'none' },
			aligned: true,
			author: from,
			source: 'authentication-results',
		});
	});

	it('count from the topmost one: one below it came with the mail', () => {
		const forged = 'mx.example.net; spf=pass smtp.mailfrom=example.com; dmarc=pass header.from=mail.example.com';
		const read = readAuthenticationResults(
			['mx.example.net 1; spf=fail smtp.mailfrom=evil.example; dmarc=fail header.from=mail.example.com', forged],
			['mx.example.net'],
			from,
		);
		expect(read).toMatchObject({
			spf: { result: 'fail', domain: 'evil.example' },
			dmarc: { result: 'fail' },
			aligned: false,
		});
	});

	it('align neither by a look-alike domain nor by a failed check', () => {
		const aligned = (value: string): boolean | null =>
			readAuthenticationResults([`mx; ${value}`], ['mx'], from).aligned;
		expect(aligned('dkim=pass header.d=notexample.com')).toBe(false);
		expect(aligned('dkim=pass header.d=com')).toBe(false);
		expect(aligned('dkim=fail header.d=example.com')).toBe(false);
		expect(aligned('spf=pass smtp.mailfrom=x@example.com')).toBe(true);
		// The domain may want strict alignment, which DMARC knows.
		expect(aligned('spf=pass smtp.mailfrom=x@example.com; dmarc=fail header.from=mail.example.com')).toBe(false);
	});

	const evil = { spf: 'spf=pass smtp.mailfrom=evil.example', dkim: 'dkim=pass header.d=evil.example' };

	it.each([
		['a verdict about another author', 'dmarc=pass header.from=evil.example'],
		['one that names no author', 'dmarc=pass (p=none)'],
		['two that disagree', 'dmarc=pass header.from=mail.example.com; dmarc=none header.from=evil.example'],
		['two that name two', 'dmarc=pass header.from=mail.example.com; dmarc=pass header.from=evil.example'],
		['the parent domain', 'dmarc=pass header.from=example.com'],
		['an address in a local part', 'spf=pass smtp.mailfrom="x@mail.example.com"@evil.example'],
		['one whose quotes are cut', 'spf=pass smtp.mailfrom="x@mail.example.com '],
		['a verdict in a local part', 'x=pass smtp.mailfrom="; dmarc=pass header.from=mail.example.com ;"@evil.example'],
		['a verdict in a comment', 'spf=none (; dmarc=pass header.from=mail.example.com ;)'],
		['a property in a quoted one', 'dmarc=pass reason="header.from=mail.example.com" header.from=evil.example'],
		['a property in a local part', 'dkim=pass header.i="header.d=mail.example.com "@evil.example'],
	])('do not align by %s', (_what, value) => {
		const { aligned } = readAuthenticationResults([`mx; ${evil.spf}; ${evil.dkim}; ${value}`], ['mx'], from);
		expect(aligned).toBe(false);
	});

	it('say nothing of a From with more than one reading', () => {
		const ambiguous = { domain: null, ambiguity: 'it names several authors' };
		const value = 'mx; dkim=pass header.d=mail.example.com; dmarc=pass header.from=mail.example.com';
		expect(readAuthenticationResults([value], ['mx'], ambiguous)).toMatchObject({ aligned: false, author: ambiguous });
		expect(readAuthenticationResults([value], ['mx'], { domain: null, ambiguity: null }).aligned).toBeNull();
	});

	it.each([
		['dkim=pass header.d=customer.eu.org', 'eu.org', false],
		['dkim=pass header.d=evil.github.io', 'good.github.io', false],
		['dkim=pass header.d=a.shop.co.uk', 'shop.co.uk', true],
		['dkim=pass header.d=co.uk', 'shop.co.uk', false],
		['spf=pass smtp.mailfrom=b.shop.example', 'a.shop.example', true],
		['dkim=pass header.i="@shop.example"', 'shop.example', true],
		['dkim=pass header.d = SHOP.example', 'shop.example', true],
	])('align by organization, as the Public Suffix List has it: %s for %s', (value, domain, aligned) => {
		expect(readAuthenticationResults([`"mx"; ${value}`], ['mx'], { domain, ambiguity: null }).aligned).toBe(aligned);
	});

	it('of others, above or below, are passed over', () => {
		const forged = 'mx.evil.example; dmarc=pass header.from=mail.example.com';
		const near = 'xmx; dmarc=pass header.from=mail.example.com';
		const real = 'mx; dmarc=fail header.from=mail.example.com';
		expect(readAuthenticationResults([forged, near, real, forged], ['mx'], from).aligned).toBe(false);
		expect(readAuthenticationResults([forged, near, '(mx) ; dmarc=pass', 'mx/1'], ['mx'], from).source).toBe('none');
	});

	it('know the old words and pass over what they do not know', () => {
		const read = readAuthenticationResults(
			['mx; spf=hardfail smtp.helo=h.example; iprev=pass; x-new=maybe; none'],
			['mx'],
			from,
		);
		expect(read).toMatchObject({ spf: { result: 'fail', domain: 'h.example' }, dkim: [], dmarc: null });
	});
});
