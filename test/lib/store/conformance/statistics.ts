import { describe, expect, it } from 'vitest';
import type { NewSend, SendState } from '../../../../lib/store';
import type { OpenStore } from '../conformance';
import { LONG, freshScope, useStore } from './fixture';
import { newSend } from './sends';

export function statisticsConformance(open: OpenStore): void {
	describe('statistics', () => {
		const store = useStore(open);
		let made = 0;

		/** Walks a send along the path, with the patch at its last step. */
		async function sendIn(
			scope: string,
			path: SendState[],
			change: Partial<NewSend> = {},
			patch: { provider?: string; reason?: string; notBefore?: number } = {},
		): Promise<void> {
			const { sends } = await store().sends.reserve(
				newSend(scope, { key: `k${++made}`, recipients: ['jane@example.com'], ...change }),
			);
			const [leased] = path.length === 0 ? [] : await store().sends.lease(scope, sends[0]!.groupId, LONG);
			for (const [index, to] of path.entries()) {
				await store().sends.transition(scope, {
					ids: [leased!.id],
					fence: leased!.fence,
					to,
					patch: index === path.length - 1 ? patch : {},
				});
			}
		}

		it('count by state, hour and dimension, in their scope and time only', async () => {
			const scope = freshScope();
			const provider = 'smtp.example.com';
			await sendIn(scope, ['transmitting', 'accepted'], { template: 'welcome', stream: 'onboarding' }, { provider });
			await sendIn(scope, ['transmitting', 'accepted', 'delivered'], { template: 'welcome' });
			await sendIn(scope, ['failed'], { template: 'invoice' }, { provider, reason: 'user-unknown' });
			await sendIn(freshScope(), []);
			const since = { since: Date.now() - LONG };
			const states = await store().statistics.states(scope, since);
			expect(states.sort((a, b) => (a.state < b.state ? -1 : 1))).toEqual([
				{ name: null, state: 'accepted', count: 1 },
				{ name: null, state: 'delivered', count: 1 },
				{ name: null, state: 'failed', count: 1 },
			]);
			expect(await store().statistics.states(scope, { since: Date.now() + LONG })).toEqual([]);
			expect(await store().statistics.states(scope, { since: 0, until: Date.now() - LONG })).toEqual([]);

			const hours = await store().statistics.hours(scope, since);
			expect(hours.reduce((sum, { count }) => sum + count, 0)).toBe(3);
			for (const { name } of hours) expect(name % 3_600_000).toBe(0);

			const by = (dimension: Parameters<ReturnType<typeof store>['statistics']['by']>[1], top = 10) =>
				store().statistics.by(scope, dimension, since, top);
			expect(await by('template', 1)).toEqual(
				expect.arrayContaining([
					{ name: 'welcome', state: 'accepted', count: 1 },
					{ name: 'welcome', state: 'delivered', count: 1 },
				]),
			);
			expect(await by('template', 1)).toHaveLength(2);
			expect(await by('provider')).toEqual(
				expect.arrayContaining([
					{ name: provider, state: 'failed', count: 1 },
					{ name: null, state: 'delivered', count: 1 },
				]),
			);
			expect(await by('reason')).toContainEqual({ name: 'user-unknown', state: 'failed', count: 1 });
			expect(await by('stream')).toContainEqual({ name: 'onboarding', state: 'accepted', count: 1 });
		});

		it('measure how long sends took', async () => {
			const scope = freshScope();
			const none = { count: 0, p50: null, p95: null, p99: null, max: null };
			expect(await store().statistics.latency(scope, 'accepted', { since: 0 })).toEqual(none);
			for (let index = 0; index < 3; index++) await sendIn(scope, ['transmitting', 'accepted', 'delivered']);
			for (const until of ['accepted', 'delivered'] as const) {
				const measured = await store().statistics.latency(scope, until, { since: 0 });
				expect(measured.count).toBe(3);
				expect(measured.p50).toBeGreaterThanOrEqual(0);
				expect(measured.max).toBeGreaterThanOrEqual(measured.p99!);
				expect(measured.p95).toBeGreaterThanOrEqual(measured.p50!);
			}
		});

		it('tell what waits, and since when', async () => {
			const scope = freshScope();
			expect(await store().statistics.backlog(scope)).toEqual({
				due: 0,
				scheduled: 0,
				underWay: 0,
				inDoubt: 0,
				needsReview: 0,
				oldestDue: null,
				nextDue: null,
			});
			const later = Date.now() + LONG;
			await sendIn(scope, []);
			await sendIn(scope, ['deferred'], {}, { notBefore: 1_000 });
			await sendIn(scope, ['deferred'], {}, { notBefore: later });
			await sendIn(scope, ['transmitting']);
			await sendIn(scope, ['transmitting', 'in_doubt']);
			expect(await store().statistics.backlog(scope)).toEqual({
				due: 2,
				scheduled: 1,
				underWay: 1,
				inDoubt: 1,
				needsReview: 0,
				oldestDue: 1_000,
				nextDue: later,
			});
			const first = await store().sends.due(scope, { limit: 1 });
			const rest = await store().sends.due(scope, { limit: 5, after: first[0]! });
			expect([...first, ...rest].map(({ state }) => state)).toEqual(['deferred', 'reserved']);
		});

		it('are searched by their reason', async () => {
			const scope = freshScope();
			await sendIn(scope, ['failed'], {}, { reason: 'r' });
			await sendIn(scope, []);
			expect(await store().sends.search(scope, { reason: 'r' }, { limit: 5 })).toMatchObject([{ state: 'failed' }]);
		});
	});
}
