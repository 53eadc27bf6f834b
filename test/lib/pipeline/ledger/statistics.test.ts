import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getMessage, searchMessages } from '../../../../lib/pipeline/ledger/messages';
import { statistics } from '../../../../lib/pipeline/ledger/statistics';
import { INGESTION_STAGES, SEND_STATES, type Store } from '../../../../lib/store';
import { freshStore, reserved, scope, sendIn } from './ledgerStore';

const account = 'support@imap.example.com:993';
const feed = `imap:12/node:${account}:INBOX`;

let store: Store;
let dispose: () => Promise<void>;

beforeEach(async () => {
	({ store, dispose } = await freshStore());
	await store.mailboxes.saveStatus({ scope, account: `${account}#12/node`, mailbox: 'INBOX' }, { state: 'watching' });
	for (const uid of [1, 2, 3]) {
		await store.ingestion.record({
			scope,
			key: `${feed}:7:${uid}`,
			feed,
			rawRef: null,
			contentKey: null,
			metadata: { subject: `Mail ${uid}` },
		});
	}
	await store.ingestion.emit(scope, [`${feed}:7:2`], 'b', 'e');
	await store.ingestion.advance(scope, `${feed}:7:3`, 'dead', 'SOME_CODE');
});
afterEach(() => dispose());

describe('statistics', () => {
	it('count sends, dead letters and what each mailbox has waiting', async () => {
		await reserved(store, { key: 'a', template: 'ack' });
		await sendIn(store, ['transmitting', 'accepted'], { key: 'b', template: 'ack' });
		await sendIn(store, ['failed'], { key: 'c' });
		await reserved(store, { key: 'd', scope: 'other' });
		await store.deadLetters.add({ scope, key: 'k', feed, reason: 'r', message: 'm', rawRef: null, item: {} });
		const shown = await statistics(store, scope, { since: 0 });
		const { byTemplate } = shown.sends as { byTemplate: object[] };
		expect(byTemplate[0]).toMatchObject({ name: 'ack', total: 2, sent: 1, bounceRate: 0 });
		expect(shown).toMatchObject({
			sends: {
				total: 3,
				byState: { reserved: 1, accepted: 1, failed: 1, in_doubt: 0 },
			},
			deadLetters: { waiting: 1, replayed: 0, discarded: 0 },
			mailboxes: [{ account, mailbox: 'INBOX', feed, state: 'watching', waiting: 1, underWay: 1, dead: 1 }],
		});
		expect(Object.keys((shown.sends as { byState: object }).byState)).toEqual([...SEND_STATES]);
		expect(await statistics(store, scope, { since: Date.now() + 60_000 })).toMatchObject({ sends: { total: 0 } });
	});
});

describe('messages', () => {
	it('are found by key, and in their mailbox by stage', async () => {
		expect(await getMessage(store, scope, `${feed}:7:3`)).toMatchObject({ stage: 'dead', error: 'SOME_CODE' });
		await expect(getMessage(store, scope, 'x')).rejects.toMatchObject({ code: 'LEDGER_NOT_FOUND' });
		expect(await searchMessages(store, scope, feed, ['received', 'dead'])).toMatchObject([
			{ metadata: { subject: 'Mail 1' } },
			{ metadata: { subject: 'Mail 3' } },
		]);
		expect(await searchMessages(store, scope, feed, INGESTION_STAGES, 2)).toHaveLength(2);
		expect(await searchMessages(store, 'other', feed, INGESTION_STAGES)).toEqual([]);
	});
});
