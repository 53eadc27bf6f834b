/** n8n in queue mode, set up as docs/queue-mode.md tells: Postgres, Redis, one main, workers, one webhook processor. */
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { installPackage } from '../../../tools/install-package.mts';
import { N8nClient } from '../../../tools/n8n/client.mts';
import type { InstalledN8n } from '../../../tools/n8n/install.mts';
import { findFreePort } from '../../../tools/ports.mts';
import { runN8n, type RunningN8n } from '../../../tools/n8n/run.mts';
import { type PostgresServer, runSql, startPostgres } from '../../lib/store/postgresServer';
import { boxes } from '../../markdown';
import { type RedisServer, startRedis } from '../../servers/redis';
import { owner } from './instance';

export interface QueueModeOptions {
	n8n: InstalledN8n;
	/** The package, packed. */
	packageTarball: string;
	/** 2 unless told otherwise. */
	workers?: number;
	/** Executions at a time in each worker; 10, as n8n's own, unless told otherwise. */
	concurrency?: number;
	/** Further environment variables for every process. */
	env?: Readonly<Record<string, string>>;
	/** Further ones for one process: `main`, `webhook`, `worker-1` and so on. */
	envOf?: (name: string) => Readonly<Record<string, string>>;
	/** SQL for the fresh database, before n8n makes its tables. */
	prepareDatabase?: string;
}

/** One process of n8n with a user folder of its own, as if it were on a machine of its own. */
export interface QueueProcess {
	readonly name: string;
	/** Such as `http://127.0.0.1:34567`. */
	readonly url: string;
	readonly userFolder: string;
	/** False once it has ended, whoever ended it. */
	running(): boolean;
	/** Waits until it is ready; does nothing while it runs. */
	start(): Promise<void>;
	/** Orderly, as a supervisor does it. */
	stop(): Promise<void>;
	/** SIGKILL to it and its children. */
	kill(): Promise<void>;
	/** SIGSTOP and SIGCONT: the process stands still, its connections stay open. */
	freeze(isFrozen: boolean): void;
	logs(): Promise<string>;
}

export interface QueueMode {
	readonly postgres: PostgresServer;
	readonly redis: RedisServer;
	readonly main: QueueProcess;
	readonly workers: readonly QueueProcess[];
	readonly webhookProcessor: QueueProcess;
	/** Every process of n8n. */
	readonly processes: readonly QueueProcess[];
	/** Of the main, logged in; stays valid over restarts. */
	readonly client: N8nClient;
	/** Data of a PipelineStoreApi credential, in n8n's own database. */
	readonly storeCredential: Readonly<Record<string, unknown>>;
	/** The same store for the library. */
	readonly storeUrl: string;
	readonly storeSchema: string;
	/** Ends everything and removes it. */
	stop(): Promise<void>;
}

const STORE_SCHEMA = 'email_pipeline';

