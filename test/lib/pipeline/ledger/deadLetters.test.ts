import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { receivedItem } from '../../../../lib/pipeline/ingest/arrival';
import {
	addDeadLetter,
	discardDeadLetter,
	listDeadLetters,
	replayDeadLetter,
} from '../../../../lib/pipeline/ledger/deadLetters';
import type { JsonObject, Store } from '../../../../lib/store';
import { freshStore, scope } from './ledgerStore';

const key = 'imap:1/2:support@host:993:INBOX:7:42';

let store: Store;
let dispose: () => Promise<void>;

beforeEach(async () => ({ store, dispose } = await freshStore()));
afterEach(() => dispose());

/** A mail as the trigger recorded and emitted it. */
async function emitted(): Promise<{ item: JsonObject; ref: string; metadata: JsonObject }> {
	const { ref, sha256, size } = await store.archive.put(scope, Buffer.from('Subject: Hello\r\n\r\nHi'));
	const metadata: JsonObject = {
		messageId: 'a@example.com',
		subject: 'Hello',
		from: { name: 'Ann', address: 'ann@example.com' },
		to: [{ name: '', address: 'support@example.com' }],
		date: null,
		source: { kind: 'imap', uid: 42 },
		raw: { ref, sha256, size },
	};
	await store.ingestion.record({ scope, key, feed: 'inbox', rawRef: ref, contentKey: null, metadata });
	const [record] = await store.ingestion.emit(scope, [key], 'b', 'e');
	return { item: receivedItem(metadata, record), ref, metadata };
}

const failure = { code: 'INVOICE_UNREADABLE', message: 'No number', hint: null };
const add = (item: JsonObject) => addDeadLetter(store, scope, { item, feed: 'workflow:1' });

describe('adding a dead letter', () => {
	it('keeps what the trigger emitted, why it failed, and ends the mail’s record', async () => {
		const { item, ref } = await emitted();
		const letter = await add({ ...item, error: failure });
		expect(letter).toMatchObject({
			key,
			reason: 'INVOICE_UNREADABLE',
			message: 'No number',
			rawRef: ref,
			item,
			state: 'waiting',
			attempts: 1,
		});
		expect(letter.item).not.toHaveProperty('error');
		expect(await store.ingestion.get(scope, key)).toMatchObject({ stage: 'dead', error: 'INVOICE_UNREADABLE' });
	});

	it('counts the same failure twice as one letter', async () => {
		const { item } = await emitted();
		const first = await add({ ...item, error: failure });
		const second = await add({ ...item, error: failure });
		expect(second).toMatchObject({ id: first.id, attempts: 2 });
	});

	it('of a parsed mail keeps no body, only what it takes to parse it again', async () => {
		const { item, metadata } = await emitted();
		const parsed = { ...metadata, schema: 'email.message/1', text: 'Hi', html: null, ingestion: item.ingestion! };
		const letter = await add({ ...parsed, error: failure });
		expect(letter.item).toEqual(item);
	});

	it.each<[string, JsonObject['error'], string, string]>([
		['an error of another node', 'It went wrong', 'UNKNOWN', 'It went wrong'],
		['no error', null, 'UNKNOWN', 'No error message was given'],
	])('takes an item that is no mail, with %s', async (_what, error, reason, message) => {
		const letter = await add({ order: 7, lines: [{ b: 1, a: 2 }], error });
		expect(letter).toMatchObject({ reason, message, rawRef: null, item: { order: 7 } });
		expect((await add({ lines: [{ a: 2, b: 1 }], order: 7, error })).id).toBe(letter.id);
		expect((await add({ order: 8, error })).id).not.toBe(letter.id);
		expect(await replayDeadLetter(store, scope, letter.id)).toMatchObject({ order: 7, replay: { repeated: false } });
	});

	it.each<[string, () => Promise<JsonObject>]>([
		['a mail', async () => (await emitted()).item],
		['a delivery event', () => Promise.resolve({ schema: 'email.event/1', recipient: 'ann@example.com' })],
	])('of %s is found when an address is erased', async (_what, made) => {
		const { id } = await add({ ...(await made()), error: failure });
		await store.maintenance.eraseAddress(scope, 'ann@example.com');
		expect(await store.deadLetters.get(scope, id)).toMatchObject({ item: {}, state: 'discarded' });
	});
});

