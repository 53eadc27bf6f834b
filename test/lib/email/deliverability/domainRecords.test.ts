import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Resolver, checkDomain } from '../../../../lib/email/deliverability/domainRecords';

const keyOf = (bits: number) =>
	generateKeyPairSync('rsa', { modulusLength: bits })
		.publicKey.export({ type: 'spki', format: 'der' })
		.toString('base64');

const strong = `v=DKIM1; k=rsa; p=${keyOf(2048)}`;

/** What is not listed does not exist; `null` gets no answer. */
function zone(
	records: Record<string, string | string[] | null>,
	mx = [{ exchange: 'mx.example', priority: 10 }],
): Resolver {
	const fail = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
	return {
		mx: () => (mx.length === 0 ? fail('ENODATA') : Promise.resolve(mx)),
		txt: (name) => {
			const value = records[name];
			if (value === null) return fail('ETIMEOUT');
			if (value === undefined) return fail('ENOTFOUND');
			// Long records come in pieces of 255 octets.
			return Promise.resolve([value].flat().map((text) => text.match(/.{1,255}/g) ?? ['']));
		},
	};
}

const good = {
	'shop.example': ['google-site-verification=x', 'v=spf1 include:esp.example mx -all'],
	'esp.example': 'v=spf1 ip4:192.0.2.0/24 -all',
	's1._domainkey.shop.example': strong,
	'_dmarc.shop.example': 'v=DMARC1; p=reject; rua=mailto:dmarc@shop.example',
};

const codes = async (records: Record<string, string | string[] | null>, selectors = ['s1'], resolver = zone(records)) =>
	(await checkDomain('shop.example', selectors, resolver)).findings.map(({ level, code }) => `${level} ${code}`);

describe('checkDomain', () => {
	it('finds nothing to mend in good records, and says what it read', async () => {
		expect(await checkDomain('Shop.Example.', ['s1'], zone(good))).toEqual({
			domain: 'shop.example',
			healthy: true,
			findings: [],
			mx: [{ exchange: 'mx.example', priority: 10 }],
			spf: { record: 'v=spf1 include:esp.example mx -all', lookups: 2, all: '-' },
			dkim: [{ selector: 's1', found: true, keyType: 'rsa', keyBits: 2048, testing: false }],
			dmarc: {
				record: 'v=DMARC1; p=reject; rua=mailto:dmarc@shop.example',
				policy: 'reject',
				subdomainPolicy: null,
				percent: 100,
				reports: ['mailto:dmarc@shop.example'],
			},
		});
	});

	it('says what is missing', async () => {
		expect(await codes({}, ['s1'], zone({}, []))).toEqual([
			'error DKIM_MISSING',
			'error DMARC_MISSING',
			'warning MX_MISSING',
			'error SPF_MISSING',
		]);
		expect(await codes(good, [])).toEqual(['info DKIM_NOT_CHECKED']);
	});

	it('counts the look-ups of SPF through includes and stops at a circle', async () => {
		const records: Record<string, string | string[]> = { ...good, 'shop.example': 'v=spf1 include:0.example ~all' };
		for (let index = 0; index < 12; index++) {
			records[`${index}.example`] = `v=spf1 include:${(index + 1) % 12}.example ip4:192.0.2.${index} -all`;
		}
		const check = await checkDomain('shop.example', ['s1'], zone(records));
		expect(check.spf.lookups).toBe(13);
		expect(check.findings.map(({ code }) => code)).toEqual(['SPF_TOO_MANY_LOOKUPS']);
	});

	it.each([
		['error SPF_OPEN', { 'shop.example': 'v=spf1 mx +all' }],
		['warning SPF_OPEN', { 'shop.example': 'v=spf1 mx' }],
		['error SPF_SEVERAL', { 'shop.example': ['v=spf1 -all', 'v=spf1 mx -all'] }],
		['error SPF_INCLUDE_BROKEN', { 'esp.example': 'something else' }],
		['error DKIM_REVOKED', { 's1._domainkey.shop.example': 'v=DKIM1; p=' }],
		['error DKIM_INVALID', { 's1._domainkey.shop.example': 'v=DKIM1; p=AAAA' }],
		['warning DKIM_WEAK', { 's1._domainkey.shop.example': `k=rsa; p=${keyOf(1024)}` }],
		['warning DKIM_TESTING', { 's1._domainkey.shop.example': `${strong}; t=y:s` }],
		['error DMARC_INVALID', { '_dmarc.shop.example': 'v=DMARC1; p=maybe; rua=mailto:a@b.example' }],
		['warning DMARC_MONITORING', { '_dmarc.shop.example': 'v=DMARC1; p=none; rua=mailto:a@b.example' }],
		['warning DMARC_NO_REPORTS', { '_dmarc.shop.example': 'v=DMARC1; p=reject' }],
	])('says %s', async (finding, changed) => {
		expect(await codes({ ...good, ...changed })).toEqual([finding]);
	});

	it('does not take silence for absence', async () => {
		expect(await codes({ ...good, '_dmarc.shop.example': null, 's1._domainkey.shop.example': null })).toEqual([
			'error DNS_UNANSWERED',
			'error DNS_UNANSWERED',
		]);
	});

	it('accepts an Ed25519 key', async () => {
		const records = {
			...good,
			's1._domainkey.shop.example': 'v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
		};
		expect(await codes(records)).toEqual([]);
	});
});
