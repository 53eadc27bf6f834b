import { describe, expect, it } from 'vitest';
import type { OpenStore } from '../conformance';
import { LONG, freshScope, useStore } from './fixture';

export function endpointConformance(open: OpenStore): void {
	describe('counts of endpoints', () => {
		const store = useStore(open);
		const count = (outcome: string, number: number, label = 'Hook') => ({
			endpoint: 'webhook:w/n',
			label,
			outcome,
			count: number,
		});

		it('add up, whoever adds', async () => {
			const scope = freshScope();
			const since = Date.now() - LONG;
			await Promise.all(
				Array.from({ length: 10 }, () => store().endpoints.add(scope, [count('taken', 2), count('WEBHOOK_STALE', 1)])),
			);
			await store().endpoints.add(scope, [count('taken', 1, 'Renamed')]);
			const counts = await store().endpoints.counts(scope, since);
			expect(counts.reduce((sum, { count: number }) => sum + number, 0)).toBe(31);
			expect(counts).toMatchObject([
				{ endpoint: 'webhook:w/n', outcome: 'WEBHOOK_STALE', count: 10 },
				{
					endpoint: 'webhook:w/n',
					outcome: 'taken',
					count: 21,
					label: 'Renamed',
					lastAt: expect.any(Number) as number,
				},
			]);
			expect(await store().endpoints.counts(freshScope(), since)).toEqual([]);
			expect(await store().endpoints.counts(scope, Date.now() + 2 * 3_600_000)).toEqual([]);
		});

		it('go with their retention, and with the scope', async () => {
			const scope = freshScope();
			const all = () => store().endpoints.counts(scope, 0);
			await store().endpoints.add(scope, [count('taken', 1)]);
			await store().maintenance.purge({ ingestion: 2 * 3_600_000 });
			expect(await all()).toHaveLength(1);
			await store().maintenance.eraseScope(scope);
			expect(await all()).toEqual([]);
		});
	});
}
