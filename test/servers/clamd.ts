import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { firstAnswer, freePorts, startDaemon } from './mail/daemon';

export interface ClamdServer {
	readonly host: '127.0.0.1';
	readonly port: number;
	/** Path of its other door. */
	readonly socket: string;
	/** Ends it and removes its data. Idempotent. */
	stop(): Promise<void>;
}

/** The test file that every scanner knows (eicar.org), as a signature of its own: MD5, size, name (ClamAV's .hdb format). */
export const EICAR = String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`;
const SIGNATURE = '44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test-Signature\n';

const START_DEADLINE_MS = 60_000;

/** Starts a clamd (Debian: clamav-daemon) of its own that knows one signature and fetches none. */
export async function startClamd(limits: { maxStream?: string } = {}): Promise<ClamdServer> {
	const folder = await mkdtemp(join(tmpdir(), 'clamd-'));
	const [port] = (await freePorts(1)) as [number];
	const at = (name: string): string => join(folder, name);
	await writeFile(at('own.hdb'), SIGNATURE);
	const settings = [
		...['Foreground yes', 'TCPAddr 127.0.0.1', `TCPSocket ${port}`, `LocalSocket ${at('socket')}`],
		...[`DatabaseDirectory ${folder}`, `LogFile ${at('log')}`, `TemporaryDirectory ${folder}`],
		`StreamMaxLength ${limits.maxStream ?? '25M'}`,
	];
	await writeFile(at('clamd.conf'), `${settings.join('\n')}\n`);
	const daemon = await startDaemon('/usr/sbin/clamd', ['--config-file', at('clamd.conf')], folder);
	const deadline = Date.now() + START_DEADLINE_MS;
	while (!(await firstAnswer(port, 'zPING\0')).startsWith('PONG')) {
		if (Date.now() > deadline || !daemon.running()) {
			throw new Error(`clamd did not start. Its log:\n${await readFile(at('log'), 'utf8').catch(() => '')}`);
		}
		await sleep(50);
	}
	return {
		host: '127.0.0.1',
		port,
		socket: at('socket'),
		async stop() {
			await daemon.kill();
			await rm(folder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}
