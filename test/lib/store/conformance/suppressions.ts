import { describe, expect, it } from 'vitest';
import type { NewSuppression } from '../../../../lib/store';
import type { OpenStore } from '../conformance';
import { freshScope, useStore } from './fixture';

export function suppressionConformance(open: OpenStore): void {
	describe('suppressions', () => {
		const store = useStore(open);
		const entry = (scope: string, changes: Partial<NewSuppression> = {}): NewSuppression => ({
			scope,
			address: 'Jane@Example.com',
			stream: null,
			reason: 'hard-bounce',
			source: 'event:1',
			expiresAt: null,
			...changes,
		});
		const check = (scope: string, stream: string | null, ...addresses: string[]) =>
			store().suppressions.check(scope, addresses, stream);

		it('are found whatever the case, in their scope only', async () => {
			const scope = freshScope();
			const added = await store().suppressions.add(entry(scope));
			expect(added).toMatchObject(entry(scope));
			expect(await check(scope, null, 'jane@example.com ', 'x@example.com')).toMatchObject([
				{ id: added.id, reason: 'hard-bounce', source: 'event:1', address: 'jane@example.com ' },
			]);
			expect(await check(freshScope(), null, 'jane@example.com')).toEqual([]);
		});

		it('count for every stream, or for the one they name', async () => {
			const scope = freshScope();
			await store().suppressions.add(entry(scope, { stream: 'marketing', reason: 'unsubscribe' }));
			expect(await check(scope, 'marketing', 'jane@example.com')).toHaveLength(1);
			expect(await check(scope, 'receipts', 'jane@example.com')).toEqual([]);
			expect(await check(scope, null, 'jane@example.com')).toEqual([]);
			await store().suppressions.add(entry(scope));
			expect(await check(scope, 'receipts', 'jane@example.com')).toMatchObject([{ stream: null }]);
			expect(await check(scope, 'marketing', 'jane@example.com')).toHaveLength(2);
		});

		it('are replaced by a newer one for the same address and stream', async () => {
			const scope = freshScope();
			const first = await store().suppressions.add(entry(scope));
			const second = await store().suppressions.add(entry(scope, { reason: 'complaint' }));
			expect(second).toMatchObject({ id: first.id, reason: 'complaint', createdAt: first.createdAt });
			expect(await store().suppressions.list(scope, { limit: 10 })).toHaveLength(1);
		});

		it('expire', async () => {
			const scope = freshScope();
			await store().suppressions.add(entry(scope, { expiresAt: 1 }));
			expect(await check(scope, null, 'jane@example.com')).toEqual([]);
		});

		it('can be removed', async () => {
			const scope = freshScope();
			await store().suppressions.add(entry(scope));
			await store().suppressions.add(entry(scope, { stream: 's' }));
			expect(await store().suppressions.remove(scope, 'JANE@example.com', null)).toBe(1);
			expect(await store().suppressions.remove(scope, 'JANE@example.com', null)).toBe(0);
			expect(await check(scope, 's', 'jane@example.com')).toHaveLength(1);
		});

		it('are looked up many at a time', async () => {
			const scope = freshScope();
			await store().suppressions.add(entry(scope, { address: 'p1999@example.com' }));
			const all = Array.from({ length: 2_000 }, (_, index) => `p${index}@example.com`);
			expect((await check(scope, null, ...all)).map(({ address }) => address)).toEqual(['p1999@example.com']);
		});

		it('show a mask in the list, or the address where the store may keep it', async () => {
			const scope = freshScope();
			const open_ = await open({ keepSuppressedAddresses: true });
			await store().suppressions.add(entry(scope));
			await open_.suppressions.add(entry(scope, { address: 'joe@example.com' }));
			const list = await store().suppressions.list(scope, { limit: 1 });
			const rest = await store().suppressions.list(scope, { limit: 5, after: list[0]!.id });
			expect([...list, ...rest].map(({ address }) => address)).toEqual(['J***@Example.com', 'joe@example.com']);
			await open_.close();
		});
	});
}
