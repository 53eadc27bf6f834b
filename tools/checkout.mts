import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The repository's root folder. */
export const checkout = dirname(import.meta.dirname);

/** Node 24 as installed by the devDependency `node`: n8n needs it, whatever Node started us. */
export const node24 = join(checkout, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** The headers that belong to `node24`, for building native modules; they come with it on the common platforms. */
export const node24Headers = join(
	checkout,
	'node_modules',
	'node',
	'node_modules',
	`node-${process.platform}-${process.arch}`,
);

/** Where large downloads are kept between runs and checkouts: EMAIL_PIPELINE_CACHE, else XDG_CACHE_HOME, else ~/.cache. */
export function cacheFolder(): string {
	const base = process.env.EMAIL_PIPELINE_CACHE ?? process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
	return join(base, 'n8n-nodes-email-pipeline');
}
