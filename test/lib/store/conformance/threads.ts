import { describe, expect, it } from 'vitest';
import type { ThreadAssignment, ThreadEntry, ThreadLink } from '../../../../lib/store';
import type { OpenStore } from '../conformance';
import { freshScope, useStore } from './fixture';

/** A message that names others, as Thread Match files it. */
export function message(id: string, references: string[] = [], changes: Partial<ThreadEntry> = {}): ThreadEntry {
	return {
		key: `mid:${id}`,
		contentHash: `hash of ${id}`,
		links: references.map((reference) => ({
			key: `mid:${reference}`,
			evidence: 'references',
			unknown: 'placeholder',
			merges: true,
		})),
		at: null,
		participants: ['jane@example.com'],
		...changes,
	};
}

const business = (key: string, changes: Partial<ThreadLink> = {}): ThreadLink => ({
	key: `biz:${key}`,
	evidence: 'ticket',
	unknown: 'index',
	merges: false,
	...changes,
});

export function threadConformance(open: OpenStore): void {
	describe('threads', () => {
		const store = useStore(open);
		const assign = (scope: string, entry: ThreadEntry): Promise<ThreadAssignment> =>
			store().threads.assign(scope, entry);

		it('begin with a message that names nothing', async () => {
			const scope = freshScope();
			const first = await assign(scope, message('a', [], { at: 1_000 }));
			expect(first).toEqual({
				threadId: expect.any(String) as string,
				isNew: true,
				repeated: false,
				keyUse: 'first',
				position: 1,
				parentKey: null,
				matched: [],
				merged: [],
				suspect: false,
				suspectReason: null,
				messageCount: 1,
				lastAt: 1_000,
				participants: ['jane@example.com'],
				data: {},
			});
			expect((await assign(freshScope(), message('b', ['a']))).isNew).toBe(true);
		});

		it('grow by replies', async () => {
			const scope = freshScope();
			const first = await assign(scope, message('a', [], { at: 1_000 }));
			const reply = await assign(scope, message('b', ['a'], { at: 2_000, participants: ['joe@example.com'] }));
			expect(reply).toMatchObject({
				threadId: first.threadId,
				isNew: false,
				position: 2,
				parentKey: 'mid:a',
				matched: [{ key: 'mid:a', evidence: 'references' }],
				messageCount: 2,
				lastAt: 2_000,
				participants: ['jane@example.com', 'joe@example.com'],
			});
			const early = await assign(scope, message('c', ['b', 'a'], { at: 1_500 }));
			expect(early).toMatchObject({ position: 2, parentKey: 'mid:b', messageCount: 3, lastAt: 2_000 });
		});

		it('answer a repeat as they did at first', async () => {
			const scope = freshScope();
			await assign(scope, message('a'));
			const reply = await assign(scope, message('b', ['a']));
			const again = await Promise.all(Array.from({ length: 5 }, () => assign(scope, message('b', ['a']))));
			for (const answer of again) expect(answer).toEqual({ ...reply, repeated: true, keyUse: 'repeat' });
			expect(await assign(scope, message('b', [], { contentHash: null }))).toMatchObject({ repeated: true });
		});

		it('take another message under the same key as one more', async () => {
			const scope = freshScope();
			const first = await assign(scope, message('a'));
			const second = await assign(scope, message('a', [], { contentHash: 'other' }));
			expect(second).toMatchObject({ threadId: first.threadId, repeated: false, messageCount: 2 });
		});

		it('are the same whatever order the messages arrive in', async () => {
			const messages = [
				message('1'),
				message('2', ['1']),
				message('3', ['2', '1']),
				message('4', ['3']),
				message('5', ['1', '4']),
			];
			const orders = permutations([0, 1, 2, 3, 4]).filter((_, index) => index % 7 === 0);
			for (const order of orders) {
				const scope = freshScope();
				for (const index of order) await assign(scope, messages[index]!);
				const view = (await store().threads.find(scope, 'mid:1'))!;
				expect(view.messageCount, order.join()).toBe(5);
				expect(view.keys).toEqual(['mid:1', 'mid:2', 'mid:3', 'mid:4', 'mid:5']);
			}
		});

		it('are the same when all messages arrive at once', async () => {
			const scope = freshScope();
			const chain = Array.from({ length: 12 }, (_, index) => message(`${index}`, index === 0 ? [] : [`${index - 1}`]));
			const answers = await Promise.all(chain.map((entry) => assign(scope, entry)));
			const ids = await Promise.all(answers.map(({ threadId }) => store().threads.resolve(scope, threadId)));
			expect(new Set(ids).size).toBe(1);
			expect(await store().threads.get(scope, answers[0]!.threadId)).toMatchObject({ messageCount: 12 });
		});

		it('are found by kin that comes at the same moment, under one subject with many others', async () => {
			const scope = freshScope();
			const pairs = Array.from({ length: 40 }, (_none, index) => index);
			const kin = (pair: number, seeking: boolean): Partial<ThreadEntry> => ({
				at: 1_000,
				kin: {
					buckets: ['your order'],
					seeking,
					reach: 1_000,
					facts: { pair },
					judge: ({ facts }) => (facts.pair === pair ? 'quoted-text' : null),
				},
			});
			const filed = await Promise.all(
				pairs.map((pair) =>
					Promise.all([
						assign(scope, message(`sent-${pair}`, [], kin(pair, false))),
						assign(scope, message(`answer-${pair}`, [], kin(pair, true))),
					]),
				),
			);
			const threads = await Promise.all(
				filed.flat().map(({ threadId }) => store().threads.resolve(scope, threadId) as Promise<string>),
			);
			expect(pairs.filter((pair) => threads[pair * 2] !== threads[pair * 2 + 1])).toEqual([]);
			expect(new Set(threads).size).toBe(pairs.length);
		});

		it('become one when a message shows it, and the other ids live on', async () => {
			const scope = freshScope();
			const one = await assign(scope, message('a', [], { at: 1, participants: ['a@x'] }));
			const two = await assign(scope, message('b', [], { at: 2, participants: ['b@x'] }));
			await store().threads.link(scope, two.threadId, ['biz:7'], { ticket: 7 });
			const joined = await assign(scope, message('c', ['b', 'a'], { at: 3, participants: [] }));
			expect(joined).toMatchObject({
				threadId: one.threadId,
				merged: [two.threadId],
				position: 3,
				messageCount: 3,
				participants: ['a@x', 'b@x'],
				data: { ticket: 7 },
			});
			expect(await store().threads.resolve(scope, two.threadId)).toBe(one.threadId);
			expect(await store().threads.get(scope, two.threadId)).toMatchObject({
				threadId: one.threadId,
				aliases: [two.threadId],
				keys: ['biz:7', 'mid:a', 'mid:b', 'mid:c'],
			});
			expect(await assign(scope, message('b'))).toMatchObject({ threadId: one.threadId, isNew: true, repeated: true });
		});

		it('follow aliases of aliases', async () => {
			const scope = freshScope();
			const ids: string[] = [];
			for (const id of ['a', 'b', 'c']) ids.push((await assign(scope, message(id))).threadId);
			await store().threads.merge(scope, ids[1]!, ids[2]!);
			await store().threads.merge(scope, ids[0]!, ids[2]!);
			expect(await store().threads.resolve(scope, ids[2]!)).toBe(ids[0]);
			expect((await store().threads.get(scope, ids[0]!))!.aliases).toEqual([ids[1], ids[2]].sort());
		});

		it('let a weak link count only when no other found a thread', async () => {
			const scope = freshScope();
			const ticket = await assign(scope, message('a', [], { links: [business('42')] }));
			expect(await assign(scope, message('b', [], { links: [business('42')] }))).toMatchObject({
				threadId: ticket.threadId,
				matched: [{ key: 'biz:42', evidence: 'ticket' }],
				parentKey: null,
			});
			const other = await assign(scope, message('c'));
			const reply = message('d', ['c']);
			reply.links.unshift(business('42'));
			expect(await assign(scope, reply)).toMatchObject({ threadId: other.threadId, merged: [] });
			expect((await store().threads.find(scope, 'biz:42'))!.threadId).toBe(ticket.threadId);
		});

		it('do not file a key that is only looked up', async () => {
			const scope = freshScope();
			await assign(scope, message('a', [], { links: [business('42', { unknown: 'none' })] }));
			expect(await store().threads.find(scope, 'biz:42')).toBeNull();
		});

		it('ask for a participant to vouch for a link', async () => {
			const scope = freshScope();
			const thread = await assign(scope, message('a'));
			const stranger = { participants: ['mallory@evil.example'], vouchers: ['mallory@evil.example'] };
			const refused = await assign(scope, message('b', ['a'], stranger));
			expect(refused).toMatchObject({ isNew: true, suspect: true, matched: [], parentKey: null });
			const trusted = message('c', ['a'], stranger);
			trusted.links[0]!.trusted = true;
			expect(await assign(scope, trusted)).toMatchObject({ threadId: thread.threadId, suspect: false });
			const known = message('d', ['a'], { participants: ['jane@example.com'], vouchers: ['Jane@example.com'] });
			expect(await assign(scope, known)).toMatchObject({ threadId: thread.threadId, suspect: false });
		});

		it('become one only on the word of somebody, or a group, with standing in both', async () => {
			const scope = freshScope();
			const by = (name: string, groups: string[] = []): Partial<ThreadEntry> => ({
				participants: [name],
				standing: { people: [name], groups },
			});
			const one = await assign(scope, message('a', [], by('ann@x', ['list:l'])));
			const two = await assign(scope, message('b', [], by('bob@x', ['list:l'])));
			const marks = { merged: [], suspect: true, suspectReason: 'would-merge-threads' };
			await assign(scope, message('e1', ['a'], by('eve@x', ['list:e'])));
			await assign(scope, message('e2', ['b'], by('eve@x', ['list:e'])));
			for (const [id, who] of [
				['e3', by('eve@x', ['list:e'])],
				['e4', by('dan@x')],
			] as const) {
				const match = await assign(scope, message(id, ['b', 'a'], who));
				expect(match).toMatchObject({ ...marks, threadId: two.threadId });
			}
			expect(await assign(scope, message('a2', ['b', 'a'], by('Ann@x')))).toMatchObject({
				...marks,
				threadId: one.threadId,
				matched: [{ key: 'mid:a', evidence: 'references' }],
			});
			const token = message('a3', ['b', 'a'], by('dan@x'));
			token.links[0]!.trusted = true;
			expect(await assign(scope, token)).toMatchObject({ ...marks, threadId: two.threadId });
			const joined = await assign(scope, message('c', ['b', 'a'], by('carl@x', ['list:l'])));
			expect(joined).toMatchObject({
				threadId: one.threadId,
				merged: [two.threadId],
				suspect: false,
				suspectReason: null,
			});
			expect(joined.participants).toEqual(['ann@x', 'bob@x', 'carl@x', 'dan@x', 'eve@x']);
			const third = await assign(scope, message('d', [], by('bob@x')));
			expect(await assign(scope, message('b2', ['d', 'a'], by('bob@x')))).toMatchObject({ merged: [third.threadId] });
		});

		it('fill a placeholder with the message it stands for, whoever wrote it', async () => {
			const scope = freshScope();
			const child = await assign(scope, message('b', ['a']));
			expect(child.parentKey).toBe('mid:a');
			const parent = message('a', [], { participants: ['joe@example.com'], vouchers: ['joe@example.com'] });
			expect(await assign(scope, parent)).toMatchObject({
				threadId: child.threadId,
				isNew: false,
				suspect: false,
				matched: [{ key: 'mid:a', evidence: 'own-key' }],
			});
		});

		it('can be linked by hand', async () => {
			const scope = freshScope();
			const { threadId } = await assign(scope, message('a'));
			const other = await assign(scope, message('b'));
			await store().threads.link(scope, threadId, ['biz:1'], { ticket: 1 });
			expect(await store().threads.link(scope, threadId, ['biz:2'], { owner: 'x' })).toMatchObject({
				keys: ['biz:1', 'biz:2', 'mid:a'],
				data: { ticket: 1, owner: 'x' },
			});
			expect(await store().threads.link(scope, other.threadId, ['biz:2'])).toMatchObject({ keys: ['biz:2', 'mid:b'] });
			await expect(store().threads.link(scope, threadId, ['mid:b'])).rejects.toMatchObject({
				code: 'STORE_THREAD_KEY_TAKEN',
			});
			await expect(store().threads.link(freshScope(), threadId, ['biz:3'])).rejects.toMatchObject({
				code: 'STORE_THREAD_NOT_FOUND',
			});
			expect((await store().threads.get(scope, threadId))!.keys).toEqual(['biz:1', 'mid:a']);
		});

		it('can be merged and split by hand, and a split stays', async () => {
			const scope = freshScope();
			const one = await assign(scope, message('a', [], { at: 1 }));
			await assign(scope, message('b', ['a'], { at: 2, participants: ['joe@example.com'] }));
			const split = await store().threads.split(scope, 'mid:b');
			expect(split).toMatchObject({ messageCount: 1, lastAt: 2, participants: ['joe@example.com'], keys: ['mid:b'] });
			expect(split.threadId).not.toBe(one.threadId);
			expect(await store().threads.get(scope, one.threadId)).toMatchObject({
				messageCount: 1,
				lastAt: 1,
				participants: ['jane@example.com'],
			});
			expect(await assign(scope, message('c', ['b', 'a']))).toMatchObject({ threadId: split.threadId, merged: [] });
			const merged = await store().threads.merge(scope, one.threadId, split.threadId);
			expect(merged).toMatchObject({ threadId: one.threadId, messageCount: 3, aliases: [split.threadId] });
			expect(await store().threads.merge(scope, one.threadId, split.threadId)).toEqual(merged);
			await expect(store().threads.split(scope, 'mid:nobody')).rejects.toMatchObject({
				code: 'STORE_THREAD_NOT_FOUND',
			});
		});

		it('can be forgotten', async () => {
			const scope = freshScope();
			const { threadId } = await assign(scope, message('a'));
			const { threadId: other } = await assign(scope, message('b'));
			await store().threads.merge(scope, threadId, other);
			expect(await store().threads.forget(freshScope(), threadId)).toBe(false);
			expect(await store().threads.forget(scope, other)).toBe(true);
			expect(await store().threads.get(scope, threadId)).toBeNull();
			expect(await store().threads.resolve(scope, other)).toBeNull();
			expect(await store().threads.find(scope, 'mid:a')).toBeNull();
			expect(await store().threads.forget(scope, threadId)).toBe(false);
			expect(await assign(scope, message('a'))).toMatchObject({ isNew: true, repeated: false });
		});
	});
}

function permutations(items: number[]): number[][] {
	if (items.length < 2) return [items];
	return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}
