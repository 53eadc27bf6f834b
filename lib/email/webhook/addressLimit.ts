/** How many requests one address may make, refused ones included: counted before anything is verified, in memory. */
import { networkOf } from './ipAllowList';

/** What a refused request counts: nobody who holds the key makes many of them. */
const REFUSED_COUNTS = 10;
/** Seconds' worth of requests that may come at once. */
const BURST_SECONDS = 10;
/** Addresses that are remembered; of more, those are forgotten that have been quiet for the longest. */
const MOST_ADDRESSES = 10_000;

interface Bucket {
	tokens: number;
	/** On the clock of `now`. */
	at: number;
}

export interface AddressLimit {
	/**
	 * Counts a request.
	 * @param perSecond requests that an address may make
	 * @returns seconds after which the address may call again; 0 when the request may go on
	 */
	take(endpoint: string, address: string | null, perSecond: number): number;
	/** Counts a request that was refused for what it is. */
	refused(endpoint: string, address: string | null): void;
}

/**
 * A token bucket for each endpoint and network (a /64 of IPv6 is one subscriber, RFC 6177; of IPv4 each address).
 * @param now milliseconds of a clock that never goes back
 */
export function createAddressLimit(now: () => number = () => performance.now()): AddressLimit {
	// The order of a Map is that of insertion: the first is the one that has been quiet for the longest.
	const buckets = new Map<string, Bucket>();
	const keyOf = (endpoint: string, address: string | null) => JSON.stringify([endpoint, networkOf(address ?? '')]);
	return {
		take(endpoint, address, perSecond) {
			const key = keyOf(endpoint, address);
			const at = now();
			const most = Math.max(1, perSecond * BURST_SECONDS);
			const before = buckets.get(key) ?? { tokens: most, at };
			const tokens = Math.min(most, before.tokens + ((at - before.at) / 1000) * perSecond);
			const allowed = tokens >= 1;
			buckets.delete(key);
			buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at });
			const oldest = buckets.keys().next();
			if (buckets.size > MOST_ADDRESSES && !oldest.done) buckets.delete(oldest.value);
			return allowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / perSecond));
		},
		refused(endpoint, address) {
			const bucket = buckets.get(keyOf(endpoint, address));
			if (bucket) bucket.tokens = Math.max(0, bucket.tokens - (REFUSED_COUNTS - 1));
		},
	};
}

/** The process's own. */
export const addressLimit: AddressLimit = createAddressLimit();
