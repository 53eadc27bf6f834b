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
				owner: null,
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

		it('are taken all or none', async () => {
			const scope = freshScope();
			const taken = await store().replay.take(scope, [{ key: 'b' }, { key: 'a', owner: 'me' }], held);
			expect(taken?.map(({ key }) => key).sort()).toEqual(['a', 'b']);
			expect(await store().replay.take(scope, [{ key: 'c' }, { key: 'a' }], held)).toBeNull();
			const known = await store().replay.held(scope, ['a', 'b', 'c']);
			expect([...known.keys()].sort()).toEqual(['a', 'b']);
			expect(known.get('a')).toMatchObject({ state: 'in-progress', owner: 'me' });

			await store().replay.confirmAll(scope, taken!);
			const done = await store().replay.held(scope, ['a', 'b']);
			expect(done.get('a')).toEqual({ state: 'done', confirmedAt: expect.any(Number) as number, owner: 'me' });
			expect(done.get('b')).toMatchObject({ state: 'done', owner: null });
			expect(await store().replay.take(scope, [], held)).toEqual([]);
			expect((await store().replay.held(scope, [])).size).toBe(0);
		});

		it('are given back together, and remembered each for its own time', async () => {
			const scope = freshScope();
			const taken = await store().replay.take(scope, [{ key: 'a' }, { key: 'b', ttl: LAPSED }], held);
			await store().replay.releaseAll(scope, taken!);
			const again = await store().replay.take(scope, [{ key: 'a' }, { key: 'b', ttl: LAPSED }], held);
			await store().replay.releaseAll(scope, taken!);
			expect([...(await store().replay.held(scope, ['a', 'b'])).keys()].sort()).toEqual(['a', 'b']);
			await store().replay.confirmAll(scope, again!);
			expect([...(await store().replay.held(scope, ['a', 'b'])).keys()]).toEqual(['a']);
		});

		it('have one winner each, in whatever groups they are taken', async () => {
			const scope = freshScope();
			const keys = ['a', 'b', 'c', 'd'].map((key) => ({ key }));
			const groups = Array.from({ length: 24 }, (_, index) => [keys[index % 4]!, keys[(index + 1 + (index % 3)) % 4]!]);
			const won = await Promise.all(groups.map((group) => store().replay.take(scope, group, held)));
			const taken = won.flatMap((group) => group?.map(({ key }) => key) ?? []);
			expect(new Set(taken).size).toBe(taken.length);
		});
	});
}
