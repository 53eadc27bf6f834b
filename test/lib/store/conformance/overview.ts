import { describe, expect, it } from 'vitest';
import type { OpenStore } from '../conformance';
import { LONG, freshScope, useStore } from './fixture';

export function overviewConformance(open: OpenStore): void {
	describe('overview', () => {
		const store = useStore(open);

		it('counts what was taken in by hour and stage, in its scope and time only', async () => {
			const scope = freshScope();
			for (const key of ['a', 'b', 'c']) {
				await store().ingestion.record({ scope, key, feed: 'f', rawRef: null, contentKey: null, metadata: {} });
			}
			await store().ingestion.advance(scope, 'c', 'confirmed');
			const counted = await store().statistics.intake(scope, { since: Date.now() - LONG });
			expect(counted.map(({ stage, count }) => ({ stage, count })).sort((x, y) => x.count - y.count)).toEqual([
				{ stage: 'confirmed', count: 1 },
				{ stage: 'received', count: 2 },
			]);
			for (const { hour } of counted) expect(hour % 3_600_000).toBe(0);
			expect(await store().statistics.intake(scope, { since: Date.now() + LONG })).toEqual([]);
			expect(await store().statistics.intake(scope, { since: 0, until: Date.now() - LONG })).toEqual([]);
			expect(await store().statistics.intake(freshScope(), { since: 0 })).toEqual([]);
		});

		it('counts live suppressions by reason, the most frequent first', async () => {
			const scope = freshScope();
			const add = (address: string, reason: string, expiresAt: number | null = null) =>
				store().suppressions.add({ scope, address, stream: null, reason, source: 'test', expiresAt });
			await add('a@example.com', 'complaint');
			await add('b@example.com', 'user-unknown');
			await add('c@example.com', 'user-unknown', Date.now() + LONG);
			await add('d@example.com', 'user-unknown', 1_000);
			expect(await store().statistics.suppressions(scope)).toEqual([
				{ reason: 'user-unknown', count: 2 },
				{ reason: 'complaint', count: 1 },
			]);
		});
	});
}
