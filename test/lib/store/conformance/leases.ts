import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { OpenStore } from '../conformance';
import { LAPSED, LONG, useStore } from './fixture';

export function leaseConformance(open: OpenStore): void {
	describe('leases', () => {
		const store = useStore(open);

		it('are held by one owner at a time', async () => {
			const name = randomUUID();
			const taken = await Promise.all(
				Array.from({ length: 20 }, (_, index) => store().leases.acquire(name, `owner-${index}`, LONG)),
			);
			const held = taken.filter((lease) => lease !== null);
			expect(held).toHaveLength(1);
			expect(held[0]!.expiresAt).toBeGreaterThan(Date.now() + LONG / 2);
		});

		it('stay with their owner, with the same fence', async () => {
			const name = randomUUID();
			const first = await store().leases.acquire(name, 'a', LONG);
			const again = await store().leases.acquire(name, 'a', LONG * 2);
			expect(again).toMatchObject({ fence: first!.fence, owner: 'a' });
			expect(again!.expiresAt).toBeGreaterThan(first!.expiresAt);
		});

		it('get a higher fence with each new holder, also the same one after a lapse', async () => {
			const name = randomUUID();
			const first = await store().leases.acquire(name, 'a', LAPSED);
			const second = await store().leases.acquire(name, 'a', LAPSED);
			const third = await store().leases.acquire(name, 'b', LONG);
			expect(second!.fence).toBeGreaterThan(first!.fence);
			expect(third!.fence).toBeGreaterThan(second!.fence);
		});

		it('are renewed as long as they are held', async () => {
			const name = randomUUID();
			const lease = (await store().leases.acquire(name, 'a', LONG))!;
			const renewed = await store().leases.renew(lease, LONG * 2);
			expect(renewed!.fence).toBe(lease.fence);
			expect(renewed!.expiresAt).toBeGreaterThan(lease.expiresAt);
			expect(await store().leases.renew({ ...lease, fence: lease.fence - 1 }, LONG)).toBeNull();
			expect(await store().leases.renew({ ...lease, owner: 'b' }, LONG)).toBeNull();
		});

		it('are lost when they lapse', async () => {
			const name = randomUUID();
			const lease = (await store().leases.acquire(name, 'a', LAPSED))!;
			expect(await store().leases.renew(lease, LONG)).toBeNull();
			expect(await store().leases.acquire(name, 'b', LONG)).toMatchObject({ owner: 'b' });
		});

		it('are free once released, and a late release of the old holder frees nothing', async () => {
			const name = randomUUID();
			const old = (await store().leases.acquire(name, 'a', LONG))!;
			await store().leases.release(old);
			const next = await store().leases.acquire(name, 'b', LONG);
			expect(next!.fence).toBeGreaterThan(old.fence);
			await store().leases.release(old);
			expect(await store().leases.acquire(name, 'c', LONG)).toBeNull();
		});
	});
}
