import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cachedFolder } from '../cached-folder.mts';
import { cacheFolder, node24, node24Headers } from '../checkout.mts';
import { requireRoom } from '../disk.mts';
import { npm, unmetPackages } from '../npm.mjs';

const run = promisify(execFile);
const MANIFEST = ['package.json', 'package-lock.json'] as const;
const ROOM_NEEDED_BYTES = 3 * 1024 ** 3;

export interface InstalledN8n {
	/** Such as `2.41.1`. */
	readonly version: string;
	/** The script to run with Node 24. */
	readonly bin: string;
}

/**
 * The real n8n that the demo and the tests run: the version this folder's package.json names, installed in the cache
 * folder on first use (some four minutes and 2.2 GB), and reused as long as the manifest stays the same.
 *
 * @throws {SetupError} when there is no room, no network, or n8n cannot be installed here
 */
export async function ensureN8n(): Promise<InstalledN8n> {
	const { version, hash } = await readManifest();
	const major = /^v?(\d+)/.exec((await run(node24, ['--version'])).stdout)?.[1] ?? 'unknown';
	const folder = await cachedFolder({
		path: join(cacheFolder(), `n8n-${version}-${hash}-node${major}`),
		title: `Installing n8n ${version} (2.2 GB, about four minutes, once)`,
		make: install,
		findFault: (path) => findFault(path, version),
	});
	return { version, bin: binIn(folder) };
}

async function readManifest(): Promise<{ version: string; hash: string }> {
	const hash = createHash('sha256');
	for (const name of MANIFEST) hash.update(await readFile(join(import.meta.dirname, name)));
	const manifest = JSON.parse(await readFile(join(import.meta.dirname, 'package.json'), 'utf8')) as {
		dependencies: { n8n: string };
	};
	return { version: manifest.dependencies.n8n, hash: hash.digest('hex').slice(0, 12) };
}

async function install(folder: string): Promise<void> {
	await requireRoom(
		folder,
		ROOM_NEEDED_BYTES,
		'n8n',
		'Free some space, or set EMAIL_PIPELINE_CACHE to a folder on a larger disk.',
	);
	for (const name of MANIFEST) await copyFile(join(import.meta.dirname, name), join(folder, name));
	// Without --legacy-peer-deps npm takes more than ten minutes to settle n8n's peer dependencies.
	await npm(['install', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
	await npm(['rebuild', 'sqlite3'], {
		cwd: folder,
		env: existsSync(join(node24Headers, 'include', 'node')) ? { npm_config_nodedir: node24Headers } : {},
	});
}

async function findFault(folder: string, version: string): Promise<string | null> {
	const [missing] = unmetPackages(folder);
	if (missing !== undefined) return `${missing} is missing`;
	const answer = await run(node24, [binIn(folder), '--version']).catch((error: unknown) => error as Error);
	if (answer instanceof Error) return `n8n --version failed: ${answer.message.split('\n')[0] ?? ''}`;
	if (answer.stdout.trim() !== version) return `n8n --version answered "${answer.stdout.trim()}"`;
	// The one native module without which n8n cannot open its database.
	const binding = await run(node24, ['-e', "require('sqlite3')"], { cwd: folder }).catch(
		(error: unknown) => error as Error,
	);
	return binding instanceof Error ? 'its SQLite driver does not load' : null;
}

function binIn(folder: string): string {
	return join(folder, 'node_modules', 'n8n', 'bin', 'n8n');
}
