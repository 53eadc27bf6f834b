import { describe, expect, it } from 'vitest';
import { backoff, pause } from '../../../../lib/email/imap/backoff';

describe('back-off', () => {
	it('doubles up to the ceiling', () => {
		const longest = [0, 1, 2, 3, 4, 5, 1_000].map((attempt) => backoff(attempt, 5_000, 500, () => 1));
		expect(longest).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
	});

	it('is jittered over the whole range', () => {
		expect(backoff(3, 5_000, 500, () => 0)).toBe(0);
		expect(backoff(3, 5_000, 500, () => 0.5)).toBe(2_000);
	});

	it('ends at once when nobody waits any more', async () => {
		const abort = new AbortController();
		const paused = pause(3_600_000, abort.signal);
		abort.abort();
		await expect(paused).resolves.toBeUndefined();
	});
});
