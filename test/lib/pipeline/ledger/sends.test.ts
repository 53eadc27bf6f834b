import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
	cancelSends,
	findSends,
	resolveInDoubt,
	retrySends,
	searchSends,
	timelinesOf,
} from '../../../../lib/pipeline/ledger/sends';
import type { SendState, Store } from '../../../../lib/store';
import { freshStore, reserved, scope, sendIn } from './ledgerStore';

const ann = { by: 'workflow 1, execution 2', note: 'seen in the log' };

let store: Store;
let dispose: () => Promise<void>;

beforeEach(async () => ({ store, dispose } = await freshStore()));
afterEach(() => dispose());

const inDoubt: SendState[] = ['transmitting', 'in_doubt'];

describe('finding sends', () => {
	it('by id, and by key all recipients in the order they were recorded', async () => {
		const made = await reserved(store, { recipients: ['ann@example.com', 'bob@example.com'] });
		expect(await findSends(store, scope, { id: made[1]!.id })).toEqual([made[1]]);
		expect((await findSends(store, scope, { key: 'order-7' })).map(({ recipient }) => recipient)).toEqual([
			'ann@example.com',
			'bob@example.com',
		]);
	});

	it.each([{ id: 'nothing' }, { key: 'nothing' }])('says that %j is not there', async (locator) => {
		await reserved(store);
		await expect(findSends(store, scope, locator)).rejects.toMatchObject({ code: 'LEDGER_NOT_FOUND' });
	});

	it('finds nothing of another scope', async () => {
		const [made] = await reserved(store, { scope: 'other' });
		await expect(findSends(store, scope, { id: made!.id })).rejects.toMatchObject({ code: 'LEDGER_NOT_FOUND' });
		expect(await searchSends(store, scope, {})).toEqual([]);
	});

	it('searches over more than a page, newest first, and stops at the limit', async () => {
		const recipients = Array.from({ length: 1_234 }, (_, index) => `r${index}@example.com`);
		await reserved(store, { recipients });
		const all = await searchSends(store, scope, {});
		expect(all).toHaveLength(1_234);
		expect(new Set(all.map(({ id }) => id)).size).toBe(1_234);
		expect(all.map(({ id }) => id)).toEqual(
			all
				.map(({ id }) => id)
				.sort()
				.reverse(),
		);
		expect(await searchSends(store, scope, {}, 501)).toEqual(all.slice(0, 501));
	});

	it('shows what a lapsed lease left behind as in doubt', async () => {
		const [made] = await reserved(store);
		const [leased] = await store.sends.lease(scope, made!.groupId, 1);
		// The lease has to hold for the moment in which the body begins.
		await store.sends.renew(scope, [leased!.id], leased!.fence, 60_000);
		await store.sends.transition(scope, { ids: [leased!.id], fence: leased!.fence, to: 'transmitting' });
		await store.sends.renew(scope, [leased!.id], leased!.fence, -1);
		expect(await searchSends(store, scope, { states: ['in_doubt'] })).toMatchObject([{ id: made!.id }]);
	});

	it('tells everything that happened', async () => {
		const { id } = await sendIn(store, ['transmitting', 'accepted']);
		const [timeline] = await timelinesOf(store, scope, { id });
		expect(timeline!.record.state).toBe('accepted');
		expect(timeline!.events.map(({ to }) => to)).toEqual(['reserved', 'leased', 'transmitting', 'accepted']);
	});
});

