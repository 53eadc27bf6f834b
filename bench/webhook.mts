/**
 * Measures the Email Webhook Trigger (signature, replay key and archive on) beside n8n's built-in Webhook (none of it), in
 * the same n8n and the same run, on 4 KB of JSON, and prints JSON. Both workflows hold the trigger alone.
 *
 *   node bench/webhook.mts [--seconds 8] [--rounds 2] [--connections 8] [--per-second 10] [--engines default,legacy]
 *
 * `saturated`: each connection sends its next request as soon as the last one is answered. `paced`: so many a second,
 * whatever the answers. `ranPerSecond` counts until n8n has run all that was answered 2xx: ours answers when an event is
 * recorded; its executions follow, and take several events when many wait. `refused`: bad signatures beside wrong passwords
 * (Basic Auth) at the built-in one, and repeats of one confirmed request. The two sides take turns, `rounds` times. `legacy`
 * is N8N_EXPRESSION_ENGINE: the cost of n8n's default one hides much of everybody's else.
 */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildPackage } from '../tools/build.mts';
import { packPackage } from '../tools/install-package.mts';
import type { N8nClient, WorkflowFile } from '../tools/n8n/client.mts';
import { inN8n, machine } from './n8n.mts';

const { values } = parseArgs({
	options: {
		seconds: { type: 'string', default: '8' },
		rounds: { type: 'string', default: '2' },
		connections: { type: 'string', default: '8' },
		'per-second': { type: 'string', default: '10' },
		engines: { type: 'string', default: 'default,legacy' },
	},
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const connections = Number(values.connections);
const perSecond = Number(values['per-second']);
const secret = 'bench secret';
/** Makes each body 4 KB. */
const padding = randomBytes(1_900).toString('hex');

interface Outgoing {
	body: string;
	headers: Record<string, string>;
}

/** Latencies in ms of the requests of one measurement, over all rounds. */
interface Measured {
	times: number[];
	/** Seconds of measuring. */
	elapsed: number;
	/** Seconds until all executions had ended. */
	ran: number;
	statuses: Set<number>;
}

type Side = { url: string; next: () => Outgoing; ran?: () => number };

const folder = await mkdtemp(join(tmpdir(), 'bench-webhook-'));
try {
	await buildPackage();
	const tarball = await packPackage(folder);
	const engines: Record<string, object> = {};
	for (const engine of values.engines.split(',')) {
		const userFolder = join(folder, engine);
		engines[engine] = await inN8n({ tarball, userFolder, engine }, async ({ client }) =>
			measure(await oursOn(client, userFolder), await builtInOn(client, userFolder), await closedBuiltInOn(client)),
		);
	}
	console.log(JSON.stringify({ ...machine(), connections, engines }, null, 2));
} finally {
	await rm(folder, { recursive: true, force: true });
}

async function measure(ours: Side, builtIn: Side, closedBuiltIn: Side): Promise<object> {
	const empty = (): Measured => ({ times: [], elapsed: 0, ran: 0, statuses: new Set() });
	const saturatedBy = { ours: empty(), builtIn: empty() };
	const pacedBy = { ours: empty(), builtIn: empty() };
	for (const side of [ours, builtIn]) await saturate(side, empty(), 2);
	for (let round = 0; round < rounds; round++) {
		// Who goes first takes turns too.
		const order = round % 2 === 0 ? (['ours', 'builtIn'] as const) : (['builtIn', 'ours'] as const);
		for (const name of order) await saturate(name === 'ours' ? ours : builtIn, saturatedBy[name], seconds);
		for (const name of order) await pace(name === 'ours' ? ours : builtIn, pacedBy[name]);
	}
	const forged = { url: ours.url, next: () => signed('guessed') };
	const refusedBy = { ours: empty(), builtIn: empty() };
	const refusedAloneBy = { ours: empty(), builtIn: empty() };
	for (const name of ['ours', 'builtIn'] as const) {
		const side = name === 'ours' ? forged : closedBuiltIn;
		await saturate(side, refusedBy[name], seconds);
		await saturate(side, refusedAloneBy[name], seconds / 2, 1);
	}
	const once = signed(secret);
	const repeatable = { url: ours.url, next: () => once };
	await saturate(repeatable, empty(), 0.5, 1);
	const repeats = empty();
	await saturate(repeatable, repeats, seconds);
	const repeatsAlone = empty();
	await saturate(repeatable, repeatsAlone, seconds / 2, 1);
	return {
		saturated: { ours: summary(saturatedBy.ours), builtIn: summary(saturatedBy.builtIn) },
		paced: { ours: summary(pacedBy.ours), builtIn: summary(pacedBy.builtIn) },
		refused: {
			stranger: {
				saturated: { ours: summary(refusedBy.ours), builtIn: summary(refusedBy.builtIn) },
				oneConnection: { ours: summary(refusedAloneBy.ours), builtIn: summary(refusedAloneBy.builtIn) },
			},
			repeat: { saturated: summary(repeats), oneConnection: summary(repeatsAlone) },
		},
	};
}

/** Waits until n8n has run as many more events as there were requests. */
async function finished({ ran }: Side, before: number, requests: number): Promise<void> {
	if (ran === undefined) return;
	while (ran() < before + requests) await delay(50);
}

/** Sends on `width` connections for some seconds, then lets n8n finish the executions. */
async function saturate(side: Side, into: Measured, howLong: number, width = connections): Promise<void> {
	const [before, sent] = [side.ran?.() ?? 0, into.times.length];
	const agent = new Agent({ keepAlive: true, maxSockets: width });
	const start = performance.now();
	const end = start + howLong * 1000;
	const lane = async (): Promise<void> => {
		while (performance.now() < end) await timed(side, agent, into);
	};
	await Promise.all(Array.from({ length: width }, lane));
	into.elapsed += (performance.now() - start) / 1000;
	await finished(side, before, into.times.length - sent);
	into.ran += (performance.now() - start) / 1000;
	agent.destroy();
	await delay(1_500);
}

async function pace(side: Side, into: Measured): Promise<void> {
	const [before, sent] = [side.ran?.() ?? 0, into.times.length];
	const agent = new Agent({ keepAlive: true });
	const start = performance.now();
	const requests: Array<Promise<void>> = [];
	for (let index = 0; index < seconds * perSecond; index++) {
		await delay(Math.max(0, start + (index * 1000) / perSecond - performance.now()));
		requests.push(timed(side, agent, into));
	}
	await Promise.all(requests);
	into.elapsed += (performance.now() - start) / 1000;
	await finished(side, before, into.times.length - sent);
	into.ran += (performance.now() - start) / 1000;
	agent.destroy();
	await delay(1_500);
}

async function timed(side: Side, agent: Agent, into: Measured): Promise<void> {
	const { body, headers } = side.next();
	const start = performance.now();
	const request = httpRequest(side.url, { method: 'POST', agent, headers });
	request.end(body);
	const [response] = (await once(request, 'response')) as [IncomingMessage];
	response.resume();
	await once(response, 'end');
	into.times.push(performance.now() - start);
	into.statuses.add(response.statusCode ?? 0);
}

function summary({ times, elapsed, ran, statuses }: Measured): object {
	const sorted = times.toSorted((a, b) => a - b);
	const at = (share: number): number => Number((sorted[Math.floor(sorted.length * share)] ?? NaN).toFixed(1));
	return {
		requests: times.length,
		perSecond: Math.round((times.length / elapsed) * 10) / 10,
		ranPerSecond: Math.round((times.length / ran) * 10) / 10,
		p50Ms: at(0.5),
		p99Ms: at(0.99),
		statuses: [...statuses],
	};
}

function signed(key: string): Outgoing {
	const body = JSON.stringify({ event: 'delivered', event_id: randomUUID(), recipient: 'ann@example.test', padding });
	const timestamp = String(Math.floor(Date.now() / 1000));
	return {
		body,
		headers: {
			'content-type': 'application/json',
			'x-webhook-timestamp': timestamp,
			'x-webhook-signature': createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex'),
		},
	};
}

async function oursOn(client: N8nClient, userFolder: string): Promise<Side> {
	const { id, name } = await client.createCredential('Sender', 'webhookSigningApi', { kind: 'secret', secret });
	const webhookId = randomUUID();
	await activate(client, {
		name: 'Email Webhook Trigger',
		type: 'n8n-nodes-email-pipeline.emailWebhookTrigger',
		typeVersion: 1,
		parameters: { provider: 'generic', options: { binaryData: true } },
		credentials: { webhookSigningApi: { id, name } },
		webhookId,
	});
	return {
		url: `${client.url}/webhook/${webhookId}/email`,
		next: () => signed(secret),
		ran: confirmedIn(userFolder),
	};
}

async function builtInOn(client: N8nClient, userFolder: string): Promise<Side> {
	const workflowId = await activate(client, {
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		parameters: { path: 'bench', httpMethod: 'POST', responseMode: 'onReceived' },
	});
	return {
		url: `${client.url}/webhook/bench`,
		next: () => signed(secret),
		ran: executionsOf(userFolder, workflowId),
	};
}

/** The built-in one behind Basic Auth, and a caller who does not know the password. */
async function closedBuiltInOn(client: N8nClient): Promise<Side> {
	const { id, name } = await client.createCredential('Callers', 'httpBasicAuth', { user: 'sender', password: secret });
	await activate(client, {
		name: 'Closed Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		parameters: { path: 'closed', httpMethod: 'POST', responseMode: 'onReceived', authentication: 'basicAuth' },
		credentials: { httpBasicAuth: { id, name } },
	});
	const authorization = `Basic ${Buffer.from('sender:guessed').toString('base64')}`;
	return {
		url: `${client.url}/webhook/closed`,
		next: () => {
			const { body, headers } = signed(secret);
			return { body, headers: { ...headers, authorization } };
		},
	};
}

/** How many events have run to the end of their execution, by the pipeline's store. */
function confirmedIn(userFolder: string): () => number {
	const path = join(userFolder, '.n8n', 'email-pipeline', 'store.sqlite');
	let database: DatabaseSync | null = null;
	return () => {
		// The first request makes it.
		if (!existsSync(path)) return 0;
		database ??= new DatabaseSync(path, { readOnly: true });
		const row = database.prepare("select count(*) as count from ingestion where stage = 'confirmed'").get();
		return Number(row?.count ?? 0);
	};
}

/** How many executions of the workflow have ended, by n8n's own database. */
function executionsOf(userFolder: string, workflowId: string): () => number {
	const database = new DatabaseSync(join(userFolder, '.n8n', 'database.sqlite'), { readOnly: true });
	const count = database.prepare(
		"select count(*) as count from execution_entity where workflowId = ? and status not in ('new', 'running')",
	);
	return () => Number(count.get(workflowId)?.count ?? 0);
}

type WebhookNode = Omit<WorkflowFile['nodes'][number], 'id' | 'position'>;

/** A workflow of this node alone. @returns its id */
async function activate(client: N8nClient, webhook: WebhookNode): Promise<string> {
	const node = { webhookId: randomUUID(), ...webhook, id: randomUUID(), position: [0, 0] as [number, number] };
	const { id } = await client.createWorkflow({ name: `bench: ${node.name}`, nodes: [node], connections: {} });
	await client.activate(id);
	return id;
}
