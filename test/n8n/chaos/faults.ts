/** What is done to the installation, and undone. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueMode, QueueProcess } from '../driver/queueMode';
import type { ChaosGround } from './ground';
import type { MailWorld } from './mailWorld';
import type { Random } from './random';

export interface Fault {
	name: string;
	/** Resolves when it is over; what it killed is up again or, for n8n, about to be. */
	strike(random: Random): Promise<void>;
}

/** Every fault this machine allows. */
export function faultsOf(queue: QueueMode, world: MailWorld, ground: ChaosGround): Fault[] {
	const { dovecot, postfix, exim, imapProxy, smtpProxy } = world;
	const { disk, clock } = ground;
	const faults: Fault[] = [
		{ name: 'kill -9 of a worker', strike: (random) => killBusyWorker(queue, random) },
		{ name: 'kill -9 of the webhook processor', strike: () => queue.webhookProcessor.kill() },
		{ name: 'kill -9 of the main', strike: () => queue.main.kill() },
		{
			name: 'a worker stands still for 20 s',
			strike: async (random) => {
				// Longer than its locks last: its jobs are taken from it, and it goes on with them all the same.
				const worker = random.pick(queue.workers);
				worker.freeze(true);
				await sleep(20_000);
				worker.freeze(false);
			},
		},
		{ name: 'Redis is killed and restarted', strike: (random) => outage(random, queue.redis) },
		{ name: 'PostgreSQL is killed and restarted', strike: (random) => outage(random, queue.postgres) },
		{ name: 'Dovecot is killed and restarted', strike: (random) => outage(random, dovecot) },
		{ name: 'Postfix is killed and restarted', strike: (random) => outage(random, postfix) },
		{ name: 'Exim is killed and restarted', strike: (random) => outage(random, exim) },
		{
			name: 'IMAP connections are reset',
			strike: () => {
				imapProxy.resetAll();
				return Promise.resolve();
			},
		},
		{
			name: 'SMTP connections are reset in mid-sentence',
			strike: async (random) => {
				for (let time = 0; time < 5; time++) {
					smtpProxy.resetAfter = Math.floor(random.between(1, 1_500));
					await sleep(1_000);
				}
				smtpProxy.resetAfter = null;
			},
		},
		{
			name: 'the network swallows all bytes',
			strike: async (random) => {
				for (const proxy of [imapProxy, smtpProxy]) proxy.blackhole = true;
				await sleep(random.between(2_000, 6_000));
				for (const proxy of [imapProxy, smtpProxy]) {
					proxy.blackhole = false;
					// As a firewall does with connections it has forgotten.
					proxy.resetAll();
				}
			},
		},
		{
			name: 'the network is slow',
			strike: async (random) => {
				for (const proxy of [imapProxy, smtpProxy]) proxy.latency = random.between(100, 400);
				await sleep(5_000);
				for (const proxy of [imapProxy, smtpProxy]) proxy.latency = 0;
			},
		},
	];
	if (disk) {
		faults.push({
			name: 'the database’s disk is full',
			strike: async (random) => {
				await disk.fill();
				await sleep(random.between(2_000, 6_000));
				await disk.free();
			},
		});
	}
	if (clock) {
		faults.push({
			name: 'the clock of a worker steps',
			strike: async (random) => {
				await clock.step(random.pick([-90, -5, 5, 90]));
				await sleep(5_000);
				await clock.step(0);
			},
		});
	}
	return faults;
}

/** Starts whatever has ended, as systemd or Docker would, until the signal. */
export function supervise(processes: readonly QueueProcess[], signal: AbortSignal): void {
	const watch = async (part: QueueProcess): Promise<void> => {
		while (!signal.aborted) {
			// It may end again while starting, because the database is away: the next round starts it.
			if (!part.running()) await part.start().catch(() => undefined);
			await sleep(250);
		}
	};
	for (const part of processes) void watch(part);
}

/** A worker that has executions under way, if one has within some seconds. */
async function killBusyWorker({ workers }: QueueMode, random: Random): Promise<void> {
	const choice = random.pick(workers);
	for (let look = 0; look < 50 && !(await isBusy(choice)); look++) await sleep(100);
	await choice.kill();
}

async function isBusy(worker: QueueProcess): Promise<boolean> {
	const log = await worker.logs();
	const count = (pattern: RegExp) => (log.match(pattern) ?? []).length;
	return count(/Worker started execution/g) > count(/Worker (?:finished|errored while running) execution/g);
}

async function outage(random: Random, server: { kill(): Promise<void>; restart(): Promise<void> }): Promise<void> {
	await server.kill();
	await sleep(random.between(500, 4_000));
	await server.restart();
}
