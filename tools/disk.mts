import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SetupError } from './setup-error.mjs';

const GB = 1024 ** 3;

/**
 * Refuses to begin something that the disk has no room for.
 *
 * @param folder where it will be written; need not exist yet
 * @param what such as `n8n`
 * @param hint what to do if there is no room
 * @throws {SetupError} when fewer than `bytes` are free
 */
export async function requireRoom(folder: string, bytes: number, what: string, hint: string): Promise<void> {
	const { bavail, bsize } = await statfs(nearestExisting(folder));
	const free = bavail * bsize;
	if (free >= bytes) return;
	throw new SetupError(
		`There is no room for ${what}: it needs about ${inGb(bytes)} on the disk of ${folder}, and ${inGb(free)} are free`,
		{ hint },
	);
}

function nearestExisting(folder: string): string {
	return existsSync(folder) ? folder : nearestExisting(dirname(folder));
}

function inGb(bytes: number): string {
	return `${(bytes / GB).toFixed(1)} GB`;
}
