/** Everything an operations dashboard shows, counted once; the page and the metrics are two views of it. */
import {
	INGESTION_STAGES,
	type IngestionStage,
	type Latency,
	type Millis,
	SEND_STATES,
	type SendState,
} from '../../../store/store';
import type { Backlog, JsonObject, SendDimension, StateCount, Store } from '../../../store/store';
import { mailboxHealth } from '../statistics';

export type StateCounts = Record<SendState, number>;

export interface Figures {
	scope: string;
	since: Millis;
	until: Millis;
	sends: StateCounts;
	/** One entry for each hour of the range, also where nothing was sent. */
	hours: Array<{ at: Millis; received: number; sends: StateCounts }>;
	/** The most frequent first; `name` is null for sends without a value. */
	by: Record<SendDimension, Array<{ name: string | null; sends: StateCounts }>>;
	/** Mails taken in, by how far they got. */
	intake: Record<IngestionStage, number>;
	latency: { accepted: Latency; delivered: Latency };
	backlog: Backlog;
	deadLetters: { waiting: number; replayed: number; discarded: number };
	suppressions: Array<{ reason: string; count: number }>;
	breakers: Array<{ name: string; openUntil: Millis | null }>;
	mailboxes: JsonObject[];
	rates: Rates;
}

/** Shares from 0 to 1; null when there is nothing to take them of. */
export interface Rates {
	/** Of what a server took: delivered, or not heard of again. */
	delivery: number | null;
	bounce: number | null;
	complaint: number | null;
}

const HOUR: Millis = 3_600_000;
/** Rows of a dimension; a dashboard is to be read at a glance. */
const TOP = 10;
const DIMENSIONS: readonly SendDimension[] = ['provider', 'template', 'stream', 'sender', 'reason'];

/** @param range at most some weeks: each hour is an entry */
export async function gatherFigures(
	store: Store,
	scope: string,
	{ since, until }: { since: Millis; until: Millis },
): Promise<Figures> {
	await store.sends.sweep(scope);
	const { statistics } = store;
	const range = { since, until };
	const sends = statesOf(await statistics.states(scope, range));
	const intake = await statistics.intake(scope, range);
	const by = await Promise.all(
		DIMENSIONS.map(
			async (dimension) => [dimension, grouped(await statistics.by(scope, dimension, range, TOP))] as const,
		),
	);
	return {
		scope,
		since,
		until,
		sends,
		hours: hoursOf(range, await statistics.hours(scope, range), intake),
		by: Object.fromEntries(by) as Figures['by'],
		intake: Object.fromEntries(
			INGESTION_STAGES.map((stage) => [stage, total(intake.filter((entry) => entry.stage === stage))]),
		) as Figures['intake'],
		latency: {
			accepted: await statistics.latency(scope, 'accepted', range),
			delivered: await statistics.latency(scope, 'delivered', range),
		},
		backlog: await statistics.backlog(scope),
		deadLetters: {
			waiting: await store.deadLetters.count(scope, 'waiting'),
			replayed: await store.deadLetters.count(scope, 'replayed'),
			discarded: await store.deadLetters.count(scope, 'discarded'),
		},
		suppressions: await statistics.suppressions(scope),
		breakers: (await statistics.breakers(scope)).map(({ name, openUntil }) => ({ name, openUntil })),
		mailboxes: await mailboxHealth(store, scope),
		rates: ratesOf(sends),
	};
}

/** Opens are no delivery, and silence is no bounce: only what a server or provider said counts. */
export function ratesOf(sends: StateCounts): Rates {
	const taken = sends.accepted + sends.delivered + sends.bounced + sends.complained;
	const refused = sends.bounced + sends.failed;
	return {
		delivery: share(sends.accepted + sends.delivered + sends.complained, taken + sends.failed),
		bounce: share(refused, taken + sends.failed),
		complaint: share(sends.complained, taken),
	};
}

function share(part: number, whole: number): number | null {
	return whole === 0 ? null : part / whole;
}

function statesOf(counts: ReadonlyArray<StateCount<unknown>>): StateCounts {
	return Object.fromEntries(
		SEND_STATES.map((state) => [state, total(counts.filter((entry) => entry.state === state))]),
	) as StateCounts;
}

function grouped(counts: readonly StateCount[]): Array<{ name: string | null; sends: StateCounts }> {
	const names = [...new Set(counts.map(({ name }) => name))];
	return names.map((name) => ({ name, sends: statesOf(counts.filter((entry) => entry.name === name)) }));
}

function hoursOf(
	{ since, until }: { since: Millis; until: Millis },
	sends: ReadonlyArray<StateCount<Millis>>,
	intake: ReadonlyArray<{ hour: Millis; count: number }>,
): Figures['hours'] {
	const hours: Figures['hours'] = [];
	for (let at = Math.floor(since / HOUR) * HOUR; at < until; at += HOUR) {
		hours.push({
			at,
			received: total(intake.filter(({ hour }) => hour === at)),
			sends: statesOf(sends.filter(({ name }) => name === at)),
		});
	}
	return hours;
}

function total(entries: ReadonlyArray<{ count: number }>): number {
	return entries.reduce((sum, { count }) => sum + count, 0);
}
