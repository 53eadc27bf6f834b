/**
 * Measures Idempotent Send (ledger on) beside n8n's built-in Send Email, in the same n8n and the same run, and beside plain
 * nodemailer, all to one local SMTP sink, and prints JSON. A request to a webhook is answered when its mail was taken.
 *
 *   node bench/send.mts [--seconds 6] [--rounds 2] [--engine default]
 *
 * `one` and `eight`: so many requests under way at a time. The ledger is on SQLite (n8n's embedded store) and on a
 * PostgreSQL of its own with fsync on. The sides take turns, `rounds` times. nodemailer sends without n8n, a connection
 * for each mail, as the built-in node does; ours keeps sessions. Both nodes take the subject from the request, by an
 * expression (the first one costs an execution of n8n 2.41 some 4 ms); ours the event's id as well. The sink greets
 * 100 ms after a connection was made, as smtp-server does. `engine` is N8N_EXPRESSION_ENGINE.
 */
import '../test/lib/store/processes/typescript.mjs';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { createTransport } from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { buildPackage } from '../tools/build.mts';
import { packPackage } from '../tools/install-package.mts';
import type { N8nClient, SavedCredential, WorkflowFile } from '../tools/n8n/client.mts';
import { findFreePort } from '../tools/ports.mts';
import { inN8n, machine } from './n8n.mts';

const { startPostgres } = await import('../test/lib/store/postgresServer.ts');

