import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matchThread } from '../../../../lib/pipeline/threads/matchThread';
import type { Store } from '../../../../lib/store/index';
import { shuffled } from './threadConditions';

type Message = Parameters<typeof matchThread>[1];

const PEOPLE = ['Ann Lee', 'Bob Novak', 'Carla Rossi', 'Dieter Kim'];
const SUBJECTS = ['Question', 'Parser fails on empty files', 'Lexer is slow (was: Parser fails on empty files)'];
const HOUR = 3_600_000;

const graphs = fc.array(
	fc.record({
		references: fc.array(fc.integer({ min: 0, max: 14 }), { maxLength: 3 }),
		parentOnly: fc.boolean(),
		quotes: fc.option(fc.integer({ min: 0, max: 14 })),
		subject: fc.integer({ min: 0, max: SUBJECTS.length - 1 }),
		author: fc.integer({ min: 0, max: PEOPLE.length - 1 }),
		hour: fc.integer({ min: 0, max: 300 }),
		reply: fc.boolean(),
		list: fc.boolean(),
	}),
	{ minLength: 2, maxLength: 12 },
);

const saidBy = (at: number): string => `What mail ${at} says of the ${at * 7 + 3} lamps nobody else has heard or said.`;

/** Mails that name, quote and resemble each other in every way, some of which are not there. */
function mailsOf(nodes: typeof graphs extends fc.Arbitrary<infer T> ? T : never): Message[] {
	return nodes.map((node, at) => {
		const quoted = node.quotes === null ? undefined : nodes[node.quotes];
		const lead = `On a day ${PEOPLE[quoted?.author ?? 0]} wrote:\n> ${saidBy(node.quotes ?? 0)}\n\n`;
		return {
			id: `${at}@x`,
			messageId: `${at}@x`,
			inReplyTo: [],
			references: [],
			[node.parentOnly ? 'inReplyTo' : 'references']: node.references.map((number) => `${number}@x`),
			date: new Date(Date.UTC(2026, 0, 1) + node.hour * HOUR).toISOString(),
			subject: `${node.reply ? 'Re: ' : ''}${SUBJECTS[node.subject] ?? ''}`,
			text: `${node.quotes === null ? '' : lead}${saidBy(at)}`,
			from: { name: PEOPLE[node.author] ?? '', address: `${node.author}@example.com` },
			// Everybody has part in everything: what strangers name would depend on the order.
			to: ['list@example.net', ...PEOPLE.map((_, at) => `${at}@example.com`)].map((address) => ({ name: '', address })),
			cc: [],
			...(node.list && { headers: { 'list-id': ['<list.example.net>'] } }),
		};
	});
}

/** @param open another handle on one and the same database, as another process would have */
export function mailGraphs(open: () => Promise<Store>, runs: number): void {
	describe('any mail graph', () => {
		let workers: Store[];
		let scopes = 0;
		const freshScope = (): string => `graph ${++scopes}`;
		beforeAll(async () => {
			workers = [await open()];
			for (let more = 0; more < 7; more++) workers.push(await open());
		});
		afterAll(async () => {
			await Promise.all(workers.map((worker) => worker.close()));
		});

		/** For each message the first that is in the same thread. */
		const partition = async (messages: readonly Message[], order: readonly Message[], parallel: number) => {
			const scope = freshScope();
			const left = [...order];
			const found = new Map<string, string>();
			const work = async (worker: Store): Promise<void> => {
				for (let next = left.shift(); next !== undefined; next = left.shift()) {
					found.set(next.id, (await matchThread(worker, next, { scope, subject: true })).threadId);
				}
			};
			await Promise.all(workers.slice(0, parallel).map(work));
			const ids = await Promise.all(messages.map(({ id }) => workers[0]!.threads.resolve(scope, found.get(id)!)));
			return ids.map((id) => ids.indexOf(id));
		};

		it('ends in the same partition, whatever the order and however many workers', async () => {
			await fc.assert(
				fc.asyncProperty(graphs, fc.nat(), async (nodes, seed) => {
					const messages = mailsOf(nodes);
					const expected = await partition(messages, messages, 1);
					const mixed = shuffled(messages, seed);
					expect(await partition(messages, mixed, 1)).toEqual(expected);
					expect(await partition(messages, mixed, 4)).toEqual(expected);
				}),
				{ numRuns: runs },
			);
		});

		it('of fifty messages and eight workers ends in one thread', async () => {
			const scope = freshScope();
			const [plain] = mailsOf([
				{ references: [], parentOnly: true, quotes: null, subject: 0, author: 0, hour: 0, reply: false, list: false },
			]);
			const messages = shuffled(
				Array.from({ length: 50 }, (_, at): Message => ({
					...{ ...plain!, id: `m${at}@x`, messageId: `m${at}@x` },
					inReplyTo: at === 0 ? [] : [`m${(at * 7) % at}@x`],
				})),
				1,
			);
			const matches = await Promise.all(
				messages.map((message, at) => matchThread(workers[at % 8]!, message, { scope })),
			);
			const ids = await Promise.all(matches.map(({ threadId }) => workers[0]!.threads.resolve(scope, threadId)));
			expect(new Set(ids).size).toBe(1);
			expect(await workers[0]!.threads.get(scope, ids[0]!)).toMatchObject({ messageCount: 50 });
		});
	});
}
