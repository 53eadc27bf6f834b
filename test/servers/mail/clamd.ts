import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The test file of the EICAR institute, in two pieces so that no scanner takes this file for one. */
export const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');

export interface Clamd {
	port: number;
	stop(): Promise<void>;
}

/** A ClamAV daemon on a free loopback port that knows one signature: EICAR's. It needs no download. */
export async function startClamd(): Promise<Clamd> {
	const folder = mkdtempSync(join(tmpdir(), 'clamd-'));
	chmodSync(folder, 0o755);
	const port = await freePort();
	writeFileSync(join(folder, 'eicar.ndb'), `Eicar-Test:0:*:${Buffer.from(EICAR).toString('hex')}\n`);
	const settings = {
		Foreground: 'yes',
		TCPSocket: `${port}`,
		TCPAddr: '127.0.0.1',
		DatabaseDirectory: folder,
		TemporaryDirectory: folder,
		StreamMaxLength: '1M',
		// It would otherwise change to an account that may not read the folder.
		...(process.getuid?.() === 0 && { User: 'root' }),
	};
	const config = join(folder, 'clamd.conf');
	writeFileSync(
		config,
		Object.entries(settings)
			.map(([name, value]) => `${name} ${value}\n`)
			.join(''),
	);
	const child = spawn('/usr/sbin/clamd', ['--config-file', config], { stdio: ['ignore', 'pipe', 'pipe'] });
	const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
	let log = '';
	try {
		await new Promise<void>((resolve, reject) => {
			const read = (data: Buffer): void => {
				log = (log + data.toString()).slice(-10_000);
				if (log.includes('Self checking')) resolve();
			};
			child.stdout.on('data', read);
			child.stderr.on('data', read);
			child.once('error', reject);
			child.once('exit', () => reject(new Error(`clamd did not start:\n${log}`)));
		});
	} catch (error) {
		rmSync(folder, { recursive: true });
		throw error;
	}
	return {
		port,
		stop: async () => {
			child.kill('SIGKILL');
			await gone;
			rmSync(folder, { recursive: true });
		},
	};
}

async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}
