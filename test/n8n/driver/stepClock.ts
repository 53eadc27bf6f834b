import { globSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';

/** A clock of its own for a process that is started with `env`. */
export interface StepClock {
	readonly env: Readonly<Record<string, string>>;
	/** Sets it off by so many seconds, at once. */
	step(seconds: number): Promise<void>;
}

const FAKETIME = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')[0];

/**
 * @param file holds how far the clock is off
 * @returns null where it cannot be had: libfaketime is missing (Debian: faketime)
 */
export async function stepClock(file: string): Promise<StepClock | null> {
	if (FAKETIME === undefined) return null;
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
