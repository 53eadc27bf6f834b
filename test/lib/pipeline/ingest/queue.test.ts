import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TransportError } from '../../../../lib/errors';
import { type IngestionQueue, createIngestionQueue, emitArrived } from '../../../../lib/pipeline/ingest/queue';
import type {
	ExecutionBatch,
	QueueOptions,
	ExecutionStatus,
	Outcome,
} from '../../../../lib/pipeline/ingest/queueOptions';
import { createSlots } from '../../../../lib/pipeline/ingest/slots';
import { addDeadLetter, replayDeadLetter } from '../../../../lib/pipeline/ledger/deadLetters';
import { type IngestionRecord, type Store, openStore } from '../../../../lib/store/index';

let folder: string;
let store: Store;
const feeds: IngestionQueue[] = [];

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'feed-'));
	store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite') });
});

afterEach(async () => {
	for (const feed of feeds.splice(0)) feed.stop();
	await store.close();
	await rm(folder, { recursive: true, force: true });
});

function feedOf(emit: QueueOptions['emit'], change: Partial<QueueOptions> = {}): IngestionQueue {
	const log = { info: () => undefined, warn: () => undefined };
	const feed = createIngestionQueue({
		store,
		scope: 'default',
		feed: 'inbox',
		emitter: 'process-1',
		emit,
		log,
		...change,
	});
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

/** What a webhook records of one request. */
async function together(...uids: number[]): Promise<void> {
	await store.ingestion.recordTogether(
		uids.map((uid) => ({
			scope: 'default',
			key: `inbox:1:${uid}`,
			feed: 'inbox',
			rawRef: null,
			contentKey: null,
			metadata: { uid },
		})),
	);
}

const eventually = <T>(what: () => T | Promise<T>) => expect.poll(what, { timeout: 15_000, interval: 10 });

const uidsOf = ({ records }: ExecutionBatch): unknown[] => records.map(({ metadata }) => metadata.uid);

/** n8n as a feed sees it: an id runs once, whatever process asks. */
class Executions {
	readonly started: Array<{ id: string; uids: unknown[] }> = [];

	constructor(
		private readonly end: (uids: unknown[], id: string) => Promise<Outcome> = () => Promise.resolve('succeeded'),
	) {}

	emit = async (emission: ExecutionBatch): Promise<Outcome> => {
		const { id } = emission;
		if (this.started.some((other) => other.id === id)) return 'refused';
		this.started.push({ id, uids: uidsOf(emission) });
		return await this.end(uidsOf(emission), id);
	};

	/** How many executions had this mail. */
	of(uid: number): number {
		return this.started.filter(({ uids }) => uids.includes(uid)).length;
	}
}

const never = (): Promise<never> => new Promise(() => undefined);

/** Lets executions succeed one after the other until `mails` are confirmed; never may more than `most` wait. */
async function endOneByOne(ends: Array<(outcome: Outcome) => void>, mails: number, most: number): Promise<void> {
	while ((await store.ingestion.count('default', 'inbox', ['confirmed'])) < mails) {
		expect(await store.ingestion.count('default', 'inbox', ['received'])).toBeLessThanOrEqual(most);
		ends.shift()?.('succeeded');
		await new Promise((resolve) => setImmediate(resolve));
	}
}

async function recordOf(uid: number): Promise<IngestionRecord | null> {
	return await store.ingestion.get('default', `inbox:1:${uid}`);
}

async function stageOf(uid: number): Promise<string | undefined> {
	return (await recordOf(uid))?.stage;
}

describe('a feed', () => {
	it('emits each mail once, oldest first, and confirms it', async () => {
		const n8n = new Executions();
		const feed = feedOf(n8n.emit, { slots: createSlots(1), batchSize: 1 });
		await feed.start();
		for (const uid of [1, 2, 3, 2, 1]) await feed.receive(mail(uid));
		await feed.idle();
		expect(n8n.started.map(({ uids }) => uids)).toEqual([[1], [2], [3]]);
		expect(await stageOf(3)).toBe('confirmed');
	});

	it('emits what another recorded together in an execution of its own, when it is told or looks itself', async () => {
		const n8n = new Executions();
		const feed = feedOf(n8n.emit, { slots: createSlots(1), batchSize: 3 });
		await together(1, 2);
		await together(3);
		await feed.start();
		await feed.idle();
		expect(n8n.started.map(({ uids }) => uids)).toEqual([[1, 2], [3]]);
		await together(4, 5, 6, 7);
		expect(emitArrived('default', 'inbox')).toBe(true);
		await feed.idle();
		expect(n8n.started.slice(2).map(({ uids }) => uids)).toEqual([[4, 5, 6], [7]]);
		feed.stop();
		expect(emitArrived('default', 'inbox')).toBe(false);

		const looking = feedOf(n8n.emit, { lookEvery: 20 });
		await looking.start();
		await together(8, 9);
		await eventually(() => n8n.started.at(-1)?.uids).toEqual([8, 9]);
		await eventually(() => stageOf(9)).toBe('confirmed');
	});

	it('lets requests share an execution when more wait than there are places, and tears none apart', async () => {
		const n8n = new Executions();
		for (let uid = 1; uid <= 60; uid += 2) await together(uid, uid + 1);
		const feed = feedOf(n8n.emit, { slots: createSlots(2), batchSize: 20, keepsBatches: false });
		await feed.start();
		await feed.idle();
		const sizes = n8n.started.map(({ uids }) => uids.length);
		expect(sizes.every((size) => size % 2 === 0 && size <= 20)).toBe(true);
		expect(sizes.length).toBeLessThan(10);
		expect(n8n.started.flatMap(({ uids }) => uids)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));

		await together(61);
		await together(62);
		emitArrived('default', 'inbox');
		await feed.idle();
		expect(n8n.started.slice(-2).map(({ uids }) => uids)).toEqual([[61], [62]]);
	});

	it('gives one mail to an execution while mail comes singly, and more when many wait', async () => {
		const n8n = new Executions();
		const alone = feedOf(n8n.emit);
		await alone.start();
		for (const uid of [1, 2, 3]) {
			await alone.receive(mail(uid));
			await alone.idle();
		}
		expect(n8n.started.map(({ uids }) => uids)).toEqual([[1], [2], [3]]);
		alone.stop();

		for (let uid = 4; uid <= 100; uid++) await alone.receive(mail(uid));
		const many = feedOf(n8n.emit, { batchSize: 20 });
		await many.start();
		await many.idle();
		const sizes = n8n.started.slice(3).map(({ uids }) => uids.length);
		expect(Math.max(...sizes)).toBe(20);
		expect(n8n.started.flatMap(({ uids }) => uids)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
		expect(await store.ingestion.count('default', 'inbox', ['confirmed'])).toBe(100);
	});

	it.each([
		['mails', (feed: IngestionQueue, uid: number) => feed.receive(mail(uid))],
		['requests', (_feed: IngestionQueue, uid: number) => together(uid)],
	])('leaves some of the %s that wait to the places that are taken, for executions may be slow', async (_, arrive) => {
		const ends: Array<(outcome: Outcome) => void> = [];
		const n8n = new Executions(() => new Promise((resolve) => ends.push(resolve)));
		const feed = feedOf(n8n.emit, { slots: createSlots(2), batchSize: 20, keepsBatches: false });
		await feed.start();
		for (let uid = 1; uid <= 2; uid++) await arrive(feed, uid);
		emitArrived('default', 'inbox');
		await eventually(() => ends.length).toBe(2);
		for (let uid = 3; uid <= 14; uid++) await arrive(feed, uid);
		ends.shift()?.('succeeded');
		await eventually(() => n8n.started.length).toBe(3);
		ends.shift()?.('succeeded');
		await eventually(() => n8n.started.length).toBe(4);
		expect(n8n.started.map(({ uids }) => uids.length)).toEqual([1, 1, 6, 5]);
		await endOneByOne(ends, 14, 12);
	});

	it('keeps no more executions in flight than there are places, over all feeds that share them', async () => {
		const ends: Array<(outcome: Outcome) => void> = [];
		let most = 0;
		const emit = (): Promise<Outcome> =>
			new Promise((resolve) => {
				ends.push(resolve);
				most = Math.max(most, ends.length);
			});
		const shared = { slots: createSlots(2), batchSize: 1 };
		const [one, two] = [feedOf(emit, shared), feedOf(emit, { ...shared, feed: 'other' })];
		await Promise.all([one.start(), two.start()]);
		await Promise.all(
			Array.from({ length: 20 }, async (_, uid) => {
				await one.receive(mail(uid));
				await two.receive({ ...mail(uid), key: `other:1:${uid}` });
			}),
		);
		for (let ended = 0; ended < 40; ended++) {
			await eventually(() => ends.length).toBeGreaterThanOrEqual(ended < 39 ? 2 : 1);
			ends.shift()?.('succeeded');
		}
		await Promise.all([one.idle(), two.idle()]);
		expect(most).toBe(2);
		expect(await store.ingestion.count('default', 'inbox', ['confirmed'])).toBe(20);
		expect(await store.ingestion.count('default', 'other', ['confirmed'])).toBe(20);
	});

	it('takes in no more mail than may wait, until executions have ended', async () => {
		const ends: Array<(outcome: Outcome) => void> = [];
		const n8n = new Executions(() => new Promise((resolve) => ends.push(resolve)));
		const feed = feedOf(n8n.emit, { slots: createSlots(1), batchSize: 5, backlogLimit: 10 });
		await feed.start();
		let taken = 0;
		const taking = (async () => {
			for (let uid = 1; uid <= 40; uid++) {
				await feed.receive(mail(uid));
				taken = uid;
			}
		})();
		// One under way, ten that wait, and one that is being written.
		await eventually(() => taken).toBeGreaterThanOrEqual(11);
		expect(await store.ingestion.count('default', 'inbox', ['received'])).toBeLessThanOrEqual(11);
		await endOneByOne(ends, 40, 11);
		await taking;
		expect(Array.from({ length: 40 }, (_, index) => n8n.of(index + 1))).toEqual(Array(40).fill(1));
	});

	it('lets a waiting mail go when the watch ends', async () => {
		const feed = feedOf(never, { slots: createSlots(1), backlogLimit: 1 });
		await feed.start();
		await feed.receive(mail(1));
		await eventually(() => stageOf(1)).toBe('emitted');
		await feed.receive(mail(2));
		const abort = new AbortController();
		const third = feed.receive(mail(3), abort.signal);
		abort.abort();
		await expect(third).rejects.toMatchObject({ code: 'FEED_STOPPED' });
		expect(await recordOf(3)).toBeNull();
	});

	it('waits with the end of an execution until the store takes it, and does not run the mail again', async () => {
		const n8n = new Executions();
		let failures = 0;
		const ingestion = Object.assign(Object.create(store.ingestion) as Store['ingestion'], {
			advanceAll: (...args: Parameters<Store['ingestion']['advanceAll']>) =>
				failures++ < 2 ? Promise.reject(new Error('database is locked')) : store.ingestion.advanceAll(...args),
		});
		const broken = Object.assign(Object.create(store) as Store, { ingestion });
		const feed = feedOf(n8n.emit, { store: broken, recoveryInterval: 20 });
		await feed.start();
		await feed.receive(mail(1));
		await eventually(() => stageOf(1)).toBe('confirmed');
		expect(failures).toBe(3);
		expect(n8n.of(1)).toBe(1);
	});

	it('lets others start beside an execution that takes very long, and does not run that mail again', async () => {
		let finish: ((outcome: Outcome) => void) | undefined;
		const n8n = new Executions((uids) =>
			uids.includes(1) ? new Promise((resolve) => (finish = resolve)) : Promise.resolve('succeeded'),
		);
		const feed = feedOf(n8n.emit, { slots: createSlots(1), placePatience: 50, recoveryInterval: 20 });
		await feed.start();
		await feed.receive(mail(1));
		await eventually(() => n8n.of(1)).toBe(1);
		await feed.receive(mail(2));
		await eventually(() => stageOf(2)).toBe('confirmed');
		await feed.receive(mail(3));
		await eventually(() => stageOf(3)).toBe('confirmed');
		expect(await recordOf(1)).toMatchObject({ stage: 'emitted', attempt: 1 });
		finish?.('succeeded');
		await feed.idle();
		expect([await stageOf(1), n8n.of(1)]).toEqual(['confirmed', 1]);
	});

	it('names no execution as one that another store has started', async () => {
		// n8n keeps what it has seen for as long as its executions; a store may be a new one, with the same mail in it.
		const n8n = new Executions();
		const first = feedOf(n8n.emit, { knowsIds: true });
		await first.start();
		await first.receive(mail(1));
		await first.idle();
		first.stop();
		const fresh = await openStore({ driver: 'sqlite', file: join(folder, 'other.sqlite') });
		const second = feedOf(n8n.emit, { knowsIds: true, store: fresh });
		await second.start();
		await second.receive(mail(1));
		await second.idle();
		second.stop();
		expect(n8n.of(1)).toBe(2);
		await fresh.close();
	});

	it('confirms what a former feed of this process started, and leaves it alone meanwhile', async () => {
		let finish: (outcome: Outcome) => void = () => undefined;
		const n8n = new Executions(() => new Promise((resolve) => (finish = resolve)));
		const first = feedOf(n8n.emit);
		await first.start();
		await first.receive(mail(1));
		await eventually(() => n8n.of(1)).toBe(1);
		first.stop();

		const second = feedOf(n8n.emit, { knowsIds: true });
		await second.start();
		await second.idle();
		expect(n8n.of(1)).toBe(1);
		finish('succeeded');
		await first.idle();
		expect(await stageOf(1)).toBe('confirmed');
	});
});

describe('mails that are received together', () => {
	const mails = (...uids: number[]) => uids.map(mail);
	const modesOf = async (...uids: number[]) =>
		await Promise.all(
			uids.map(async (uid) => (await store.archive.stat('default', (await recordOf(uid))!.rawRef!))?.mode),
		);

	it('run in their order, each once, also when some of them are known', async () => {
		const n8n = new Executions();
		const feed = feedOf(n8n.emit, { slots: createSlots(1), batchSize: 1 });
		await feed.receive(mail(2));
		await feed.receiveTogether(mails(1, 2, 3));
		await feed.start();
		await feed.idle();
		expect(n8n.started.map(({ uids }) => uids)).toEqual([[2], [1], [3]]);
		await feed.receiveTogether(mails(3, 5, 5, 1, 4));
		await feed.receiveTogether(mails(4, 5));
		await feed.idle();
		expect(n8n.started.slice(3).map(({ uids }) => uids)).toEqual([[5], [4]]);
		expect(await store.ingestion.count('default', 'inbox', ['confirmed'])).toBe(5);
	});

	it('have executions of their own while there are places, as mails that come singly', async () => {
		const n8n = new Executions();
		const feed = feedOf(n8n.emit, { slots: createSlots(3) });
		await feed.start();
		await feed.receiveTogether(mails(1, 2, 3));
		await feed.idle();
		expect(n8n.started.map(({ uids }) => uids)).toEqual([[1], [2], [3]]);
	});

	it('are kept whole until they have run, whatever another feed gives up, and no longer', async () => {
		const ingestion = Object.assign(Object.create(store.ingestion) as Store['ingestion'], {
			recordTogether: async (...args: Parameters<Store['ingestion']['recordTogether']>) => {
				// Another feed is done with the last one of them between archiving and recording.
				await store.archive.reduce('default', args[0].at(-1)!.rawRef!, 'hash');
				return await store.ingestion.recordTogether(...args);
			},
		});
		const n8n = new Executions((uids) => (uids.includes(1) ? Promise.resolve('succeeded') : never()));
		const meddled = Object.assign(Object.create(store) as Store, { ingestion });
		const feed = feedOf(n8n.emit, { store: meddled, keep: 'hash' });
		await feed.start();
		await feed.receiveTogether(mails(1));
		await eventually(async () => (await recordOf(1))?.care).toBe('done');
		// As after a lost connection: what is known comes again, with new mail behind it.
		await feed.receiveTogether(mails(1, 2, 3));
		expect(await modesOf(1, 2, 3)).toEqual(['hash', 'full', 'full']);
		await feedOf(never, { keep: 'hash' }).receive(mail(1));
		expect(await modesOf(1)).toEqual(['hash']);
		expect(n8n.of(1)).toBe(1);
	});

	it('wait while too many wait, and leave no trace when the watch ends meanwhile', async () => {
		const ends: Array<(outcome: Outcome) => void> = [];
		const n8n = new Executions(() => new Promise((resolve) => ends.push(resolve)));
		const feed = feedOf(n8n.emit, { slots: createSlots(1), batchSize: 2, backlogLimit: 4 });
		await feed.start();
		let taken = 0;
		const taking = (async () => {
			for (let uid = 1; uid <= 30; uid += 3) {
				await feed.receiveTogether(mails(uid, uid + 1, uid + 2));
				taken = uid + 2;
			}
		})();
		await eventually(() => taken).toBeGreaterThanOrEqual(6);
		// One less than the limit lets all three in.
		await endOneByOne(ends, 30, 6);
		await taking;
		expect(Array.from({ length: 30 }, (_, index) => n8n.of(index + 1))).toEqual(Array(30).fill(1));

		await feed.receiveTogether(mails(31, 32, 33, 34, 35, 36));
		const abort = new AbortController();
		const late = feed.receiveTogether(mails(37, 38), abort.signal);
		abort.abort();
		await expect(late).rejects.toMatchObject({ code: 'FEED_STOPPED' });
		expect([await recordOf(37), await recordOf(38)]).toEqual([null, null]);
	});
});

describe('after a crash, a feed', () => {
	/** A process that fixed and emitted what it was given, and is gone. */
	async function crashed(n8n: Executions, uids: number[], change: Partial<QueueOptions> = {}): Promise<void> {
		const feed = feedOf(n8n.emit, { slots: createSlots(1), emitter: 'process-0', ...change });
		for (const uid of uids) await feed.receive(mail(uid));
		await feed.start();
		for (const uid of uids) await eventually(() => n8n.of(uid)).toBe(1);
		feed.stop();
	}

	it('takes up what is left, and nothing that was finished', async () => {
		const n8n = new Executions((uids) => (uids.includes(1) ? Promise.resolve('succeeded') : never()));
		const first = feedOf(n8n.emit, { batchSize: 1, emitter: 'process-0' });
		await first.start();
		await first.receive(mail(1));
		await first.receive(mail(2));
		await eventually(() => n8n.of(2)).toBe(1);
		await eventually(() => stageOf(1)).toBe('confirmed');
		first.stop();
		await first.receive(mail(3));

		const after = new Executions();
		const second = feedOf(after.emit);
		await second.start();
		await second.idle();
		expect(after.started.map(({ uids }) => uids).sort()).toEqual([[2], [3]]);
		expect(await recordOf(2)).toMatchObject({ stage: 'confirmed', attempt: 2 });
	});

	it('repeats a batch that n8n has never seen under the same id and attempt', async () => {
		const lost = new Executions(never);
		await crashed(lost, [1, 2, 3]);
		const n8n = new Executions();
		const feed = feedOf(n8n.emit, { knowsIds: true });
		await feed.start();
		await feed.idle();
		expect(n8n.started).toEqual(lost.started);
		expect(await recordOf(2)).toMatchObject({ stage: 'confirmed', attempt: 1 });
	});

	it('runs each mail of a batch that died alone, so that the bad one does not take the others along', async () => {
		const n8n = new Executions(never);
		await crashed(n8n, [1, 2, 3]);
		const poison = 2;
		for (const emitter of ['process-1', 'process-2', 'process-3']) {
			// The poison ends the process, and whatever runs beside it.
			const alive = new Executions((uids) => (uids.includes(poison) ? never() : Promise.resolve('succeeded')));
			alive.started.push(...n8n.started);
			const before = alive.of(poison);
			const feed = feedOf(alive.emit, { emitter, knowsIds: true });
			await feed.start();
			if (emitter === 'process-3') await eventually(() => stageOf(3)).toBe('confirmed');
			else await eventually(() => alive.of(poison)).toBe(before + 1);
			feed.stop();
			n8n.started.splice(0, Infinity, ...alive.started);
		}
		expect(await Promise.all([1, 2, 3].map(stageOf))).toEqual(['confirmed', 'dead', 'confirmed']);
		expect([1, 2, 3].map((uid) => n8n.of(uid))).toEqual([2, 3, 2]);
		const [letter] = await store.deadLetters.list('default', {}, { limit: 10 });
		expect(letter).toMatchObject({ reason: 'EXECUTION_NEVER_FINISHED', feed: 'inbox', item: { uid: poison } });
		expect(letter!.rawRef).toMatch(/^sha256:/);
	});

	it('does not run a mail again that had reached the last stage its workflow has', async () => {
		const n8n = new Executions(never);
		await crashed(n8n, [1, 2]);
		await store.ingestion.advance('default', 'inbox:1:1', 'matched');
		await store.ingestion.advance('default', 'inbox:1:2', 'parsed');
		const after = new Executions();
		after.started.push(...n8n.started);
		const feed = feedOf(after.emit, { knowsIds: true, lastStage: 'matched' });
		await feed.start();
		await eventually(() => stageOf(2)).toBe('confirmed');
		expect([await recordOf(1), await recordOf(2)]).toMatchObject([
			{ stage: 'confirmed', attempt: 1 },
			{ stage: 'confirmed', attempt: 2 },
		]);
	});

	it('leaves alone what n8n itself has taken up again', async () => {
		const n8n = new Executions(never);
		await crashed(n8n, [1]);
		const said: string[] = [];
		const feed = feedOf(
			async (emission) => {
				const outcome = await n8n.emit(emission);
				// Its execution goes on, and shows it.
				if (outcome === 'refused') await store.ingestion.advance('default', 'inbox:1:1', 'parsed');
				return outcome;
			},
			{
				knowsIds: true,
				leavesTraces: true,
				grace: 50,
				recoveryInterval: 20,
				log: { info: (message) => said.push(message), warn: () => undefined },
			},
		);
		await feed.start();
		await eventually(() => said).toContain('n8n has taken an execution up again by itself');
		expect(await recordOf(1)).toMatchObject({ stage: 'parsed', attempt: 1 });
		expect(n8n.of(1)).toBe(1);
	});

	it.each([
		['ended', 'succeeded', { stage: 'confirmed', attempt: 1 }],
		['ended', 'failed', { stage: 'confirmed', attempt: 1, error: 'EXECUTION_FAILED' }],
		['ended', 'canceled', { stage: 'confirmed', attempt: 1, error: 'EXECUTION_CANCELED' }],
		['ended', 'gone', { stage: 'confirmed', attempt: 1, error: 'EXECUTION_END_UNKNOWN' }],
		['ended', 'waiting', { stage: 'confirmed', attempt: 1 }],
		['succeeded', 'failed', { stage: 'received', attempt: 1 }],
		['succeeded', 'canceled', { stage: 'received', attempt: 1 }],
		['ended', 'running', { stage: 'emitted', attempt: 1 }],
		['ended', 'crashed', { stage: 'confirmed', attempt: 2 }],
		['ended', 'none', { stage: 'confirmed', attempt: 1 }],
		['ended', 'unfinished', { stage: 'confirmed', attempt: 2 }],
		['ended', 'unknown', { stage: 'confirmed', attempt: 2 }],
	] as const)('done when %s, asks n8n first for an execution that is %s', async (doneWhen, status, expected) => {
		const n8n = new Executions(never);
		await crashed(n8n, [1]);
		const asked: unknown[] = [];
		const after = new Executions();
		if (status !== 'none') after.started.push(...n8n.started);
		const executionStatus = ({ id, records }: ExecutionBatch) => {
			asked.push([id, uidsOf({ id, records })]);
			return Promise.resolve({ status, execution: status === 'unknown' ? null : '7' });
		};
		const feed = feedOf(after.emit, { knowsIds: true, doneWhen, executionStatus });
		await feed.start();
		await eventually(() => recordOf(1)).toMatchObject(expected);
		expect(asked[0]).toEqual([n8n.started[0]!.id, [1]]);
	});

	it('starts nothing beside an execution that n8n has taken up itself, however far it is, and learns its end', async () => {
		const n8n = new Executions(never);
		await crashed(n8n, [1, 2]);
		// As n8n does with what it had created and not begun: it works at it before the trigger is there.
		await store.ingestion.advance('default', 'inbox:1:1', 'parsed');
		let status: ExecutionStatus = 'running';
		let asked = 0;
		const feed = feedOf(n8n.emit, {
			knowsIds: true,
			leavesTraces: true,
			recoveryInterval: 20,
			executionStatus: () => {
				asked++;
				return Promise.resolve({ status, execution: '7' });
			},
		});
		await feed.start();
		await eventually(() => asked).toBeGreaterThan(3);
		expect([n8n.of(1), n8n.of(2)]).toEqual([1, 1]);
		status = 'succeeded';
		await eventually(() => recordOf(2)).toMatchObject({ stage: 'confirmed', attempt: 1 });
		expect([n8n.of(1), n8n.of(2), await stageOf(1)]).toEqual([1, 1, 'confirmed']);
	});

	it('gives an execution that moved before it was looked for time to move on, where n8n cannot be asked', async () => {
		const n8n = new Executions(never);
		await crashed(n8n, [1]);
		await store.ingestion.advance('default', 'inbox:1:1', 'parsed');
		const said: string[] = [];
		const feed = feedOf(
			async (emission) => {
				const outcome = await n8n.emit(emission);
				await store.ingestion.advance('default', 'inbox:1:1', 'matched');
				return outcome;
			},
			{
				knowsIds: true,
				leavesTraces: true,
				grace: 200,
				recoveryInterval: 20,
				log: { info: (message) => said.push(message), warn: () => undefined },
			},
		);
		await feed.start();
		await eventually(() => said).toContain('n8n has taken an execution up again by itself');
		expect(n8n.of(1)).toBe(1);
	});

	it('asks again when n8n could not be asked, and keeps no other mail waiting for that', async () => {
		const n8n = new Executions(never);
		await crashed(n8n, [1], { batchSize: 1 });
		await crashed(n8n, [2], { batchSize: 1 });
		let away = true;
		const feed = feedOf(n8n.emit, {
			knowsIds: true,
			recoveryInterval: 20,
			executionStatus: (emission) =>
				away && uidsOf(emission).includes(1)
					? Promise.reject(new Error('its database is away'))
					: Promise.resolve({ status: 'succeeded', execution: '7' }),
		});
		await feed.start();
		expect([await stageOf(1), await stageOf(2)]).toEqual(['emitted', 'confirmed']);
		away = false;
		await eventually(() => recordOf(1)).toMatchObject({ stage: 'confirmed', attempt: 1 });
		expect([n8n.of(1), n8n.of(2)]).toEqual([1, 1]);
	});

	it('waits for the end of what n8n itself has taken up again, and learns it', async () => {
		const n8n = new Executions(never);
		await crashed(n8n, [1]);
		let status: ExecutionStatus = 'unfinished';
		const said: string[] = [];
		const feed = feedOf(
			async (emission) => {
				const outcome = await n8n.emit(emission);
				const by = { execution: '7', attempt: 1 };
				if (outcome === 'refused') await store.ingestion.advance('default', 'inbox:1:1', 'parsed', undefined, by);
				return outcome;
			},
			{
				knowsIds: true,
				leavesTraces: true,
				doneWhen: 'succeeded',
				recoveryInterval: 20,
				executionStatus: () => Promise.resolve({ status, execution: '7' }),
				log: { info: (message) => said.push(message), warn: () => undefined },
			},
		);
		await feed.start();
		await eventually(() => said).toContain('n8n has taken an execution up again by itself');
		status = 'succeeded';
		await eventually(() => recordOf(1)).toMatchObject({ stage: 'confirmed', attempt: 1 });
		expect(n8n.of(1)).toBe(1);
	});

	it('leaves alone what workers may still run, until it is too old', async () => {
		const n8n = new Executions(never);
		await crashed(n8n, [1]);
		const young = feedOf(n8n.emit, { knowsIds: true, orphanAfter: 3_600_000 });
		await young.start();
		young.stop();
		await young.idle();
		expect([n8n.of(1), await stageOf(1)]).toEqual([1, 'emitted']);

		const after = new Executions();
		after.started.push(...n8n.started);
		const old = feedOf(after.emit, { emitter: 'process-2', knowsIds: true, orphanAfter: 1, recoveryInterval: 20 });
		await old.start();
		await eventually(() => stageOf(1)).toBe('confirmed');
		expect(after.of(1)).toBe(2);
	});

	it('asks again when n8n did not say whether it took the mail', async () => {
		let away = true;
		const n8n = new Executions();
		const feed = feedOf(
			(emission) => (away ? Promise.reject(new Error('its database is locked')) : n8n.emit(emission)),
			{ knowsIds: true, recoveryInterval: 20 },
		);
		await feed.start();
		await feed.receive(mail(1));
		await eventually(() => stageOf(1)).toBe('emitted');
		away = false;
		await eventually(() => stageOf(1)).toBe('confirmed');
		expect(await recordOf(1)).toMatchObject({ attempt: 1 });
	});
});

describe('a feed whose mails are done only when their execution succeeded', () => {
	it('runs the mails of a failed batch again, each alone, and gives up on the one that goes on failing', async () => {
		const n8n = new Executions((uids) => Promise.resolve(uids.includes(2) ? 'failed' : 'succeeded'));
		const told: string[] = [];
		const feed = feedOf(n8n.emit, {
			slots: createSlots(1),
			doneWhen: 'succeeded',
			retryPause: 20,
			onDeadLetter: (reason) => told.push(reason),
		});
		for (const uid of [1, 2, 3]) await feed.receive(mail(uid));
		await feed.start();
		await eventually(() => stageOf(2)).toBe('dead');
		await feed.idle();
		expect(n8n.started.map(({ uids }) => uids)).toEqual([[1, 2, 3], [1], [2], [3], [2]]);
		expect(await Promise.all([1, 3].map(stageOf))).toEqual(['confirmed', 'confirmed']);
		expect(told).toEqual(['EXECUTION_FAILED']);
	});

	it('leaves a mail dead that its workflow has filed as such', async () => {
		const feed = feedOf(
			async () => {
				await store.ingestion.advance('default', 'inbox:1:1', 'dead', 'INVOICE_UNREADABLE');
				return 'failed';
			},
			{ doneWhen: 'succeeded', retryPause: 1 },
		);
		await feed.start();
		await feed.receive(mail(1));
		await feed.idle();
		expect(await recordOf(1)).toMatchObject({ stage: 'dead', attempt: 1, error: 'INVOICE_UNREADABLE' });
	});
});

describe('a failed execution that had several mails', () => {
	it('runs each of them again, alone, so that the bad one takes no others along', async () => {
		const n8n = new Executions((uids) => Promise.resolve(uids.includes(2) ? 'failed' : 'succeeded'));
		const feed = feedOf(n8n.emit, { slots: createSlots(1), act: () => Promise.resolve(), destroys: false });
		for (const uid of [1, 2, 3]) await feed.receive(mail(uid));
		await feed.start();
		await eventually(() => stageOf(3)).toBe('confirmed');
		await feed.idle();
		expect(n8n.started.map(({ uids }) => uids)).toEqual([[1, 2, 3], [1], [2], [3]]);
		const all = await Promise.all([1, 2, 3].map(recordOf));
		expect(all.map((record) => [record?.stage, record?.error])).toEqual([
			['confirmed', null],
			['confirmed', 'EXECUTION_FAILED'],
			['confirmed', null],
		]);
	});

	it('does so for what a webhook has recorded together', async () => {
		const n8n = new Executions((uids) => Promise.resolve(uids.includes(2) ? 'failed' : 'succeeded'));
		await together(1, 2, 3);
		const feed = feedOf(n8n.emit, { slots: createSlots(2), batchSize: 100 });
		await feed.start();
		await eventually(() => store.ingestion.count('default', 'inbox', ['confirmed'])).toBe(3);
		expect([1, 2, 3].map((uid) => n8n.of(uid))).toEqual([2, 2, 2]);
		expect(n8n.started.slice(1).every(({ uids }) => uids.length === 1)).toBe(true);
	});

	it('gives each its run alone also where one attempt is all they get', async () => {
		const n8n = new Executions((uids) => Promise.resolve(uids.includes(2) ? 'failed' : 'succeeded'));
		const feed = feedOf(n8n.emit, { slots: createSlots(1), doneWhen: 'succeeded', maxAttempts: 1 });
		for (const uid of [1, 2, 3]) await feed.receive(mail(uid));
		await feed.start();
		await eventually(() => stageOf(3)).toBe('confirmed');
		expect(await Promise.all([1, 2, 3].map(stageOf))).toEqual(['confirmed', 'dead', 'confirmed']);
	});

	it.each(['canceled', 'ended'] as const)('starts nothing again when it was %s', async (outcome) => {
		const n8n = new Executions(() => Promise.resolve(outcome));
		const feed = feedOf(n8n.emit, { slots: createSlots(1) });
		for (const uid of [1, 2]) await feed.receive(mail(uid));
		await feed.start();
		await feed.idle();
		expect(n8n.started.map(({ uids }) => uids)).toEqual([[1, 2]]);
		expect(await Promise.all([1, 2].map(stageOf))).toEqual(['confirmed', 'confirmed']);
	});
});

describe('what runs again', () => {
	it('waits for no other of its kind, and keeps nothing new from being taken in', async () => {
		let away = true;
		const hung = 1;
		const n8n = new Executions((uids, id) => {
			if (uids.includes(hung) && id.endsWith(':2')) return never();
			return Promise.resolve(away ? 'failed' : 'succeeded');
		});
		const feed = feedOf(n8n.emit, {
			slots: createSlots(2),
			batchSize: 1,
			backlogLimit: 10,
			doneWhen: 'succeeded',
			maxAttempts: 9,
			retryPause: 1,
			retryPatience: 50,
		});
		await feed.start();
		await feed.receive(mail(hung));
		await eventually(() => n8n.of(hung)).toBe(2);
		for (let uid = 2; uid <= 30; uid++) await feed.receive(mail(uid));
		away = false;
		await eventually(() => store.ingestion.count('default', 'inbox', ['confirmed'])).toBe(29);
		await feed.receive(mail(31));
		await eventually(() => stageOf(31)).toBe('confirmed');
		expect(await recordOf(hung)).toMatchObject({ stage: 'emitted', attempt: 2 });
	});

	it('leaves a place to what is new', async () => {
		const n8n = new Executions((uids, id) =>
			id.endsWith(':1') && uids[0] !== 9 ? Promise.resolve('failed') : never(),
		);
		const feed = feedOf(n8n.emit, {
			slots: createSlots(3),
			batchSize: 1,
			doneWhen: 'succeeded',
			retryPause: 1,
		});
		await feed.start();
		for (let uid = 1; uid <= 8; uid++) await feed.receive(mail(uid));
		await eventually(() => n8n.started.filter(({ id }) => id.endsWith(':2')).length).toBe(2);
		await feed.receive(mail(9));
		await eventually(() => n8n.of(9)).toBe(1);
	});

	it('because its execution died runs after the other, until one takes long', async () => {
		const lost = new Executions(never);
		const first = feedOf(lost.emit, { slots: createSlots(4), batchSize: 1, emitter: 'process-0' });
		for (const uid of [1, 2, 3]) await first.receive(mail(uid));
		await first.start();
		await eventually(() => lost.started.length).toBe(3);
		first.stop();

		const n8n = new Executions(never);
		const second = feedOf(n8n.emit, { slots: createSlots(4), retryPatience: 300 });
		await second.start();
		await eventually(() => n8n.started.length).toBe(1);
		await second.receive(mail(4));
		await eventually(() => n8n.of(4)).toBe(1);
		expect(n8n.started.map(({ uids }) => uids)).toEqual([[1], [4]]);
		await eventually(() => n8n.of(3)).toBe(1);
		expect(n8n.started.map(({ uids }) => uids)).toEqual([[1], [4], [2], [3]]);
	});
});

describe('what destroys', () => {
	const ends = [
		['failed', 'EXECUTION_FAILED'],
		['canceled', 'EXECUTION_CANCELED'],
		['ended', 'EXECUTION_END_UNKNOWN'],
		['refused', 'EXECUTION_FAILED'],
	] as const;
	const ways = [
		['deletes the mail', { act: (record: IngestionRecord) => Promise.resolve(void acted.push(record.key)) }],
		['gives the raw mail up', { keep: 'hash' }],
	] as const;
	const acted: string[] = [];
	beforeEach(() => void acted.splice(0));

	const modeOf = async (uid: number) => (await store.archive.stat('default', (await recordOf(uid))!.rawRef!))?.mode;

	for (const [what, change] of ways) {
		it.each(ends)(
			`and ${what} does not happen when the execution %s: the mail is a dead letter`,
			async (end, reason) => {
				const told: string[] = [];
				const onDeadLetter = (code: string) => told.push(code);
				const feed = feedOf(() => Promise.resolve(end), { ...change, onDeadLetter });
				await feed.start();
				await feed.receive(mail(1));
				await feed.idle();
				expect(await recordOf(1)).toMatchObject({ stage: 'dead', care: 'owed', error: reason });
				const [letter, ...more] = await store.deadLetters.list('default', {}, { limit: 10 });
				expect(letter).toMatchObject({ reason, feed: 'inbox', item: { uid: 1 } });
				expect(more).toEqual([]);
				expect(told).toEqual([reason]);
				expect([acted, await modeOf(1)]).toEqual([[], 'full']);
				// It is all there for a replay, and then belongs to nobody but its reader.
				expect(await replayDeadLetter(store, 'default', letter!.id)).toMatchObject({ uid: 1, replay: { reason } });
				expect(await modeOf(1)).toBe('full');
			},
		);
	}

	it('and fails for what a webhook has recorded is filed with its key, so that a replay that fails is the same letter', async () => {
		const { ref } = await store.archive.put('default', Buffer.from('Subject: 1\r\n\r\nbody'));
		const metadata = { schema: 'email.received/1', subject: '1', raw: { ref } };
		const entry = { scope: 'default', feed: 'inbox', rawRef: ref, contentKey: null, metadata, keep: 'hash' as const };
		await store.ingestion.recordTogether([{ ...entry, key: 'webhook:1', owesCare: true }]);
		const feed = feedOf(() => Promise.resolve('failed'));
		await feed.start();
		await feed.idle();
		const [letter] = await store.deadLetters.list('default', {}, { limit: 10 });
		const replayed = await replayDeadLetter(store, 'default', letter!.id);
		expect(replayed).toMatchObject({ ...metadata, ingestion: { key: 'webhook:1', attempt: 1 } });
		const { id } = await addDeadLetter(store, 'default', { item: { ...replayed, error: 'no' }, feed: 'mine' });
		expect(id).toBe(letter!.id);
		expect((await store.archive.stat('default', ref))?.mode).toBe('full');
	});

	it('happens to those alone of a failed batch that then succeed', async () => {
		const n8n = new Executions((uids) => Promise.resolve(uids.includes(2) ? 'failed' : 'succeeded'));
		const [, change] = ways[0];
		const feed = feedOf(n8n.emit, { ...change, slots: createSlots(1), keep: 'hash' });
		for (const uid of [1, 2, 3]) await feed.receive(mail(uid));
		await feed.start();
		await eventually(() => acted).toEqual(['inbox:1:1', 'inbox:1:3']);
		await eventually(() => Promise.all([1, 2, 3].map(modeOf))).toEqual(['hash', 'full', 'hash']);
		expect(await Promise.all([1, 2, 3].map(stageOf))).toEqual(['confirmed', 'dead', 'confirmed']);
	});

	it('is not a flag or a keyword: those say that the mail is done, however its execution ended', async () => {
		const [, { act }] = ways[0];
		const feed = feedOf(() => Promise.resolve('failed'), { act, destroys: false });
		await feed.start();
		await feed.receive(mail(1));
		await eventually(async () => (await recordOf(1))?.care).toBe('done');
		expect(acted).toEqual(['inbox:1:1']);
	});

	it('comes after success when the end could not be told at once', async () => {
		const feed = feedOf(() => Promise.resolve('ended'), {
			keep: 'hash',
			executionStatus: () => Promise.resolve({ status: 'succeeded', execution: '7' }),
		});
		await feed.start();
		await feed.receive(mail(1));
		await eventually(() => modeOf(1)).toBe('hash');
	});

	it.each([
		['succeeded', 'confirmed', 'hash', ['inbox:1:1']],
		['failed', 'dead', 'full', []],
		['canceled', 'dead', 'full', []],
		['gone', 'dead', 'full', []],
	] as const)('waits with an execution that waits, until it has %s', async (end, stage, mode, deeds) => {
		const n8n = new Executions(() => Promise.resolve('waiting'));
		let status: ExecutionStatus = 'waiting';
		const [, { act }] = ways[0];
		let asked = 0;
		const change = {
			act,
			keep: 'hash' as const,
			knowsIds: true,
			recoveryInterval: 20,
			executionStatus: () => {
				asked++;
				return Promise.resolve({ status, execution: '7' });
			},
		};
		const first = feedOf(n8n.emit, { ...change, slots: createSlots(1) });
		await first.start();
		await first.receive(mail(1));
		await eventually(() => asked).toBeGreaterThan(2);
		// Its place is free meanwhile.
		await first.receive(mail(2));
		await eventually(() => n8n.of(2)).toBe(1);
		first.stop();
		// Over a restart as well.
		const second = feedOf(n8n.emit, { ...change, emitter: 'process-2' });
		await second.start();
		expect(await recordOf(1)).toMatchObject({ stage: 'emitted', attempt: 1, execution: '7' });
		expect([acted, await modeOf(1)]).toEqual([[], 'full']);
		status = end;
		await eventually(() => stageOf(1)).toBe(stage);
		await eventually(() => stageOf(2)).toBe(stage);
		await eventually(() => modeOf(1)).toBe(mode);
		await eventually(() => acted.filter((key) => key === 'inbox:1:1')).toEqual(deeds);
		expect(n8n.of(1)).toBe(1);
	});

	it('is left undone, and said to be, where nobody can tell how a waiting execution ends', async () => {
		const [, { act }] = ways[0];
		const told: unknown[] = [];
		const feed = feedOf(() => Promise.resolve('waiting'), {
			act,
			onActionFailed: ({ key }, code) => told.push([key, code]),
		});
		await feed.start();
		await feed.receive(mail(1));
		await feed.idle();
		expect(await recordOf(1)).toMatchObject({ stage: 'confirmed', care: 'failed', error: 'EXECUTION_WAITS' });
		expect([acted, told]).toEqual([[], [['inbox:1:1', 'EXECUTION_WAITS']]]);
	});

	it.each([
		['ran well', undefined, 'done', ['inbox:1:1']],
		['ran well, though its own mailbox was away', 'IMAP_MAILBOX_NOT_FOUND', 'done', ['inbox:1:1']],
		['failed', 'EXECUTION_FAILED', 'failed', []],
	] as const)('waits for the arrival that came first, another way, until it %s', async (_, error, care, deeds) => {
		const [, { act }] = ways[0];
		await store.ingestion.record({
			scope: 'default',
			key: 'webhook:1',
			feed: 'webhook',
			rawRef: null,
			contentKey: null,
			metadata: {},
		});
		const feed = feedOf(
			async ({ records }) => {
				for (const { key } of records) await store.ingestion.confirmDuplicate('default', key, 'webhook:1');
				return 'succeeded';
			},
			{ act },
		);
		await feed.start();
		await feed.receive(mail(1));
		await eventually(() => stageOf(1)).toBe('confirmed');
		await feed.idle();
		expect([(await recordOf(1))?.care, acted]).toEqual(['owed', []]);
		await store.ingestion.advance('default', 'webhook:1', 'confirmed', error);
		feed.wakeCare();
		await eventually(async () => (await recordOf(1))?.care).toBe(care);
		expect(acted).toEqual(deeds);
	});
});

describe('what is owed to a confirmed mail', () => {
	it('is tried again until it is done, and never emits the mail again', async () => {
		const n8n = new Executions();
		const acted: unknown[] = [];
		const feed = feedOf(n8n.emit, {
			act: ({ metadata }) => {
				acted.push(metadata.uid);
				return acted.length === 1
					? Promise.reject(new TransportError('away', { code: 'IMAP_NOT_CONNECTED', retryable: true }))
					: Promise.resolve();
			},
		});
		await feed.start();
		await feed.receive(mail(1));
		await eventually(async () => (await recordOf(1))?.care).toBe('done');
		expect(acted).toEqual([1, 1]);
		expect(n8n.of(1)).toBe(1);
	});

	it('survives a crash, and is over for good when it cannot succeed', async () => {
		const n8n = new Executions();
		const first = feedOf(n8n.emit, { act: never });
		await first.start();
		await first.receive(mail(1));
		await eventually(() => stageOf(1)).toBe('confirmed');
		first.stop();
		expect((await recordOf(1))?.care).toBe('owed');

		const told: string[] = [];
		const second = feedOf(n8n.emit, {
			emitter: 'process-2',
			act: () => Promise.reject(new TransportError('no such mailbox', { code: 'IMAP_MAILBOX_NOT_FOUND' })),
			onActionFailed: (_record, code) => told.push(code),
		});
		await second.start();
		await eventually(async () => (await recordOf(1))?.care).toBe('failed');
		await eventually(() => told).toEqual(['IMAP_MAILBOX_NOT_FOUND']);
		expect(await recordOf(1)).toMatchObject({ stage: 'confirmed', error: 'IMAP_MAILBOX_NOT_FOUND' });
		expect(n8n.of(1)).toBe(1);
	});

	it('is what the former feed of this process has confirmed as well', async () => {
		let finish: ((outcome: Outcome) => void) | undefined;
		const first = feedOf(() => new Promise((resolve) => (finish = resolve)), { act: () => Promise.resolve() });
		await first.start();
		await first.receive(mail(1));
		await eventually(() => finish).toBeDefined();
		first.stop();
		const second = feedOf(never, { act: () => Promise.resolve() });
		await second.start();
		finish?.('succeeded');
		await eventually(async () => (await recordOf(1))?.care).toBe('done');
	});

	it('is to keep less of the raw mail, but not before it is confirmed', async () => {
		let finish: ((outcome: Outcome) => void) | undefined;
		const feed = feedOf(() => new Promise((resolve) => (finish = resolve)), { keep: 'hash' });
		await feed.start();
		const { record } = await feed.receive(mail(1));
		await eventually(() => finish).toBeDefined();
		expect(await store.archive.stat('default', record.rawRef!)).toMatchObject({ mode: 'full' });
		finish?.('succeeded');
		await eventually(async () => (await recordOf(1))?.care).toBe('done');
		expect(await store.archive.stat('default', record.rawRef!)).toMatchObject({ mode: 'hash' });
		// The same content comes once more, under another key: it is all there again for its execution.
		await feed.receive({ ...mail(1), key: 'inbox:1:2' });
		expect(await store.archive.stat('default', record.rawRef!)).toMatchObject({ mode: 'full' });
	});
});
