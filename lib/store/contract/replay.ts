import type { Millis } from './values';

export type ReplayClaim =
	| { state: 'claimed'; fence: number; expiresAt: Millis }
	/** Another request with this key is under way. */
	| { state: 'in-progress'; retryAfter: Millis }
	| { state: 'done'; confirmedAt: Millis };

export interface ReplayStore {
	/** Takes the key for `lease` ms; a lapsed lease can be taken again, a confirmed key not before `ttl` is over. */
	claim(scope: string, key: string, times: { lease: Millis; ttl: Millis }): Promise<ReplayClaim>;
	confirm(scope: string, key: string, fence: number): Promise<boolean>;
	/** Gives a claim back so that the next attempt goes through at once. */
	release(scope: string, key: string, fence: number): Promise<void>;
}
