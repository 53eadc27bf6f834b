import { mkdir, rename, rm, readdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { step } from './progress.mjs';

/** Written as the last thing into a finished folder; a folder without it was interrupted. */
const MARKER = '.complete';
const LOCK_POLL_MS = 500;

export interface CachedFolder {
	/** Where the finished folder stands. Its name should say everything its content depends on. */
	readonly path: string;
	/** Shown while it is being made. */
	readonly title: string;
	/** Fills an empty folder. */
	readonly make: (folder: string) => Promise<void>;
	/** Returns what is wrong with a finished folder, or null. Runs before every use, so it should be quick. */
	readonly findFault: (folder: string) => Promise<string | null>;
}

/**
 * Makes a folder once and keeps it. It is made beside its final place, checked, marked and renamed, so a crash at any
 * moment leaves either the whole folder or none; one that is unmarked or has a fault is made anew. Of two processes
 * at once, one makes it and the other waits.
 *
 * @returns the folder's path
 * @throws what `make` throws; Error when the folder just made has a fault
 */
export async function cachedFolder({ path, title, make, findFault }: CachedFolder): Promise<string> {
	if ((await faultOf(path, findFault)) === null) return path;
	await mkdir(dirname(path), { recursive: true });
	return await withLock(`${path}.lock`, title, async () => {
		const fault = await faultOf(path, findFault);
		if (fault === null) return path;
		if (existsSync(path)) console.log(`${path} is not usable (${fault}): making it anew.`);
		await rm(path, { recursive: true, force: true });
		await removeLeftovers(path);
		const unfinished = `${path}.unfinished-${process.pid}`;
		await mkdir(unfinished);
		await step(title, () => make(unfinished));
		const remaining = await findFault(unfinished);
		if (remaining !== null) throw new Error(`${title}: the result is not usable: ${remaining} (left in ${unfinished})`);
		await writeFile(join(unfinished, MARKER), `${new Date().toISOString()}\n`);
		await rename(unfinished, path);
		return path;
	});
}

async function faultOf(path: string, findFault: CachedFolder['findFault']): Promise<string | null> {
	if (!existsSync(path)) return 'it does not exist';
	if (!existsSync(join(path, MARKER))) return 'it was not finished';
	return await findFault(path);
}

/** Removes what interrupted attempts left behind; the lock makes sure that none is still at work. */
async function removeLeftovers(path: string): Promise<void> {
	const siblings = await readdir(dirname(path));
	const leftovers = siblings.filter((name) => name.startsWith(`${basename(path)}.unfinished-`));
	await Promise.all(leftovers.map((name) => rm(join(dirname(path), name), { recursive: true, force: true })));
}

/** Holds an exclusive lock during `work`. It is a lock on an SQLite file, which the system releases if we die. */
async function withLock<T>(file: string, title: string, work: () => Promise<T>): Promise<T> {
	const lock = new DatabaseSync(file, { timeout: 0 });
	try {
		let announced = false;
		while (!acquired(lock)) {
			if (!announced) console.log(`${title}: another process is at it; waiting for it.`);
			announced = true;
			await delay(LOCK_POLL_MS);
		}
		return await work();
	} finally {
		lock.close();
	}
}

function acquired(lock: DatabaseSync): boolean {
	try {
		lock.exec('BEGIN EXCLUSIVE');
		return true;
	} catch (error) {
		if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false;
		throw error;
	}
}

const SQLITE_BUSY = 5;
