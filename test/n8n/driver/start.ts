import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { installPackage } from '../../../tools/install-package.mts';
import { N8nClient } from '../../../tools/n8n/client.mts';
import { owner, startInstance, type TestN8n } from './instance.ts';

export { owner, type TestN8n } from './instance.ts';
export { N8nApiError, N8nClient, outputsOf } from '../../../tools/n8n/client.mts';
export type {
	Execution,
	ExecutionSummary,
	SavedCredential,
	SavedWorkflow,
	WorkflowFile,
} from '../../../tools/n8n/client.mts';

export interface StartOptions {
	/** The packed package to install; the one made from this checkout unless told otherwise. `null` installs none. */
	readonly packageTarball?: string | null;
	/** Further environment variables for n8n. */
	readonly env?: Readonly<Record<string, string>>;
}

/** Starts an n8n for one test file; `dispose()` it in afterAll. Takes some ten seconds: see `sharedN8n` for a quicker way. */
export async function startN8n({ packageTarball, env = {} }: StartOptions = {}): Promise<TestN8n> {
	const userFolder = await mkdtemp(join(tmpdir(), 'email-pipeline-n8n-'));
	const tarball = packageTarball === undefined ? inject('packageTarball') : packageTarball;
	if (tarball !== null) await installPackage(tarball, userFolder);
	return await startInstance(userFolder, inject('n8n'), env);
}

/**
 * A client of the n8n that runs for all test files of this run. Files share it one after the other: give workflows names
 * of their own, and delete them afterwards. Not for tests that restart n8n.
 */
export async function sharedN8n(): Promise<{ client: N8nClient; url: string; userFolder: string }> {
	const { url, userFolder } = inject('sharedN8n');
	const client = new N8nClient(url);
	await client.logIn(owner);
	return { client, url, userFolder };
}
