/** Mail flows in and out while the installation is broken at random; in the end every message is accounted for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../../lib/store';
import type { QueueMode } from '../driver/queueMode';
import { deployPipeline, removePipeline } from '../queue/pipeline';
import { accountFor, type Account } from './account';
import { type Fault, faultsOf, supervise } from './faults';
import type { ChaosGround } from './ground';
import { startMailWorld } from './mailWorld';
import { startOperator } from './operator';
import { type Random, randomOf } from './random';
import { startTraffic } from './traffic';

export interface ChaosOptions {
	seed: number;
	/** How long things break, in ms. */
	duration: number;
	/** Mails a second, half of them by each way; 1 unless given. */
	perSecond?: number;
	/** Names of the faults; all that the machine allows unless given. */
	only?: readonly string[];
	/** How long everything may take to settle afterwards, in ms; 15 minutes unless given. */
	patience?: number;
	log?: (line: string) => void;
}

export interface ChaosReport extends Account {
	seed: number;
	seconds: number;
	byImap: number;
	byWebhook: number;
	/** Requests that the webhook did not take at first; the sender repeated them. */
	webhookRepeats: number;
	/** How often each fault struck. */
	faults: Record<string, number>;
	skipped: string[];
	/** Executions that died with what was killed and were run again by hand. */
	retried: number;
	/** Executions that n8n lists as failed and has emptied (operator.ts); what they had began anew by itself. */
	emptied: number;
	/** From the last fault until every message was accounted for. */
	settledAfterSeconds: number;
}

/** Nothing lost, nothing sent twice, nobody refused for what another recipient or the server was. */
export function isAccountedFor(report: ChaosReport): boolean {
	const { duplicates, answeredTwice, refusedWrongly } = report;
	return isSettled(report) && duplicates.length + answeredTwice.length + refusedWrongly.length === 0;
}

function isSettled({ openByImap, openByWebhook, undelivered }: Account): boolean {
	return openByImap.length + openByWebhook.length + undelivered === 0;
}

export async function runChaos(queue: QueueMode, ground: ChaosGround, options: ChaosOptions): Promise<ChaosReport> {
	const { seed, duration, log = () => undefined } = options;
	const random = randomOf(seed);
	const scope = `chaos-${seed}-${Date.now()}`;
	const world = await startMailWorld();
	const store = await openStore({ driver: 'postgres', url: queue.storeUrl, schema: queue.storeSchema, linger: 0 });
	const over = new AbortController();
	try {
		const pipeline = await deployPipeline(queue, { ...world.places, scope });
		const started = Date.now();
		supervise(queue.processes, over.signal);
		const traffic = startTraffic(world, pipeline, random, options.perSecond ?? 1, over.signal);
		const { only } = options;
		const faults = faultsOf(queue, world, ground).filter(({ name }) => only?.includes(name) ?? true);
		const struck = await strikeFor(duration, faults, random, (line) => log(`${seconds(started)} s: ${line}`));
		const calm = Date.now();
		log(`${seconds(started)} s: no more faults`);
		const operator = startOperator(queue.client, pipeline.workflowId, over.signal);
		await traffic.end();
		const account = await settle(
			() => accountFor(store, scope, traffic, world),
			options.patience ?? 15 * 60_000,
			({ openByImap, openByWebhook, undelivered }) => {
				const open = `${openByImap.length} open by IMAP, ${openByWebhook.length} by webhook`;
				log(`${seconds(started)} s: ${open}, ${undelivered} undelivered`);
			},
		);
		await removePipeline(queue.client, pipeline).catch(() => undefined);
		return {
			seed,
			seconds: Math.round((calm - started) / 1_000),
			byImap: traffic.byImap.length,
			byWebhook: traffic.byWebhook.length,
			webhookRepeats: traffic.repeats,
			faults: struck,
			skipped: ground.skipped,
			retried: operator.retried,
			emptied: operator.emptied,
			settledAfterSeconds: Math.round((Date.now() - calm) / 1_000),
			...account,
		};
	} finally {
		over.abort();
		await store.close();
		await world.stop();
	}
}

/** Every fault once, in random order, then any; each begins some seconds after the last one ended. */
async function strikeFor(
	duration: number,
	faults: readonly Fault[],
	random: Random,
	log: (line: string) => void,
): Promise<Record<string, number>> {
	const struck: Record<string, number> = {};
	const end = Date.now() + duration;
	let waiting = random.shuffled(faults);
	while (Date.now() < end) {
		await sleep(random.between(1_000, 4_000));
		const fault = waiting.shift();
		if (fault === undefined) {
			waiting = random.shuffled(faults);
			continue;
		}
		log(fault.name);
		await fault.strike(random);
		struck[fault.name] = (struck[fault.name] ?? 0) + 1;
	}
	return struck;
}

/** Looks until all is settled, or time is up. */
async function settle(
	look: () => Promise<Account>,
	patience: number,
	report: (now: Account) => void,
): Promise<Account> {
	const deadline = Date.now() + patience;
	for (let turn = 0; ; turn++) {
		// The database or n8n may be coming up.
		const now = await look().catch(() => null);
		const isTimeUp = Date.now() > deadline;
		if (now !== null && (isTimeUp || isSettled(now))) return now;
		if (now !== null && turn % 5 === 0) report(now);
		if (Date.now() > deadline + 60_000) throw new Error('The store could not be read any more');
		await sleep(2_000);
	}
}

function seconds(since: number): number {
	return Math.round((Date.now() - since) / 1_000);
}
