/** Everything an operations dashboard shows, counted once; the page and the metrics are two views of it. */
import { verdictOf } from '../../../email/bounce/verdict';
import { INGESTION_STAGES, type IngestionStage, type Latency, type Millis } from '../../../store/store';
import type { Backlog, JsonObject, SendDimension, StateCount, Store } from '../../../store/store';
import { countsByName, noSends, type Rates, ratesOf, type StateCounts } from '../outcomes';
import { mailboxHealth } from '../statistics';

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
	/** Sends that wait, or came back, for what the sending side is or does; the most frequent reason first. */
	refusedForUs: Array<{ reason: string; count: number }>;
	breakers: Array<{ name: string; openUntil: Millis | null }>;
	mailboxes: JsonObject[];
	rates: Rates;
}

const HOUR: Millis = 3_600_000;
/** Rows of a dimension; a dashboard is to be read at a glance. */
const TOP = 10;
/** More than there are reasons and codes. */
const MOST_REASONS = 500;
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
	const sends = countsByName(await statistics.states(scope, range)).get(null) ?? noSends();
	const intake = await statistics.intake(scope, range);
	const by = await Promise.all(
		DIMENSIONS.map(async (dimension) => [dimension, named(await statistics.by(scope, dimension, range, TOP))] as const),
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
		refusedForUs: refusedForUs(named(await statistics.by(scope, 'reason', range, MOST_REASONS))),
		breakers: (await statistics.breakers(scope)).map(({ name, openUntil }) => ({ name, openUntil })),
		mailboxes: await mailboxHealth(store, scope),
		rates: ratesOf(sends),
	};
}

function refusedForUs(reasons: Figures['by']['reason']): Figures['refusedForUs'] {
	return reasons
		.filter(({ name }) => verdictOf(name).fault === 'sender')
		.map(({ name, sends }) => ({ reason: name ?? '', count: sends.deferred + sends.bounced }))
		.filter(({ count }) => count > 0)
		.sort((one, other) => other.count - one.count);
}

function named(counts: readonly StateCount[]): Array<{ name: string | null; sends: StateCounts }> {
	return [...countsByName(counts)].map(([name, sends]) => ({ name, sends }));
}

function hoursOf(
	{ since, until }: { since: Millis; until: Millis },
	sends: ReadonlyArray<StateCount<Millis>>,
	intake: ReadonlyArray<{ hour: Millis; count: number }>,
): Figures['hours'] {
	const byHour = countsByName(sends);
	const hours: Figures['hours'] = [];
	for (let at = Math.floor(since / HOUR) * HOUR; at < until; at += HOUR) {
		hours.push({
			at,
			received: total(intake.filter(({ hour }) => hour === at)),
			sends: byHour.get(at) ?? noSends(),
		});
	}
	return hours;
}

function total(entries: ReadonlyArray<{ count: number }>): number {
	return entries.reduce((sum, { count }) => sum + count, 0);
}
