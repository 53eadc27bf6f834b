import { spawn, type ChildProcess } from 'node:child_process';
import { open, readdir, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server program with all the processes it forked, in a session (setsid) of its own. */
export interface Daemon {
	readonly pid: number;
	/** Sends a signal to every process of the session. */
	signal(signal: NodeJS.Signals): Promise<void>;
	/** Ends every process of the session at once (kill -9) and waits until none is left. */
	kill(): Promise<void>;
	/** True while the first process runs. */
	running(): boolean;
}

/**
 * Ends the session and removes the folder when its standard input closes without a word, as it does when the test
 * runner is killed: no test may leave a mail server behind.
 */
const guardScript = `
read -r word && exit 0
for file in /proc/[0-9]*/stat; do
	read -r line < "$file" 2>/dev/null || continue
	pid=\${line%% *}
	folder=$2
	sid=$1
	rest=\${line##*) }
	set -- $rest
	[ "$4" = "$sid" ] && kill -KILL "$pid"
	set -- "$sid" "$folder"
done
rm -rf "$2"
`;

/**
 * Starts the program in the foreground; `folder` is what its guard removes should the test run die.
 *
 * @param log a file that gets what it writes; nowhere unless given
 */
export async function startDaemon(
	command: string,
	args: readonly string[],
	folder: string,
	{ env = {}, log }: { env?: Readonly<Record<string, string>>; log?: string } = {},
): Promise<Daemon> {
	const file = log === undefined ? null : await open(log, 'a');
	const output = file?.fd ?? 'ignore';
	const child = spawn(command, args, {
		cwd: folder,
		detached: true,
		stdio: ['ignore', output, output],
		env: { ...process.env, ...env },
	});
	await new Promise<void>((resolve, reject) => {
		child.once('spawn', resolve);
		child.once('error', reject);
	}).finally(() => file?.close());
	const pid = child.pid!;
	const guard = spawn('/bin/sh', ['-c', guardScript, 'guard', String(pid), folder], {
		detached: true,
		cwd: '/',
		stdio: ['pipe', 'ignore', 'ignore'],
	});
	release(child);
	release(guard);

	const ended = new Promise((resolve) => child.once('exit', resolve));
	const signal = async (name: NodeJS.Signals) => {
		for (const member of await sessionMembers(pid)) {
			try {
				process.kill(member, name);
			} catch {
				// It ended in the meantime.
			}
		}
	};
	return {
		pid,
		signal,
		running: () => child.exitCode === null && child.signalCode === null,
		async kill() {
			// Repeated, since a process may fork between the listing and the signal.
			while ((await sessionMembers(pid)).length > 0) {
				await signal('SIGKILL');
				await sleep(10);
			}
			await ended;
			guard.stdin.end('done\n');
		},
	};
}

/** Takes a program into the server that it belongs to. */
export type Keep = (daemon: Daemon) => Daemon;

/** A server of one or several programs. */
export interface Lifetime {
	/** Ends every process at once, as a power cut does. */
	kill(): Promise<void>;
	/** Kills what runs and starts again. */
	restart(): Promise<void>;
	/** Ends every process and removes the folder. Idempotent. */
	stop(): Promise<void>;
}

/**
 * Starts a server that has the folder to itself; when it does not come up, nothing of it stays.
 *
 * @param start starts its programs, keeps each at once, and waits until the server answers
 * @param release ends what else belongs to it
 */
export async function startLifetime(
	folder: string,
	start: (keep: Keep) => Promise<void>,
	release: () => void = () => undefined,
): Promise<Lifetime> {
	let daemons: Daemon[] = [];
	const begin = () =>
		start((daemon) => {
			daemons.push(daemon);
			return daemon;
		});
	const kill = async () => {
		const running = daemons;
		daemons = [];
		await Promise.all(running.map((daemon) => daemon.kill()));
	};
	const stop = async () => {
		await kill();
		release();
		await rm(folder, { recursive: true, force: true, maxRetries: 5 });
	};
	try {
		await begin();
	} catch (error) {
		await stop();
		throw error;
	}
	return {
		kill,
		stop,
		async restart() {
			await kill();
			await begin();
		},
	};
}

function release(child: ChildProcess): void {
	child.unref();
	child.on('error', () => undefined);
	const input = child.stdin as (NodeJS.WritableStream & { unref?: () => void }) | null;
	input?.on('error', () => undefined);
	input?.unref?.();
}

/** The living processes whose session id (proc(5), stat field 6) is the given one. */
async function sessionMembers(sid: number): Promise<number[]> {
	const members: number[] = [];
	for (const entry of await readdir('/proc')) {
		if (!/^\d+$/.test(entry)) continue;
		const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		if (Number(fields[3]) === sid && fields[0] !== 'Z') members.push(Number(entry));
	}
	return members;
}

/** Loopback ports that were free a moment ago; distinct from each other. */
export async function freePorts(count: number): Promise<number[]> {
	const servers = await Promise.all(
		Array.from(
			{ length: count },
			() =>
				new Promise<Server>((resolve, reject) => {
					const server = createServer();
					server.once('error', reject);
					server.listen(0, '127.0.0.1', () => resolve(server));
				}),
		),
	);
	const ports = servers.map((server) => (server.address() as { port: number }).port);
	await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
	return ports;
}

/** Waits until the port answers with a line that starts with `greeting`; gives up when the daemon ends or after 30 s. */
export async function waitForGreeting(port: number, greeting: string, daemon: Daemon, logs: () => Promise<string>) {
	const deadline = Date.now() + 30_000;
	while (Date.now() < deadline && daemon.running()) {
		if ((await firstAnswer(port)).startsWith(greeting)) return;
		await sleep(25);
	}
	throw new Error(`The server on port ${port} did not come up. Its log:\n${await logs()}`);
}

/** What the port says first, to a request where one is given; empty when it says nothing within 5 s. */
export function firstAnswer(port: number, request?: string): Promise<string> {
	return new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1', () => request !== undefined && socket.write(request));
		socket.setTimeout(5_000, () => socket.destroy());
		socket.on('error', () => resolve(''));
		socket.on('close', () => resolve(''));
		socket.once('data', (data) => {
			resolve(data.toString('latin1'));
			socket.destroy();
		});
	});
}
