import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { node24 } from '../checkout.mts';
import { findFreePort } from '../ports.mts';
import { SetupError } from '../setup-error.mjs';
import type { InstalledN8n } from './install.mts';

const START_DEADLINE_MS = 240_000;
/** n8n itself gives running executions 30 s to end. */
const STOP_DEADLINE_MS = 45_000;
const POLL_MS = 250;
const LOG_TAIL_LINES = 25;

export interface N8nOptions {
	readonly n8n: InstalledN8n;
	/** Holds n8n's state (in its subfolder .n8n), and is what a restart finds again. */
	readonly userFolder: string;
	readonly port: number;
	/** What n8n writes is appended here. */
	readonly logFile: string;
	/** Further environment variables for n8n; they win over ours. */
	readonly env?: Readonly<Record<string, string>>;
	/** The command and its arguments: `['start']` unless told otherwise, such as `['worker']`. */
	readonly command?: readonly string[];
	/** Ends the wait for n8n to become ready, and n8n with it. */
	readonly signal?: AbortSignal;
}

export interface RunningN8n {
	/** Such as `http://127.0.0.1:5678`, without a slash at the end. */
	readonly url: string;
	readonly pid: number;
	/** Settles when n8n has ended, whatever the reason. */
	readonly exited: Promise<void>;
	/** Ends n8n as its supervisor would: SIGTERM, and SIGKILL if it does not comply. Can be called again. */
	stop(): Promise<void>;
	/** Ends n8n as a power cut would: SIGKILL to it and its children. */
	kill(): Promise<void>;
	/** Everything n8n has written so far. */
	logs(): Promise<string>;
}

/**
 * Starts n8n and waits until it serves requests. Nothing of it outlives this process: it is told to end on `stop`, and
 * ends by itself when we are gone.
 *
 * @throws {SetupError} when n8n ends or stays silent instead, with the end of its log
 */
export async function runN8n(options: N8nOptions): Promise<RunningN8n> {
	const { n8n, userFolder, port, logFile, env = {}, command = ['start'], signal } = options;
	await mkdir(userFolder, { recursive: true });
	await mkdir(dirname(logFile), { recursive: true });
	const child = spawn(node24, ['--require', join(import.meta.dirname, 'end-with-parent.cjs'), n8n.bin, ...command], {
		cwd: userFolder,
		env: { ...inheritedEnvironment(), ...quietEnvironment(userFolder, port, await findFreePort()), ...env },
		// A process group of its own, so that its task runners can be ended with it. The fourth is end-with-parent's pipe.
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
	});
	const log = createWriteStream(logFile, { flags: 'a' });
	child.stdout?.pipe(log, { end: false });
	child.stderr?.pipe(log, { end: false });
	const running = new N8nProcess(child, `http://127.0.0.1:${port}`, logFile);
	await running.waitUntilReady(signal);
	return running;
}

class N8nProcess implements RunningN8n {
	readonly pid: number;
	readonly url: string;
	readonly exited: Promise<void>;
	private readonly child: ChildProcess;
	private readonly logFile: string;
	private hasExited = false;

	constructor(child: ChildProcess, url: string, logFile: string) {
		this.child = child;
		this.url = url;
		this.logFile = logFile;
		if (child.pid === undefined) throw new SetupError(`Node 24 could not be started for n8n (${node24})`);
		this.pid = child.pid;
		this.exited = once(child, 'close').then(() => {
			this.hasExited = true;
			this.signalGroup('SIGKILL');
		});
	}

	async waitUntilReady(signal?: AbortSignal): Promise<void> {
		const deadline = Date.now() + START_DEADLINE_MS;
		while (!(await this.answers('/healthz/readiness'))) {
			if (signal?.aborted === true) {
				await this.kill();
				throw new SetupError('n8n was ended while starting');
			}
			if (this.hasExited) throw await this.failure('n8n ended while starting');
			if (Date.now() > deadline) {
				await this.kill();
				throw await this.failure(`n8n did not become ready within ${START_DEADLINE_MS / 1000} s`);
			}
			await delay(POLL_MS);
		}
	}

	async stop(): Promise<void> {
		if (this.hasExited) return;
		this.child.kill('SIGTERM');
		const inTime = await Promise.race([this.exited.then(() => true), delay(STOP_DEADLINE_MS, false, { ref: false })]);
		if (!inTime) await this.kill();
	}

	async kill(): Promise<void> {
		this.signalGroup('SIGKILL');
		await this.exited;
	}

	async logs(): Promise<string> {
		return await readFile(this.logFile, 'utf8');
	}

	/** The whole group: n8n and the task runners it has started. */
	private signalGroup(signal: NodeJS.Signals): void {
		try {
			process.kill(-this.pid, signal);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
		}
	}

	private async answers(path: string): Promise<boolean> {
		try {
			const response = await fetch(this.url + path, { signal: AbortSignal.timeout(5000) });
			await response.body?.cancel();
			return response.ok;
		} catch {
			return false;
		}
	}

	private async failure(what: string): Promise<SetupError> {
		const tail = (await this.logs()).trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
		return new SetupError(`${what}. The end of its log:\n${tail}`, { hint: `The whole log is in ${this.logFile}` });
	}
}

/** Ours, without what would make n8n believe that it is under test or configured by somebody else. */
function inheritedEnvironment(): NodeJS.ProcessEnv {
	return Object.fromEntries(
		Object.entries(process.env).filter(
			([name]) =>
				!/^(?:N8N|npm|VITEST|EXECUTIONS|QUEUE|DB|WEBHOOK)_/i.test(name) &&
				!['NODE_ENV', 'NODE_OPTIONS', 'NODE_PATH', 'VITEST', 'TEST', 'DEV', 'PROD', 'INIT_CWD'].includes(name),
		),
	);
}

/** Loopback only, no calls home, no banners. */
function quietEnvironment(userFolder: string, port: number, brokerPort: number): Record<string, string> {
	return {
		N8N_USER_FOLDER: userFolder,
		N8N_PORT: String(port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		N8N_SECURE_COOKIE: 'false',
		N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'true',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		// Asks api.n8n.io for a list at every start, and logs a failure when there is no network.
		N8N_DISABLED_MODULES: 'mcp-registry',
	};
}
