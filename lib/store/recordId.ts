import { randomBytes } from 'node:crypto';
import type { Millis } from './store';

let last = { time: 0, step: 0 };

/**
 * A new record id, 32 hex digits that sort by time: 48 bits of ms, 16 bits that count within one ms of this process,
 * 64 random bits.
 * @param now the database's time
 */
export function newRecordId(now: Millis): string {
	last = { time: now, step: last.time === now ? (last.step + 1) & 0xffff : 0 };
	const head = now.toString(16).padStart(12, '0') + last.step.toString(16).padStart(4, '0');
	return head + randomBytes(8).toString('hex');
}
