import { describe, expect, it } from 'vitest';
import type { LimitVerdict } from '../../../../lib/store';
import type { OpenStore } from '../conformance';
import { LONG, freshScope, useStore } from './fixture';

export function limitConformance(open: OpenStore): void {
	const many = <T>(count: number, call: () => Promise<T>): Promise<T[]> =>
		Promise.all(Array.from({ length: count }, call));
	const allowed = (verdicts: LimitVerdict[]): number => verdicts.filter((verdict) => verdict.allowed).length;
	const retryAt = (verdict: LimitVerdict): number => (verdict as { retryAt: number }).retryAt;

	describe('token buckets', () => {
		const store = useStore(open);
		const slow = { ratePerSecond: 0.001, burst: 10 };

		it('give what they hold to many at once, and no more', async () => {
			const scope = freshScope();
			const verdicts = await many(30, () => store().limits.take(scope, 'b', slow));
			expect(allowed(verdicts)).toBe(10);
			const refused = verdicts.filter((verdict) => !verdict.allowed).map(retryAt);
			expect(Math.min(...refused)).toBeGreaterThan(Date.now() + 900_000);
			expect(Math.max(...refused)).toBeLessThan(Date.now() + 1_100_000);
			expect(await store().limits.take(freshScope(), 'b', slow)).toEqual({ allowed: true });
		});

		it('refill with time, never above the burst', async () => {
			const scope = freshScope();
			await store().limits.take(scope, 'b', { ratePerSecond: 1_000_000, burst: 5 }, 5);
			const refilled = { ratePerSecond: 1_000_000, burst: 5 };
			await expect.poll(() => store().limits.take(scope, 'b', refilled, 5)).toEqual({ allowed: true });
		});

		it('take several tokens or none', async () => {
			const scope = freshScope();
			expect(await store().limits.take(scope, 'b', slow, 8)).toEqual({ allowed: true });
			expect(await store().limits.take(scope, 'b', slow, 3)).toMatchObject({ allowed: false });
			expect(await store().limits.take(scope, 'b', slow, 2)).toEqual({ allowed: true });
		});

		it.each([
			[{ ratePerSecond: 0, burst: 1 }, 1],
			[{ ratePerSecond: 1, burst: 1 }, 2],
			[{ ratePerSecond: 1, burst: 1 }, 0],
			[{ ratePerSecond: Number.NaN, burst: 1 }, 1],
		])('refuse what could never be given: %j, %d', async (limit, tokens) => {
			await expect(store().limits.take(freshScope(), 'b', limit, tokens)).rejects.toMatchObject({
				code: 'STORE_LIMIT_INVALID',
			});
		});
	});

	describe('quotas', () => {
		const store = useStore(open);

		it('let `limit` through in a window', async () => {
			const scope = freshScope();
			const verdicts = await many(12, () => store().limits.count(scope, 'q', { limit: 5, window: LONG }));
			expect(allowed(verdicts)).toBe(5);
			const refused = verdicts.filter((verdict) => !verdict.allowed).map(retryAt);
			expect(Math.min(...refused)).toBeGreaterThan(Date.now() + LONG / 2);
			expect(Math.max(...refused)).toBeLessThanOrEqual(Date.now() + LONG);
			expect(await store().limits.count(scope, 'other', { limit: 5, window: LONG })).toEqual({ allowed: true });
		});

		it('let one more through once the first has left the window', async () => {
			const scope = freshScope();
			const quota = { limit: 1, window: 30 };
			expect(await store().limits.count(scope, 'q', quota)).toEqual({ allowed: true });
			await expect.poll(() => store().limits.count(scope, 'q', quota), { interval: 5 }).toEqual({ allowed: true });
		});

		it('let nothing through at zero', async () => {
			expect(await store().limits.count(freshScope(), 'q', { limit: 0, window: LONG })).toMatchObject({
				allowed: false,
			});
		});
	});

	describe('circuit breakers', () => {
		const store = useStore(open);
		const policy = { threshold: 3, openFor: LONG };
		const fail = (scope: string, openFor = LONG) =>
			store().limits.report(scope, 'smtp', false, { threshold: 3, openFor });

		it('open after so many failures in a row', async () => {
			const scope = freshScope();
			await fail(scope);
			await fail(scope);
			await store().limits.report(scope, 'smtp', true, policy);
			await fail(scope);
			await fail(scope);
			expect(await store().limits.pass(scope, 'smtp')).toEqual({ allowed: true });
			await fail(scope);
			const verdict = await store().limits.pass(scope, 'smtp');
			expect(verdict).toMatchObject({ allowed: false });
			expect(retryAt(verdict)).toBeGreaterThan(Date.now() + LONG / 2);
			expect(await store().limits.pass(freshScope(), 'smtp')).toEqual({ allowed: true });
		});

		it('let one probe through afterwards, and close when it succeeds', async () => {
			const scope = freshScope();
			for (let failure = 0; failure < 3; failure++) await fail(scope, 0);
			expect(allowed(await many(10, () => store().limits.pass(scope, 'smtp')))).toBe(1);
			await store().limits.report(scope, 'smtp', true, policy);
			expect(allowed(await many(10, () => store().limits.pass(scope, 'smtp')))).toBe(10);
		});

		it('open again when the probe fails', async () => {
			const scope = freshScope();
			for (let failure = 0; failure < 3; failure++) await fail(scope, 0);
			await store().limits.pass(scope, 'smtp');
			await fail(scope);
			expect(await store().limits.pass(scope, 'smtp')).toMatchObject({ allowed: false });
		});

		it('do not heed late news of work begun before they opened', async () => {
			const scope = freshScope();
			for (let failure = 0; failure < 3; failure++) await fail(scope);
			await store().limits.report(scope, 'smtp', true, policy);
			expect(await store().limits.pass(scope, 'smtp')).toMatchObject({ allowed: false });
		});
	});
}
