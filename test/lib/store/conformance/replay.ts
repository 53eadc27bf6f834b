import { describe, expect, it } from 'vitest';
import type { ReplayClaim } from '../../../../lib/store';
import type { OpenStore } from '../conformance';
import { LAPSED, LONG, freshScope, useStore } from './fixture';

export function replayConformance(open: OpenStore): void {
	describe('replay keys', () => {
		const store = useStore(open);
		const held = { lease: LONG, ttl: LONG };
		const fenceOf = (claim: ReplayClaim): number => (claim.state === 'claimed' ? claim.fence : Number.NaN);

		it('are claimed by one of many', async () => {
			const scope = freshScope();
			const claims = await Promise.all(Array.from({ length: 20 }, () => store().replay.claim(scope, 'k', held)));
			expect(claims.filter(({ state }) => state === 'claimed')).toHaveLength(1);
			const others = claims.filter((claim) => claim.state === 'in-progress');
			expect(others).toHaveLength(19);
			expect(others.every(({ retryAfter }) => retryAfter > 0 && retryAfter <= LONG)).toBe(true);
		});

		it('are done once confirmed', async () => {
			const scope = freshScope();
			const claim = await store().replay.claim(scope, 'k', held);
			expect(await store().replay.confirm(scope, 'k', fenceOf(claim))).toBe(true);
			expect(await store().replay.claim(scope, 'k', held)).toEqual({
				state: 'done',
				confirmedAt: expect.any(Number) as number,
			});
			expect(await store().replay.claim(freshScope(), 'k', held)).toMatchObject({ state: 'claimed' });
		});

		it('can be confirmed again by the same holder', async () => {
			const scope = freshScope();
			const claim = await store().replay.claim(scope, 'k', held);
			await store().replay.confirm(scope, 'k', fenceOf(claim));
			expect(await store().replay.confirm(scope, 'k', fenceOf(claim))).toBe(true);
		});

		it('can be taken again after the lease, and the old holder then confirms nothing', async () => {
			const scope = freshScope();
			const lapsed = await store().replay.claim(scope, 'k', { lease: LAPSED, ttl: LONG });
			const taken = await store().replay.claim(scope, 'k', held);
			expect(taken.state).toBe('claimed');
			expect(fenceOf(taken)).toBeGreaterThan(fenceOf(lapsed));
			expect(await store().replay.confirm(scope, 'k', fenceOf(lapsed))).toBe(false);
			expect(await store().replay.claim(scope, 'k', held)).toMatchObject({ state: 'in-progress' });
		});

		it('can be taken again after the time to live', async () => {
			const scope = freshScope();
			const claim = await store().replay.claim(scope, 'k', { lease: LONG, ttl: LAPSED });
			await store().replay.confirm(scope, 'k', fenceOf(claim));
			expect(await store().replay.claim(scope, 'k', held)).toMatchObject({ state: 'claimed' });
		});

		it('are free at once when released, unless they are done or belong to another', async () => {
			const scope = freshScope();
			const first = fenceOf(await store().replay.claim(scope, 'k', held));
			await store().replay.release(scope, 'k', first - 1);
			expect(await store().replay.claim(scope, 'k', held)).toMatchObject({ state: 'in-progress' });
			await store().replay.release(scope, 'k', first);
			const second = fenceOf(await store().replay.claim(scope, 'k', held));
			await store().replay.confirm(scope, 'k', second);
			await store().replay.release(scope, 'k', second);
			expect(await store().replay.claim(scope, 'k', held)).toMatchObject({ state: 'done' });
		});
	});
}
