import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../../tools/ports.mts';

const root = resolve(__dirname, '..', '..');
const START_DEADLINE_MS = 300_000;
const COMMAND_DEADLINE_MS = 90_000;

const question = [
	'From: Bob <bob@elsewhere.test>',
	'To: demo@example.test',
	'Subject: How much is it?',
	'Message-ID: <demo-test-1@elsewhere.test>',
	`Date: ${new Date().toUTCString()}`,
	'',
	'The blue one, please.',
	'',
].join('\r\n');

let folder: string;
let ports: string[];
let demo: ChildProcess;
let printed = '';

function run(script: string, args: readonly string[]): ChildProcess {
	return spawn(process.execPath, ['tools/with-dependencies.mjs', script, ...args], {
		cwd: root,
		env: { ...process.env, EMAIL_PIPELINE_DEMO_DIR: join(folder, 'demo') },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
}

async function start(): Promise<void> {
	printed = '';
	demo = run('demo/start.mts', ports);
	const exited = once(demo, 'close').then(() => 'exited' as const);
	const up = new Promise<'up'>((resolveUp) => {
		for (const stream of [demo.stdout, demo.stderr]) {
			stream?.on('data', (chunk: Buffer) => {
				printed += chunk.toString();
				if (printed.includes('The demo is up.')) resolveUp('up');
			});
		}
	});
	const late = new Promise<'late'>((resolveLate) => setTimeout(resolveLate, START_DEADLINE_MS, 'late').unref());
	expect(await Promise.race([up, exited, late]), printed).toBe('up');
}

async function stop(): Promise<number | null> {
	if (demo.exitCode !== null) return demo.exitCode;
	const closed = once(demo, 'close') as Promise<[number | null]>;
	demo.kill('SIGINT');
	return (await closed)[0];
}

/** Runs one of the demo's commands to its end; one that does not end is ended, which its output then shows. */
async function command(script: string, ...args: string[]): Promise<string> {
	const child = run(script, args);
	const timer = setTimeout(() => child.kill('SIGINT'), COMMAND_DEADLINE_MS);
	let output = '';
	for (const stream of [child.stdout, child.stderr])
		stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
	await once(child, 'close');
	clearTimeout(timer);
	return output;
}

/** The processes, other than this one, that were started for the demo's folder. */
async function demoProcesses(): Promise<string[]> {
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
	const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')));
	return pids.filter((_pid, index) => environments[index]?.includes(folder) === true);
}

describe('npm start', () => {
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'demo-test-'));
		const [port, imapPort, smtpPort] = [await findFreePort(), await findFreePort(), await findFreePort()];
		ports = ['--port', String(port), '--imap-port', String(imapPort), '--smtp-port', String(smtpPort)];
		await writeFile(join(folder, 'question.eml'), question);
		await start();
	});

	afterAll(async () => {
		await stop();
		await rm(folder, { recursive: true, force: true });
	});

	it('prints the address, the login, the active workflows and how to deliver a mail', () => {
		expect(printed).toMatch(/Editor +http:\/\/127\.0\.0\.1:\d+/);
		expect(printed).toMatch(/Log in +demo@example\.test +password: \S+/);
		expect(printed).toMatch(/Workflows +.*Support inbox/);
		expect(printed).toMatch(/Workflows +.*Signed webhook intake/);
		expect(printed).toMatch(/Workflows +.*Operations dashboard/);
		expect(printed).toMatch(/To look at +.*Support inbox to ticket/);
		expect(printed).not.toMatch(/To look at +.*Daily report/);
		expect(printed).toContain('npm run demo:mail -- FILE.eml');
	});

	it('shows the dashboard behind the login', async () => {
		const [, address] = /Dashboard +(http\S+)/.exec(printed) ?? [];
		const [, user, password] = /Log in +(\S+) +password: (\S+)/.exec(printed) ?? [];
		const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
		expect((await fetch(address!)).status).toBe(401);
		expect(await (await fetch(address!, { headers: { authorization } })).text()).toContain('Email operations');
	});

	it('answers the sample mail', async () => {
		const output = await command('demo/mail.mts');
		expect(output).toMatch(/Execution \d+: success/);
		expect(output).toContain('The reply in the mailbox of customer@example.test:');
		expect(output).toContain('Subject: Re: Where is my order 4711?');
	});

	it('answers any mail once: not again when it comes again, nor after a restart', async () => {
		const file = join(folder, 'question.eml');
		expect(await command('demo/mail.mts', file)).toContain('In-Reply-To: <demo-test-1@elsewhere.test>');
		expect(await command('demo/mail.mts', file)).toContain('No second reply was sent');
		expect(await stop(), printed).toBe(0);
		await start();
		expect(await command('demo/mail.mts', file)).toContain('No second reply was sent');
	});

	it('takes a signed webhook once, and refuses a forged one', async () => {
		const output = await command('demo/webhook.mts');
		expect(output).toMatch(/signed: 200\nExecution \d+: success/);
		expect(output).toContain('The same request again: 200, and no second execution');
		expect(output).toContain('With another body under that signature: 401');
	});

	it('refuses to run twice on one folder', async () => {
		expect(await command('demo/start.mts', ...ports)).toContain('The demo runs already');
	});

	it('ends every process on Ctrl-C', async () => {
		expect((await demoProcesses()).length).toBeGreaterThan(1);
		expect(await stop()).toBe(0);
		expect(await demoProcesses()).toEqual([]);
		expect(await command('demo/mail.mts')).toContain('The demo is not running');
	});
});
