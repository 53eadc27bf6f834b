import { readFileSync } from 'node:fs';

/**
 * Whether a process is still at work. One that has ended but that nobody has asked for its exit code yet (a zombie, `Z`
 * in proc_pid_stat(5)) is not: the parent that an orphan gets may ask late, or never.
 */
export function isRunning(pid: number): boolean {
	const state = stateOf(pid);
	return state !== null && state !== 'Z' && state !== 'X';
}

/** The state's letter, which follows the name in parentheses; null if there is no such process. */
function stateOf(pid: number): string | null {
	try {
		return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.charAt(0) ?? null;
	} catch {
		return null;
	}
}
