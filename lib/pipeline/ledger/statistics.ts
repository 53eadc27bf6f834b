/** Numbers to look at, or to raise an alarm on. Everything is counted by the database. */
import {
	INGESTION_STAGES,
	type IngestionStage,
	type JsonObject,
	type Millis,
	type SendDimension,
	type Store,
} from '../../store/store';
import { endpointActivity } from './endpoints';
import { watchedMailboxes } from './mailboxes';
import { countsByName, noSends, ratesOf, type StateCounts, takenOf, totalOf } from './outcomes';
import { shownPause } from './pauses';
import { isoTime } from './records';

export const STATISTICS_SECTIONS = [
	'sends',
	'hours',
	'latency',
	'backlog',
	'control',
	'deadLetters',
	'mailboxes',
	'webhooks',
] as const;
export type StatisticsSection = (typeof STATISTICS_SECTIONS)[number];

/** Names shown of a dimension; the rarer ones are left out. */
const SHOWN = 50;

const UNDER_WAY: readonly IngestionStage[] = INGESTION_STAGES.filter(
	(stage) => stage !== 'received' && stage !== 'confirmed' && stage !== 'dead',
);

interface Range {
	since: Millis;
	until?: Millis;
}

/**
 * One object with the sections asked for (docs/nodes/email-ledger.md).
 * @param range the sends made within it; backlog, control, dead letters and mailboxes are shown as they are now
 */
export async function statistics(
	store: Store,
	scope: string,
	range: Range,
	sections: readonly StatisticsSection[] = STATISTICS_SECTIONS,
): Promise<JsonObject> {
	await store.sends.sweep(scope);
	const shown: JsonObject = { scope, since: isoTime(range.since), until: isoTime(range.until ?? null) };
	for (const section of STATISTICS_SECTIONS) {
		if (sections.includes(section)) shown[section] = await MAKERS[section](store, scope, range);
	}
	return shown;
}

const MAKERS: Record<
	StatisticsSection,
	(store: Store, scope: string, range: Range) => Promise<JsonObject | JsonObject[]>
> = {
	sends: sendCounts,
	hours: async (store, scope, range) =>
		[...countsByName(await store.statistics.hours(scope, range))].map(([hour, states]) => ({
			hour: isoTime(hour),
			...summaryOf(states),
		})),
	latency: async (store, scope, range) => ({
		accepted: { ...(await store.statistics.latency(scope, 'accepted', range)) },
		delivered: { ...(await store.statistics.latency(scope, 'delivered', range)) },
	}),
	backlog: async (store, scope) => {
		const { oldestDue, nextDue, ...counts } = await store.statistics.backlog(scope);
		return { ...counts, oldestDueSince: isoTime(oldestDue), nextDueAt: isoTime(nextDue) };
	},
	control: async (store, scope) => ({
		pauses: (await store.pauses.list(scope)).map(shownPause),
		breakers: (await store.statistics.breakers(scope)).map(({ name, failures, openUntil, updatedAt }) => ({
			name,
			failures,
			openUntil: isoTime(openUntil),
			updatedAt: isoTime(updatedAt),
		})),
	}),
	deadLetters: async (store, scope) => ({
		waiting: await store.deadLetters.count(scope, 'waiting'),
		replayed: await store.deadLetters.count(scope, 'replayed'),
		discarded: await store.deadLetters.count(scope, 'discarded'),
	}),
	mailboxes: mailboxHealth,
	webhooks: (store, scope, { since }) => endpointActivity(store, scope, since),
};

async function sendCounts(store: Store, scope: string, range: Range): Promise<JsonObject> {
	const states = countsByName(await store.statistics.states(scope, range)).get(null) ?? noSends();
	const by = async (dimension: SendDimension): Promise<JsonObject[]> =>
		[...countsByName(await store.statistics.by(scope, dimension, range, SHOWN))].map(([name, counts]) => ({
			name,
			...summaryOf(counts),
		}));
	const reasons = [...countsByName(await store.statistics.by(scope, 'reason', range, SHOWN))];
	return {
		...summaryOf(states),
		byReason: Object.fromEntries(
			reasons.flatMap(([reason, counts]) => (reason === null ? [] : [[reason, totalOf(counts)]])),
		),
		byProvider: await by('provider'),
		byTemplate: await by('template'),
		byStream: await by('stream'),
		bySender: await by('sender'),
	};
}

function summaryOf(states: StateCounts): JsonObject {
	const { bounce, complaint } = ratesOf(states);
	return {
		total: totalOf(states),
		sent: takenOf(states),
		byState: { ...states },
		bounceRate: bounce,
		complaintRate: complaint,
	};
}

/** Connection and backlog of each watched mailbox, as they are. */
export async function mailboxHealth(store: Store, scope: string): Promise<JsonObject[]> {
	const mailboxes: JsonObject[] = [];
	for (const { account, mailbox, feed, status, updatedAt } of await watchedMailboxes(store, scope)) {
		mailboxes.push({
			account,
			mailbox,
			feed,
			...status,
			waiting: feed === null ? null : await store.ingestion.count(scope, feed, ['received']),
			underWay: feed === null ? null : await store.ingestion.count(scope, feed, UNDER_WAY),
			dead: feed === null ? null : await store.ingestion.count(scope, feed, ['dead']),
			updatedAt,
		});
	}
	return mailboxes;
}
