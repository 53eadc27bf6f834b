import { describe, expect, it } from 'vitest';
import { EXECUTION_DIED, INGESTION_STAGES, type NewIngestion, type Waiting } from '../../../../lib/store';
import type { OpenStore } from '../conformance';
import { freshScope, useStore } from './fixture';

export function ingestionConformance(open: OpenStore): void {
	describe('ingestion', () => {
		const store = useStore(open);
		const entry = (scope: string, key: string, changes: Partial<NewIngestion> = {}): NewIngestion => ({
			scope,
			key,
			feed: 'INBOX',
			rawRef: `sha256:${'0'.repeat(64)}`,
			contentKey: null,
			metadata: { uid: 1 },
			...changes,
		});

		it('records a key once, however many bring it', async () => {
			const scope = freshScope();
			const outcomes = await Promise.all(
				Array.from({ length: 20 }, (_, index) => store().ingestion.record(entry(scope, 'k', { metadata: { index } }))),
			);
			expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
			expect(new Set(outcomes.map(({ record }) => JSON.stringify(record))).size).toBe(1);
			expect(outcomes[0]!.record).toMatchObject({
				...entry(scope, 'k', { metadata: outcomes[0]!.record.metadata }),
				stage: 'received',
				attempt: 0,
				batch: null,
				emitter: null,
				emittedAt: null,
				error: null,
			});
			expect((await store().ingestion.record(entry(freshScope(), 'k'))).created).toBe(true);
		});

		it('records together what came together, and what is known only once', async () => {
			const scope = freshScope();
			await store().ingestion.record(entry(scope, 'b'));
			const kinds = { a: 'message', b: 'event', c: 'event' } as const;
			const entries = Object.entries(kinds).map(([key, kind]) => entry(scope, key, { kind, subjects: ['ann@a.test'] }));
			expect(await store().ingestion.recordTogether(entries)).toEqual(new Set(['a', 'c']));
			expect(await store().ingestion.recordTogether(entries)).toEqual(new Set());
			const records = await store().ingestion.list(scope, 'INBOX', ['received'], 10);
			expect(records.map(({ key, kind }) => [key, kind])).toEqual([
				['b', 'message'],
				['a', 'message'],
				['c', 'event'],
			]);
			const [alone, first, second] = records.map(({ batch }) => batch);
			expect(alone).toBeNull();
			expect(first).toBe(second);
			expect(await store().ingestion.recordTogether([])).toEqual(new Set());
			// Delivery events are no mails taken in.
			const intake = await store().statistics.intake(scope, { since: 0 });
			expect(intake.reduce((sum, { count }) => sum + count, 0)).toBe(2);
			expect((await store().maintenance.eraseAddress(scope, 'ann@a.test')).ingestion).toBe(2);
		});

		it('tells an earlier record with the same content, in the same scope', async () => {
			const scope = freshScope();
			const outcomes = await Promise.all(
				Array.from({ length: 8 }, (_, index) =>
					store().ingestion.record(entry(scope, `k${index}`, { contentKey: 'c', feed: `f${index}` })),
				),
			);
			const ids = outcomes.map(({ record }) => record.id).sort((a, b) => a - b);
			for (const { record, duplicateOf } of outcomes) {
				expect(duplicateOf?.id ?? null).toBe(record.id === ids[0] ? null : ids[0]);
			}
			const again = await store().ingestion.record(entry(scope, outcomes[0]!.record.key, { contentKey: 'c' }));
			expect(again.duplicateOf?.id ?? null).toBe(outcomes[0]!.duplicateOf?.id ?? null);
			expect((await store().ingestion.record(entry(freshScope(), 'k', { contentKey: 'c' }))).duplicateOf).toBeNull();
			expect(await store().ingestion.knowsContent(scope, 'c')).toBe(true);
			expect(await store().ingestion.knowsContent(freshScope(), 'c')).toBe(false);
		});

		it('emits each record in one batch only', async () => {
			const scope = freshScope();
			const keys = ['a', 'b', 'c'];
			for (const key of keys) await store().ingestion.record(entry(scope, key));
			const emitted = await Promise.all(
				['one', 'two'].map((batch) => store().ingestion.emit(scope, [...keys, 'unknown'], batch, `by ${batch}`)),
			);
			expect(emitted.flat()).toHaveLength(3);
			expect(new Set(emitted.flat().map(({ batch }) => batch)).size).toBe(1);
			expect(emitted.flat()[0]).toMatchObject({
				stage: 'emitted',
				attempt: 1,
				emittedAt: expect.any(Number) as number,
			});
			expect(await store().ingestion.emit(scope, [], 'none', 'x')).toEqual([]);
		});

		it('emits again by compare-and-set on the attempt', async () => {
			const scope = freshScope();
			await store().ingestion.record(entry(scope, 'a'));
			await store().ingestion.emit(scope, ['a'], 'one', 'x');
			const again = await Promise.all(
				['two', 'three'].map((batch) => store().ingestion.emit(scope, ['a'], batch, 'y', 1)),
			);
			expect(again.flat()).toMatchObject([{ attempt: 2, emitter: 'y' }]);
		});

		it('moves stages to the right only', async () => {
			const scope = freshScope();
			await store().ingestion.record(entry(scope, 'a'));
			const stage = async (): Promise<string> => (await store().ingestion.get(scope, 'a'))!.stage;
			expect(await store().ingestion.advance(scope, 'a', 'parsed')).toBe(true);
			expect(await store().ingestion.advance(scope, 'a', 'emitted')).toBe(true);
			expect(await stage()).toBe('parsed');
			expect(await store().ingestion.advance(scope, 'a', 'confirmed')).toBe(true);
			expect(await store().ingestion.advance(scope, 'a', 'dead', 'too late')).toBe(true);
			expect(await store().ingestion.get(scope, 'a')).toMatchObject({ stage: 'confirmed', error: null });
			expect(await store().ingestion.advance(scope, 'nobody', 'parsed')).toBe(false);
			expect(await store().ingestion.advance(freshScope(), 'a', 'parsed')).toBe(false);
		});

		it('knows the execution that has a record, by attempt; the first that says so', async () => {
			const scope = freshScope();
			const { ingestion } = store();
			const execution = async () => (await ingestion.get(scope, 'a'))!.execution;
			await ingestion.record(entry(scope, 'a'));
			await ingestion.emit(scope, ['a'], 'one', 'x');
			await ingestion.advance(scope, 'a', 'parsed', undefined, { execution: '7', attempt: 1 });
			await ingestion.advance(scope, 'a', 'classified', undefined, { execution: '8', attempt: 1 });
			expect(await execution()).toBe('7');
			await ingestion.requeue(scope, 'a');
			await ingestion.emit(scope, ['a'], 'two', 'x');
			expect(await execution()).toBeNull();
			// The former one still runs.
			await ingestion.advance(scope, 'a', 'parsed', undefined, { execution: '7', attempt: 1 });
			expect(await execution()).toBeNull();
		});

		it('ends what cannot be processed, and takes it up again on request', async () => {
			const scope = freshScope();
			await store().ingestion.record(entry(scope, 'a'));
			await store().ingestion.advance(scope, 'a', 'dead', 'poison');
			await store().ingestion.advance(scope, 'a', 'confirmed');
			expect(await store().ingestion.get(scope, 'a')).toMatchObject({ stage: 'dead', error: 'poison' });
			expect(await store().ingestion.requeue(scope, 'a')).toBe(true);
			expect(await store().ingestion.get(scope, 'a')).toMatchObject({ stage: 'received', error: null });
			expect(await store().ingestion.requeue(scope, 'a')).toBe(false);
			await store().ingestion.advance(scope, 'a', 'confirmed');
			expect(await store().ingestion.requeue(scope, 'a')).toBe(false);
		});

		it('moves and puts back many at once, but what has come to its end stays', async () => {
			const scope = freshScope();
			const keys = ['a', 'b', 'c', 'd'];
			for (const key of keys) await store().ingestion.record(entry(scope, key));
			await store().ingestion.emit(scope, keys, 'one', 'x');
			await store().ingestion.advance(scope, 'd', 'dead', 'poison');
			expect(await store().ingestion.advanceAll(scope, ['a', 'd', 'nobody'], 'confirmed')).toBe(1);
			expect(await store().ingestion.advanceAll(scope, [], 'confirmed')).toBe(0);
			expect(await store().ingestion.requeueAll(scope, keys, 60_000)).toBe(2);
			const stages = await Promise.all(keys.map(async (key) => (await store().ingestion.get(scope, key))!.stage));
			expect(stages).toEqual(['confirmed', 'received', 'received', 'dead']);
			const later = (await store().ingestion.get(scope, 'b'))!;
			expect(later.notBefore! - later.updatedAt).toBeGreaterThanOrEqual(59_000);
		});

		it('tells what waits for the first time, and what waits again and is due', async () => {
			const scope = freshScope();
			const keys = ['a', 'b', 'c', 'd'];
			for (const key of keys) await store().ingestion.record(entry(scope, key));
			await store().ingestion.emit(scope, ['a', 'b'], 'one', 'x');
			await store().ingestion.requeueAll(scope, ['a']);
			await store().ingestion.requeueAll(scope, ['b'], 60_000);
			const waiting = async (which: Waiting) =>
				(await store().ingestion.waiting(scope, 'INBOX', which, 9)).map(({ key }) => key);
			expect(await waiting('fresh')).toEqual(['c', 'd']);
			expect(await store().ingestion.countFresh(scope, 'INBOX')).toBe(2);
			expect(await waiting('again')).toEqual(['a']);
			expect(await waiting('died')).toEqual([]);
			expect(await store().ingestion.waiting(scope, 'INBOX', 'fresh', 1)).toMatchObject([{ key: 'c' }]);
			expect(await store().ingestion.waiting(scope, 'Other', 'fresh', 9)).toEqual([]);
		});

		it('tells what waits because its execution died, until it runs', async () => {
			const scope = freshScope();
			for (const key of ['a', 'b', 'c']) await store().ingestion.record(entry(scope, key));
			await store().ingestion.emit(scope, ['a', 'b', 'c'], 'one', 'x');
			await store().ingestion.requeueAll(scope, ['b'], 0, EXECUTION_DIED);
			await store().ingestion.requeueAll(scope, ['c'], 0, 'EXECUTION_FAILED');
			const waiting = async (which: Waiting) =>
				(await store().ingestion.waiting(scope, 'INBOX', which, 9)).map(({ key, error }) => [key, error]);
			expect(await waiting('died')).toEqual([['b', EXECUTION_DIED]]);
			expect(await waiting('again')).toEqual([['c', 'EXECUTION_FAILED']]);
			const [running] = await store().ingestion.emit(scope, ['b'], 'two', 'x');
			expect(running).toMatchObject({ key: 'b', attempt: 2, error: null });
		});

		it('notes the execution of an attempt, once', async () => {
			const scope = freshScope();
			for (const key of ['a', 'b']) await store().ingestion.record(entry(scope, key));
			await store().ingestion.emit(scope, ['a', 'b'], 'one', 'x');
			await store().ingestion.nameExecution(scope, ['a'], { execution: '7', attempt: 1 });
			await store().ingestion.nameExecution(scope, ['a', 'b'], { execution: '8', attempt: 1 });
			await store().ingestion.nameExecution(scope, [], { execution: '9', attempt: 1 });
			const executionOf = async (key: string) => (await store().ingestion.get(scope, key))?.execution;
			expect([await executionOf('a'), await executionOf('b')]).toEqual(['7', '8']);
			await store().ingestion.requeueAll(scope, ['b']);
			await store().ingestion.emit(scope, ['b'], 'two', 'x');
			await store().ingestion.nameExecution(scope, ['b'], { execution: '8', attempt: 1 });
			expect(await executionOf('b')).toBeNull();
		});

		it('hands a batch over to one of those who want it, as it is', async () => {
			const scope = freshScope();
			for (const key of ['a', 'b']) await store().ingestion.record(entry(scope, key));
			await store().ingestion.emit(scope, ['a', 'b'], 'one', 'x');
			await store().ingestion.advance(scope, 'b', 'confirmed');
			const adopted = await Promise.all(
				['y', 'z'].map((emitter) => store().ingestion.adopt(scope, ['a', 'b'], 'one', 'x', emitter)),
			);
			expect(adopted.flat()).toMatchObject([{ key: 'a', batch: 'one', attempt: 1, stage: 'emitted' }]);
			expect(await store().ingestion.adopt(scope, ['a'], 'another', adopted.flat()[0]!.emitter!, 'w')).toEqual([]);
			expect(await store().ingestion.adopt(scope, [], 'one', 'y', 'w')).toEqual([]);
		});

		it('keeps what is owed after the confirmation until it is settled, once', async () => {
			const scope = freshScope();
			const keys = ['a', 'b', 'c'];
			for (const key of keys) {
				await store().ingestion.record(entry(scope, key, key === 'c' ? {} : { owesCare: true, keep: 'hash' }));
			}
			expect(await store().ingestion.owed(scope, 'INBOX', 9)).toEqual([]);
			await store().ingestion.advanceAll(scope, keys, 'confirmed');
			const owed = await store().ingestion.owed(scope, 'INBOX', 9);
			expect(owed).toMatchObject([
				{ key: 'a', care: 'owed', keep: 'hash' },
				{ key: 'b', care: 'owed' },
			]);
			expect(await store().ingestion.owed(scope, 'INBOX', 9, owed[0]!.id)).toMatchObject([{ key: 'b' }]);
			expect(await store().ingestion.get(scope, 'c')).toMatchObject({ care: 'none', keep: 'full' });
			expect(await store().ingestion.settleCare(scope, 'a', 'failed', 'NO_SUCH_MAILBOX')).toBe(true);
			expect(await store().ingestion.settleCare(scope, 'a', 'done')).toBe(false);
			expect(await store().ingestion.get(scope, 'a')).toMatchObject({ care: 'failed', error: 'NO_SUCH_MAILBOX' });
			expect(await store().ingestion.owed(scope, 'INBOX', 9)).toMatchObject([{ key: 'b' }]);
		});

		it('lists and counts by feed and stage, oldest first', async () => {
			const scope = freshScope();
			for (const key of ['a', 'b', 'c', 'd']) await store().ingestion.record(entry(scope, key));
			await store().ingestion.record(entry(scope, 'e', { feed: 'Other' }));
			await store().ingestion.advance(scope, 'b', 'confirmed');
			const open_ = INGESTION_STAGES.filter((stage) => stage !== 'confirmed');
			const first = await store().ingestion.list(scope, 'INBOX', open_, 2);
			const rest = await store().ingestion.list(scope, 'INBOX', open_, 9, first.at(-1)!.id);
			expect([...first, ...rest].map(({ key }) => key)).toEqual(['a', 'c', 'd']);
			expect(await store().ingestion.count(scope, 'INBOX', open_)).toBe(3);
			expect(await store().ingestion.count(scope, 'INBOX', [])).toBe(0);
			expect(await store().ingestion.list(scope, 'INBOX', [], 9)).toEqual([]);
			expect(await store().ingestion.count(freshScope(), 'INBOX', open_)).toBe(0);
		});

		it('knows a record that started nothing, for the same mail had come before', async () => {
			const scope = freshScope();
			await store().ingestion.record(entry(scope, 'k'));
			await store().ingestion.emit(scope, ['k'], 'b', 'me');
			await store().ingestion.confirmDuplicate(scope, 'k', 'webhook:1');
			expect(await store().ingestion.get(scope, 'k')).toMatchObject({
				stage: 'confirmed',
				duplicateOfKey: 'webhook:1',
			});
			await store().ingestion.confirmDuplicate(scope, 'k', 'webhook:2');
			expect(await store().ingestion.get(scope, 'k')).toMatchObject({ duplicateOfKey: 'webhook:1' });
			expect(await store().ingestion.requeue(scope, 'k')).toBe(false);
		});
	});
}
