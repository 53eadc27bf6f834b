import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Daemon, firstAnswer, freePorts, startDaemon } from './mail/daemon';

export interface RedisServer {
	readonly host: '127.0.0.1';
	readonly port: number;
	/** Ends it at once, as a power cut does; what was written stays. */
	kill(): Promise<void>;
	/** Kills what runs and starts again on the same port and data. */
	restart(): Promise<void>;
	/** Ends it and removes its data. Idempotent. */
	stop(): Promise<void>;
	logs(): Promise<string>;
}

const START_DEADLINE_MS = 30_000;

/** Starts a Redis (Debian: redis-server) of its own on a free loopback port, with its append-only file on. */
export async function startRedis(): Promise<RedisServer> {
	const folder = await mkdtemp(join(tmpdir(), 'redis-'));
	const [port] = (await freePorts(1)) as [number];
	const logFile = join(folder, 'log');
	const logs = () => readFile(logFile, 'utf8').catch(() => '');
	let daemon: Daemon | null = null;

	const start = async (): Promise<void> => {
		const settings = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--logfile', logFile];
		// docs/queue-mode.md: without it a restart forgets the jobs that wait.
		daemon = await startDaemon('redis-server', [...settings, '--appendonly', 'yes', '--save', ''], folder);
		const deadline = Date.now() + START_DEADLINE_MS;
		// `LOADING` is not an answer: the append-only file is still being read.
		while (!(await firstAnswer(port, 'PING\r\n')).startsWith('+PONG')) {
			if (Date.now() > deadline || !daemon.running()) throw new Error(`Redis did not start. Its log:\n${await logs()}`);
			await sleep(25);
		}
	};
	const kill = async (): Promise<void> => {
		const running = daemon;
		daemon = null;
		await running?.kill();
	};

	await start();
	return {
		host: '127.0.0.1',
		port,
		logs,
		kill,
		async restart() {
			await kill();
			await start();
		},
		async stop() {
			await kill();
			await rm(folder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}
