import type { Millis } from './values';

/** What keeps a key from being taken. `owner` is what the holder called itself. */
export type ReplayHeld =
	/** Another request with this key is under way. */
	| { state: 'in-progress'; retryAfter: Millis; owner: string | null }
	| { state: 'done'; confirmedAt: Millis; owner: string | null };

export interface ReplayTaken {
	state: 'claimed';
	key: string;
	fence: number;
	expiresAt: Millis;
}

export type ReplayClaim = ReplayTaken | ReplayHeld;

export interface ReplayTimes {
	/** A lapsed lease can be taken again. */
	lease: Millis;
	/** A confirmed key cannot be taken before this is over. */
	ttl: Millis;
}

/** A key to take. `ttl` where it is to be remembered for another time than the rest. */
export interface ReplayKey {
	key: string;
	owner?: string;
	ttl?: Millis;
}

export interface ReplayStore {
	/** Those of the keys that cannot be taken now. */
	held(scope: string, keys: readonly string[]): Promise<Map<string, ReplayHeld>>;
	/** Takes all of the keys, each named once; null, and none stays taken, when one of them is held. */
	take(scope: string, keys: readonly ReplayKey[], times: ReplayTimes): Promise<ReplayTaken[] | null>;
	/** Takes one key, or says what keeps it from being taken. */
	claim(scope: string, key: string, times: ReplayTimes & { owner?: string }): Promise<ReplayClaim>;
	confirm(scope: string, key: string, fence: number): Promise<boolean>;
	/** Confirms what is still held by these fences. */
	confirmAll(scope: string, taken: ReadonlyArray<Pick<ReplayTaken, 'key' | 'fence'>>): Promise<void>;
	/** Holds what is still held by these fences for another `lease`; false when one of them is lost. */
	renew(scope: string, taken: ReadonlyArray<Pick<ReplayTaken, 'key' | 'fence'>>, lease: Millis): Promise<boolean>;
	/** Gives a claim back so that the next attempt goes through at once. */
	release(scope: string, key: string, fence: number): Promise<void>;
	releaseAll(scope: string, taken: ReadonlyArray<Pick<ReplayTaken, 'key' | 'fence'>>): Promise<void>;
}
