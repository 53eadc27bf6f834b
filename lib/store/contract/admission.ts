import type { SendRecord } from './sends';
import type { Suppression } from './suppressions';
import type { Millis } from './values';

/**
 * What a send has to pass before it is leased. Limits of one name in one scope are one limit, whoever asks. What is
 * refused gets a turn of its own: the times are handed out in the order of asking, and nobody who comes later is let
 * in before.
 */
export type Limit =
	/** Token bucket: refills `ratePerSecond`, holds at most `burst`. Every attempt takes a token. */
	| { kind: 'bucket'; name: string; ratePerSecond: number; burst: number }
	/** At most `limit` sends in every window of `window` ms. A send counts once, however often it is tried. */
	| { kind: 'quota'; name: string; limit: number; window: Millis }
	/** At most `limit` sends within each period; none outside of all periods. Ascending, without overlap. */
	| { kind: 'schedule'; name: string; periods: ReadonlyArray<{ from: Millis; until: Millis; limit: number }> };

/** What can be paused while something is wrong. `name` is '' for `all`. */
export const PAUSE_KINDS = ['all', 'credential', 'stream', 'template'] as const;
export type PauseKind = (typeof PAUSE_KINDS)[number];

export interface PauseTarget {
	kind: PauseKind;
	name: string;
}

export interface Pause extends PauseTarget {
	scope: string;
	reason: string | null;
	/** Who paused it, such as `workflow 12, execution 345`. */
	by: string;
	/** null: until it is resumed. */
	until: Millis | null;
	createdAt: Millis;
}

export interface PauseStore {
	/** The same target again replaces reason, source and end. */
	pause(pause: Omit<Pause, 'createdAt'>): Promise<Pause>;
	/** @returns false when it was not paused */
	resume(scope: string, target: PauseTarget): Promise<boolean>;
	/** Those in force, oldest first. */
	list(scope: string): Promise<Pause[]>;
}

export interface AdmissionTerms {
	/** `ignored` suppressions do not count: all of them, or those with one of these reasons. */
	suppression: { stream: string | null; ignored: 'none' | 'all' | readonly string[] };
	/** Sends wait while one of these is paused. */
	pausedBy: readonly PauseTarget[];
	/** Circuit breaker to pass; of a group that passes half-open, all are the probe. */
	breaker: string | null;
	/** Sends that may go before their time: whoever put them off comes back for them himself. */
	early?: readonly string[];
	/** Limits for the send to one recipient. */
	limits: (recipient: string) => readonly Limit[];
}

export type HoldCause = 'paused' | 'breaker' | 'limit';

export interface HeldSend {
	record: SendRecord;
	retryAt: Millis;
	cause: HoldCause;
	/** Of the limit, the breaker, or the pause as `kind:name`. */
	name: string;
	/** Why somebody paused it. */
	reason: string | null;
}

export interface Admission {
	/** One fence for all of them. */
	leased: SendRecord[];
	suppressed: Array<{ record: SendRecord; suppression: Suppression }>;
	/** Left, or put, in `deferred` until `retryAt`. */
	held: HeldSend[];
	/** Whether the breaker waits for news: failures were counted, or these sends are its probe. */
	breakerUneasy: boolean;
}
