import type { Millis } from './values';

/** How often an endpoint came to one outcome. */
export interface EndpointCount {
	/** Identity of the endpoint, e.g. `webhook:workflow/node`. */
	endpoint: string;
	/** What a person calls it; the newest counts. */
	label: string;
	/** `taken`, `repeated`, or the code of a refusal. */
	outcome: string;
	count: number;
	/** When it came to that outcome last, as well as the counter knows. */
	lastAt: Millis;
}

/** Counts requests by the hour, so that what is refused can be seen. */
export interface EndpointStore {
	/** Adds to the counts of this hour, in one step. */
	add(scope: string, counts: ReadonlyArray<Omit<EndpointCount, 'lastAt'>>): Promise<void>;
	/** Sums from the hour of `since` on, by endpoint and outcome. */
	counts(scope: string, since: Millis): Promise<EndpointCount[]>;
}
