import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import manifest from '../../../package.json';
import { findFreePort } from '../../../tools/ports.mts';
import { isRunning } from './processState.ts';
import { sharedN8n, startN8n, type TestN8n } from './start.ts';

/** A workflow that needs nothing but n8n's own nodes, and runs once each time it is called. */
const echo = {
	name: 'driver: echo',
	nodes: [
		{
			id: 'hook',
			name: 'Hook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			position: [0, 0] as [number, number],
			parameters: { path: 'driver-echo', httpMethod: 'POST', responseMode: 'onReceived' },
			webhookId: 'driver-echo',
		},
	],
	connections: {},
};

/** n8n's convention: `dist/nodes/MimeParse/MimeParse.node.js` holds the class MimeParse, whose type is `mimeParse`. */
function namesIn(files: readonly string[]): string[] {
	expect(files).not.toEqual([]);
	return files
		.map((file) => basename(file).replace(/\..*$/, ''))
		.map((name) => name.charAt(0).toLowerCase() + name.slice(1));
}

describe('the package in a real n8n', () => {
	it('is loaded whole, under its own name', async () => {
		const { client } = await sharedN8n();
		const nodes = (await client.nodeTypes()).map(({ name }) => name);
		expect(nodes).toEqual(
			expect.arrayContaining(namesIn(manifest.n8n.nodes).map((name) => `${manifest.name}.${name}`)),
		);
		const credentials = (await client.credentialTypes()).map(({ name }) => name);
		expect(credentials).toEqual(expect.arrayContaining(namesIn(manifest.n8n.credentials)));
	});

	it('is offered with its own operations only', async () => {
		const { client } = await sharedN8n();
		const ours = (await client.nodeTypes()).filter(({ name }) => name.startsWith(`${manifest.name}.`));
		const offered = ours.flatMap(({ properties }) =>
			properties
				.filter(({ name }) => name === 'resource' || name === 'operation')
				.flatMap(({ options = [] }) => options),
		);
		expect(offered.length).toBeGreaterThan(20);
		expect(offered.map(({ name }) => name)).not.toContain('Custom API Call');
	});
});

describe('an n8n of a test’s own', () => {
	let n8n: TestN8n;

	beforeAll(async () => {
		n8n = await startN8n({ packageTarball: null });
	});
	afterAll(() => n8n.dispose());

	it('keeps its state, its address and the client’s login over a kill and a restart', async () => {
		const { id } = await n8n.client.createWorkflow(echo);
		await n8n.client.activate(id);
		const call = () => fetch(`${n8n.url}/webhook/driver-echo`, { method: 'POST', body: '{}' });
		expect((await call()).status).toBe(200);
		await n8n.client.waitForExecutions(id, 1);

		await n8n.kill();
		await expect(call()).rejects.toThrow();
		await n8n.restart();
		await n8n.client.waitUntilActive(id);
		expect((await call()).status).toBe(200);
		const executions = await n8n.client.waitForExecutions(id, 2);
		expect(executions.map(({ status }) => status)).toEqual(['success', 'success']);
	});

	it('says why a workflow could not be activated', async () => {
		const [hook] = echo.nodes;
		const broken = { ...hook!, type: 'n8n-nodes-base.emailReadImap', parameters: {}, name: 'Imap' };
		const { id } = await n8n.client.createWorkflow({ ...echo, name: 'driver: broken', nodes: [broken] });
		await expect(n8n.client.activate(id)).rejects.toThrow(/credential/i);
	});

	it('leaves no process behind', async () => {
		await n8n.stop();
		const log = await n8n.logs();
		expect(log).toContain('Stopping n8n');
		const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
		const environments = await Promise.all(
			processes.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')),
		);
		expect(environments.filter((environment) => environment.includes(n8n.userFolder))).toEqual([]);
	});
});

describe('an n8n whose starter is killed', () => {
	it('ends by itself', async () => {
		const userFolder = await mkdtemp(join(tmpdir(), 'email-pipeline-orphan-'));
		const logFile = join(userFolder, 'n8n.log');
		const options = { n8n: inject('n8n'), userFolder, logFile, port: await findFreePort() };
		const script = `
			const { runN8n } = await import(${JSON.stringify(join(__dirname, '../../../tools/n8n/run.mts'))});
			console.log((await runN8n(${JSON.stringify(options)})).pid);`;
		const starter = spawn(process.execPath, ['--input-type=module', '-e', script], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const [printed] = (await once(starter.stdout, 'data')) as [Buffer];
		const pid = Number(printed.toString());
		onTestFinished(() => {
			if (isRunning(pid)) process.kill(-pid, 'SIGKILL');
		});
		expect(isRunning(pid)).toBe(true);

		starter.kill('SIGKILL');
		await expect.poll(() => isRunning(pid), { timeout: 30_000 }).toBe(false);
		await rm(userFolder, { recursive: true, force: true });
	});
});