/** Some minute on a small machine: n8n is started four times. */
export async function startQueueMode(options: QueueModeOptions): Promise<QueueMode> {
	const folder = await mkdtemp(join(tmpdir(), 'email-pipeline-queue-'));
	const started: Array<{ stop(): Promise<void> }> = [];
	const stop = async (): Promise<void> => {
		for (const part of started.reverse().splice(0)) await part.stop();
		await rm(folder, { recursive: true, force: true, maxRetries: 5 });
	};
	try {
		const redis = await startRedis();
		started.push(redis);
		const postgres = await startPostgres({ max_connections: '200' });
		started.push(postgres);
		if (options.prepareDatabase !== undefined) await runSql(postgres.url, options.prepareDatabase);
		const documented = await documentedEnvironment(postgres, redis);
		const env = { ...documented.every, ...options.env };

		const installed = join(folder, 'installed');
		await installPackage(options.packageTarball, installed);
		const prepare = async (name: string, command: string[], more: (port: number) => Record<string, string>) => {
			const userFolder = join(folder, name);
			// As `npm install` on each machine does; here all may share one folder, which nobody writes to.
			await mkdir(join(userFolder, '.n8n'), { recursive: true });
			await symlink(join(installed, '.n8n', 'nodes'), join(userFolder, '.n8n', 'nodes'));
			const port = await findFreePort();
			const part = processOf({
				name,
				port,
				userFolder,
				command,
				n8n: options.n8n,
				env: { ...env, ...more(port), ...options.envOf?.(name) },
			});
			// Nobody needs its state any more, and in an orderly way it would wait for executions whose worker has ended.
			started.push({ stop: () => part.kill() });
			return part;
		};
		const main = await prepare('main', ['start'], () => documented.main);
		const webhookProcessor = await prepare('webhook', ['webhook'], () => ({}));
		const workers: QueueProcess[] = [];
		for (let number = 1; number <= (options.workers ?? 2); number++) {
			const environment = (port: number) => ({
				...documented.worker,
				QUEUE_HEALTH_CHECK_PORT: String(port),
				N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
			});
			const command = ['worker', `--concurrency=${options.concurrency ?? 10}`];
			workers.push(await prepare(`worker-${number}`, command, environment));
		}
		// The main migrates the database; the others want it migrated.
		await main.start();
		const client = new N8nClient(main.url);
		await client.setUpOwner(owner);
		await Promise.all([webhookProcessor, ...workers].map((part) => part.start()));
		return {
			postgres,
			redis,
			main,
			workers,
			webhookProcessor,
			processes: [main, webhookProcessor, ...workers],
			client,
			storeCredential: storeCredential(postgres),
			storeUrl: postgres.url,
			storeSchema: STORE_SCHEMA,
			stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

/** The environment that docs/queue-mode.md sets for each kind of process, its addresses and secrets those of here. */
async function documentedEnvironment(
	postgres: PostgresServer,
	redis: RedisServer,
): Promise<Record<'every' | 'main' | 'worker', Record<string, string>>> {
	const { hostname, port, username, password, pathname } = new URL(postgres.url);
	const ofHere: Record<string, string> = {
		DB_POSTGRESDB_HOST: hostname,
		DB_POSTGRESDB_PORT: port,
		DB_POSTGRESDB_DATABASE: pathname.slice(1),
		DB_POSTGRESDB_USER: decodeURIComponent(username),
		DB_POSTGRESDB_PASSWORD: decodeURIComponent(password),
		QUEUE_BULL_REDIS_HOST: redis.host,
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		N8N_ENCRYPTION_KEY: 'the same for every process',
	};
	const page = await readFile(resolve('docs/queue-mode.md'), 'utf8');
	const [connections, recovery, main, worker] = boxes(page, '2. Environment of every process', 'sh').map((box) =>
		Object.fromEntries([...box.matchAll(/^([A-Z][A-Z0-9_]*)=(\S+)/gm)].map(([, name, value]) => [name!, value!])),
	);
	if (!connections || !recovery || !main || !worker) throw new Error('docs/queue-mode.md lacks an environment');
	return { every: { ...connections, ...recovery, ...ofHere }, main, worker };
}

function storeCredential(postgres: PostgresServer): Record<string, unknown> {
	const { hostname, port, username, password, pathname } = new URL(postgres.url);
	return {
		driver: 'postgres',
		host: hostname,
		port: Number(port),
		user: decodeURIComponent(username),
		password: decodeURIComponent(password),
		database: pathname.slice(1),
		schema: STORE_SCHEMA,
		ssl: 'disable',
	};
}

interface ProcessOptions {
	name: string;
	port: number;
	userFolder: string;
	command: string[];
	n8n: InstalledN8n;
	env: Record<string, string>;
}

function processOf({ name, port, userFolder, command, n8n, env }: ProcessOptions): QueueProcess {
	const logFile = resolve('test-results', 'n8n', `queue-${name}-${port}.log`);
	let current: RunningN8n | null = null;
	let starting: AbortController | null = null;
	return {
		name,
		url: `http://127.0.0.1:${port}`,
		userFolder,
		running: () => current !== null,
		async start() {
			if (current !== null || starting !== null) return;
			starting = new AbortController();
			try {
				const { signal } = starting;
				const running = await runN8n({ n8n, userFolder, port, logFile, command, env, signal });
				current = running;
				void running.exited.then(() => {
					if (current === running) current = null;
				});
			} finally {
				starting = null;
			}
		},
		async stop() {
			starting?.abort();
			await current?.stop();
		},
		async kill() {
			starting?.abort();
			await current?.kill();
		},
		freeze(isFrozen) {
			if (current !== null) process.kill(-current.pid, isFrozen ? 'SIGSTOP' : 'SIGCONT');
		},
		logs: async () => (await current?.logs()) ?? '',
	};
}
