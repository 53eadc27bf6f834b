import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { OpenStore } from '../conformance';
import { LONG, freshScope, useStore } from './fixture';
import { newSend } from './sends';
import { message } from './threads';

/** Texts that one of the databases would take and the other refuse, and how each is stored. */
const TEXTS: ReadonlyArray<[name: string, text: string, stored: RegExp]> = [
	['10,000 characters', 'k'.repeat(10_000), /^k{440}#sha256:[0-9a-f]{64}$/],
	['10,000 characters beyond ASCII', '😀é'.repeat(5_000), /^(😀é){73}#sha256:[0-9a-f]{64}$/u],
	['a NUL', 'a\0b', /^a\uFFFDb$/],
	['a lone high surrogate', 'a\uD83Db', /^a\uFFFDb$/],
	['a lone low surrogate', '\uDE00b', /^\uFFFDb$/],
	['a pair of surrogates', 'a😀b', /^a😀b$/u],
	['a long text that ends in another way', `${'k'.repeat(9_999)}x`, /^k{440}#sha256:[0-9a-f]{64}$/],
	['512 bytes', 'k'.repeat(512), /^k{512}$/],
];

/** The same on both drivers: what is written is found again by the text it was written with. */
export function storedTextConformance(open: OpenStore): void {
	describe.each(TEXTS)('%s', (_, text, stored) => {
		const store = useStore(open);
		const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

		it('in a send: found by each of its columns, and reserved once', async () => {
			const scope = freshScope();
			const send = newSend(scope, {
				sender: text,
				key: text,
				messageId: text,
				stream: text,
				template: text,
				templateVersion: text,
				correlationId: text,
				threadId: text,
				tags: [text, text],
				recipients: [text, text],
				metadata: { [text]: text },
				fixed: { text },
			});
			const first = await store().sends.reserve(send);
			expect(first).toMatchObject({
				outcome: 'created',
				sends: [{ key: matching(stored), recipient: matching(stored) }],
			});
			expect(await store().sends.reserve(send)).toMatchObject({
				outcome: 'existing',
				sends: [{ id: first.sends[0]!.id }],
			});
			const [record] = await store().sends.group(scope, text, text);
			expect(record).toMatchObject({ metadata: { [text]: text }, fixed: { text }, messageId: matching(stored) });
			const patch = { providerMessageId: text, response: text, reason: text, provider: text, replyCode: text };
			await store().sends.transition(scope, {
				ids: [record!.id],
				fence: null,
				to: 'canceled',
				patch,
				detail: { text },
			});
			for (const filter of [
				{ key: text },
				{ recipient: text },
				{ messageId: text },
				{ stream: text },
				{ template: text, templateVersion: text },
				{ correlationId: text, threadId: text },
				{ tag: text },
				{ providerMessageId: text },
				{ provider: text },
				{ reason: text },
			]) {
				expect(
					await store().sends.search(scope, filter, { limit: 10 }),
					JSON.stringify(filter).slice(0, 40),
				).toHaveLength(1);
			}
			expect(await store().sends.messageIdsOf(scope, [text])).toEqual([matching(stored)]);
			expect((await store().sends.history(scope, record!.id)).at(-1)?.detail).toEqual({ text });
		});

		it('in a thread: its keys, its participants, what is compared', async () => {
			const scope = freshScope();
			const kin = { buckets: [text], seeking: true, reach: LONG, facts: { text }, judge: () => 'same' };
			const first = await store().threads.assign(
				scope,
				message(text, [`parent of ${text}`], { participants: [text], kin }),
			);
			expect(first.isNew).toBe(true);
			expect(await store().threads.assign(scope, message(text, [], { participants: [text] }))).toMatchObject({
				threadId: first.threadId,
				repeated: true,
			});
			expect(await store().threads.assign(scope, message('answer', [text]))).toMatchObject({
				threadId: first.threadId,
			});
			expect(await store().threads.assign(scope, message('kin', [], { kin }))).toMatchObject({
				threadId: first.threadId,
			});
			expect(await store().threads.reserve(scope, [{ key: text, kind: 'index' }], first.threadId)).toBe(first.threadId);
			expect(await store().threads.reserve(scope, [{ key: text, kind: 'index' }], null)).toBe(first.threadId);
			await store().threads.link(scope, first.threadId, [`biz:${text}`], { text });
			const view = await store().threads.find(scope, `biz:${text}`);
			expect(view).toMatchObject({ threadId: first.threadId, data: { text } });
			expect(await store().threads.find(scope, `mid:${text}`)).toMatchObject({ threadId: first.threadId });
			expect(view?.participants).toContainEqual(matching(stored));
			expect((await store().threads.split(scope, `mid:${text}`)).threadId).not.toBe(first.threadId);
			expect((await store().maintenance.eraseAddress(scope, text)).threads).toBeGreaterThan(0);
		});

		it('in what was taken in: its key, its content key, its feed, its error', async () => {
			const scope = freshScope();
			const entry = {
				scope,
				key: text,
				feed: text,
				rawRef: null,
				contentKey: text,
				metadata: { text },
				subjects: [text],
			};
			expect(await store().ingestion.record(entry)).toMatchObject({ created: true, record: { key: matching(stored) } });
			expect(await store().ingestion.record(entry)).toMatchObject({ created: false });
			expect(await store().ingestion.recordTogether([entry])).toEqual(new Set());
			expect(await store().ingestion.knowsContent(scope, text)).toBe(true);
			expect(await store().ingestion.waiting(scope, text, 'fresh', 10)).toMatchObject([{ metadata: { text } }]);
			expect(await store().ingestion.emit(scope, [text], text, text)).toHaveLength(1);
			expect(await store().ingestion.adopt(scope, [text], text, text, 'other')).toHaveLength(1);
			await store().ingestion.nameExecution(scope, [text], { execution: text, attempt: 1 });
			expect(await store().ingestion.advance(scope, text, 'dead', text)).toBe(true);
			expect(await store().ingestion.get(scope, text)).toMatchObject({ stage: 'dead', metadata: { text } });
			const letter = { scope, key: text, feed: text, reason: text, message: text, rawRef: null, item: { text } };
			expect(await store().deadLetters.add(letter)).toMatchObject({ attempts: 1 });
			expect(await store().deadLetters.add(letter)).toMatchObject({ attempts: 2, item: { text } });
			expect(await store().deadLetters.list(scope, { feed: text }, { limit: 10 })).toHaveLength(1);
			expect(await store().maintenance.eraseAddress(scope, text)).toMatchObject({ ingestion: 1, deadLetters: 1 });
		});

		it('in a claim: taken once, and known under the name it was asked by', async () => {
			const scope = freshScope();
			const times = { lease: LONG, ttl: LONG };
			const taken = await store().replay.take(scope, [{ key: text, owner: text }], times);
			expect(taken).toHaveLength(1);
			expect(await store().replay.take(scope, [{ key: text }], times)).toBeNull();
			expect((await store().replay.held(scope, [text, 'other'])).get(text)).toMatchObject({ state: 'in-progress' });
			await store().replay.confirmAll(scope, taken!);
			expect(await store().replay.claim(scope, text, times)).toMatchObject({ state: 'done' });
		});

		it('in a suppression, a lease, a mailbox, a count, and for whole scopes', async () => {
			const scope = `${randomUUID()} ${text}`;
			const suppression = { scope, address: text, stream: text, reason: text, source: text, expiresAt: null };
			await store().suppressions.add(suppression);
			expect(await store().suppressions.check(scope, [text], text)).toHaveLength(1);
			expect(await store().suppressions.remove(scope, text, text)).toBe(1);
			const lease = await store().leases.acquire(scope, text, LONG);
			expect(await store().leases.acquire(scope, 'another', LONG)).toBeNull();
			const mailbox = { scope, account: text, mailbox: text };
			await store().mailboxes.saveCursor({ ...mailbox, uidValidity: '1', lastUid: 7, highestModseq: null }, lease!);
			expect(await store().mailboxes.cursor(mailbox)).toMatchObject({ lastUid: 7 });
			await store().mailboxes.saveStatus(mailbox, { text });
			expect(await store().mailboxes.status(mailbox)).toEqual({ text });
			await store().endpoints.add(scope, [{ endpoint: text, outcome: text, label: text, count: 1 }]);
			await store().endpoints.add(scope, [{ endpoint: text, outcome: text, label: text, count: 1 }]);
			expect(await store().endpoints.counts(scope, 0)).toMatchObject([{ count: 2 }]);
			const entry = await store().archive.put(scope, Buffer.from('mail'));
			expect(await store().archive.stat(scope, entry.ref)).toMatchObject({ size: 4 });
			const mail = { stream: text, place: text, identity: text, uid: 1 };
			await store().ingestion.record({
				scope,
				key: 'k',
				feed: 'f',
				rawRef: null,
				contentKey: null,
				metadata: {},
				mail,
			});
			const again = [{ uid: 1, identity: text }];
			expect(await store().identities.claim(scope, text, text, again, () => true)).toEqual(new Set([1]));
		});
	});

	it('tells long texts apart that begin alike', async () => {
		const store = await open();
		const scope = freshScope();
		const [one, other] = ['a', 'b'].map((end) => 'k'.repeat(2_000) + end);
		await store.sends.reserve(newSend(scope, { key: one! }));
		expect(await store.sends.reserve(newSend(scope, { key: other! }))).toMatchObject({ outcome: 'created' });
		await store.close();
	});
}
