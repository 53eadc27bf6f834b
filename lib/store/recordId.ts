import { randomBytes } from 'node:crypto';
import type { Millis } from './store';

/** Of an id, the hex digits that tell its time. */
export const TIME_DIGITS = 12;

let last = { time: 0, step: 0 };

/**
 * A new record id, 32 hex digits that sort by time: 48 bits of ms, 16 bits that count within one ms of this process,
 * 64 random bits.
 * @param now the database's time
 */
export function newRecordId(now: Millis): string {
	last = { time: now, step: last.time === now ? (last.step + 1) & 0xffff : 0 };
	const head = now.toString(16).padStart(TIME_DIGITS, '0') + last.step.toString(16).padStart(4, '0');
	return head + randomBytes(8).toString('hex');
}

/** The lowest id that a record of this time can have. */
export function firstIdAt(time: Millis): string {
	return Math.max(0, Math.floor(time)).toString(16).padStart(TIME_DIGITS, '0');
}

/** When the record was made. */
export function timeOfId(id: string): Millis {
	return Number.parseInt(id.slice(0, TIME_DIGITS), 16);
}
