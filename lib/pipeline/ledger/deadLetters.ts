/** Dead letters: items that could not be processed, kept until a person replays or discards them. */
import { createHash } from 'node:crypto';
import { MESSAGE_SCHEMA } from '../../email/message';
import { LedgerError, StoreError } from '../../errors';
import type { DeadLetter, JsonObject, Store } from '../../store/store';
import { receivedItem } from '../ingest/arrival';
import { notFound } from './notFound';
import { collected, rowsOf } from './paging';

export interface FailedItem {
	/** The item as it came out of an error output, with the `error` that n8n or this package put there. */
	item: JsonObject;
	/** Identity of the failure; of the mail, unless given. */
	key?: string | null;
	/** Group it is listed under. */
	feed: string;
	reason?: string | null;
	message?: string | null;
}

export interface LetterFilter {
	state?: DeadLetter['state'];
	feed?: string;
}

/**
 * Files an item. Of a mail in the archive the letter keeps what a trigger would emit, so that a replay parses it anew;
 * of anything else the item itself. The mail's own record ends as `dead`.
 */
export async function addDeadLetter(store: Store, scope: string, failed: FailedItem): Promise<DeadLetter> {
	const { error, ...item } = failed.item;
	const rawRef = textAt(item, 'raw', 'ref');
	const ingestionKey = textAt(item, 'ingestion', 'key');
	const reason = failed.reason ?? textAt({ error }, 'error', 'code') ?? 'UNKNOWN';
	const letter = await store.deadLetters.add({
		scope,
		key: failed.key ?? ingestionKey ?? rawRef ?? `item:${hashOf(item)}`,
		feed: failed.feed,
		reason,
		message: failed.message ?? messageIn(error) ?? 'No error message was given',
		rawRef,
		item: rawRef === null ? item : arrivalOf(item),
		subjects: subjectsOf(item),
	});
	if (ingestionKey !== null) await store.ingestion.advance(scope, ingestionKey, 'dead', reason);
	return letter;
}

/** @throws LedgerError `LEDGER_NOT_FOUND` */
export async function getDeadLetter(store: Store, scope: string, id: string): Promise<DeadLetter> {
	const letter = await store.deadLetters.get(scope, id);
	if (!letter) throw notFound('dead letter', id, scope);
	return letter;
}

/** Oldest first. */
export async function listDeadLetters(
	store: Store,
	scope: string,
	filter: LetterFilter,
	limit?: number,
): Promise<DeadLetter[]> {
	return await collected(
		rowsOf<DeadLetter>(
			(size, last) => store.deadLetters.list(scope, filter, { limit: size, ...(last ? { after: last.id } : {}) }),
			limit,
		),
	);
}

/**
 * The item as the trigger emitted it, with `replay` added; the letter is settled. A letter that was replayed before is
 * emitted again, marked `repeated`: the item of the first replay may have been lost with its execution.
 * @throws LedgerError `LEDGER_NOT_FOUND`, `LEDGER_LETTER_DISCARDED`, `LEDGER_NOTHING_TO_REPLAY`; StoreError `ARCHIVE_*`
 *   when the mail itself is gone. The letter then stays as it is.
 */
export async function replayDeadLetter(store: Store, scope: string, id: string): Promise<JsonObject> {
	const letter = await getDeadLetter(store, scope, id);
	if (letter.state === 'discarded') throw discarded(letter);
	const item = await replayable(store, scope, letter);
	const settled = await store.deadLetters.settle(scope, id, 'replayed');
	if (!settled) {
		const now = await getDeadLetter(store, scope, id);
		if (now.state === 'discarded') throw discarded(now);
	}
	return { ...item, replay: { deadLetterId: id, reason: letter.reason, repeated: !settled } };
}

