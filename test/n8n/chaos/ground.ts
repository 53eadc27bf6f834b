/** What chaos needs of the machine: a small disk for the database, and a clock of one worker's own. */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type SmallDisk, mountSmallDisk } from '../../servers/smallDisk';
import type { QueueModeOptions } from '../driver/queueMode';
import { type StepClock, stepClock } from '../driver/stepClock';

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
	const clock = await stepClock(join(folder, 'clock'));
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

type DatabaseDisk = SmallDisk & { prepareDatabase: string };

/** Only the tables are on it: a full disk under its journal is what PostgreSQL itself gives up on. */
async function mountDisk(folder: string): Promise<DatabaseDisk> {
	const disk = await mountSmallDisk(folder, 512);
	const tables = join(folder, 'tables');
	await mkdir(tables, { mode: 0o700 });
	const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
	await chown(tables, await id('-u'), await id('-g'));
	return {
		...disk,
		prepareDatabase: `create tablespace small location '${tables}'; alter role current_user set default_tablespace = 'small'`,
	};
}

function reasonOf(error: unknown): string {
	const { stderr, message } = error as { stderr?: string; message?: string };
	return (stderr ?? message ?? '').trim().split('\n')[0] ?? '';
}
