import type { Millis } from './values';

/** A named right to act, held by one owner until it expires. The fence grows with each new holder. */
export interface Lease {
	name: string;
	owner: string;
	fence: number;
	expiresAt: Millis;
}

export interface LeaseStore {
	/** Takes the lease when it is free, expired or already ours; null while another owner holds it. */
	acquire(name: string, owner: string, ttl: Millis): Promise<Lease | null>;
	/** The lease with a new expiry, or null when it was lost. */
	renew(lease: Lease, ttl: Millis): Promise<Lease | null>;
	release(lease: Lease): Promise<void>;
}
