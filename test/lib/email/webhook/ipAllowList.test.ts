import { describe, expect, it } from 'vitest';
import { ipAllowList } from '../../../../lib/email/webhook/ipAllowList';

describe('ipAllowList', () => {
	it.each([
		['192.0.2.1', '192.0.2.1', true],
		['192.0.2.1', '192.0.2.2', false],
		['192.0.2.0/24', '192.0.2.255', true],
		['192.0.2.0/24', '192.0.3.0', false],
		['192.0.2.77/24', '192.0.2.1', true],
		['0.0.0.0/0', '203.0.113.9', true],
		['0.0.0.0/0', '2001:db8::1', false],
		['2001:db8::/32', '2001:db8:ffff::1', true],
		['2001:db8::/32', '2001:db9::1', false],
		['2001:DB8::1', '2001:0db8:0:0:0:0:0:1', true],
		['192.0.2.0/24', '::ffff:192.0.2.9', true],
		['192.0.2.0/24', '::FFFF:C000:0209', true],
		['::ffff:192.0.2.0/120', '192.0.2.9', true],
		['::ffff:192.0.2.0/120', '192.0.3.9', false],
		['::ffff:192.0.2.9', '192.0.2.9', true],
		['fe80::/10', 'fe80::1%eth0', true],
		['::1', '[::1]', true],
		['192.0.2.0/24', 'not an address', false],
		['192.0.2.0/24', '', false],
	])('%s and %s: %s', (entry, address, allowed) => {
		expect(ipAllowList([entry])(address)).toBe(allowed);
	});

	it('allows what any entry allows, and no unknown address', () => {
		const allows = ipAllowList([' 192.0.2.1 ', '', '2001:db8::/32']);
		expect(['192.0.2.1', '2001:db8::5', '192.0.2.2', null].map(allows)).toEqual([true, true, false, false]);
	});

	it.each([
		'192.0.2.0/33',
		'192.0.2/24',
		'192.0.2.1/',
		'192.0.2.0/24/8',
		'2001:db8::/129',
		'example.com',
		'192.0.2.0/-1',
		'::ffff:192.0.2.0/24',
		'192.0.2.1/1e1',
	])('names %s as what cannot be read', (entry) => {
		expect(() => ipAllowList([entry])).toThrow(entry);
	});
});
