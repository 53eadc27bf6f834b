import type { Millis } from './values';

export interface NewSuppression {
	scope: string;
	address: string;
	/** null suppresses in every stream of the scope. */
	stream: string | null;
	reason: string;
	/** Event or person that caused it. */
	source: string;
	/** null never expires. */
	expiresAt: Millis | null;
}

export interface Suppression extends NewSuppression {
	id: string;
	/** Keyed hash of the address, which is all that is indexed. */
	addressHash: string;
	createdAt: Millis;
}

export interface SuppressionStore {
	add(entry: NewSuppression): Promise<Suppression>;
	/** Live suppressions among the addresses, for the stream or for all. */
	check(scope: string, addresses: string[], stream: string | null): Promise<Suppression[]>;
	remove(scope: string, address: string, stream: string | null): Promise<number>;
	list(scope: string, page: { limit: number; after?: string }): Promise<Suppression[]>;
}
