import { setTimeout as sleep } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { type StoreOptions, openStore } from '../../../lib/store';
import { freshScope } from './conformance/fixture';
import { type Confirmed, type Report, Worker, together } from './processes/workers';

const PROCESSES = 8;
const KEYS = 2_000;
const RECIPIENTS = 3;
/** How often a writer is killed; STORE_KILL_ROUNDS raises it. */
const ROUNDS = Number(process.env.STORE_KILL_ROUNDS ?? 15);

/**
 * What holds between processes, whatever the driver.
 * @param place a database that nobody has opened yet, another one at each call
 */
export function concurrency(place: () => Promise<StoreOptions>): void {
	describe('several processes', () => {
		it('open a fresh store at once, and one of them migrates it', { timeout: 120_000 }, async () => {
			const store = await place();
			const reports = await together(Array.from({ length: 10 }, () => ({ task: 'open', store, scope: 's' })));
			expect(reports.map((list) => list.at(-1))).toEqual(Array.from({ length: 10 }, () => ({ kind: 'done' })));
		});

		it(`claim ${KEYS} keys, ${PROCESSES} at a time: each has one winner`, { timeout: 180_000 }, async () => {
			const store = await place();
			const order = { task: 'claim', store, scope: freshScope(), keys: KEYS } as const;
			const reports = await together(Array.from({ length: PROCESSES }, () => order));
			expect(reports.map((list) => list.at(-1)?.kind)).toEqual(Array.from({ length: PROCESSES }, () => 'done'));
			const won = reports.flat().flatMap((report) => (report.kind === 'won' ? report.keys : []));
			expect(won).toHaveLength(KEYS);
			expect(new Set(won).size).toBe(KEYS);
		});

		it(
			`are killed while they write, ${ROUNDS} times: nothing is missing, nothing is half there`,
			{
				timeout: 60_000 + ROUNDS * 5_000,
			},
			async () => {
				const options = await place();
				const scope = freshScope();
				const reports: Report[] = [];
				for (let round = 0; round < ROUNDS; round++) {
					const worker = new Worker({ task: 'write', store: options, scope });
					await worker.report(({ kind }) => kind === 'ready');
					worker.go();
					await worker.report(({ kind }) => kind === 'begun' || kind === 'failed');
					await sleep(Math.random() * 250);
					await worker.kill();
					reports.push(...worker.reports);
				}
				expect(reports.filter(({ kind }) => kind === 'failed')).toEqual([]);
				await checkIntegrity(options, scope, reports);
			},
		);
	});
}

/** Compares what the killed writers saw confirmed with what a new process finds. */
async function checkIntegrity(options: StoreOptions, scope: string, reports: readonly Report[]): Promise<void> {
	const store = await openStore({ ...options, linger: 0 });
	const confirmed = (id: string, what: Confirmed): boolean =>
		reports.some((report) => report.kind === 'confirmed' && report.id === id && report.what === what);
	const begun = reports.filter((report) => report.kind === 'begun');
	expect(begun.length).toBeGreaterThan(0);
	for (const { id, ref } of begun) {
		const record = await store.ingestion.get(scope, id);
		if (confirmed(id, 'ingestion')) expect(record).toMatchObject({ key: id, rawRef: ref, stage: 'received' });
		const entry = await store.archive.stat(scope, ref);
		// The record is written after the raw message, so it never points at nothing.
		if (record) expect(entry).not.toBeNull();
		if (entry) expect((await buffer(await store.archive.open(scope, ref))).length).toBe(entry.size);

		const thread = await store.threads.find(scope, id);
		if (confirmed(id, 'thread')) expect(thread).not.toBeNull();
		if (thread) {
			expect(thread).toMatchObject({ messageCount: 1, keys: [id, `parent of ${id}`].sort() });
			expect(thread.participants).toHaveLength(2);
		}

		const sends = await store.sends.group(scope, 's', id);
		expect([0, RECIPIENTS]).toContain(sends.length);
		if (confirmed(id, 'send')) expect(sends).toHaveLength(RECIPIENTS);
		const states = new Set(sends.map(({ state }) => state));
		expect(states.size).toBeLessThanOrEqual(1);
		if (confirmed(id, 'accepted')) expect([...states]).toEqual(['accepted']);
		for (const send of sends) {
			expect((await store.sends.history(scope, send.id)).at(-1)?.to).toBe(send.state);
		}
	}
	await store.close();
}
