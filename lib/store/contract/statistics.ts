import type { IngestionStage } from './ingestion';
import type { SendState } from './sends';
import type { Millis } from './values';

/** Sends of one group and state. `name` is null for sends without a value. */
export interface StateCount<Name = string | null> {
	name: Name;
	state: SendState;
	count: number;
}

/** In ms; null when nothing was measured. */
export interface Latency {
	count: number;
	p50: Millis | null;
	p95: Millis | null;
	p99: Millis | null;
	max: Millis | null;
}

export const SEND_DIMENSIONS = ['provider', 'template', 'stream', 'sender', 'reason'] as const;
export type SendDimension = (typeof SEND_DIMENSIONS)[number];

export interface Backlog {
	/** Reserved or deferred, and may be sent now. */
	due: number;
	/** Deferred to a time to come. */
	scheduled: number;
	/** A worker holds them. */
	underWay: number;
	inDoubt: number;
	needsReview: number;
	/** Since when the one that may be sent and was not has been due; null when none is. */
	oldestDue: Millis | null;
	/** When the next of those scheduled is due. */
	nextDue: Millis | null;
}

/** Counted by the database; `since` and `until` are about when the send was made, `until` exclusive. */
export interface StatisticsStore {
	states(scope: string, range: { since: Millis; until?: Millis }): Promise<StateCount<null>[]>;
	/** By hour of creation; `name` is the hour's begin. */
	hours(scope: string, range: { since: Millis; until?: Millis }): Promise<StateCount<Millis>[]>;
	/** The `top` most frequent names of a dimension. */
	by(
		scope: string,
		dimension: SendDimension,
		range: { since: Millis; until?: Millis },
		top: number,
	): Promise<StateCount[]>;
	/** `accepted`: from the record to the server's reply; `delivered`: from there to the provider's event. */
	latency(scope: string, until: 'accepted' | 'delivered', range: { since: Millis; until?: Millis }): Promise<Latency>;
	/** As it is now, whenever the sends were made. */
	backlog(scope: string): Promise<Backlog>;
	/** Mails taken in, by hour of recording (its begin) and by how far they got. */
	intake(
		scope: string,
		range: { since: Millis; until?: Millis },
	): Promise<Array<{ hour: Millis; stage: IngestionStage; count: number }>>;
	/** Live suppressions, the most frequent reason first. */
	suppressions(scope: string): Promise<Array<{ reason: string; count: number }>>;
	/** Breakers that are open or count failures now. */
	breakers(
		scope: string,
	): Promise<Array<{ name: string; failures: number; openUntil: Millis | null; updatedAt: Millis }>>;
}
