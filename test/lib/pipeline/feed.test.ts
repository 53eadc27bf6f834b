import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Feed, type FeedOptions, createFeed } from '../../../lib/pipeline/feed';
import { type IngestionRecord, type Store, openStore } from '../../../lib/store';

let folder: string;
let store: Store;
const feeds: Feed[] = [];

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'feed-'));
	store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite') });
});

afterEach(async () => {
	for (const feed of feeds.splice(0)) feed.stop();
	await store.close();
	await rm(folder, { recursive: true, force: true });
});

function feedOf(emit: FeedOptions['emit'], change: Partial<FeedOptions> = {}): Feed {
	const log = { info: () => undefined, warn: () => undefined };
	const feed = createFeed({ store, scope: 'default', feed: 'inbox', emitter: 'process-1', emit, log, ...change });
	feeds.push(feed);
	return feed;
}

function mail(uid: number) {
	return {
		key: `inbox:1:${uid}`,
		raw: Buffer.from(`Subject: ${uid}\r\n\r\nbody`),
		describe: () => Promise.resolve({ contentKey: null, metadata: { uid } }),
	};
}

async function stageOf(uid: number): Promise<string | undefined> {
	return (await store.ingestion.get('default', `inbox:1:${uid}`))?.stage;
}

describe('a feed', () => {
	it('emits each mail once, oldest first, and confirms it', async () => {
		const emitted: IngestionRecord[] = [];
		const feed = feedOf(
			(record) => {
				emitted.push(record);
				return Promise.resolve('finished');
			},
			{ window: 1 },
		);
		await feed.start();
		for (const uid of [1, 2, 3, 2, 1]) await feed.receive(mail(uid));
		await feed.idle();
		expect(emitted.map(({ metadata }) => metadata.uid)).toEqual([1, 2, 3]);
		expect(await stageOf(3)).toBe('confirmed');
	});

	it('takes up what a dead process left behind, and nothing that it had finished', async () => {
		const first = feedOf((record) =>
			record.metadata.uid === 1 ? Promise.resolve('finished') : new Promise(() => undefined),
		);
		await first.start();
		await first.receive(mail(1));
		await first.receive(mail(2));
		await expect.poll(() => stageOf(2)).toBe('emitted');
		await expect.poll(() => stageOf(1)).toBe('confirmed');
		first.stop();
		await first.receive(mail(3));

		const emitted: Array<[unknown, number]> = [];
		const second = feedOf(
			(record) => {
				emitted.push([record.metadata.uid, record.attempt]);
				return Promise.resolve('finished');
			},
			{ emitter: 'process-2' },
		);
		await second.start();
		await second.idle();
		expect(emitted.sort()).toEqual([
			[2, 2],
			[3, 1],
		]);
	});

	it('leaves alone what this process is still working on', async () => {
		let finish: (outcome: 'finished') => void = () => undefined;
		const first = feedOf(() => new Promise((resolve) => (finish = resolve)));
		await first.start();
		await first.receive(mail(1));
		await expect.poll(() => stageOf(1)).toBe('emitted');
		first.stop();

		let emissions = 0;
		const second = feedOf(() => {
			emissions++;
			return Promise.resolve('finished');
		});
		await second.start();
		await second.idle();
		expect(emissions).toBe(0);
		finish('finished');
		await expect.poll(() => stageOf(1)).toBe('confirmed');
	});

	it('takes up a mail whose end could not be recorded', async () => {
		let emissions = 0;
		// The store is away at the end of the first execution, and when the record is to be put back.
		let failures = 0;
		const away = (): Promise<never> => Promise.reject(new Error('database is locked'));
		const ingestion = Object.assign(Object.create(store.ingestion) as Store['ingestion'], {
			advance: (...args: Parameters<Store['ingestion']['advance']>) =>
				failures++ === 0 ? away() : store.ingestion.advance(...args),
			requeue: (...args: Parameters<Store['ingestion']['requeue']>) =>
				failures++ === 1 ? away() : store.ingestion.requeue(...args),
		});
		const broken = Object.assign(Object.create(store) as Store, { ingestion });
		const feed = feedOf(
			() => {
				emissions++;
				return Promise.resolve('finished');
			},
			{ store: broken, recoveryInterval: 20 },
		);
		await feed.start();
		await feed.receive(mail(1));
		await expect.poll(() => stageOf(1)).toBe('confirmed');
		expect(emissions).toBe(2);
	});

	it('makes a dead letter of a mail whose executions never finish', async () => {
		for (const emitter of ['process-1', 'process-2', 'process-3']) {
			const feed = feedOf(() => new Promise(() => undefined), { emitter, maxAttempts: 2 });
			await feed.start();
			await feed.receive(mail(1));
			if (emitter !== 'process-3')
				await expect.poll(async () => (await store.ingestion.get('default', 'inbox:1:1'))?.emitter).toBe(emitter);
			feed.stop();
		}
		expect(await stageOf(1)).toBe('dead');
		const [letter] = await store.deadLetters.list('default', {}, { limit: 10 });
		expect(letter).toMatchObject({ reason: 'EXECUTION_NEVER_FINISHED', feed: 'inbox', item: { uid: 1 } });
		expect(letter!.rawRef).toMatch(/^sha256:/);
	});

	it('runs the action after processing, and a failing one does not emit the mail again', async () => {
		let emissions = 0;
		const actions: unknown[] = [];
		const feed = feedOf(
			() => {
				emissions++;
				return Promise.resolve('finished');
			},
			{
				onConfirmed: ({ metadata }) => {
					actions.push(metadata.uid);
					return Promise.reject(new Error('server says no'));
				},
			},
		);
		await feed.start();
		await feed.receive(mail(1));
		await feed.idle();
		expect([emissions, actions]).toEqual([1, [1]]);
		expect(await stageOf(1)).toBe('confirmed');
	});

	it('keeps no more executions in flight than the window', async () => {
		let running = 0;
		let most = 0;
		const feed = feedOf(
			async () => {
				most = Math.max(most, ++running);
				await new Promise((resolve) => setImmediate(resolve));
				running--;
				return 'finished';
			},
			{ window: 2 },
		);
		await feed.start();
		await Promise.all(Array.from({ length: 20 }, (_, uid) => feed.receive(mail(uid))));
		await feed.idle();
		expect(most).toBeLessThanOrEqual(2);
		expect(await store.ingestion.count('default', 'inbox', ['confirmed'])).toBe(20);
	});
});
