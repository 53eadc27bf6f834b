import { describe, expect, it } from 'vitest';
import type { OpenStore } from '../conformance';
import { freshScope, useStore } from './fixture';
import { newSend } from './sends';

const HOURS = 3 * 3_600_000;

/** What a process wrote whose clock was three hours fast, and that is gone. */
export function clockConformance(open: OpenStore): void {
	describe('a clock that was fast', () => {
		const store = useStore(open);

		it('holds no lease for longer than the lease is long', async () => {
			const name = freshScope();
			await store().leases.acquire(name, 'gone', HOURS);
			expect(await store().leases.acquire(name, 'other', 60_000)).toMatchObject({ owner: 'other' });
			await store().leases.acquire(name, 'other', 60_000);
			expect(await store().leases.acquire(name, 'third', 60_000)).toBeNull();
		});

		it('keeps no webhook event claimed', async () => {
			const scope = freshScope();
			await store().replay.take(scope, [{ key: 'event' }], { lease: HOURS, ttl: 60_000 });
			expect((await store().replay.held(scope, ['event'])).size).toBe(0);
			expect(await store().replay.take(scope, [{ key: 'event' }], { lease: 30_000, ttl: 60_000 })).toHaveLength(1);
			expect(await store().replay.take(scope, [{ key: 'event' }], { lease: 30_000, ttl: 60_000 })).toBeNull();
		});

		it('lets a send go on whose lease it made', async () => {
			const { sends } = await store().sends.reserve(newSend(freshScope()));
			const { scope, groupId, id } = sends[0]!;
			await store().sends.lease(scope, groupId, HOURS);
			await store().sends.sweep(scope);
			expect(await store().sends.get(scope, id)).toMatchObject({ state: 'reserved' });
			const [leased] = await store().sends.lease(scope, groupId, HOURS);
			await store().sends.transition(scope, { ids: [id], fence: leased!.fence, to: 'transmitting' });
			await store().sends.sweep(scope);
			expect(await store().sends.get(scope, id)).toMatchObject({ state: 'in_doubt' });
		});
	});
}
