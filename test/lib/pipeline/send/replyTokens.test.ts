import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matchThread, recordSentMessage } from '../../../../lib/pipeline/threads/matchThread';
import { replyAddressFor } from '../../../../lib/pipeline/send/replyTokens';
import { type Store, openStore } from '../../../../lib/store/index';

const folder = mkdtempSync(join(tmpdir(), 'reply-tokens-'));
let store: Store;
beforeAll(async () => {
	store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite'), linger: 0 });
});
afterAll(async () => {
	await store.close();
	rmSync(folder, { recursive: true });
});

function mail(id: string, to: string, headers: { inReplyTo?: string[] } = {}) {
	return {
		id,
		messageId: id,
		inReplyTo: headers.inReplyTo ?? [],
		references: [],
		date: '2026-01-01T10:00:00.000Z',
		subject: `About ${id}`,
		text: id,
		from: { name: '', address: 'jane@example.com' },
		to: [{ name: '', address: to }],
		cc: [],
	};
}

const sent = (messageId: string, inReplyTo: string | null = null) => ({
	messageId,
	inReplyTo,
	references: [],
	date: '2026-01-01T09:00:00.000Z',
	from: 'support@example.net',
	to: ['jane@example.com'],
});

describe('reply addresses', () => {
	it('lead an answer back before anything else of the mail was filed', async () => {
		const scope = 'early';
		const address = await replyAddressFor(store, scope, 'support@example.net', { messageId: 'ours@x', threadId: null });
		expect(await replyAddressFor(store, scope, 'support@example.net', { messageId: 'ours@x', threadId: null })).toBe(
			address,
		);
		const answer = await matchThread(store, mail('answer@y', address.toUpperCase()), { scope });
		expect(answer).toMatchObject({ isNew: false, evidence: [{ kind: 'reply-token' }] });
		const filed = await recordSentMessage(store, scope, sent('ours@x'));
		expect(filed.threadId).toBe(answer.threadId);
		const again = await matchThread(store, mail('second@y', address), { scope });
		expect(again).toMatchObject({ threadId: answer.threadId, messageCount: 3 });
	});

	it('lead into the thread that the mail is sent to', async () => {
		const scope = 'known';
		const question = await matchThread(store, mail('question@y', 'support@example.net'), { scope });
		const address = await replyAddressFor(store, scope, 'support@example.net', {
			messageId: 'ours@x',
			threadId: question.threadId,
		});
		const answer = await matchThread(store, mail('answer@y', address), { scope });
		expect(answer.threadId).toBe(question.threadId);
		expect((await recordSentMessage(store, scope, sent('ours@x', 'question@y'))).threadId).toBe(question.threadId);
	});

	it('mean nothing in another scope, and nothing when they are made up', async () => {
		const address = await replyAddressFor(store, 'one', 'support@example.net', { messageId: 'ours@x', threadId: null });
		await replyAddressFor(store, 'two', 'support@example.net', { messageId: 'ours@x', threadId: null });
		expect(await matchThread(store, mail('a@y', address), { scope: 'two' })).toMatchObject({ isNew: true });
		const guessed = address.replace(/\+.{10}/, '+aaaaaaaaaa');
		expect(await matchThread(store, mail('b@y', guessed), { scope: 'one' })).toMatchObject({ isNew: true });
	});

	it('are made for a thread that the scope does not know as for none', async () => {
		const address = await replyAddressFor(store, 'odd', 'support@example.net', {
			messageId: 'ours@x',
			threadId: 'CRM-1',
		});
		expect(await matchThread(store, mail('a@y', address), { scope: 'odd' })).toMatchObject({ isNew: false });
	});
});
