import { rm } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { N8nClient, type Owner } from '../../../tools/n8n/client.mts';
import type { InstalledN8n } from '../../../tools/n8n/install.mts';
import { findFreePort } from '../../../tools/ports.mts';
import { runN8n, type RunningN8n } from '../../../tools/n8n/run.mts';

/** Who owns every n8n that the tests start. */
export const owner: Owner = {
	email: 'owner@example.test',
	password: 'Tests-need-1-owner',
	firstName: 'Test',
	lastName: 'Owner',
};

/** A real n8n with the package installed, in a user folder of its own, the owner logged in. */
export interface TestN8n {
	/** Logged in as `owner`; stays valid over restarts. */
	readonly client: N8nClient;
	/** Such as `http://127.0.0.1:34567`. */
	readonly url: string;
	/** n8n's state is in its subfolder `.n8n`. */
	readonly userFolder: string;
	/** Ends n8n in an orderly way and keeps its state. */
	stop(): Promise<void>;
	/** Ends n8n with SIGKILL, as a power cut would, and keeps its state. */
	kill(): Promise<void>;
	/** Stops n8n if it still runs, starts it again on the same state and address, and waits until it serves requests. */
	restart(env?: Readonly<Record<string, string>>): Promise<void>;
	/** Everything this n8n has written, over all restarts. */
	logs(): Promise<string>;
	/** Stops n8n and removes its user folder. */
	dispose(): Promise<void>;
}

/** Starts n8n on a prepared user folder and sets up its owner. */
export async function startInstance(
	userFolder: string,
	n8n: InstalledN8n,
	env: Readonly<Record<string, string>> = {},
): Promise<TestN8n> {
	const port = await findFreePort();
	const logFile = resolve('test-results', 'n8n', `${basename(userFolder)}.log`);
	const start = (more: Readonly<Record<string, string>> = {}): Promise<RunningN8n> =>
		runN8n({ n8n, userFolder, port, logFile, env: { ...env, ...more } });

	let running = await start();
	const client = new N8nClient(running.url);
	await client.setUpOwnerOrLogIn(owner);
	return {
		client,
		url: running.url,
		userFolder,
		stop: () => running.stop(),
		kill: () => running.kill(),
		logs: () => running.logs(),
		async restart(more) {
			await running.stop();
			// n8n 2.41 ends over an execution that was created and not yet begun when it was killed; a supervisor starts it again.
			running = await start(more).catch(() => start(more));
		},
		async dispose() {
			await running.stop();
			await rm(userFolder, { recursive: true, force: true });
		},
	};
}
