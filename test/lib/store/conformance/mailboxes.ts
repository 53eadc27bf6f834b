import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Lease, MailboxCursor, Store } from '../../../../lib/store';
import type { OpenStore } from '../conformance';
import { LAPSED, LONG, freshScope, useStore } from './fixture';

export function mailboxConformance(open: OpenStore): void {
	describe('mailboxes', () => {
		const store = useStore(open);
		const cursorOf = (scope: string, changes: Partial<MailboxCursor> = {}): Omit<MailboxCursor, 'updatedAt'> => ({
			scope,
			account: 'me@mail.example:993',
			mailbox: 'INBOX',
			uidValidity: '4294967295',
			lastUid: 10,
			highestModseq: '9223372036854775807',
			...changes,
		});
		const lease = async (on: Store, ttl = LONG): Promise<Lease> =>
			(await on.leases.acquire(randomUUID(), 'worker', ttl))!;

		it('have no cursor before one is saved', async () => {
			expect(await store().mailboxes.cursor(cursorOf(freshScope()))).toBeNull();
		});

		it('keep the cursor exactly', async () => {
			const cursor = cursorOf(freshScope(), { lastUid: 4_294_967_295 });
			expect(await store().mailboxes.saveCursor(cursor, await lease(store()))).toBe(true);
			expect(await store().mailboxes.cursor(cursor)).toEqual({ ...cursor, updatedAt: expect.any(Number) as number });
			expect(await store().mailboxes.cursor({ ...cursor, mailbox: 'Other' })).toBeNull();
			expect(await store().mailboxes.cursor({ ...cursor, scope: freshScope() })).toBeNull();
		});

		it('never move the cursor back within one UIDVALIDITY', async () => {
			const scope = freshScope();
			const held = await lease(store());
			await store().mailboxes.saveCursor(cursorOf(scope), held);
			const back = cursorOf(scope, { lastUid: 4, highestModseq: '7' });
			expect(await store().mailboxes.saveCursor(back, held)).toBe(true);
			expect(await store().mailboxes.cursor(back)).toMatchObject({
				lastUid: 10,
				highestModseq: '9223372036854775807',
			});
			await store().mailboxes.saveCursor({ ...back, uidValidity: '5' }, held);
			expect(await store().mailboxes.cursor(back)).toMatchObject({
				uidValidity: '5',
				lastUid: 4,
				highestModseq: '7',
			});
		});

		it('refuse a cursor from somebody whose lease is gone', async () => {
			const cursor = cursorOf(freshScope());
			const lapsed = await lease(store(), LAPSED);
			expect(await store().mailboxes.saveCursor(cursor, lapsed)).toBe(false);
			const held = await lease(store());
			expect(await store().mailboxes.saveCursor(cursor, { ...held, fence: held.fence - 1 })).toBe(false);
			expect(await store().mailboxes.saveCursor(cursor, { ...held, owner: 'other' })).toBe(false);
			expect(await store().mailboxes.cursor(cursor)).toBeNull();
		});

		it('show the last status of each', async () => {
			const scope = freshScope();
			const key = cursorOf(scope);
			await store().mailboxes.saveStatus(key, { state: 'connecting' });
			await store().mailboxes.saveStatus(key, { state: 'idle', backlog: 3 });
			await store().mailboxes.saveStatus({ ...key, mailbox: 'Archive' }, { state: 'idle' });
			expect(await store().mailboxes.statuses(scope)).toMatchObject([
				{ mailbox: 'Archive', status: { state: 'idle' } },
				{ mailbox: 'INBOX', account: key.account, status: { state: 'idle', backlog: 3 } },
			]);
			expect(await store().mailboxes.statuses(freshScope())).toEqual([]);
		});
	});
}
