import { describe, expect, it } from 'vitest';
import { equalJitter, fullJitter, pause } from '../../lib/retry';

const backOff = { first: 500, longest: 5_000 };

describe('back-off', () => {
	it('doubles up to the longest', () => {
		const most = [0, 1, 2, 3, 4, 5, 1_000].map((attempt) => fullJitter(attempt, backOff, () => 1));
		expect(most).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
	});

	it('spreads over the whole time, or over its later half', () => {
		const spread = (jitter: typeof fullJitter) => [0, 0.5, 1].map((random) => jitter(3, backOff, () => random));
		expect(spread(fullJitter)).toEqual([0, 2_000, 4_000]);
		expect(spread(equalJitter)).toEqual([2_000, 3_000, 4_000]);
	});

	it('ends at once when nobody waits any more', async () => {
		const abort = new AbortController();
		const paused = pause(3_600_000, abort.signal);
		abort.abort();
		await expect(paused).resolves.toBeUndefined();
	});
});
