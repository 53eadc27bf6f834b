/** Numbers to look at, or to raise an alarm on. */
import {
	INGESTION_STAGES,
	type IngestionStage,
	type JsonObject,
	type Millis,
	SEND_STATES,
	type Store,
} from '../../store/store';
import { watchedMailboxes } from './mailboxes';
import { isoTime } from './records';
import { everySend } from './sends';

const UNDER_WAY: readonly IngestionStage[] = INGESTION_STAGES.filter(
	(stage) => stage !== 'received' && stage !== 'confirmed' && stage !== 'dead',
);

/** @param since counts sends made since then */
export async function statistics(store: Store, scope: string, since: Millis): Promise<JsonObject> {
	const [sends, letters, mailboxes] = [
		await sendCounts(store, scope, since),
		await letterCounts(store, scope),
		await mailboxHealth(store, scope),
	];
	return { scope, since: isoTime(since), sends, deadLetters: letters, mailboxes };
}

/** Every state is there, also with 0, so that a condition on it always has a number. */
async function sendCounts(store: Store, scope: string, since: Millis): Promise<JsonObject> {
	await store.sends.sweep(scope);
	const byState = Object.fromEntries(SEND_STATES.map((state) => [state, 0]));
	const byReason: Record<string, number> = {};
	const byTemplate: Record<string, number> = {};
	let total = 0;
	for await (const { state, reason, template } of everySend(store, scope, { since })) {
		total++;
		byState[state] = (byState[state] ?? 0) + 1;
		if (reason !== null) byReason[reason] = (byReason[reason] ?? 0) + 1;
		if (template !== null) byTemplate[template] = (byTemplate[template] ?? 0) + 1;
	}
	return { total, byState, byReason, byTemplate };
}

async function letterCounts(store: Store, scope: string): Promise<JsonObject> {
	return {
		waiting: await store.deadLetters.count(scope, 'waiting'),
		replayed: await store.deadLetters.count(scope, 'replayed'),
		discarded: await store.deadLetters.count(scope, 'discarded'),
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
