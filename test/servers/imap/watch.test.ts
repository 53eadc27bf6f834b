import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDovecot, type Dovecot } from '../mail/dovecot';
import { startProxy, type FaultyProxy } from '../mail/proxy';
import { alice, collect, mail, serverOf, type Collector } from './collector';

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

describe('a watched mailbox', () => {
	it('delivers new mail through IDLE, byte for byte, and nothing that was there before', async () => {
		await deliver('old');
		box.watch({ server: throughProxy(), mailbox });
		await box.reached('watching');
		await deliver('new 1');
		await box.count(1);
		await deliver('new 2');
		await box.count(2);
		expect(box.subjects).toEqual(['new 1', 'new 2']);
		expect(box.delivered[0]!.raw.toString()).toBe(mail('new 1'));
		expect(box.states.map(({ kind }) => kind)).toContain('watching');
		expect(box.states).toContainEqual({ kind: 'watching', mode: 'idle' });
		expect(box.cursor?.lastUid).toBe(3);
	});

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

	it('streams a large message and keeps it whole', async () => {
		const body = randomBytes(900_000).toString('base64');
		await deliver('large', body);
		await deliver('small');
		box.watch({ server: throughProxy(), mailbox, start: { from: 'everything' } });
		await box.count(2);
		expect(box.delivered.map(({ streamed }) => streamed)).toEqual([true, false]);
		expect(box.delivered[0]!.raw.equals(Buffer.from(mail('large', body)))).toBe(true);
	});

	it('goes on behind the cursor after a stop', async () => {
		const first = box.watch({ server: throughProxy(), mailbox });
		await box.reached('watching');
		await deliver('mail 1');
		await box.count(1);
		await first.stop();
		await deliver('mail 2');
		box.watch({ server: throughProxy(), mailbox });
		await deliver('mail 3');
		await box.count(3);
		expect(box.subjects).toEqual(numbered(1, 3));
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
});