/** @throws LedgerError `LEDGER_NOT_FOUND`, `LEDGER_STATE` it was replayed before */
export async function discardDeadLetter(
	store: Store,
	scope: string,
	id: string,
): Promise<{ letter: DeadLetter; changed: boolean }> {
	const changed = await store.deadLetters.settle(scope, id, 'discarded');
	const letter = await getDeadLetter(store, scope, id);
	if (letter.state === 'discarded') return { letter, changed };
	throw new LedgerError('This dead letter was replayed already, so there is nothing to discard', {
		code: 'LEDGER_STATE',
		hint: 'If the replay failed, add its item to the dead letters again and discard that.',
		record: { id, state: letter.state },
	});
}

async function replayable(store: Store, scope: string, letter: DeadLetter): Promise<JsonObject> {
	const { item, rawRef } = letter;
	if (rawRef === null) {
		// A mail that was never read has only its place in the mailbox, and an erased letter nothing at all.
		if (Object.keys(item).length === 0 || (item.schema === undefined && Object.keys(item).join() === 'source'))
			throw nothingToReplay(letter);
		return item;
	}
	const entry = await store.archive.stat(scope, rawRef);
	if (entry === null || entry.purgedAt !== null || entry.mode === 'hash') throw mailGone(letter, entry !== null);
	const record = (await store.ingestion.get(scope, letter.key)) ?? undefined;
	// The letters of mailboxes hold metadata only.
	if (item.schema === undefined) return receivedItem(item, record);
	// With the record's key, so that a replay that fails is filed under the same letter.
	if (record === undefined || item.ingestion !== undefined) return item;
	return { ...item, ingestion: { key: record.key, attempt: record.attempt } };
}

/** What a trigger emitted for this mail, read back from what later nodes made of it. */
function arrivalOf(item: JsonObject): JsonObject {
	if (item.schema !== MESSAGE_SCHEMA) return item;
	const known = ['messageId', 'subject', 'from', 'to', 'date', 'source', 'raw', 'envelope', 'authentication', 'spam'];
	const metadata = Object.fromEntries(known.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])));
	return { ...receivedItem(metadata), ...(item.ingestion === undefined ? {} : { ingestion: item.ingestion }) };
}

/** Whom the item is about: how an erasure finds it. */
function subjectsOf(item: JsonObject): string[] {
	const addresses = [item.from, item.to, item.cc, item.bcc, item.replyTo, item.sender].flat();
	return [
		...addresses.flatMap((entry) => textAt({ entry: entry ?? null }, 'entry', 'address') ?? []),
		// Of a delivery event.
		...[textAt(item, 'recipient') ?? []].flat(),
	];
}

function messageIn(error: unknown): string | null {
	if (typeof error === 'string') return error;
	return isObject(error) && typeof error.message === 'string' ? error.message : null;
}

function textAt(value: unknown, ...path: string[]): string | null {
	let at = value;
	for (const name of path) at = isObject(at) ? at[name] : undefined;
	return typeof at === 'string' && at !== '' ? at : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function hashOf(item: JsonObject): string {
	const sorted = JSON.stringify(item, (_name, value: unknown) =>
		isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
	);
	return createHash('sha256').update(sorted).digest('hex');
}

function discarded(letter: DeadLetter): LedgerError {
	return new LedgerError('This dead letter was discarded', {
		code: 'LEDGER_LETTER_DISCARDED',
		hint: 'Get shows what it held, unless it was erased; an item can be added again.',
		record: { id: letter.id },
	});
}

function nothingToReplay(letter: DeadLetter): LedgerError {
	return new LedgerError('This dead letter holds no mail: it could not be read from the mailbox', {
		code: 'LEDGER_NOTHING_TO_REPLAY',
		hint: 'Its message says why. The mail is still in the mailbox at the UID under “item”, unless somebody removed it.',
		record: { id: letter.id, key: letter.key },
	});
}

function mailGone(letter: DeadLetter, known: boolean): StoreError {
	return new StoreError('The raw message of this dead letter is no longer in the archive', {
		code: known ? 'ARCHIVE_PURGED' : 'ARCHIVE_NOT_FOUND',
		hint: 'Fetch the mail from its source again, or discard the letter.',
		record: { id: letter.id, ref: letter.rawRef },
	});
}
