import { cpus } from 'node:os';
import { installPackage } from '../tools/install-package.mts';
import { N8nClient } from '../tools/n8n/client.mts';
import { ensureN8n } from '../tools/n8n/install.mts';
import { runN8n } from '../tools/n8n/run.mts';
import { findFreePort } from '../tools/ports.mts';

export interface BenchN8n {
	/** Logged in as its owner. */
	client: N8nClient;
	pid: number;
}

/**
 * Works in an n8n of its own, which has the package and is ended afterwards.
 * @param options `tarball` the packed package; `userFolder` a fresh folder; `engine` N8N_EXPRESSION_ENGINE, `default` leaves
 *   it to n8n
 */
export async function inN8n<T>(
	options: { tarball: string; userFolder: string; engine?: string },
	work: (n8n: BenchN8n) => Promise<T>,
): Promise<T> {
	const { tarball, userFolder, engine = 'default' } = options;
	await installPackage(tarball, userFolder);
	const n8n = await ensureN8n();
	const logFile = `${userFolder}.log`;
	const running = await runN8n({ n8n, userFolder, port: await findFreePort(), logFile, env: environmentOf(engine) });
	try {
		const client = new N8nClient(running.url);
		const owner = { email: 'bench@example.test', firstName: 'Bench', lastName: 'Owner' };
		await client.setUpOwner({ ...owner, password: 'Bench-needs-1-owner' });
		return await work({ client, pid: running.pid });
	} finally {
		await running.stop();
	}
}

export function environmentOf(engine: string): Record<string, string> {
	return engine === 'default' ? {} : { N8N_EXPRESSION_ENGINE: engine };
}

/** What a report says of where it was measured. */
export function machine(): { node: string; cpu: string | undefined; cores: number } {
	const cpu = cpus();
	return { node: process.version, cpu: cpu[0]?.model, cores: cpu.length };
}
