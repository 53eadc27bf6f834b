import { describe, expect, it } from 'vitest';
import { closingLine, judgeSkipped } from '../../tools/closing-line.mts';

describe('the closing line of a test run', () => {
	it.each([
		[{ passed: 12, failed: 0, skipped: 0 }, '12 passed, 0 failed'],
		[{ passed: 0, failed: 1, skipped: 0 }, '0 passed, 1 failed'],
		[{ passed: 3, failed: 0, skipped: 2 }, '3 passed, 0 failed, 2 skipped'],
	])('%o is "%s"', (tally, line) => {
		expect(closingLine(tally)).toBe(line);
	});

	it('counts a skipped test as failed where all must run', () => {
		const tally = { passed: 3, failed: 1, skipped: 2 };
		expect(closingLine(judgeSkipped(tally, true))).toBe('3 passed, 3 failed');
		expect(closingLine(judgeSkipped(tally, false))).toBe('3 passed, 1 failed, 2 skipped');
	});
});
