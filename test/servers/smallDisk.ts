import { execFile } from 'node:child_process';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A file system in memory that can be full. */
export interface SmallDisk {
	/** Leaves not a byte. */
	fill(): Promise<void>;
	free(): Promise<void>;
	unmount(): Promise<void>;
}

/** Mounts one at the folder, which is made where it is missing; takes root. */
export async function mountSmallDisk(folder: string, megabytes: number, mode = '0755'): Promise<SmallDisk> {
	await mkdir(folder, { recursive: true });
	await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=${mode}`, 'tmpfs', folder]);
	const ballast = join(folder, 'ballast');
	return {
		async fill() {
			const { bavail, bsize } = await statfs(folder);
			const file = await open(ballast, 'w');
			try {
				const block = Buffer.alloc(1024 * 1024, 1);
				for (let left = bavail * bsize; left > 0; left -= block.length) await file.write(block);
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
			} finally {
				await file.close();
			}
		},
		free: () => rm(ballast, { force: true }),
		async unmount() {
			await run('umount', ['--lazy', folder]);
		},
	};
}
