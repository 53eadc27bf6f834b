import { expect, it } from 'vitest';
import { createAddressLimit } from '../../../../lib/email/webhook/addressLimit';

it('lets ten seconds’ worth through at once, counts a refused request as ten, and recovers', () => {
	let now = 0;
	const limit = createAddressLimit(() => now);
	const take = (address: string) => limit.take('webhook:w/n', address, 10);
	for (let request = 0; request < 10; request += 1) {
		expect(take('2001:db8::1')).toBe(0);
		limit.refused('webhook:w/n', '2001:db8::1');
	}
	expect(take('2001:db8::1')).toBe(1);
	// One subscriber: the same /64. Another one is not concerned.
	expect(take('2001:db8:0:0:ffff::9')).toBe(1);
	expect(take('2001:db8:0:1::1')).toBe(0);
	expect(take('192.0.2.1')).toBe(0);
	now = 1_000;
	expect(take('2001:db8::1')).toBe(0);
});
