/** One mail's way, from its receipt to what became of the answers to it. */
import { messageIdKey } from '../../email/thread/links';
import type { IngestionRecord, JsonObject, Millis, SendRecord, Store } from '../../store/store';
import { getMessage } from './messages';
import { collected } from './paging';
import { isoTime, shownSend } from './records';
import { everySend } from './sends';

interface Moment {
	at: Millis;
	type: string;
	detail: JsonObject;
}

/**
 * @returns the record, its thread, and `timeline`, the oldest first: receipt, emission, stage, and every event of the
 *   sends that belong to the thread and were made after the mail came
 * @throws LedgerError `LEDGER_NOT_FOUND`
 */
export async function messageTimeline(
	store: Store,
	scope: string,
	key: string,
): Promise<{ record: IngestionRecord; threadId: string | null; sends: JsonObject[]; timeline: JsonObject[] }> {
	const record = await getMessage(store, scope, key);
	await store.sends.sweep(scope);
	const threadId = await threadOf(store, scope, record);
	const sends = threadId === null ? [] : await answersIn(store, scope, threadId, record.createdAt);
	const moments = [...intakeOf(record)];
	for (const send of sends) {
		for (const { at, type, from, to, detail } of await store.sends.history(scope, send.id)) {
			moments.push({
				at,
				type: `send.${type}`,
				detail: { sendId: send.id, recipient: send.recipient, from, to, ...detail },
			});
		}
	}
	moments.sort((a, b) => a.at - b.at);
	return {
		record,
		threadId,
		sends: sends.map(shownSend),
		timeline: moments.map(({ at, type, detail }) => ({ at: isoTime(at), type, detail })),
	};
}

function intakeOf(record: IngestionRecord): Moment[] {
	const { createdAt, emittedAt, updatedAt, stage, attempt, rawRef, error } = record;
	return [
		{ at: createdAt, type: 'received', detail: { rawRef } },
		...(emittedAt === null ? [] : [{ at: emittedAt, type: 'emitted', detail: { attempt } }]),
		...(stage === 'received' || stage === 'emitted' ? [] : [{ at: updatedAt, type: stage, detail: { error } }]),
	];
}

async function threadOf(store: Store, scope: string, { metadata }: IngestionRecord): Promise<string | null> {
	const { messageId } = metadata;
	if (typeof messageId !== 'string' || messageId === '') return null;
	return (await store.threads.find(scope, messageIdKey(messageId)))?.threadId ?? null;
}

/** Oldest first. A thread that was merged is asked under its former ids too. */
async function answersIn(store: Store, scope: string, threadId: string, since: Millis): Promise<SendRecord[]> {
	const aliases = (await store.threads.get(scope, threadId))?.aliases ?? [];
	const found: SendRecord[] = [];
	for (const id of new Set([threadId, ...aliases])) {
		found.push(...(await collected(everySend(store, scope, { threadId: id, since }))));
	}
	return found.sort((a, b) => a.createdAt - b.createdAt);
}
