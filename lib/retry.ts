/** How long to wait before the next try: twice as long each time, and never all at one moment. */
import { setTimeout as sleep } from 'node:timers/promises';

/** In milliseconds. */
export interface BackOff {
	/** Before the first repetition at most. */
	first: number;
	/** Before any. */
	longest: number;
}

/**
 * Anything between nothing and `min(longest, first · 2^attempt)`: a thousand that wait for one server spread out.
 * https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 *
 * @param attempt 0 before the first repetition
 * @param random from 0 to 1
 * @returns milliseconds
 */
export function fullJitter(attempt: number, backOff: BackOff, random: () => number = Math.random): number {
	return Math.round(random() * ceilingOf(attempt, backOff));
}

/** As `fullJitter`, but half of it at least: where an early try is known to be of no use. */
export function equalJitter(attempt: number, backOff: BackOff, random: () => number = Math.random): number {
	return Math.round(((1 + random()) / 2) * ceilingOf(attempt, backOff));
}

function ceilingOf(attempt: number, { first, longest }: BackOff): number {
	return Math.min(longest, first * 2 ** Math.min(Math.max(attempt, 0), 30));
}

/** Sleeps; returns early, without an error, when the signal aborts. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
	await sleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
