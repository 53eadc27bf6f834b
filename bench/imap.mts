/**
 * Measures the IMAP IDLE Trigger beside n8n's built-in Email Trigger (IMAP), in the same n8n and the same run, on a
 * Dovecot with its defaults (which tells of new mail after 0.5 s), and beside a bare imapflow in IDLE; prints JSON.
 *
 *   node bench/imap.mts [--parts latency,burst,memory,faults] [--mails 12] [--pause 17] [--backlog 20000] [--outage 90]
 *
 * Times run from the moment a mail is in the mailbox to `startedAt` of its execution, in ms. `idle`: one mail at a time, so
 * many seconds apart; `activated`: at once after publishing; `busy`: four mails a second. `burst`: mails of 10 KB that wait
 * when the workflow is published, until the last one has run. `memory`: the highest resident size of n8n, for each side in
 * an n8n of its own. `faults`: until a mail starts its execution when the connection has become half-open, and after the
 * server was away; null where it never does while this waits.
 */
import '../test/lib/store/processes/typescript.mjs';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ImapFlow } from 'imapflow';
import type { INode, INodeParameters } from 'n8n-workflow';
import { buildPackage } from '../tools/build.mts';
import { packPackage } from '../tools/install-package.mts';
import type { N8nClient } from '../tools/n8n/client.mts';
import type { FaultyProxy } from '../test/servers/mail/proxy.ts';
import { MailExecutions, PATIENCE } from './mailExecutions.mts';
import { inN8n, machine } from './n8n.mts';

const { startDovecot } = await import('../test/servers/mail/dovecot.ts');
const { startProxy } = await import('../test/servers/mail/proxy.ts');

const { values } = parseArgs({
	options: {
		parts: { type: 'string', default: 'latency,burst,memory,faults' },
		mails: { type: 'string', default: '12' },
		pause: { type: 'string', default: '17' },
		backlog: { type: 'string', default: '20000' },
		outage: { type: 'string', default: '90' },
	},
});
const parts = values.parts.split(',');
const SIDES = ['ours', 'builtIn'] as const;
type Side = (typeof SIDES)[number];
const userOf = (side: Side | 'bare') => `${side.toLowerCase()}@example.test`;

const folder = await mkdtemp(join(tmpdir(), 'bench-imap-'));
const users = Object.fromEntries([...SIDES, 'bare' as const].map((side) => [userOf(side), 'secret']));
const dovecot = await startDovecot({ users, maxConnectionsPerUser: 20 });
let tarball = '';

/** One n8n with both workflows, not yet published. */
interface World {
	client: N8nClient;
	pid: number;
	workflows: Record<Side, string>;
	executions: Record<Side, MailExecutions>;
}

function inWorld(name: string, port: number, work: (world: World) => Promise<object>): Promise<object> {
	const userFolder = join(folder, name);
	return inN8n({ tarball, userFolder }, async ({ client, pid }) => {
		const account = { host: dovecot.host, port, password: 'secret' };
		const mine = { ...account, user: userOf('ours'), security: 'none' };
		const theirs = { ...account, user: userOf('builtIn'), secure: false };
		const workflows = {
			ours: await workflowOf(client, 'imapMailboxApi', mine, 'n8n-nodes-email-pipeline.imapIdleTrigger', 1, {
				mailbox: { __rl: true, mode: 'name', value: 'INBOX' },
				options: { afterProcessing: 'markSeen' },
			}),
			builtIn: await workflowOf(client, 'imap', theirs, 'n8n-nodes-base.emailReadImap', 2.1, {}),
		};
		const database = new DatabaseSync(join(userFolder, '.n8n', 'database.sqlite'), { readOnly: true });
		const executions = {
			ours: new MailExecutions(database, workflows.ours),
			builtIn: new MailExecutions(database, workflows.builtIn),
		};
		return await work({ client, pid, workflows, executions });
	});
}

