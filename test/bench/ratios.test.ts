import { describe, expect, it } from 'vitest';
import { ratiosIn } from '../../bench/ratios.mts';

describe('the ratios in a bench’s JSON', () => {
	it('are taken of every number that ours and the other side have', () => {
		const saturated = { ours: { perSecond: 50, p50Ms: 4, statuses: [200] }, builtIn: { perSecond: 40, p50Ms: 8 } };
		expect(ratiosIn({ node: 'v24', engines: { legacy: { saturated } } })).toMatchObject([
			{ place: 'engines.legacy.saturated', measure: 'perSecond', other: 'builtIn', ratio: 1.25 },
			{ place: 'engines.legacy.saturated', measure: 'p50Ms', other: 'builtIn', ratio: 0.5 },
		]);
	});

	it('are of the best round where there are several, under older names too', () => {
		expect(ratiosIn({ twoWorkers: { perSecond: [3, 6] }, oneWorker: { perSecond: [4, 2] } })).toEqual([
			{ place: 'twoWorkers', measure: 'perSecond', ours: 6, other: 'oneWorker', theirs: 4, ratio: 1.5 },
		]);
	});

	it('are none where nothing is compared', () => {
		expect(ratiosIn({ messagesPerSecond: 3, large: { ours: { ms: 1 }, theirs: { ms: 0 } } })).toEqual([]);
	});
});
