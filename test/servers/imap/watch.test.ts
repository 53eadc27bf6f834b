import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { watchMailbox } from '../../../lib/email/imap/watcher';
import { startDovecot, type Dovecot } from '../mail/dovecot';
import { startProxy, type FaultyProxy } from '../mail/proxy';
import { alice, collect, mail, serverOf, type Collector } from './collector';
import { hasDovecot } from '../available';

let dovecot: Dovecot;
let proxy: FaultyProxy;
let box: Collector;
/** A mailbox of its own for every test. */
let mailbox: string;
let number = 0;

beforeAll(async () => {
	dovecot = await startDovecot();
	proxy = await startProxy(dovecot);
});
afterAll(async () => {
	await proxy.stop();
	await dovecot.stop();
});
beforeEach(async () => {
	mailbox = `Test${++number}`;
	await dovecot.doveadm('mailbox', 'create', '-u', alice, mailbox);
	box = collect();
});
afterEach(async () => {
	await box.stopAll();
	expect(proxy.peak).toBeLessThanOrEqual(1);
	await expect.poll(() => proxy.open).toBe(0);
});

const deliver = (subject: string, body?: string) => dovecot.deliver(alice, mail(subject, body), { mailbox });
const numbered = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `mail ${from + i}`);
const throughProxy = () => serverOf(dovecot, { port: proxy.port });