/** A workflow that holds the trigger alone. */
async function workflowOf(
	client: N8nClient,
	credentialType: string,
	account: Record<string, unknown>,
	type: string,
	typeVersion: number,
	parameters: INodeParameters,
): Promise<string> {
	const { id, name } = await client.createCredential(type, credentialType, account);
	const credentials = { [credentialType]: { id, name } };
	const node: INode = {
		id: randomUUID(),
		name: 'Trigger',
		type,
		typeVersion,
		position: [0, 0],
		parameters,
		credentials,
	};
	return (await client.createWorkflow({ name: `bench: ${type}`, nodes: [node], connections: {} })).id;
}

let delivered = 0;
/** Puts a mail into the mailbox. @returns its subject, and when it was there */
async function deliver(side: Side | 'bare', bytes = 1_000): Promise<{ subject: string; at: number }> {
	const subject = `bench-${side}-${++delivered}`;
	const line = `${'x'.repeat(74)}\r\n`;
	const head = `From: Ann <ann@example.test>\r\nTo: ${userOf(side)}\r\nSubject: ${subject}\r\nMessage-ID: <${randomUUID()}@example.test>\r\n`;
	await dovecot.deliver(userOf(side), `${head}\r\n${line.repeat(Math.ceil(bytes / line.length))}`);
	return { subject, at: Date.now() };
}

async function latencies({ client, workflows, executions }: World): Promise<object> {
	const activated: Record<Side, number[]> = { ours: [], builtIn: [] };
	for (let round = 0; round < 3; round++) {
		for (const side of SIDES) {
			await client.activate(workflows[side]);
			while ((await dovecot.connections(userOf(side))) === 0) await delay(20);
			await delay(500);
			const { subject, at } = await deliver(side);
			activated[side].push(((await executions[side].of(subject))?.started ?? NaN) - at);
			await client.deactivate(workflows[side]);
		}
	}
	for (const side of SIDES) await client.activate(workflows[side]);
	const told: number[] = [];
	const bare = new ImapFlow({
		host: dovecot.host,
		port: dovecot.port,
		secure: false,
		doSTARTTLS: false,
		auth: { user: userOf('bare'), pass: 'secret' },
		logger: false,
	});
	await bare.connect();
	await bare.mailboxOpen('INBOX');
	bare.on('exists', () => told.push(Date.now()));
	void bare.idle();
	const idle = { bare: [] as number[], ours: [] as number[], builtIn: [] as number[] };
	for (let index = 0; index < Number(values.mails); index++) {
		await delay(Number(values.pause) * 1_000);
		const before = told.length;
		const { at } = await deliver('bare');
		while (told.length === before) await delay(10);
		idle.bare.push((told[before] ?? NaN) - at);
		for (const side of SIDES) {
			const mail = await deliver(side);
			idle[side].push(((await executions[side].of(mail.subject))?.started ?? NaN) - mail.at);
		}
	}
	await bare.logout();
	const busy: Record<Side, number[]> = { ours: [], builtIn: [] };
	for (const side of SIDES) {
		const mails: Array<{ subject: string; at: number }> = [];
		for (let index = 0; index < 60; index++) {
			mails.push(await deliver(side));
			await delay(250);
		}
		for (const { subject, at } of mails) busy[side].push(((await executions[side].of(subject))?.started ?? NaN) - at);
	}
	return { activated: summaries(activated), idle: summaries(idle), busy: summaries(busy) };
}

function summaries(times: Record<string, number[]>): object {
	return Object.fromEntries(Object.entries(times).map(([side, values]) => [side, summary(values)]));
}

function summary(times: readonly number[]): object {
	const sorted = times.toSorted((a, b) => a - b);
	const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
	return { mails: sorted.length, p50Ms: at(0.5), p95Ms: at(0.95), maxMs: sorted.at(-1) ?? null };
}

