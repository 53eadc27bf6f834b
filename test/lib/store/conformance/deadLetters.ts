import { describe, expect, it } from 'vitest';
import type { NewDeadLetter } from '../../../../lib/store';
import type { OpenStore } from '../conformance';
import { freshScope, useStore } from './fixture';

export function deadLetterConformance(open: OpenStore): void {
	describe('dead letters', () => {
		const store = useStore(open);
		const letter = (scope: string, changes: Partial<NewDeadLetter> = {}): NewDeadLetter => ({
			scope,
			key: 'k1',
			feed: 'imap:INBOX',
			reason: 'PARSE_FAILED',
			message: 'The message could not be read.',
			rawRef: null,
			item: { a: 1 },
			...changes,
		});

		it('count the attempts of the same failure', async () => {
			const scope = freshScope();
			const first = await store().deadLetters.add(letter(scope));
			const second = await store().deadLetters.add(letter(scope, { reason: 'OTHER', item: { a: 2 } }));
			expect(first).toMatchObject({ attempts: 1, state: 'waiting', item: { a: 1 } });
			expect(second).toMatchObject({ id: first.id, attempts: 2, reason: 'OTHER', item: { a: 2 } });
			expect(second.createdAt).toBe(first.createdAt);
			expect(await store().deadLetters.get(scope, first.id)).toEqual(second);
			expect(await store().deadLetters.get(freshScope(), first.id)).toBeNull();
		});

		it('are settled once', async () => {
			const scope = freshScope();
			const { id } = await store().deadLetters.add(letter(scope));
			const settled = await Promise.all([
				store().deadLetters.settle(scope, id, 'replayed'),
				store().deadLetters.settle(scope, id, 'discarded'),
			]);
			expect(settled.filter(Boolean)).toHaveLength(1);
			expect(await store().deadLetters.settle(freshScope(), id, 'replayed')).toBe(false);
		});

		it('wait again when they fail again', async () => {
			const scope = freshScope();
			const { id } = await store().deadLetters.add(letter(scope));
			await store().deadLetters.settle(scope, id, 'replayed');
			expect(await store().deadLetters.add(letter(scope))).toMatchObject({ id, state: 'waiting', attempts: 2 });
		});

		it('are listed and counted by page, state and feed', async () => {
			const scope = freshScope();
			for (let index = 0; index < 5; index++) await store().deadLetters.add(letter(scope, { key: `k${index}` }));
			await store().deadLetters.add(letter(scope, { key: 'other', feed: 'webhook' }));
			const page = await store().deadLetters.list(scope, { feed: 'imap:INBOX' }, { limit: 3 });
			const rest = await store().deadLetters.list(scope, {}, { limit: 10, after: page.at(-1)!.id });
			expect([...page, ...rest].map(({ key }) => key)).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'other']);
			await store().deadLetters.settle(scope, page[0]!.id, 'discarded');
			expect(await store().deadLetters.count(scope, 'waiting')).toBe(5);
			expect(await store().deadLetters.list(scope, { state: 'discarded' }, { limit: 10 })).toHaveLength(1);
			expect(await store().deadLetters.count(freshScope(), 'waiting')).toBe(0);
		});
	});
}
