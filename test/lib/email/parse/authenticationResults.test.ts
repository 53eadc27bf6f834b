import { describe, expect, it } from 'vitest';
import { readAuthenticationResults } from '../../../../lib/email/parse/authenticationResults';

const from = { name: '', address: 'ann@mail.example.com' };
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

	it('know the old words and pass over what they do not know', () => {
		const read = readAuthenticationResults(
			['mx; spf=hardfail smtp.helo=h.example; iprev=pass; x-new=maybe; none'],
			['mx'],
			from,
		);
		expect(read).toMatchObject({ spf: { result: 'fail', domain: 'h.example' }, dkim: [], dmarc: null });
	});
});
