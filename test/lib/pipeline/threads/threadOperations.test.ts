import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matchThread } from '../../../../lib/pipeline/threads/matchThread';
import {
	forgetThread,
	linkThread,
	lookUpThread,
	mergeThread,
	splitThread,
} from '../../../../lib/pipeline/threads/threadOperations';
import { type Store, openStore } from '../../../../lib/store/index';

const folder = mkdtempSync(join(tmpdir(), 'thread-operations-'));
let store: Store;
beforeAll(async () => {
	store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite'), linger: 0 });
});
afterAll(async () => {
	await store.close();
	rmSync(folder, { recursive: true });
});

const match = (scope: string, id: string, inReplyTo: string[] = [], subject = `About ${id}`) =>
	matchThread(
		store,
		{
			id,
			messageId: id,
			inReplyTo,
			references: [],
			date: '2026-01-01T10:00:00.000Z',
			subject,
			text: id,
			from: { name: '', address: 'jane@example.com' },
			to: [],
			cc: [],
		},
		{ scope, businessKeys: [{ name: 'Ticket', pattern: '#(\\d+)', places: ['subject'] }] },
	);

describe('threads by hand', () => {
	it('carry a linked ticket to every later message, and are found by it', async () => {
		const scope = 'link';
		const { threadId } = await match(scope, 'a@x');
		const key = { name: 'ticket', value: '4711' };
		await linkThread(store, scope, threadId, { key, data: { owner: 'Ann' } });
		expect(await match(scope, 'b@x', ['a@x'])).toMatchObject({ threadId, data: { ticket: '4711', owner: 'Ann' } });
		expect(await match(scope, 'c@x', [], 'Your ticket #4711')).toMatchObject({
			threadId,
			evidence: [{ kind: 'business-key' }],
		});
		const details = { threadId, messageCount: 3, businessKeys: [key], data: { ticket: '4711', owner: 'Ann' } };
		expect(await lookUpThread(store, scope, { by: 'key', name: 'Ticket', value: ' 4711 ' })).toMatchObject(details);
		expect(await lookUpThread(store, scope, { by: 'message', messageId: '<b@x>' })).toMatchObject(details);
		expect(await lookUpThread(store, scope, { by: 'thread', threadId })).toMatchObject(details);
		expect(await lookUpThread(store, 'other', { by: 'thread', threadId })).toBeNull();
		await expect(linkThread(store, scope, threadId, { key: { name: 'ticket', value: ' ' } })).rejects.toMatchObject({
			code: 'BUSINESS_KEY_INVALID',
		});
	});

	it('are merged, split and forgotten', async () => {
		const scope = 'merge';
		const one = await match(scope, 'a@x');
		const two = await match(scope, 'b@x');
		expect(await mergeThread(store, scope, one.threadId, two.threadId)).toMatchObject({
			threadId: one.threadId,
			mergedThreadIds: [two.threadId],
			messageCount: 2,
		});
		const split = await splitThread(store, scope, '<b@x>');
		expect(split).toMatchObject({ messageCount: 1 });
		expect(await match(scope, 'c@x', ['b@x'])).toMatchObject({ threadId: split.threadId });
		expect(await forgetThread(store, scope, split.threadId)).toBe(true);
		expect(await forgetThread(store, scope, split.threadId)).toBe(false);
		expect(await lookUpThread(store, scope, { by: 'message', messageId: 'b@x' })).toBeNull();
	});
});