/** Both have watched their mailbox before, so what waits when they are published again is theirs. */
async function burst({ client, workflows, executions }: World): Promise<object> {
	const mails = 1_000;
	const result: Partial<Record<Side, object>> = {};
	for (const side of SIDES) {
		await client.activate(workflows[side]);
		await executions[side].of((await deliver(side)).subject);
		await client.deactivate(workflows[side]);
		const subjects: string[] = [];
		for (let index = 0; index < mails; index++) subjects.push((await deliver(side, 10_000)).subject);
		const before = executions[side].look().count;
		const start = Date.now();
		await client.activate(workflows[side]);
		const published = Date.now();
		for (const subject of subjects) await executions[side].of(subject);
		const ends = subjects.map((subject) => executions[side].mails.get(subject));
		result[side] = {
			mails: ends.filter((end) => end !== undefined).length,
			executions: executions[side].count - before,
			publishedMs: published - start,
			lastStartedMs: Math.max(...ends.map((end) => end?.started ?? NaN)) - start,
			lastEndedMs: Math.max(...ends.map((end) => end?.stopped ?? NaN)) - start,
		};
		await client.deactivate(workflows[side]);
	}
	return result;
}

async function memory({ client, pid, workflows, executions }: World, side: Side): Promise<object> {
	await client.activate(workflows[side]);
	const first = await deliver(side);
	await executions[side].of(first.subject);
	const restingMiB = peakSince(pid);
	const large = await deliver(side, 25 * 1024 * 1024);
	const largeEnd = await executions[side].of(large.subject);
	const largeMiB = peakSince(pid);
	await client.deactivate(workflows[side]);
	const count = Number(values.backlog);
	for (let index = 0; index < count; index++) await deliver(side, 1_000);
	const backlog = delivered;
	peakSince(pid);
	const start = Date.now();
	await client.activate(workflows[side]);
	const last = await executions[side].of(`bench-${side}-${backlog}`);
	const ran = [...executions[side].mails.keys()].filter((subject) => Number(subject.split('-')[2]) > backlog - count);
	return {
		restingMiB,
		largeMail: { ran: largeEnd !== null, peakMiB: largeMiB },
		backlog: {
			mails: count,
			ran: ran.length,
			seconds: last && Math.round((last.stopped - start) / 1_000),
			peakMiB: peakSince(pid),
		},
	};
}

/** The highest resident size since the last call, in MiB (proc(5), clear_refs). */
function peakSince(pid: number): number {
	const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
	writeFileSync(`/proc/${pid}/clear_refs`, '5');
	return Math.round(Number(kilobytes) / 1024);
}

/** Both sides at once: each waits for its own mail. */
async function faults({ client, workflows, executions }: World, proxy: FaultyProxy): Promise<object> {
	for (const side of SIDES) {
		await client.activate(workflows[side]);
		await executions[side].of((await deliver(side)).subject);
	}
	await delay(20_000);
	const seconds = async (patience: number): Promise<Record<Side, number | null>> => {
		const start = Date.now();
		const recovered = async (side: Side) => {
			const times = await executions[side].of((await deliver(side)).subject, patience);
			return times && Math.round((times.started - start) / 100) / 10;
		};
		const [ours, builtIn] = await Promise.all([recovered('ours'), recovered('builtIn')]);
		return { ours, builtIn };
	};
	proxy.freezeAll();
	const halfOpenSeconds = await seconds(PATIENCE);
	await dovecot.kill();
	await delay(Number(values.outage) * 1_000);
	await dovecot.restart();
	return { halfOpenSeconds, outage: { seconds: Number(values.outage), recoveredSeconds: await seconds(60_000) } };
}

try {
	await buildPackage();
	tarball = await packPackage(folder);
	const loadBefore = loadavg()[0];
	const report: Record<string, object> = {};
	if (parts.includes('latency')) report.latency = await inWorld('latency', dovecot.port, latencies);
	if (parts.includes('burst')) report.burst = await inWorld('burst', dovecot.port, burst);
	if (parts.includes('memory')) {
		const megabytes: Partial<Record<Side, object>> = {};
		for (const side of SIDES) {
			megabytes[side] = await inWorld(`memory-${side}`, dovecot.port, (world) => memory(world, side));
		}
		report.memory = megabytes;
	}
	if (parts.includes('faults')) {
		const proxy = await startProxy(dovecot);
		try {
			report.faults = await inWorld('faults', proxy.port, (world) => faults(world, proxy));
		} finally {
			await proxy.stop();
		}
	}
	console.log(JSON.stringify({ ...machine(), loadBefore, loadAfter: loadavg()[0], ...report }, null, 2));
} finally {
	await dovecot.stop();
	await rm(folder, { recursive: true, force: true });
}
