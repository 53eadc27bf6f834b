import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { hasDovecot } from '../servers/available';
import { alice } from '../servers/imap/collector';
import { mountSmallDisk } from '../servers/smallDisk';
import { type MailFeedWorld, startMailFeed } from './mailFeed';

/** The long forms: MAIL_LATENCY_MS=5000 MAIL_OUTAGE_SECONDS=90. */
const latency = Number(process.env.MAIL_LATENCY_MS ?? 200);
const outage = Number(process.env.MAIL_OUTAGE_SECONDS ?? 2) * 1_000;
const patience = { timeout: 120_000 + outage + 60 * latency, interval: 50 };

let world: MailFeedWorld;
afterEach(async () => {
	vi.restoreAllMocks();
	await world.stop();
});

/** Each mail ran once, and is written down as done. */
async function expectEachOnce(): Promise<void> {
	await expect.poll(() => world.missing(), patience).toEqual([]);
	expect(world.twice()).toEqual([]);
	expect(await world.deadLetters()).toBe(0);
	expect(world.proxy.peak).toBeLessThanOrEqual(1);
}

/** What happens while mail comes in; what is healed at its end. */
const faults: ReadonlyArray<readonly [string, () => Promise<void>]> = [
	[
		'a slow network',
		async () => {
			world.proxy.latency = latency;
			await world.deliver(5);
			await expect.poll(() => world.ran.size, patience).toBeGreaterThan(20);
		},
	],
	[
		'an outage of the server',
		async () => {
			await world.dovecot.kill();
			await world.deliver(5);
			await sleep(outage);
			await world.dovecot.restart();
		},
	],
	[
		'a half-open connection',
		async () => {
			world.proxy.freezeAll();
			await world.deliver(5);
		},
	],
	[
		'connections that are reset in the midst of a message',
		async () => {
			for (const after of [100_000, 500_000, 900_000]) {
				world.proxy.resetAfter = after;
				await world.deliver(2, { bytes: 400_000 });
				await expect.poll(() => world.proxy.resetAfter, patience).toBeNull();
			}
		},
	],
	[
		'a mailbox that is numbered anew',
		async () => {
			await world.dovecot.doveadm('mailbox', 'update', '-u', alice, '--uid-validity', '4711', 'INBOX');
			await world.deliver(5);
		},
	],
	[
		'a clock that is put forward and back by a day',
		async () => {
			const { now } = Date;
			for (const jump of [86_400_000, -86_400_000]) {
				vi.spyOn(Date, 'now').mockImplementation(() => now() + jump);
				await world.deliver(5);
				await expect.poll(() => world.missing(), patience).toEqual([]);
			}
		},
	],
	[
		'a process that is killed again and again',
		async () => {
			for (let count = 0; count < 3; count++) {
				await world.deliver(5);
				await world.kill();
				world.start();
			}
		},
	],
];

describe.skipIf(!hasDovecot)('each mail runs once', () => {
	it('through a bad day: one fault after the other', { timeout: 8 * patience.timeout }, async () => {
		world = await startMailFeed({ latency });
		await world.deliver(20);
		world.start();
		for (const [name, fault] of faults) {
			await fault();
			world.proxy.latency = 0;
			await world.deliver(3);
			await expect.poll(() => world.missing(), { ...patience, message: name }).toEqual([]);
		}
		await expectEachOnce();
	});

	it('while others are deleted under its hands', async () => {
		world = await startMailFeed();
		await world.deliver(40, { bytes: 20_000 });
		world.start();
		await expect.poll(() => world.ran.size, patience).toBeGreaterThan(2);
		const doomed = ['mail 30', 'mail 35', 'mail 40'];
		for (const subject of doomed) {
			// The subject as a phrase of its own: a search finds parts of words.
			await world.dovecot.doveadm('expunge', '-u', alice, 'mailbox', 'INBOX', 'subject', subject);
		}
		await world.deliver(3);
		await expect
			.poll(async () => (await world.missing()).filter((subject) => !doomed.includes(subject)), patience)
			.toEqual([]);
		expect(world.twice()).toEqual([]);
		expect(await world.deadLetters()).toBe(0);
	});

	it.runIf(process.getuid?.() === 0)('when the disk of the store was full', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'small-disk-'));
		const disk = await mountSmallDisk(folder, 24);
		try {
			world = await startMailFeed({ storeFolder: folder });
			world.start();
			await world.deliver(5);
			await expect.poll(() => world.missing(), patience).toEqual([]);
			await disk.fill();
			await world.deliver(5, { bytes: 200_000 });
			// It tries again and again; none of them may be passed over.
			await sleep(1_000);
			expect(await world.missing()).not.toEqual([]);
			await disk.free();
			await expectEachOnce();
		} finally {
			await disk.unmount();
			await rm(folder, { recursive: true, force: true });
		}
	});
});
