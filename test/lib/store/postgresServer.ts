import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

export interface PostgresServer {
	/** Of the database `postgres`, as its superuser. */
	url: string;
	/** Orderly, and removes the data. */
	stop(): Promise<void>;
	/** SIGKILL to the server and all its processes. */
	kill(): Promise<void>;
	/** Starts it again on the same port and data, after `kill` or by itself. */
	restart(): Promise<void>;
}

/** What a user without a PostgreSQL server has to do. */
const INSTALL =
	'These tests run a PostgreSQL server of their own and found none. Install the server (Debian, Ubuntu: ' +
	'`apt-get install postgresql`; macOS: `brew install postgresql`) or set POSTGRES_BIN to the folder of initdb and postgres.';
const USER = 'tester';
const PASSWORD = 'a p@ss/word';

/**
 * A PostgreSQL server of one's own: a temporary folder, a free port on the loopback, no trace afterwards. PostgreSQL
 * refuses to run as root, so root runs it as `postgres` or `nobody`.
 * @param settings of postgresql.conf, e.g. `{ ssl: 'on' }`
 * @param files put into the data folder, by name
 */
export async function startPostgres(
	settings: Record<string, string> = {},
	files: Record<string, Buffer> = {},
): Promise<PostgresServer> {
	const bin = binaries();
	const account = unprivileged();
	const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
	const data = join(folder, 'data');
	const password = join(folder, 'password');
	writeFileSync(password, PASSWORD, { mode: 0o600 });
	if (account) for (const path of [folder, password]) chownSync(path, account.uid, account.gid);
	const options = { ...account, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } };
	execFileSync(
		join(bin, 'initdb'),
		['-D', data, '-U', USER, '-A', 'scram-sha-256', `--pwfile=${password}`, '-E', 'UTF8', '--no-locale', '--no-sync'],
		{ ...options, stdio: 'pipe' },
	);
	for (const [name, content] of Object.entries(files)) {
		const path = join(data, name);
		writeFileSync(path, content, { mode: 0o600 });
		if (account) chownSync(path, account.uid, account.gid);
	}
	const port = await freePort();
	const all = {
		port: `${port}`,
		listen_addresses: '127.0.0.1',
		unix_socket_directories: folder,
		// What a killed process has written stays with the system; only a power cut would show the difference.
		fsync: 'off',
		...settings,
	};
	const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
	let server: ChildProcess | null = null;

	const start = async (): Promise<void> => {
		let log = '';
		const child = spawn(join(bin, 'postgres'), ['-D', data, ...flags], {
			...options,
			stdio: ['ignore', 'ignore', 'pipe'],
		});
		server = child;
		await new Promise<void>((resolve, reject) => {
			child.stderr.setEncoding('utf8').on('data', (text: string) => {
				log = (log + text).slice(-10_000);
				if (log.includes('ready to accept connections')) resolve();
			});
			child.once('error', reject);
			child.once('exit', () => reject(new Error(`postgres did not start:\n${log}`)));
		});
	};
	const end = async (signal: NodeJS.Signals): Promise<void> => {
		const child = server;
		server = null;
		if (child === null || child.exitCode !== null || child.signalCode !== null) return;
		const gone = new Promise((resolve) => child.once('exit', resolve));
		const workers = signal === 'SIGKILL' ? childrenOf(child.pid) : [];
		child.kill(signal);
		for (const pid of workers) killIfThere(pid);
		await gone;
	};

	await start();
	const url = new URL(`postgres://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`);
	return {
		url: url.href,
		// SIGINT is PostgreSQL's fast shutdown.
		stop: async () => {
			await end('SIGINT');
			rmSync(folder, { recursive: true, force: true });
		},
		kill: () => end('SIGKILL'),
		restart: async () => {
			await end('SIGINT');
			await start();
		},
	};
}

/** One statement after the other: some (`create tablespace`) refuse to run in a transaction with others. */
export async function runSql(url: string, statements: string): Promise<void> {
	const client = new Client({ connectionString: url });
	await client.connect();
	try {
		for (const statement of statements.split(';')) await client.query(statement);
	} finally {
		await client.end();
	}
}

/** The folder of the newest PostgreSQL installed. */
function binaries(): string {
	const debian = '/usr/lib/postgresql';
	const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
	const candidates = [
		process.env.POSTGRES_BIN,
		...versions.map((version) => join(debian, version, 'bin')),
		'/opt/homebrew/bin',
		'/usr/local/bin',
		'/usr/local/pgsql/bin',
		'/usr/bin',
	];
	const found = candidates.find((folder) => folder !== undefined && existsSync(join(folder, 'initdb')));
	if (found !== undefined) return found;
	if (process.getuid?.() === 0 && existsSync('/etc/debian_version') && process.env.POSTGRES_BIN === undefined) {
		installOnDebian();
		return binaries();
	}
	throw new Error(INSTALL);
}

/** A disposable machine with root (a container, CI) gets the package; everybody else is asked. */
function installOnDebian(): void {
	try {
		const options = { stdio: 'pipe', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
		execFileSync('apt-get', ['update'], options);
		execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql'], options);
	} catch (cause) {
		throw new Error(INSTALL, { cause });
	}
	if (!existsSync('/usr/lib/postgresql')) throw new Error(INSTALL);
}

function unprivileged(): { uid: number; gid: number } | undefined {
	if (process.getuid?.() !== 0) return undefined;
	for (const name of ['postgres', 'nobody']) {
		try {
			const id = (flag: string): number => Number(execFileSync('id', [flag, name], { stdio: 'pipe' }).toString());
			return { uid: id('-u'), gid: id('-g') };
		} catch {
			continue;
		}
	}
	throw new Error('PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody`.');
}

function childrenOf(pid: number | undefined): number[] {
	try {
		const text = execFileSync('ps', ['-o', 'pid=', '--ppid', `${pid ?? 0}`], { stdio: 'pipe' }).toString();
		return text.split('\n').filter(Boolean).map(Number);
	} catch {
		return [];
	}
}

function killIfThere(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// Gone with its parent.
	}
}

/** A TCP port of the loopback that nobody listens on. */
export function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const probe = createServer();
		probe.once('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const address = probe.address();
			probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
		});
	});
}