describe('replaying a dead letter', () => {
	it('emits what the trigger emitted, settles the letter, and marks a repeat', async () => {
		const { item } = await emitted();
		const { id } = await add({ ...item, error: failure });
		const replay = { deadLetterId: id, reason: 'INVOICE_UNREADABLE' };
		expect(await replayDeadLetter(store, scope, id)).toEqual({ ...item, replay: { ...replay, repeated: false } });
		expect(await listDeadLetters(store, scope, { state: 'replayed' })).toMatchObject([{ id }]);
		expect(await replayDeadLetter(store, scope, id)).toEqual({ ...item, replay: { ...replay, repeated: true } });
	});

	it('gives a letter of the trigger itself the shape of its items', async () => {
		const { item, ref, metadata } = await emitted();
		const { id } = await store.deadLetters.add({
			scope,
			key,
			feed: 'inbox',
			reason: 'EXECUTION_NEVER_FINISHED',
			message: 'x',
			rawRef: ref,
			item: metadata,
		});
		const { replay, ...replayed } = await replayDeadLetter(store, scope, id);
		expect(replayed).toEqual(item);
		expect(replay).toMatchObject({ reason: 'EXECUTION_NEVER_FINISHED', repeated: false });
	});

	it('leaves a delivery event what it is', async () => {
		const { ref, sha256, size } = await store.archive.put(scope, Buffer.from('{}'));
		const event = { schema: 'email.event/1', type: 'bounced', raw: { ref, sha256, size } };
		const { id } = await add({ ...event, error: failure });
		expect(await replayDeadLetter(store, scope, id)).toEqual({
			...event,
			replay: { deadLetterId: id, reason: failure.code, repeated: false },
		});
	});

	it('of two at once, one is the first', async () => {
		const { item } = await emitted();
		const { id } = await add({ ...item, error: failure });
		const both = await Promise.all([replayDeadLetter(store, scope, id), replayDeadLetter(store, scope, id)]);
		expect(both.map(({ replay }) => (replay as JsonObject).repeated).sort()).toEqual([false, true]);
	});

	it('does not settle a letter whose mail is gone', async () => {
		const { item, ref } = await emitted();
		const { id } = await add({ ...item, error: failure });
		await store.archive.purge(scope, ref);
		await expect(replayDeadLetter(store, scope, id)).rejects.toMatchObject({ code: 'ARCHIVE_PURGED' });
		expect(await store.deadLetters.get(scope, id)).toMatchObject({ state: 'waiting' });
	});

	it('says that a mail which was never read cannot be replayed', async () => {
		const { id } = await store.deadLetters.add({
			scope,
			key: 'k',
			feed: 'inbox',
			reason: 'MESSAGE_TOO_LARGE',
			message: 'x',
			rawRef: null,
			item: { source: { kind: 'imap', account: 'a', mailbox: 'INBOX', uid: 9 } },
		});
		await expect(replayDeadLetter(store, scope, id)).rejects.toMatchObject({ code: 'LEDGER_NOTHING_TO_REPLAY' });
		expect(await store.deadLetters.get(scope, id)).toMatchObject({ state: 'waiting' });
	});

	it('refuses what was discarded, and an id it does not know', async () => {
		const { id } = await add({ order: 7 });
		expect(await discardDeadLetter(store, scope, id)).toMatchObject({ changed: true, letter: { state: 'discarded' } });
		expect(await discardDeadLetter(store, scope, id)).toMatchObject({ changed: false });
		await expect(replayDeadLetter(store, scope, id)).rejects.toMatchObject({ code: 'LEDGER_LETTER_DISCARDED' });
		await expect(replayDeadLetter(store, scope, 'x')).rejects.toMatchObject({ code: 'LEDGER_NOT_FOUND' });
		await expect(discardDeadLetter(store, scope, 'x')).rejects.toMatchObject({ code: 'LEDGER_NOT_FOUND' });
	});

	it('discards nothing that was replayed', async () => {
		const { id } = await add({ order: 7 });
		await replayDeadLetter(store, scope, id);
		await expect(discardDeadLetter(store, scope, id)).rejects.toMatchObject({ code: 'LEDGER_STATE' });
	});
});
