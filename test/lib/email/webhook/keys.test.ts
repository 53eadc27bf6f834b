import { describe, expect, it } from 'vitest';
import { decodeBase64 } from '../../../../lib/email/webhook/encoding';
import { sameBytes, sameText } from '../../../../lib/email/webhook/keys';

describe('sameBytes', () => {
	it('takes nothing and another length for different, also from zeros', () => {
		const zeros = new Uint8Array(4);
		expect(sameBytes(null, zeros)).toBe(false);
		expect(sameBytes(new Uint8Array(3), zeros)).toBe(false);
		expect(sameBytes(new Uint8Array(5), zeros)).toBe(false);
		expect(sameBytes(new Uint8Array(4), zeros)).toBe(true);
		expect(sameBytes(Uint8Array.of(0, 0, 0, 1), zeros)).toBe(false);
	});
});

describe('sameText', () => {
	it.each([
		['a', 'a', true],
		['a', 'b', false],
		['a', 'aa', false],
		['', '', true],
		['ä', 'a\u0308', false],
	])('%s and %s: %s', (given, expected, same) => {
		expect(sameText(given, expected)).toBe(same);
	});
});

describe('decodeBase64', () => {
	it.each([
		['AQID', [1, 2, 3]],
		['AQI=', [1, 2]],
	])('reads %s', (text, bytes) => {
		expect(decodeBase64(text)).toEqual(Buffer.from(bytes));
	});

	it.each(['', '=', 'AQ=I', 'AQI-', 'AQ ID', 'AQJ=', 'A', 'AQI===', 'AQID\n'])('does not read %j', (text) => {
		expect(decodeBase64(text)).toBeNull();
	});
});
