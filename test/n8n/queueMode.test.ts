/**
 * n8n in queue mode, set up as docs/queue-mode.md tells, and the short form of the chaos suite on it: starting it takes
 * longer than most tests. QUEUE_EVENTS sets how many business events are fired; 40 unless told otherwise. CHAOS_SEED
 * repeats a run.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { hasMailServers, hasQueueServers } from '../servers/available';
import { isAccountedFor, runChaos } from './chaos/chaos';
import { type ChaosGround, prepareGround } from './chaos/ground';
import { customer, type MailWorld, startMailWorld, support } from './chaos/mailWorld';
import { tableOf } from './chaos/table';
import { outputsOf } from './driver/start';
import { type QueueMode, startQueueMode } from './driver/queueMode';
import { deployEvents, fireAll } from './queue/businessEvents';
import { deliveredTo, transactionsById } from './queue/delivered';
import { deployPipeline, deploySlowHook, removePipeline } from './queue/pipeline';

const EVENTS = Number(process.env.QUEUE_EVENTS ?? 40);
const CHAOS_MS = 35_000;
/** Those from which n8n recovers soon: the long form has all. */
const SHORT_FAULTS = [
	'kill -9 of a worker',
	'kill -9 of the webhook processor',
	'Redis is killed and restarted',
	'PostgreSQL is killed and restarted',
	'Dovecot is killed and restarted',
	'Postfix is killed and restarted',
	'IMAP connections are reset',
	'SMTP connections are reset in mid-sentence',
	'the network swallows all bytes',
	'the database’s disk is full',
];

let ground: ChaosGround;
let queue: QueueMode;

const mail = (id: string) =>
	`From: ${customer}\r\nTo: ${support}\r\nSubject: Question\r\nMessage-ID: <${id}>\r\n\r\nWhere is my order?\r\n`;

/** How many executions each worker has begun. */
async function begun(): Promise<number[]> {
	const logs = await Promise.all(queue.workers.map((worker) => worker.logs()));
	return logs.map((log) => (log.match(/Worker started execution/g) ?? []).length);
}

describe.skipIf(!hasMailServers || !hasQueueServers)('n8n in queue mode', () => {
	beforeAll(async () => {
		ground = await prepareGround();
		queue = await startQueueMode({
			n8n: inject('n8n'),
			packageTarball: inject('packageTarball'),
			...ground.options,
		});
	});
	afterAll(async () => {
		await queue.stop();
		await ground.dispose();
	});

	describe('mail and events', () => {
		let world: MailWorld;
		beforeAll(async () => {
			world = await startMailWorld();
		});
		afterAll(() => world.stop());

		const repliesTo = async (id: string) =>
			(await deliveredTo(world.dovecot.maildir(customer))).filter(({ inReplyTo }) => inReplyTo === id).length;

		it('answers mail by IMAP and by webhook once, on workers', async () => {
			const pipeline = await deployPipeline(queue, { ...world.places, scope: 'queue' });
			await world.dovecot.deliver(support, mail('imap@customer.test'));
			expect(await pipeline.post(mail('hook@customer.test'), 'hook')).toBe(200);
			await expect.poll(() => repliesTo('imap@customer.test'), { timeout: 120_000 }).toBe(1);
			await expect.poll(() => repliesTo('hook@customer.test'), { timeout: 120_000 }).toBe(1);
			// The provider repeats the event: it is known.
			expect(await pipeline.post(mail('hook@customer.test'), 'hook')).toBe(200);

			const executions = await queue.client.waitForExecutions(pipeline.workflowId, 2, 120_000);
			expect(executions.map(({ status }) => status)).toEqual(['success', 'success']);
			const onWorkers = await begun();
			expect(onWorkers[0]! + onWorkers[1]!).toBe(2);
			expect(await queue.main.logs()).not.toContain('Worker started execution');
			await removePipeline(queue.client, pipeline);
			expect(await repliesTo('hook@customer.test')).toBe(1);
		});

		it('runs an event by webhook again when the worker that had it dies, and no other', async () => {
			const scope = 'worker-dies';
			const hook = await deploySlowHook(queue, scope);
			const before = await begun();
			expect(await hook.post('lost')).toBe(200);
			await expect.poll(async () => (await begun()).some((n, i) => n > before[i]!), { timeout: 60_000 }).toBe(true);
			const busy = (await begun()).findIndex((n, i) => n > before[i]!);
			await queue.workers[busy]!.kill();
			expect(await hook.post('kept')).toBe(200);
			const done = async () => {
				const ended = await queue.client.executions({ workflowId: hook.workflowId, status: ['success'] });
				const runs = await Promise.all(ended.map(({ id }) => queue.client.execution(id)));
				return runs
					.flatMap((run) => outputsOf(run, 'Slow')[0]!)
					.map(({ json }) => [json.providerEventId, (json.ingestion as { attempt: number }).attempt])
					.sort();
			};
			await expect.poll(done, { timeout: 180_000, interval: 1_000 }).toEqual([
				['kept', 1],
				['lost', 2],
			]);
			await queue.workers[busy]!.start();
			await removePipeline(queue.client, hook);
		}, 300_000);

		it('refuses the embedded store, and says what to do', async () => {
			const { smtp, from } = world.places;
			const places = { smtp, from, scope: 'embedded' };
			const pipeline = await deployPipeline(queue, places, { store: 'embedded' }).catch((error: unknown) => error);
			expect(pipeline).toBeInstanceOf(Error);
			expect((pipeline as Error).message).toMatch(/queue mode.*From Credential/s);
		});

		it(`sends one mail for each of ${EVENTS} events that are fired three times, eight at a time`, async () => {
			const workflow = await deployEvents(queue, { ...world.places, scope: 'events' }, customer);
			const events = Array.from({ length: EVENTS }, (_, index) => `event-${index}`);
			const started = Date.now();
			const answers = await fireAll(workflow, events, 8);
			const ms = Date.now() - started;

			const results = [...answers.values()];
			expect(results.flat().every(({ state }) => state === 'accepted')).toBe(true);
			// One of the three has sent; the others were told what it had sent.
			expect(results.map((three) => new Set(three.map(({ messageId }) => messageId)).size)).toEqual(
				events.map(() => 1),
			);
			expect(results.map((three) => three.filter(({ replayed }) => !replayed).length)).toEqual(events.map(() => 1));
			const ids = results.map((three) => three[0]!.messageId);
			expect(new Set(ids).size).toBe(EVENTS);
			const sent = async () => {
				const transactions = transactionsById(await deliveredTo(world.dovecot.maildir(customer)));
				return ids.map((id) => transactions.get(id) ?? 0);
			};
			await expect.poll(sent, { timeout: 120_000, interval: 500 }).toEqual(events.map(() => 1));
			console.log(JSON.stringify({ events: EVENTS, requests: EVENTS * 3, width: 8, ms, begun: await begun() }));
			await removePipeline(queue.client, workflow);
		}, 1_800_000);
	});

	it('accounts for every mail after chaos, the short form', async () => {
		const report = await runChaos(queue, ground, {
			seed: Number(process.env.CHAOS_SEED ?? 7),
			duration: CHAOS_MS,
			only: SHORT_FAULTS,
			log: (line) => console.log(line),
		});
		console.log(tableOf(report));
		expect(isAccountedFor(report), JSON.stringify(report)).toBe(true);
		expect(report.received).toBeGreaterThan(10);
	}, 1_200_000);
});