describe('resolving doubt', () => {
	it.each(['accepted', 'needs_review', 'reserved', 'canceled'] as const)('as %s, with who and why', async (to) => {
		const { id } = await sendIn(store, inDoubt);
		expect(await resolveInDoubt(store, scope, { id }, to, ann)).toMatchObject([
			{ changed: true, record: { state: to }, error: null },
		]);
		expect((await store.sends.history(scope, id)).at(-1)).toMatchObject({ to, detail: ann });
		// Deciding the same again changes nothing and is no error.
		expect(await resolveInDoubt(store, scope, { id }, to, ann)).toMatchObject([{ changed: false }]);
	});

	it.each(['accepted', 'reserved', 'canceled'] as const)('after a review as %s', async (to) => {
		const { id } = await sendIn(store, [...inDoubt, 'needs_review']);
		expect(await resolveInDoubt(store, scope, { id }, to, ann)).toMatchObject([
			{ changed: true, record: { state: to } },
		]);
	});

	it('leaves what is being sent alone', async () => {
		const { id } = await sendIn(store, ['transmitting']);
		const refused = resolveInDoubt(store, scope, { id }, 'accepted', ann);
		await expect(refused).rejects.toMatchObject({
			code: 'LEDGER_STATE',
			hint: expect.stringContaining('right now') as string,
		});
		expect((await store.sends.get(scope, id))!.state).toBe('transmitting');
	});

	it('gives way to whoever was faster', async () => {
		const { id, fence } = await sendIn(store, inDoubt);
		const get = store.sends.get.bind(store.sends);
		vi.spyOn(store.sends, 'get').mockImplementationOnce(async (...args) => {
			const before = await get(...args);
			await store.sends.transition(scope, { ids: [id], fence, to: 'accepted' });
			return before;
		});
		await expect(resolveInDoubt(store, scope, { id }, 'reserved', ann)).rejects.toMatchObject({
			code: 'LEDGER_CHANGED',
		});
		expect((await store.sends.get(scope, id))!.state).toBe('accepted');
	});

	it('of one key decides about those recipients that are in doubt, and says so of the others', async () => {
		const [first, second] = await reserved(store, { recipients: ['ann@example.com', 'bob@example.com'] });
		const [leased] = await store.sends.lease(scope, first!.groupId, 60_000);
		for (const to of inDoubt) {
			await store.sends.transition(scope, { ids: [first!.id], fence: leased!.fence, to });
		}
		await store.sends.transition(scope, { ids: [second!.id], fence: leased!.fence, to: 'failed' });
		expect(await resolveInDoubt(store, scope, { key: 'order-7' }, 'accepted', ann)).toMatchObject([
			{ changed: true, record: { state: 'accepted' } },
			{ changed: false, record: { state: 'failed' }, error: { code: 'LEDGER_STATE' } },
		]);
	});
});

describe('canceling', () => {
	it.each<[string, SendState[] | null]>([
		['reserved', null],
		['leased', []],
		['deferred', ['deferred']],
		['needs_review', [...inDoubt, 'needs_review']],
	])('calls off what is %s', async (_state, path) => {
		const { id } = path === null ? (await reserved(store))[0]! : await sendIn(store, path);
		expect(await cancelSends(store, scope, { id }, ann)).toMatchObject([
			{ changed: true, record: { state: 'canceled' } },
		]);
		expect(await cancelSends(store, scope, { id }, ann)).toMatchObject([{ changed: false }]);
	});

	it.each<[string, SendState[]]>([
		['transmitting', ['transmitting']],
		['in_doubt', inDoubt],
		['accepted', ['transmitting', 'accepted']],
		['failed', ['failed']],
	])('cannot call off what is %s, and says what can be done', async (state, path) => {
		const { id } = await sendIn(store, path);
		const refused = cancelSends(store, scope, { id }, ann);
		await expect(refused).rejects.toMatchObject({
			code: 'LEDGER_STATE',
			hint: expect.stringMatching(/\w+ \w+/) as string,
		});
		expect((await store.sends.get(scope, id))!.state).toBe(state);
	});
});

describe('retrying', () => {
	it('asks before it risks a duplicate', async () => {
		const { id } = await sendIn(store, inDoubt);
		await expect(retrySends(store, scope, { id }, false, ann)).rejects.toMatchObject({ code: 'LEDGER_IN_DOUBT' });
		expect((await store.sends.get(scope, id))!.state).toBe('in_doubt');
		expect(await retrySends(store, scope, { id }, true, ann)).toMatchObject([
			{ changed: true, record: { state: 'reserved' } },
		]);
		expect(await retrySends(store, scope, { id }, true, ann)).toMatchObject([{ changed: false }]);
	});

	it('finds a deferred send that is due ready as it is', async () => {
		const { id } = await sendIn(store, ['deferred']);
		expect(await retrySends(store, scope, { id }, false, ann)).toMatchObject([
			{ changed: false, record: { state: 'deferred' } },
		]);
	});

	it('says when a deferred send is due', async () => {
		const { id, fence } = await sendIn(store, []);
		const notBefore = Date.now() + 3_600_000;
		await store.sends.transition(scope, { ids: [id], fence, to: 'deferred', patch: { notBefore } });
		await expect(retrySends(store, scope, { id }, false, ann)).rejects.toMatchObject({
			code: 'LEDGER_NOT_DUE',
			message: expect.stringContaining(new Date(notBefore).toISOString()) as string,
		});
	});

	it('does not revive what is over', async () => {
		const { id } = await sendIn(store, ['failed']);
		await expect(retrySends(store, scope, { id }, true, ann)).rejects.toMatchObject({
			code: 'LEDGER_STATE',
			hint: expect.stringContaining('another idempotency key') as string,
		});
	});
});
