import { describe, expect, it } from 'vitest';
import type { Admission, AdmissionTerms, Limit, SendRecord } from '../../../../lib/store';
import type { OpenStore } from '../conformance';
import { LONG, freshScope, useStore } from './fixture';
import { newSend } from './sends';

const NONE: AdmissionTerms = {
	suppression: { stream: null, ignored: 'none' },
	pausedBy: [],
	breaker: null,
	limits: () => [],
};

export function admissionConformance(open: OpenStore): void {
	describe('admission', () => {
		const store = useStore(open);
		const made = async (scope: string, key: string, change: Parameters<typeof newSend>[1] = {}) =>
			(await store().sends.reserve(newSend(scope, { key, recipients: ['jane@example.com'], ...change }))).sends;
		const admit = (sends: SendRecord[], terms: Partial<AdmissionTerms> = {}, ttl = LONG): Promise<Admission> =>
			store().sends.admit(sends[0]!.scope, sends, ttl, { ...NONE, ...terms });
		const ask = async (scope: string, key: string, ...limits: Limit[]): Promise<Admission> =>
			admit(await made(scope, key), { limits: () => limits });
		const waitOf = (admission: Admission): number => admission.held[0]!.retryAt;
		const now = async (scope: string): Promise<number> => (await made(scope, `now-${Math.random()}`))[0]!.createdAt;

		it('leases what nothing speaks against, once', async () => {
			const sends = await made(freshScope(), 'a', { recipients: ['jane@example.com', 'joe@example.com'] });
			const all = await Promise.all(Array.from({ length: 8 }, () => admit(sends)));
			expect(all.map(({ leased }) => leased.length).sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 2]);
			expect(all.flatMap(({ held, suppressed }) => [...held, ...suppressed])).toEqual([]);
			const [first] = all.flatMap(({ leased }) => leased);
			expect(first).toMatchObject({ state: 'leased', fence: 1 });
		});

		it('ends what is suppressed, with the reason, and leases the rest', async () => {
			const scope = freshScope();
			const entry = { scope, address: 'Jane@example.com', source: 's', expiresAt: null };
			await store().suppressions.add({ ...entry, stream: 'news', reason: 'unsubscribed' });
			const recipients = ['jane@example.com', 'joe@example.com'];
			const receipts = await admit(await made(scope, 'a', { recipients }), {
				suppression: { stream: 'receipts', ignored: 'none' },
			});
			expect(receipts.leased).toHaveLength(2);

			const sends = await made(scope, 'b', { recipients });
			const { leased, suppressed } = await admit(sends, { suppression: { stream: 'news', ignored: ['user-unknown'] } });
			expect(leased.map(({ recipient }) => recipient)).toEqual(['joe@example.com']);
			expect(suppressed).toMatchObject([
				{ record: { state: 'suppressed', reason: 'unsubscribed' }, suppression: { stream: 'news' } },
			]);
			const [history] = await Promise.all([store().sends.history(scope, suppressed[0]!.record.id)]);
			expect(history.at(-1)).toMatchObject({
				to: 'suppressed',
				detail: { suppression: suppressed[0]!.suppression.id },
			});
			for (const ignored of ['all', ['unsubscribed']] as const) {
				const again = await admit(await made(scope, `c-${ignored.length}`), {
					suppression: { stream: 'news', ignored },
				});
				expect(again.leased).toHaveLength(1);
			}
		});

		it('holds what is paused until it is resumed', async () => {
			const scope = freshScope();
			const target = { kind: 'stream', name: 'news' } as const;
			const paused = await store().pauses.pause({ scope, ...target, reason: 'incident 7', by: 'ann', until: null });
			expect(await store().pauses.list(scope)).toEqual([paused]);
			expect(await store().pauses.list(freshScope())).toEqual([]);

			const sends = await made(scope, 'a');
			const other = await admit(await made(scope, 'b'), { pausedBy: [{ kind: 'stream', name: 'receipts' }] });
			expect(other.leased).toHaveLength(1);
			const { held, leased } = await admit(sends, { pausedBy: [target] });
			expect(leased).toEqual([]);
			expect(held).toMatchObject([
				{ cause: 'paused', name: 'stream:news', reason: 'incident 7', record: { state: 'deferred', reason: 'PAUSED' } },
			]);
			expect(held[0]!.retryAt).toBe(held[0]!.record.notBefore);
			expect(await store().pauses.resume(scope, target)).toBe(true);
			expect(await store().pauses.resume(scope, target)).toBe(false);

			const until = (await now(scope)) + LONG;
			await store().pauses.pause({ scope, ...target, reason: null, by: 'ann', until });
			expect((await admit(await made(scope, 'c'), { pausedBy: [target] })).held).toMatchObject([{ retryAt: until }]);
			await store().pauses.pause({ scope, ...target, reason: null, by: 'ann', until: until - 2 * LONG });
			expect(await store().pauses.list(scope)).toEqual([]);
			expect((await admit(await made(scope, 'd'), { pausedBy: [target] })).leased).toHaveLength(1);
		});

		it('holds everything while the breaker is open, and sends one group to see', async () => {
			const scope = freshScope();
			const policy = { threshold: 2, openFor: LONG };
			const through = async (key: string) => admit(await made(scope, key), { breaker: 'smtp' });
			expect(await through('a')).toMatchObject({ breakerUneasy: false });
			await store().limits.report(scope, 'smtp', false, policy);
			expect(await through('b')).toMatchObject({ breakerUneasy: true, held: [] });
			await store().limits.report(scope, 'smtp', false, policy);
			const open_ = await through('c');
			expect(open_).toMatchObject({ leased: [], held: [{ cause: 'breaker', name: 'smtp' }] });
			expect(await store().statistics.breakers(scope)).toEqual([
				{ name: 'smtp', failures: 2, openUntil: waitOf(open_), updatedAt: expect.any(Number) as number },
			]);

			const half = freshScope();
			for (let failure = 0; failure < 2; failure++) {
				await store().limits.report(half, 'smtp', false, { threshold: 2, openFor: 0 });
			}
			const groups = await Promise.all(
				Array.from({ length: 6 }, (_, index) => made(half, `k${index}`, { recipients: ['a@x.test', 'b@x.test'] })),
			);
			const asked = await Promise.all(groups.map((sends) => admit(sends, { breaker: 'smtp' })));
			expect(asked.flatMap(({ leased }) => leased)).toHaveLength(2);
			expect(asked.flatMap(({ held }) => held)).toHaveLength(10);
			await store().limits.report(half, 'smtp', true, policy);
			expect((await admit(await made(half, 'z'), { breaker: 'smtp' })).leased).toHaveLength(1);
		});

		it('stays open longer with every probe that fails', async () => {
			const scope = freshScope();
			const policy = { threshold: 1, openFor: 5, longest: 15 };
			const lengths: number[] = [];
			for (let probe = 0; probe < 3; probe++) {
				await store().limits.report(scope, 'smtp', false, policy);
				const [breaker] = await store().statistics.breakers(scope);
				lengths.push(breaker!.openUntil! - breaker!.updatedAt);
				const sends = await made(scope, `k${probe}`);
				await expect.poll(() => now(scope), { interval: 5 }).toBeGreaterThan(breaker!.openUntil!);
				expect((await admit(sends, { breaker: 'smtp' })).leased).toHaveLength(1);
			}
			expect(lengths).toEqual([5, 10, 15]);
		});

		describe('to a bucket', () => {
			const bucket: Limit = { kind: 'bucket', name: 'b', ratePerSecond: 0.01, burst: 3 };

			it('gives each who waits a turn of its own, in the order of asking', async () => {
				const scope = freshScope();
				const asked: Admission[] = [];
				for (let index = 0; index < 7; index++) asked.push(await ask(scope, `k${index}`, bucket));
				expect(asked.map(({ leased }) => leased.length)).toEqual([1, 1, 1, 0, 0, 0, 0]);
				const turns = asked.slice(3).map(waitOf);
				for (let index = 1; index < turns.length; index++) {
					expect(turns[index]! - turns[index - 1]!).toBeGreaterThan(99_000);
					expect(turns[index]! - turns[index - 1]!).toBeLessThan(101_000);
				}
				expect(asked[3]).toMatchObject({
					held: [{ cause: 'limit', name: 'b', record: { state: 'deferred', reason: 'LIMITED' } }],
				});
				// Whoever asks too early is told the same time again.
				expect((await ask(scope, 'k3', bucket)).held).toEqual([]);
				expect((await store().sends.get(scope, asked[3]!.held[0]!.record.id))?.notBefore).toBe(turns[0]);
				expect((await ask(freshScope(), 'k0', bucket)).leased).toHaveLength(1);
			});

			it('lets each in when its turn has come, before anybody else', async () => {
				const scope = freshScope();
				const twoSeconds: Limit = { ...bucket, ratePerSecond: 0.5, burst: 1 };
				expect((await ask(scope, 'a', twoSeconds)).leased).toHaveLength(1);
				const turn = waitOf(await ask(scope, 'b', twoSeconds));
				await expect.poll(() => now(scope), { interval: 50, timeout: 10_000 }).toBeGreaterThan(turn);
				// Due and not yet taken: a newcomer finds no token.
				expect((await ask(scope, 'c', twoSeconds)).leased).toEqual([]);
				expect((await ask(scope, 'b', twoSeconds)).leased).toHaveLength(1);
			});

			it('passes all limits or none', async () => {
				const scope = freshScope();
				const quota: Limit = { kind: 'quota', name: 'q', limit: 1, window: LONG };
				expect((await ask(scope, 'a', bucket, quota)).leased).toHaveLength(1);
				const held = await ask(scope, 'b', bucket, quota);
				expect(held.held).toMatchObject([{ name: 'q' }]);
				// The bucket gave nothing for it.
				expect((await ask(scope, 'c', bucket)).leased).toHaveLength(1);
				expect((await ask(scope, 'd', bucket)).leased).toHaveLength(1);
				expect((await ask(scope, 'e', bucket)).leased).toEqual([]);
			});

			it('gives what it holds to many at once, and every other a turn', async () => {
				const scope = freshScope();
				const asked = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(scope, `k${index}`, bucket)));
				expect(asked.flatMap(({ leased }) => leased)).toHaveLength(3);
				const turns = asked.flatMap(({ held }) => held.map(({ retryAt }) => retryAt)).sort((a, b) => a - b);
				expect(turns).toHaveLength(17);
				expect(turns.at(-1)! - turns[0]!).toBeGreaterThan(16 * 99_000);
			});
		});

		describe('to a quota', () => {
			const quota: Limit = { kind: 'quota', name: 'q', limit: 2, window: LONG };

			it('counts a send once, and hands out turns as uses leave the window', async () => {
				const scope = freshScope();
				const first = await made(scope, 'a');
				const terms = { limits: () => [quota] };
				const [leased] = (await admit(first, terms)).leased;
				await store().sends.transition(scope, { ids: [leased!.id], fence: leased!.fence, to: 'deferred' });
				expect((await admit(first, terms)).leased).toHaveLength(1);
				expect((await ask(scope, 'b', quota)).leased).toHaveLength(1);
				const turns = [];
				for (const key of ['c', 'd', 'e']) turns.push(waitOf(await ask(scope, key, quota)));
				expect(turns[0]).toBeGreaterThan((await now(scope)) + LONG / 2);
				expect(turns[0]).toBeLessThanOrEqual(turns[1]!);
				expect(turns[2]).toBeGreaterThanOrEqual(turns[0]! + LONG);
			});

			it('lets the next in once the window has passed', async () => {
				const scope = freshScope();
				const short: Limit = { ...quota, limit: 1, window: 40 };
				expect((await ask(scope, 'a', short)).leased).toHaveLength(1);
				const next = async () => (await ask(scope, 'b', short)).leased.length;
				await expect.poll(next, { interval: 5, timeout: 10_000 }).toBe(1);
			});

			it('of zero lets nothing in', async () => {
				expect((await ask(freshScope(), 'a', { ...quota, limit: 0 })).held).toHaveLength(1);
			});
		});

		describe('to a schedule', () => {
			it('fills one period, spreads the rest over the next, and ends with the last', async () => {
				const scope = freshScope();
				const start = (await now(scope)) - 1_000;
				const ramp: Limit = {
					kind: 'schedule',
					name: 'ramp',
					periods: [
						{ from: start, until: start + LONG, limit: 2 },
						{ from: start + LONG, until: start + 2 * LONG, limit: 4 },
					],
				};
				const asked: Admission[] = [];
				for (let index = 0; index < 7; index++) asked.push(await ask(scope, `k${index}`, ramp));
				expect(asked.map(({ leased }) => leased.length)).toEqual([1, 1, 0, 0, 0, 0, 0]);
				const turns = asked.slice(2).map((admission) => (waitOf(admission) - start) / LONG);
				expect(turns).toEqual([1.125, 1.375, 1.625, 1.875, 2]);
				const over: Limit = { ...ramp, name: 'over', periods: [{ from: 0, until: start, limit: 0 }] };
				expect((await ask(scope, 'z', over)).leased).toHaveLength(1);
			});
		});

		it('is forgotten with the scope', async () => {
			const scope = freshScope();
			const bucket: Limit = { kind: 'bucket', name: 'b', ratePerSecond: 0.001, burst: 1 };
			await ask(scope, 'a', bucket);
			await ask(scope, 'b', bucket);
			await store().pauses.pause({ scope, kind: 'all', name: '', reason: null, by: 'ann', until: null });
			await store().maintenance.eraseScope(scope);
			expect(await store().pauses.list(scope)).toEqual([]);
			expect((await ask(scope, 'c', bucket)).leased).toHaveLength(1);
		});
	});
}
