import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { NewSend, SendRecord, SendState } from '../../../../lib/store';
import type { OpenStore } from '../conformance';
import { LAPSED, LONG, freshScope, useStore } from './fixture';

export function newSend(scope: string, changes: Partial<NewSend> = {}): NewSend {
	return {
		scope,
		sender: 'shop@example.com',
		key: randomUUID(),
		fingerprint: 'f1',
		recipients: ['jane@example.com'],
		messageId: `${randomUUID()}@example.com`,
		fixed: { date: '2026-01-01T00:00:00Z', boundary: 'b' },
		stream: 'receipts',
		template: 'receipt',
		templateVersion: '3',
		correlationId: 'order-1',
		threadId: 't1',
		tags: ['a', 'b'],
		metadata: { order: 1 },
		expiresAt: null,
		contentRef: null,
		...changes,
	};
}

export function sendConformance(open: OpenStore): void {
	describe('sends', () => {
		const store = useStore(open);
		const reserve = async (scope: string, changes: Partial<NewSend> = {}): Promise<SendRecord[]> =>
			(await store().sends.reserve(newSend(scope, changes))).sends;
		const lease = async (scope: string, ttl = LONG, changes: Partial<NewSend> = {}): Promise<SendRecord[]> => {
			const [send] = await reserve(scope, changes);
			return store().sends.lease(scope, send!.groupId, ttl);
		};
		const go = (sends: SendRecord[], to: SendState, fence: number | null = sends[0]!.fence) =>
			store().sends.transition(sends[0]!.scope, { ids: sends.map(({ id }) => id), fence, to });
		const path = async (sends: SendRecord[]): Promise<string[]> =>
			(await store().sends.history(sends[0]!.scope, sends[0]!.id)).map(({ type }) => type);

		it('are reserved once per key, with all that was fixed then', async () => {
			const scope = freshScope();
			const send = newSend(scope);
			const all = await Promise.all(
				Array.from({ length: 10 }, (_, index) => store().sends.reserve({ ...send, messageId: `${index}@x` })),
			);
			expect(all.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
			expect(all.filter(({ outcome }) => outcome === 'existing')).toHaveLength(9);
			expect(new Set(all.map(({ sends }) => JSON.stringify(sends))).size).toBe(1);
			const { recipients, messageId, ...kept } = send;
			expect(all[0]!.sends).toEqual([
				{
					...kept,
					id: expect.any(String) as string,
					groupId: expect.any(String) as string,
					messageId: expect.stringMatching(/^\d@x$/) as string,
					recipient: recipients[0],
					state: 'reserved',
					fence: 0,
					leaseUntil: null,
					notBefore: null,
					attempts: 0,
					providerMessageId: null,
					provider: null,
					sandbox: null,
					response: null,
					replyCode: null,
					status: null,
					reason: null,
					createdAt: expect.any(Number) as number,
					updatedAt: expect.any(Number) as number,
					acceptedAt: null,
				},
			]);
			expect(messageId).toBeTruthy();
		});

		it('conflict when the key comes with another content', async () => {
			const scope = freshScope();
			const send = newSend(scope);
			const { sends } = await store().sends.reserve(send);
			expect(await store().sends.reserve({ ...send, fingerprint: 'f2', recipients: ['x@example.com'] })).toEqual({
				outcome: 'conflict',
				sends,
			});
			expect((await store().sends.reserve({ ...send, sender: 'other@example.com' })).outcome).toBe('created');
			expect((await store().sends.reserve({ ...send, scope: freshScope() })).outcome).toBe('created');
		});

		it('have one record per recipient', async () => {
			const scope = freshScope();
			const recipients = Array.from({ length: 1_200 }, (_, index) => `p${index}@example.com`);
			const sends = await reserve(scope, { recipients: [...recipients, 'p0@example.com'], key: 'k' });
			expect(sends.map(({ recipient }) => recipient).sort()).toEqual(recipients.sort());
			expect(new Set(sends.map(({ groupId }) => groupId)).size).toBe(1);
			expect(await store().sends.group(scope, 'shop@example.com', 'k')).toEqual(sends);
			expect(await store().sends.group(freshScope(), 'shop@example.com', 'k')).toEqual([]);
			await expect(store().sends.reserve(newSend(scope, { recipients: [] }))).rejects.toMatchObject({
				code: 'STORE_INPUT_INVALID',
			});
		});

		it('are leased by one of many', async () => {
			const scope = freshScope();
			const [send] = await reserve(scope, { recipients: ['a@example.com', 'b@example.com'] });
			const leases = await Promise.all(
				Array.from({ length: 10 }, () => store().sends.lease(scope, send!.groupId, LONG)),
			);
			const held = leases.filter(({ length }) => length > 0);
			expect(held).toHaveLength(1);
			expect(held[0]).toMatchObject([
				{ state: 'leased', fence: 1, attempts: 0 },
				{ state: 'leased', fence: 1, attempts: 0 },
			]);
			expect(held[0]![0]!.leaseUntil).toBeGreaterThan(Date.now() + LONG / 2);
			expect(await store().sends.lease(freshScope(), send!.groupId, LONG)).toEqual([]);
		});

		it('go from reserved to delivered, and remember every step', async () => {
			const sends = await lease(freshScope());
			expect(await go(sends, 'transmitting')).toMatchObject([{ state: 'transmitting', attempts: 1 }]);
			const accepted = await store().sends.transition(sends[0]!.scope, {
				ids: [sends[0]!.id],
				fence: sends[0]!.fence,
				to: 'accepted',
				patch: { response: '250 ok', replyCode: '250', status: '2.0.0', providerMessageId: 'p1' },
				detail: { server: 'mx' },
			});
			expect(accepted).toMatchObject([
				{ state: 'accepted', response: '250 ok', replyCode: '250', status: '2.0.0', providerMessageId: 'p1' },
			]);
			expect(accepted[0]!.acceptedAt).toBeGreaterThan(0);
			expect(accepted[0]!.leaseUntil).toBeNull();
			expect(await go(sends, 'delivered', null)).toMatchObject([{ state: 'delivered' }]);
			const history = await store().sends.history(sends[0]!.scope, sends[0]!.id);
			expect(history).toMatchObject([
				{ type: 'reserved', from: null, to: 'reserved' },
				{ type: 'leased', from: 'reserved', to: 'leased' },
				{ type: 'transmitting', from: 'leased', to: 'transmitting' },
				{ type: 'accepted', from: 'transmitting', to: 'accepted', detail: { server: 'mx' } },
				{ type: 'delivered', from: 'accepted', to: 'delivered' },
			]);
			expect(history.every(({ sendId, at }) => sendId === sends[0]!.id && at > 0)).toBe(true);
		});

		it('let nobody write with a stale fence', async () => {
			const scope = freshScope();
			const old = await lease(scope, LAPSED);
			const current = await store().sends.lease(scope, old[0]!.groupId, LONG);
			expect(current[0]!.fence).toBeGreaterThan(old[0]!.fence);
			for (const to of ['transmitting', 'failed', 'deferred', 'canceled'] as const) {
				expect(await go(old, to)).toEqual([]);
			}
			expect(await store().sends.renew(scope, [old[0]!.id], old[0]!.fence, LONG)).toBe(false);
			expect(await store().sends.get(scope, old[0]!.id)).toEqual(current[0]);
		});

		it('are not transmitted on a lapsed lease, even before somebody else takes it', async () => {
			const sends = await lease(freshScope(), LAPSED);
			expect(await go(sends, 'transmitting')).toEqual([]);
		});

		it('do not begin to transmit without a fence', async () => {
			const sends = await lease(freshScope());
			expect(await go(sends, 'transmitting', null)).toEqual([]);
			expect(await go(sends, 'leased')).toEqual([]);
		});

		it('go back to reserved when the lease lapses', async () => {
			const scope = freshScope();
			const sends = await lease(scope, LAPSED);
			expect(await store().sends.sweep(scope)).toEqual({ reserved: 1, inDoubt: 0, expired: 0 });
			expect(await store().sends.get(scope, sends[0]!.id)).toMatchObject({ state: 'reserved', leaseUntil: null });
			expect(await store().sends.sweep(scope)).toEqual({ reserved: 0, inDoubt: 0, expired: 0 });
		});

		it('are in doubt when the lease lapses while transmitting, and are not leased again', async () => {
			const scope = freshScope();
			const sends = await lease(scope);
			await go(sends, 'transmitting');
			expect(await store().sends.lease(scope, sends[0]!.groupId, LONG)).toEqual([]);
			await store().sends.renew(scope, [sends[0]!.id], sends[0]!.fence, LAPSED);
			expect(await store().sends.lease(scope, sends[0]!.groupId, LONG)).toEqual([]);
			expect(await store().sends.get(scope, sends[0]!.id)).toMatchObject({ state: 'in_doubt' });
			expect(await path(sends)).toEqual(['reserved', 'leased', 'transmitting', 'in_doubt']);
		});

		it('settle a doubt by a late reply, by evidence or by policy', async () => {
			const scope = freshScope();
			const doubt = async (): Promise<SendRecord[]> => {
				const sends = await lease(scope);
				await go(sends, 'transmitting');
				return go(sends, 'in_doubt');
			};
			expect(await go(await doubt(), 'accepted')).toMatchObject([{ state: 'accepted' }]);
			expect(await go(await doubt(), 'deferred')).toMatchObject([{ state: 'deferred' }]);
			expect(await go(await doubt(), 'deferred', null)).toEqual([]);
			expect(await go(await doubt(), 'bounced', null)).toMatchObject([{ state: 'bounced' }]);
			const resent = await go(await doubt(), 'reserved', null);
			expect(await store().sends.lease(scope, resent[0]!.groupId, LONG)).toMatchObject([{ fence: 2 }]);
		});

		it('wait until their time when deferred', async () => {
			const scope = freshScope();
			const sends = await lease(scope);
			const { groupId, id, fence } = sends[0]!;
			const later = Date.now() + LONG;
			const change = { ids: [id], fence, to: 'deferred', patch: { notBefore: later, reason: 'greylisted' } } as const;
			expect(await store().sends.transition(scope, { ...change, ids: [id] })).toMatchObject([
				{ state: 'deferred', notBefore: later, reason: 'greylisted', leaseUntil: null },
			]);
			expect(await store().sends.lease(scope, groupId, LONG)).toEqual([]);
			const other = await lease(scope);
			await go(other, 'deferred');
			expect(await store().sends.lease(scope, other[0]!.groupId, LONG)).toMatchObject([
				{ state: 'leased', fence: 2, notBefore: null },
			]);
		});

		it('never go from bounced or complained back to delivered', async () => {
			for (const end of ['bounced', 'complained'] as const) {
				const sends = await lease(freshScope());
				await go(sends, 'transmitting');
				await go(sends, 'accepted');
				await go(sends, 'delivered', null);
				expect(await go(sends, end, null)).toMatchObject([{ state: end }]);
				expect(await go(sends, 'delivered', null)).toEqual([]);
				expect(await go(sends, 'accepted', null)).toEqual([]);
			}
		});

		it('expire before they are sent', async () => {
			const scope = freshScope();
			const sends = await reserve(scope, { expiresAt: 1 });
			expect(await store().sends.lease(scope, sends[0]!.groupId, LONG)).toEqual([]);
			expect(await store().sends.get(scope, sends[0]!.id)).toMatchObject({ state: 'expired' });
			await reserve(scope, { expiresAt: 1 });
			expect(await store().sends.sweep(scope)).toEqual({ reserved: 0, inDoubt: 0, expired: 1 });
		});

		it('can be canceled from outside up to the first byte', async () => {
			const sends = await lease(freshScope());
			expect(await go(sends, 'canceled', null)).toMatchObject([{ state: 'canceled' }]);
			expect(await go(sends, 'transmitting')).toEqual([]);
			const begun = await lease(freshScope());
			await go(begun, 'transmitting');
			expect(await go(begun, 'canceled', null)).toEqual([]);
		});

		it('move those of a group that can', async () => {
			const scope = freshScope();
			const sends = await lease(scope, LONG, { recipients: ['a@example.com', 'b@example.com', 'c@example.com'] });
			await go(sends.slice(0, 1), 'failed');
			expect(await go(sends, 'transmitting')).toHaveLength(2);
			expect((await store().sends.lease(scope, sends[0]!.groupId, LONG)).length).toBe(0);
		});

		it('let only one of two racing transitions win', async () => {
			const sends = await lease(freshScope());
			const moved = await Promise.all([
				go(sends, 'transmitting'),
				go(sends, 'canceled', null),
				go(sends, 'suppressed', null),
			]);
			expect(moved.filter(({ length }) => length > 0)).toHaveLength(1);
			expect(await path(sends)).toHaveLength(3);
		});

		it('belong to their scope', async () => {
			const scope = freshScope();
			const sends = await lease(scope);
			const foreign = [{ ...sends[0]!, scope: freshScope() }];
			expect(await go(foreign, 'transmitting')).toEqual([]);
			expect(await store().sends.get(foreign[0]!.scope, sends[0]!.id)).toBeNull();
			await store().sends.note(foreign[0]!.scope, sends[0]!.id, 'opened', {});
			expect(await path(sends)).toEqual(['reserved', 'leased']);
			expect(await store().sends.history(foreign[0]!.scope, sends[0]!.id)).toEqual([]);
		});

		it('take notes that change nothing', async () => {
			const sends = await lease(freshScope());
			await store().sends.note(sends[0]!.scope, sends[0]!.id, 'opened', { agent: 'x' });
			expect((await store().sends.history(sends[0]!.scope, sends[0]!.id)).at(-1)).toMatchObject({
				type: 'opened',
				from: null,
				to: null,
				detail: { agent: 'x' },
			});
			expect(await store().sends.get(sends[0]!.scope, sends[0]!.id)).toEqual(sends[0]);
		});

		it('are found by what is known of them, newest first, page by page', async () => {
			const scope = freshScope();
			const made: SendRecord[] = [];
			for (let index = 0; index < 5; index++) {
				made.push(
					...(await reserve(scope, { key: `k${index}`, correlationId: `c${index % 2}`, messageId: `m${index}` })),
				);
			}
			const find = async (filter: Parameters<ReturnType<typeof store>['sends']['search']>[1]): Promise<string[]> =>
				(await store().sends.search(scope, filter, { limit: 10 })).map(({ key }) => key);
			expect(await find({})).toEqual(['k4', 'k3', 'k2', 'k1', 'k0']);
			expect(await find({ correlationId: 'c1' })).toEqual(['k3', 'k1']);
			expect(await find({ messageId: 'm2' })).toEqual(['k2']);
			expect(await find({ key: 'k1', recipient: 'jane@example.com', threadId: 't1' })).toEqual(['k1']);
			expect(await find({ recipient: 'joe@example.com' })).toEqual([]);
			expect(await find({ states: ['failed'] })).toEqual([]);
			expect(await find({ states: [] })).toEqual([]);
			expect(await find({ states: ['reserved'], since: made[0]!.createdAt })).toHaveLength(5);
			expect(await find({ since: made[4]!.createdAt + LONG })).toEqual([]);
			const page = await store().sends.search(scope, {}, { limit: 2, before: made[3]!.id });
			expect(page.map(({ key }) => key)).toEqual(['k2', 'k1']);
			const [leased] = await store().sends.lease(scope, made[2]!.groupId, LONG);
			await go([leased!], 'transmitting');
			await store().sends.transition(scope, {
				ids: [leased!.id],
				fence: 1,
				to: 'accepted',
				patch: { providerMessageId: 'ses-1' },
			});
			expect(await find({ providerMessageId: 'ses-1' })).toEqual(['k2']);
		});

		it('are traced by tag, template, stream, provider and sandbox', async () => {
			const scope = freshScope();
			const template = { template: 'welcome', templateVersion: '2' };
			const [one] = await reserve(scope, { key: 'k1', tags: ['vip', 'vip', 'beta'], ...template, stream: 'ops' });
			await reserve(scope, { key: 'k2', tags: ['vip', '%'], template: 'welcome', templateVersion: '1' });
			await reserve(freshScope(), { key: 'k3', tags: ['vip'], ...template });
			const find = async (filter: Parameters<ReturnType<typeof store>['sends']['search']>[1]): Promise<string[]> =>
				(await store().sends.search(scope, filter, { limit: 10 })).map(({ key }) => key);
			expect(await find({ tag: 'vip' })).toEqual(['k2', 'k1']);
			expect(await find({ tag: 'beta' })).toEqual(['k1']);
			expect(await find({ tag: 'vi' })).toEqual([]);
			expect(await find({ template: 'welcome', templateVersion: '2' })).toEqual(['k1']);
			expect(await find({ stream: 'ops', tag: 'vip' })).toEqual(['k1']);
			const [leased] = await store().sends.lease(scope, one!.groupId, LONG);
			await go([leased!], 'transmitting');
			const patch = { provider: 'resend', sandbox: 'captured' as const };
			await store().sends.transition(scope, { ids: [one!.id], fence: 1, to: 'accepted', patch });
			expect(await find({ provider: 'resend' })).toEqual(['k1']);
			expect(await find({ sandboxed: true })).toEqual(['k1']);
			expect(await find({ sandboxed: false })).toEqual(['k2']);
		});
	});
}