const { values } = parseArgs({
	options: {
		seconds: { type: 'string', default: '6' },
		rounds: { type: 'string', default: '2' },
		engine: { type: 'string', default: 'default' },
	},
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const widths = { one: 1, eight: 8 } as const;
const text = 'Your order has left our house.\n'.repeat(60);
/** Of the request, as in any workflow that mails about something. */
const subject = '=Your order {{ $json.body.id }}';

/** Sends one mail and settles when it was taken. */
type Side = () => Promise<void>;

interface Measured {
	/** ms */
	times: number[];
	/** s */
	elapsed: number;
}

const folder = await mkdtemp(join(tmpdir(), 'bench-send-'));
const sink = await startSink();
const postgres = await startPostgres({ fsync: 'on' });
try {
	await buildPackage();
	const { engine } = values;
	const options = { tarball: await packPackage(folder), userFolder: join(folder, 'n8n'), engine };
	const report = await inN8n(options, async ({ client }) =>
		measure({
			sqlite: await idempotentSend(client, null),
			postgres: await idempotentSend(client, postgres.url),
			builtIn: await sendEmail(client),
			nodemailer: plainNodemailer(),
		}),
	);
	console.log(JSON.stringify({ ...machine(), engine, mails: sink.count(), ...report }, null, 2));
} finally {
	await postgres.stop();
	await sink.stop();
	await rm(folder, { recursive: true, force: true });
}

async function measure(sides: Record<'sqlite' | 'postgres' | 'builtIn' | 'nodemailer', Side>): Promise<object> {
	const names = Object.keys(sides) as Array<keyof typeof sides>;
	for (const name of names) await saturate(sides[name], { times: [], elapsed: 0 }, 8, 2);
	const at = async (width: number) => {
		const empty = (): Measured => ({ times: [], elapsed: 0 });
		const measured = { sqlite: empty(), postgres: empty(), builtIn: empty(), nodemailer: empty() };
		for (let round = 0; round < rounds; round++) {
			// Who goes first takes turns too.
			for (const name of round % 2 === 0 ? names : names.toReversed()) {
				await saturate(sides[name], measured[name], width, seconds);
			}
		}
		const { sqlite, postgres: pg, builtIn, nodemailer } = measured;
		const others = { builtIn: summary(builtIn), nodemailer: summary(nodemailer) };
		return { sqlite: { ours: summary(sqlite), ...others }, postgres: { ours: summary(pg), ...others } };
	};
	return { one: await at(widths.one), eight: await at(widths.eight) };
}

async function saturate(send: Side, into: Measured, width: number, howLong: number): Promise<void> {
	const start = performance.now();
	const end = start + howLong * 1000;
	const lane = async (): Promise<void> => {
		while (performance.now() < end) {
			const begun = performance.now();
			await send();
			into.times.push(performance.now() - begun);
		}
	};
	await Promise.all(Array.from({ length: width }, lane));
	into.elapsed += (performance.now() - start) / 1000;
}

function summary({ times, elapsed }: Measured): object {
	const sorted = times.toSorted((a, b) => a - b);
	const at = (share: number): number => Number((sorted[Math.floor(sorted.length * share)] ?? NaN).toFixed(1));
	return {
		sends: times.length,
		perSecond: Math.round((times.length / elapsed) * 10) / 10,
		p50Ms: at(0.5),
		p99Ms: at(0.99),
	};
}

async function startSink(): Promise<{ port: number; count: () => number; stop: () => Promise<void> }> {
	let mails = 0;
	const server = new SMTPServer({
		name: 'sink',
		authOptional: true,
		disabledCommands: ['AUTH', 'STARTTLS'],
		disableReverseLookup: true,
		onAuth: (_auth, _session, done) => done(new Error('There is no login here')),
		onRcptTo: (_address, _session, done) => done(),
		onData: (stream, _session, done) => {
			stream.resume();
			stream.once('end', () => {
				mails++;
				done(null);
			});
		},
	});
	// As mail servers do: else the replies to pipelined commands wait 40 ms for each other (Nagle and delayed ACK).
	server.server.on('connection', (socket: Socket) => socket.setNoDelay(true));
	const port = await findFreePort();
	server.listen(port, '127.0.0.1');
	await once(server.server, 'listening');
	return { port, count: () => mails, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function idempotentSend(client: N8nClient, url: string | null): Promise<Side> {
	const smtp = await client.createCredential(`Sink ${url === null ? 1 : 2}`, 'smtpServerApi', {
		host: '127.0.0.1',
		port: sink.port,
		security: 'none',
	});
	const credentials = [smtp];
	if (url !== null) {
		const { hostname, port, username, password, pathname } = new URL(url);
		credentials.push(
			await client.createCredential('Ledger', 'pipelineStoreApi', {
				driver: 'postgres',
				host: hostname,
				port: Number(port),
				user: username,
				password: decodeURIComponent(password),
				database: pathname.slice(1),
				ssl: 'disable',
			}),
		);
	}
	return await webhookSide(client, `ours-${url === null ? 'sqlite' : 'postgres'}`, credentials, {
		type: 'n8n-nodes-email-pipeline.idempotentSend',
		typeVersion: 1,
		parameters: {
			operation: 'send',
			fromEmail: 'shop@example.test',
			toEmail: 'ann@example.test',
			subject,
			emailFormat: 'text',
			text,
			eventId: '={{ $json.body.id }}',
			options: url === null ? {} : { store: 'credential' },
		},
	});
}

async function sendEmail(client: N8nClient): Promise<Side> {
	const smtp = await client.createCredential('Sink', 'smtp', {
		user: '',
		password: '',
		host: '127.0.0.1',
		port: sink.port,
		secure: false,
		disableStartTls: true,
	});
	return await webhookSide(client, 'built-in', [smtp], {
		type: 'n8n-nodes-base.emailSend',
		typeVersion: 2.1,
		parameters: {
			fromEmail: 'shop@example.test',
			toEmail: 'ann@example.test',
			subject,
			emailFormat: 'text',
			text,
			options: { appendAttribution: false },
		},
	});
}

async function webhookSide(
	client: N8nClient,
	path: string,
	credentials: readonly SavedCredential[],
	node: Pick<WorkflowFile['nodes'][number], 'type' | 'typeVersion' | 'parameters'>,
): Promise<Side> {
	const webhookId = randomUUID();
	const { id } = await client.createWorkflow({
		name: `bench: ${path}`,
		nodes: [
			{
				id: randomUUID(),
				name: 'Webhook',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2,
				position: [0, 0],
				parameters: { path, httpMethod: 'POST', responseMode: 'lastNode' },
				webhookId,
			},
			{
				...node,
				id: randomUUID(),
				name: 'Send',
				position: [200, 0],
				credentials: Object.fromEntries(credentials.map((saved) => [saved.type, { id: saved.id, name: saved.name }])),
			},
		],
		connections: { Webhook: { main: [[{ node: 'Send', type: 'main', index: 0 }]] } },
	});
	await client.activate(id);
	const agent = new Agent({ keepAlive: true });
	const send = async (): Promise<void> => {
		const body = JSON.stringify({ id: randomUUID() });
		const request = httpRequest(`${client.url}/webhook/${path}`, {
			method: 'POST',
			agent,
			headers: { 'content-type': 'application/json' },
		});
		request.end(body);
		const [response] = (await once(request, 'response')) as [IncomingMessage];
		const answer = (await response.toArray()).join('');
		if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${answer}`);
	};
	const before = sink.count();
	await send();
	if (sink.count() !== before + 1) throw new Error(`${path} was answered, but sent nothing`);
	return send;
}

function plainNodemailer(): Side {
	const transport = createTransport({ host: '127.0.0.1', port: sink.port, ignoreTLS: true });
	return async () => {
		const subject = `Your order ${randomUUID()}`;
		await transport.sendMail({ from: 'shop@example.test', to: 'ann@example.test', subject, text });
	};
}
