/** What chaos needs of the machine: a small disk for the database, and a clock of one worker's own. */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, open, rm, statfs, writeFile } from 'node:fs/promises';
import { existsSync, globSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { QueueModeOptions } from '../driver/queueMode';

const run = promisify(execFile);

export interface ChaosGround {
	/** For startQueueMode. */
	options: Pick<QueueModeOptions, 'env' | 'envOf' | 'prepareDatabase'>;
	/** The disk that the database writes its tables to; null where none can be mounted. */
	disk: SmallDisk | null;
	/** The clock of the last worker; null where it cannot be faked. */
	clock: StepClock | null;
	/** Faults that this machine does not allow, and why. */
	skipped: string[];
	dispose(): Promise<void>;
}

export interface SmallDisk {
	fill(): Promise<void>;
	free(): Promise<void>;
}

export interface StepClock {
	/** Sets the clock off by so many seconds, at once. */
	step(seconds: number): Promise<void>;
}

/** So that a worker's death is noticed within some 20 s instead of 90, and what nobody works on within a minute or two. */
const QUICK = {
	QUEUE_WORKER_LOCK_DURATION: '15000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '3000',
	QUEUE_WORKER_STALLED_INTERVAL: '5000',
	N8N_EXECUTIONS_QUEUE_RECOVERY_INTERVAL: '1',
	EMAIL_PIPELINE_ABANDONED_AFTER_SECONDS: '30',
};

export async function prepareGround(): Promise<ChaosGround> {
	const folder = await mkdtemp(join(tmpdir(), 'email-pipeline-chaos-'));
	// PostgreSQL is another user and has to get at its disk.
	await chmod(folder, 0o755);
	const skipped: string[] = [];
	const disk = await mountDisk(join(folder, 'disk')).catch((error: unknown) => {
		skipped.push(`disk full: a small disk cannot be mounted here (${reasonOf(error)})`);
		return null;
	});
	const clock = await fakeClock(folder);
	if (clock === null) skipped.push('clock steps: libfaketime is missing (Debian: faketime)');
	return {
		options: {
			env: QUICK,
			...(clock && { envOf: (name) => (name === 'worker-2' ? clock.env : {}) }),
			...(disk && { prepareDatabase: disk.prepareDatabase }),
		},
		disk,
		clock,
		skipped,
		async dispose() {
			await disk?.unmount();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

type MountedDisk = SmallDisk & { prepareDatabase: string; unmount(): Promise<void> };

/** 512 MB in memory. Only the tables are on it: a full disk under its journal is what PostgreSQL itself gives up on. */
async function mountDisk(folder: string): Promise<MountedDisk> {
	await mkdir(folder, { recursive: true });
	await run('mount', ['-t', 'tmpfs', '-o', 'size=512m,mode=0755', 'tmpfs', folder]);
	const tables = join(folder, 'tables');
	const ballast = join(folder, 'ballast');
	await mkdir(tables, { mode: 0o700 });
	const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
	await chown(tables, await id('-u'), await id('-g'));
	return {
		prepareDatabase: `create tablespace small location '${tables}'; alter role current_user set default_tablespace = 'small'`,
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

const FAKETIME = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')[0];

async function fakeClock(folder: string): Promise<(StepClock & { env: Record<string, string> }) | null> {
	if (FAKETIME === undefined || !existsSync(FAKETIME)) return null;
	const file = join(folder, 'clock');
	const step = (seconds: number) => writeFile(file, `${seconds >= 0 ? '+' : ''}${seconds}\n`);
	await step(0);
	return {
		step,
		env: {
			LD_PRELOAD: FAKETIME,
			FAKETIME_TIMESTAMP_FILE: file,
			FAKETIME_NO_CACHE: '1',
			// As on a real machine: a step of the clock leaves timers alone.
			FAKETIME_DONT_FAKE_MONOTONIC: '1',
		},
	};
}

function reasonOf(error: unknown): string {
	const { stderr, message } = error as { stderr?: string; message?: string };
	return (stderr ?? message ?? '').trim().split('\n')[0] ?? '';
}
