import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Exponential back-off with full jitter: a random time between 0 and `min(ceiling, base · 2^attempt)`, so that a
 * thousand watchers do not come back to a restarted server in one moment.
 *
 * @param attempt 0 for the first repetition
 * @returns milliseconds
 */
export function backoff(attempt: number, ceiling: number, base = 500, random: () => number = Math.random): number {
	return Math.round(random() * Math.min(ceiling, base * 2 ** Math.min(attempt, 30)));
}

/** Sleeps; returns early, without an error, when the signal aborts. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
	await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
