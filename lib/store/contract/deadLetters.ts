import type { JsonObject, Millis } from './values';

export interface NewDeadLetter {
	scope: string;
	/** Unique in the scope: the same failure twice is one letter with two attempts. */
	key: string;
	feed: string;
	reason: string;
	message: string;
	rawRef: string | null;
	/** What a replay emits. */
	item: JsonObject;
	/** As in NewIngestion. */
	subjects?: string[];
}

export interface DeadLetter extends Omit<NewDeadLetter, 'subjects'> {
	id: string;
	attempts: number;
	state: 'waiting' | 'replayed' | 'discarded';
	createdAt: Millis;
	updatedAt: Millis;
}

export interface DeadLetterStore {
	add(letter: NewDeadLetter): Promise<DeadLetter>;
	get(scope: string, id: string): Promise<DeadLetter | null>;
	list(
		scope: string,
		filter: { state?: DeadLetter['state']; feed?: string },
		page: { limit: number; after?: string },
	): Promise<DeadLetter[]>;
	/** Compare-and-set from `waiting`. */
	settle(scope: string, id: string, state: 'replayed' | 'discarded'): Promise<boolean>;
	count(scope: string, state: DeadLetter['state']): Promise<number>;
}
