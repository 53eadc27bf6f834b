import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, it } from 'vitest';
import { hasDovecot } from '../servers/available';
import { alice } from '../servers/imap/collector';
import { type MailFeedWorld, startMailFeed } from './mailFeed';

/** The long form: MAIL_SOAK_MINUTES=10, a day of life. */
const duration = Number(process.env.MAIL_SOAK_MINUTES ?? 0.1) * 60_000;
const patience = { timeout: 180_000, interval: 100 };

let world: MailFeedWorld;
/** Always the same order of faults, at times that depend on the machine. */
let seed = Number(process.env.MAIL_SOAK_SEED ?? 4711);
const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
const oneOf = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
setFlagsFromString('--no-expose-gc');

/** Each heals itself. */
const faults: Readonly<Record<string, () => Promise<void> | void>> = {
	reset: () => world.proxy.resetAll(),
	'reset in mid-FETCH'() {
		world.proxy.resetAfter = Math.floor(random() * 300_000);
	},
	'half-open connection': () => world.proxy.freezeAll(),
	async latency() {
		world.proxy.latency = 50 + random() * 200;
		await sleep(1_000);
		world.proxy.latency = 0;
	},
	async 'black hole'() {
		world.proxy.blackhole = true;
		await sleep(1_000);
		world.proxy.blackhole = false;
		world.proxy.resetAll();
	},
	async 'server away'() {
		await world.dovecot.kill();
		await sleep(random() * 3_000);
		await world.dovecot.restart();
	},
	async 'mailbox numbered anew'() {
		const uidValidity = String(Math.floor(random() * 2 ** 30) + 1);
		await world.dovecot.doveadm('mailbox', 'update', '-u', alice, '--uid-validity', uidValidity, 'INBOX');
	},
	async 'process killed'() {
		await world.kill();
		world.start();
	},
};

describe.skipIf(!hasDovecot)('a long life', () => {
	afterAll(() => world.stop());

	it(
		'loses and repeats no mail, and neither connections nor memory grow',
		{ timeout: duration + 600_000 },
		async () => {
			world = await startMailFeed();
			world.start();
			const counted: Record<string, number> = {};
			const heap: number[] = [];
			const started = Date.now();
			const mailUntil = async () => {
				while (Date.now() - started < duration) {
					await world.deliver(1, random() < 0.1 ? { bytes: 200_000 } : {});
					await sleep(random() * 400);
				}
			};
			const delivering = mailUntil();
			while (Date.now() - started < duration) {
				const name = oneOf(Object.keys(faults));
				counted[name] = (counted[name] ?? 0) + 1;
				await faults[name]!();
				await sleep(random() * 2_000);
				collectGarbage();
				heap.push(process.memoryUsage().heapUsed);
			}
			await delivering;
			world.proxy.resetAfter = null;
			await expect.poll(() => world.missing(), patience).toEqual([]);
			expect(world.twice()).toEqual([]);
			expect(await world.deadLetters()).toBe(0);
			expect(world.proxy.peak).toBeLessThanOrEqual(1);
			const quarter = Math.ceil(heap.length / 4);
			const MiB = (bytes: number[]) => Math.round(Math.min(...bytes) / 2 ** 20);
			const heapMiB = [MiB(heap.slice(0, quarter)), MiB(heap.slice(-quarter))] as const;
			const { accepted, peak, open } = world.proxy;
			const mails = world.delivered.length;
			console.log(
				JSON.stringify({
					minutes: duration / 60_000,
					mails,
					faults: counted,
					connections: { accepted, peak, open },
					heapMiB,
				}),
			);
			// What a mail leaves behind in the test itself is some hundred bytes.
			expect(heapMiB[1] - heapMiB[0]).toBeLessThan(15);
		},
	);
});
