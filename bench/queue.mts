/**
 * Messages a second end to end in n8n's queue mode — webhook → parse → classify → thread → send — with one and with two
 * workers, and prints JSON. The webhook processor, Postgres, Redis and the mail server run on the same machine. `near`: a
 * worker has ten executions at a time, and all of it is work for this machine, whose cores one worker can keep busy. `far`:
 * the mail server is 200 ms away, each way, and a worker has two executions at a time, so that places in workers are what
 * is short, as where each has a machine of its own.
 *
 *   node bench/queue.mts [--server near|far] [--messages 300] [--rounds 2] [--connections 8] [--engine default]
 *
 * A message counts when the mail server has accepted the reply to it; the server throws it away. The numbers of workers
 * take turns, `rounds` times. `engine` is N8N_EXPRESSION_ENGINE.
 */
import '../test/lib/store/processes/typescript.mjs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildPackage } from '../tools/build.mts';
import { packPackage } from '../tools/install-package.mts';
import { ensureN8n } from '../tools/n8n/install.mts';
import type { QueueMode } from '../test/n8n/driver/queueMode.ts';
import type { Pipeline } from '../test/n8n/queue/pipeline.ts';
import type { Store } from '../lib/store/index.ts';
import { environmentOf, machine } from './n8n.mts';

const { openStore } = await import('../lib/store/index.ts');
const { startQueueMode } = await import('../test/n8n/driver/queueMode.ts');
const { deployPipeline } = await import('../test/n8n/queue/pipeline.ts');
const { smtpCredential } = await import('../test/n8n/mailWorkflow.ts');
const { startPostfix } = await import('../test/servers/mail/postfix.ts');
const { startProxy } = await import('../test/servers/mail/proxy.ts');

const { values } = parseArgs({
	options: {
		server: { type: 'string', default: 'near' },
		messages: { type: 'string', default: '300' },
		rounds: { type: 'string', default: '2' },
		connections: { type: 'string', default: '8' },
		engine: { type: 'string', default: 'default' },
	},
});
const messages = Number(values.messages);
const connections = Number(values.connections);
const WARM_UP = 20;
const far = values.server === 'far';
const SCOPE = 'bench';

interface Measured {
	/** Until the webhook had taken the last message. */
	acceptedPerSecond: number[];
	/** Until the reply to the last message was sent. */
	messagesPerSecond: number[];
}

const folder = await mkdtemp(join(tmpdir(), 'bench-queue-'));
const postfix = await startPostfix();
const proxy = await startProxy(postfix);
proxy.latency = far ? 200 : 0;
try {
	await buildPackage();
	const queue = await startQueueMode({
		n8n: await ensureN8n(),
		packageTarball: await packPackage(folder),
		...(far ? { concurrency: 2 } : {}),
		env: environmentOf(values.engine),
	});
	try {
		const report = await measure(queue);
		const { server, engine } = values;
		console.log(JSON.stringify({ ...machine(), server, messages, connections, engine, ...report }, null, 2));
	} finally {
		await queue.stop();
	}
} finally {
	await proxy.stop();
	await postfix.stop();
	await rm(folder, { recursive: true, force: true });
}

async function measure(queue: QueueMode): Promise<object> {
	const smtp = smtpCredential({ ...postfix, port: proxy.port }, { user: '', password: '' });
	const pipeline = await deployPipeline(queue, { smtp, from: 'support@example.test', scope: SCOPE });
	const store = await openStore({ driver: 'postgres', url: queue.storeUrl, schema: queue.storeSchema, linger: 0 });
	try {
		const empty = (): Measured => ({ acceptedPerSecond: [], messagesPerSecond: [] });
		const measured = { oneWorker: empty(), twoWorkers: empty() };
		await burst(pipeline, store, 'warm-up', WARM_UP, empty());
		for (let round = 0; round < Number(values.rounds); round++) {
			await queue.workers[1]!.start();
			// What a process does for the first time takes longer.
			await burst(pipeline, store, `warm-up-${round}`, WARM_UP, empty());
			await burst(pipeline, store, `two-${round}`, messages, measured.twoWorkers);
			await queue.workers[1]!.stop();
			await burst(pipeline, store, `one-${round}`, messages, measured.oneWorker);
		}
		const best = ({ messagesPerSecond }: Measured) => Math.max(...messagesPerSecond);
		const ratio = Math.round((best(measured.twoWorkers) / best(measured.oneWorker)) * 100) / 100;
		return { ...measured, twoWorkersToOne: ratio };
	} finally {
		await store.close();
	}
}

/** Posts so many messages on all connections and waits until each has its reply. */
async function burst(pipeline: Pipeline, store: Store, name: string, count: number, into: Measured): Promise<void> {
	const ids = Array.from({ length: count }, (_, index) => `${name}-${index}@customer.test`);
	const waiting = [...ids];
	const waitingFor = [...ids];
	const start = performance.now();
	const lane = async (): Promise<void> => {
		for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
			const status = await pipeline.post(mailOf(id), id);
			if (status !== 200) throw new Error(`The webhook answered ${status ?? 'nothing'}`);
		}
	};
	await Promise.all(Array.from({ length: connections }, lane));
	into.acceptedPerSecond.push(perSecond(count, start));
	// From the last one back: those before it are mostly done by then.
	while (waitingFor.length > 0) {
		const id = waitingFor.at(-1) ?? '';
		if (await isSent(store, id)) waitingFor.pop();
		else await delay(100);
	}
	into.messagesPerSecond.push(perSecond(count, start));
}

async function isSent(store: Store, correlationId: string): Promise<boolean> {
	const [send] = await store.sends.search(SCOPE, { correlationId }, { limit: 1 });
	return send?.state === 'accepted';
}

function perSecond(count: number, start: number): number {
	return Math.round((count * 10_000) / (performance.now() - start)) / 10;
}

function mailOf(id: string): string {
	return [
		'From: Carla Customer <customer@example.test>',
		'To: Support <support@example.test>',
		'Subject: My order',
		`Message-ID: <${id}>`,
		'',
		'Where is my order 4711?',
		'',
	].join('\r\n');
}
