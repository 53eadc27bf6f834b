import type { Millis } from './values';

export type LimitVerdict = { allowed: true } | { allowed: false; retryAt: Millis };

export interface LimitStore {
	/** Token bucket: refills `ratePerSecond`, holds at most `burst`. */
	take(
		scope: string,
		bucket: string,
		limit: { ratePerSecond: number; burst: number },
		tokens?: number,
	): Promise<LimitVerdict>;
	/** At most `limit` in each window of `window` ms (sliding). */
	count(scope: string, quota: string, limit: { limit: number; window: Millis }): Promise<LimitVerdict>;
	/** Circuit breaker: closed, open until `retryAt`, then one probe at a time. */
	pass(scope: string, breaker: string): Promise<LimitVerdict>;
	report(
		scope: string,
		breaker: string,
		success: boolean,
		/** Each probe that fails doubles the time it stays open, up to `longest` (default `openFor`). */
		policy: { threshold: number; openFor: Millis; longest?: Millis },
	): Promise<void>;
	/** Closes every breaker of the scope, because somebody has mended what opened them. @returns how many were open */
	closeBreakers(scope: string): Promise<number>;
}