describe.skipIf(!hasDovecot)('a watched mailbox', () => {
	it('delivers a backlog oldest first, in windows, also when more arrives meanwhile', async () => {
		for (const subject of numbered(1, 70)) await deliver(subject);
		let more = 70;
		box.before = async () => {
			if (more < 75) await deliver(`mail ${++more}`);
		};
		box.watch({ server: throughProxy(), mailbox, start: { from: 'everything' } });
		await box.count(75);
		expect(box.subjects).toEqual(numbered(1, 75));
		const uids = box.delivered.map(({ uid }) => uid);
		expect(uids).toEqual([...uids].sort((a, b) => a - b));
	});

	it('waits for the handler in hand when it is stopped, and calls none afterwards', async () => {
		const watcher = box.watch({ server: throughProxy(), mailbox, start: { from: 'everything' } });
		await box.reached('watching');
		box.before = () => void watcher.stop();
		await deliver('mail 1');
		await deliver('mail 2');
		await box.count(1);
		await watcher.stop();
		expect(box.subjects).toEqual(['mail 1']);
		expect(box.cursor?.lastUid).toBe(1);
		expect(watcher.state.kind).toBe('stopped');
	});

	it('loses and repeats nothing when Dovecot is killed and comes back', async () => {
		const restarted = await startDovecot();
		try {
			await restarted.doveadm('mailbox', 'create', '-u', alice, mailbox);
			box.watch({ server: serverOf(restarted), mailbox });
			await box.reached('watching');
			for (const subject of numbered(1, 30)) await restarted.deliver(alice, mail(subject), { mailbox });
			await box.count(5);
			await restarted.kill();
			await box.reached('disconnected');
			for (const subject of numbered(31, 40)) await restarted.deliver(alice, mail(subject), { mailbox });
			await restarted.restart();
			await box.count(40);
			await box.reached('watching');
			expect(box.subjects).toEqual(numbered(1, 40));
		} finally {
			await box.stopAll();
			await restarted.stop();
		}
	});

	it('notices a half-open connection and delivers what came meanwhile', async () => {
		const server = serverOf(dovecot, { port: proxy.port, commandTimeout: 500 });
		box.watch({ server, mailbox, refreshInterval: 500 });
		await box.reached('watching');
		proxy.blackhole = true;
		await deliver('mail 1');
		const state = await box.reached('disconnected');
		expect(state).toMatchObject({ error: { code: 'IMAP_TIMEOUT' } });
		proxy.blackhole = false;
		proxy.resetAll();
		await box.count(1);
		expect(box.subjects).toEqual(['mail 1']);
	});

	it('fetches again what a reset interrupted', async () => {
		const body = randomBytes(600_000).toString('base64');
		await deliver('mail 1', body);
		await deliver('mail 2', body);
		proxy.resetAfter = 700_000;
		box.watch({ server: throughProxy(), mailbox, start: { from: 'everything' } });
		await box.count(2);
		expect(box.subjects).toEqual(numbered(1, 2));
		expect(box.delivered[0]!.raw.equals(Buffer.from(mail('mail 1', body)))).toBe(true);
		expect(proxy.resetAfter).toBeNull();
		expect(box.states).toContainEqual(expect.objectContaining({ kind: 'disconnected' }));
	});

	it('calls a handler again that fails, with the same message', async () => {
		let failures = 2;
		box.before = () => {
			if (failures-- > 0) throw new Error('the store is away');
		};
		box.watch({ server: throughProxy(), mailbox });
		await box.reached('watching');
		await deliver('mail 1');
		await deliver('mail 2');
		await box.count(2);
		expect(box.subjects).toEqual(numbered(1, 2));
		expect(box.states.filter(({ kind }) => kind === 'blocked')).toHaveLength(2);
	});

	it('holds no more than a window of a backlog in memory', async () => {
		setFlagsFromString('--expose-gc');
		const collectGarbage = runInNewContext('gc') as () => void;
		const live = () => {
			collectGarbage();
			return process.memoryUsage().arrayBuffers;
		};
		const body = randomBytes(150_000).toString('base64');
		for (const subject of numbered(1, 300)) await deliver(subject, body);
		const held: number[] = [];
		let count = 0;
		const watcher = watchMailbox(
			{ server: throughProxy(), mailbox, start: { from: 'everything' } },
			{
				cursor: () => Promise.resolve(null),
				onUidValidityChange: () => Promise.resolve({ since: null }),
				onMessage: () => {
					if (++count % 10 === 0) held.push(live());
					return Promise.resolve();
				},
				onCursor: () => Promise.resolve(),
				onPoison: () => Promise.resolve(),
			},
		);
		await expect.poll(() => count, { timeout: 30_000 }).toBe(300);
		await watcher.stop();
		// Between the two, 40 MB went through. The least of ten, since buffers are freed a moment after the collection.
		expect(Math.min(...held.slice(-10)) - Math.min(...held.slice(0, 10))).toBeLessThan(15_000_000);
	});

	it('comes through a bad network without losing or repeating a mail', async () => {
		// Always the same faults, at times that depend on the machine.
		let seed = 4711;
		const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
		const large = randomBytes(400_000).toString('base64');
		const server = serverOf(dovecot, { port: proxy.port, commandTimeout: 400, connectTimeout: 1_000 });
		box.watch({ server, mailbox, refreshInterval: 300, reconnectCeiling: 100 });
		await box.reached('watching');
		const faults = (async () => {
			// So many whatever gets through: on a slow machine little does.
			for (let count = 0; count < 60; count++) {
				await sleep(20 + random() * 200);
				const fault = random();
				if (fault < 0.5) proxy.resetAfter = Math.floor(random() * 800_000);
				else if (fault < 0.7) proxy.resetAll();
				else if (fault < 0.8) proxy.latency = Math.floor(random() * 20);
				else {
					proxy.blackhole = true;
					await sleep(500);
					proxy.blackhole = false;
					proxy.resetAll();
				}
			}
			proxy.resetAfter = null;
			proxy.latency = 0;
		})();
		for (const subject of numbered(1, 60)) {
			await deliver(subject, random() < 0.2 ? large : undefined);
			if (random() < 0.3) await sleep(random() * 200);
		}
		await faults;
		await box.count(60, 60_000);
		await box.reached('watching');
		expect(box.subjects).toEqual(numbered(1, 60));
		expect(box.poison).toEqual([]);
		expect(box.states.filter(({ kind }) => kind === 'disconnected').length).toBeGreaterThan(3);
	});
});
