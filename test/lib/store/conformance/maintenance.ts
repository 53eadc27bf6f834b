import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { EncryptionKey, NewDeadLetter, NewIngestion, Retention, SendState } from '../../../../lib/store';
import type { OpenStore } from '../conformance';
import { LONG, freshScope, useStore } from './fixture';
import { newSend } from './sends';
import { message } from './threads';

/** So that whatever was just written is older than its retention. */
const OVER = -60_000;
const EVERYTHING: Retention = { archive: OVER, ingestion: OVER, threads: OVER, sends: OVER, deadLetters: OVER };
const NOTHING = { archive: 0, ingestion: 0, threads: 0, sends: 0, deadLetters: 0, expired: 0 };

export function maintenanceConformance(open: OpenStore): void {
	const record = (scope: string, key: string, changes: Partial<NewIngestion> = {}): NewIngestion => ({
		scope,
		key,
		feed: 'f',
		rawRef: null,
		contentKey: null,
		metadata: { from: 'jane@example.com' },
		...changes,
	});
	const letter = (scope: string, key: string, changes: Partial<NewDeadLetter> = {}): NewDeadLetter => ({
		scope,
		key,
		feed: 'f',
		reason: 'r',
		message: 'about jane@example.com',
		rawRef: null,
		item: { from: 'jane@example.com' },
		...changes,
	});

	describe('retention', () => {
		const store = useStore(open);

		it('removes what is over and old, in batches, and nothing else', async () => {
			const scope = freshScope();
			const s = store();
			await s.maintenance.purge(EVERYTHING);

			const raw = await s.archive.put(scope, randomBytes(400_000));
			const needed = await s.archive.put(scope, Buffer.from('still under way'));
			const lettered = await s.archive.put(scope, Buffer.from('still waiting'));
			for (const key of ['a', 'b', 'c']) {
				await s.ingestion.record(record(scope, key, { rawRef: raw.ref }));
				await s.ingestion.advance(scope, key, 'confirmed');
			}
			await s.ingestion.record(record(scope, 'under way', { rawRef: needed.ref }));
			const over = await s.sends.reserve(newSend(scope, { recipients: ['a@x', 'b@x'] }));
			await s.sends.transition(scope, { ids: over.sends.map(({ id }) => id), fence: null, to: 'canceled' });
			const half = await s.sends.reserve(newSend(scope, { recipients: ['a@x', 'b@x'] }));
			await s.sends.transition(scope, { ids: [half.sends[0]!.id], fence: null, to: 'canceled' });
			const thread = await s.threads.assign(scope, message('m'));
			const settled = await s.deadLetters.add(letter(scope, 'a'));
			await s.deadLetters.settle(scope, settled.id, 'replayed');
			const waiting = await s.deadLetters.add(letter(scope, 'b', { rawRef: lettered.ref }));
			await s.replay.claim(scope, 'k', { lease: OVER, ttl: LONG });
			await s.limits.count(scope, 'q', { limit: 1, window: OVER });
			await s.suppressions.add({ scope, address: 'a@x', stream: null, reason: 'r', source: 's', expiresAt: 1 });

			// The whole store is purged: what earlier tests left behind may lapse in these moments too.
			const anyExpired = expect.any(Number) as number;
			const first = await s.maintenance.purge({});
			expect(first).toEqual({ ...NOTHING, expired: anyExpired });
			expect(first.expired).toBeGreaterThanOrEqual(3);
			expect(
				await s.maintenance.purge({ archive: LONG, ingestion: LONG, sends: LONG, threads: LONG, deadLetters: LONG }),
			).toEqual({ ...NOTHING, expired: anyExpired });
			expect(await s.maintenance.purge(EVERYTHING, { batch: 2 })).toEqual({
				archive: 1,
				ingestion: 3,
				threads: 1,
				sends: 1,
				deadLetters: 1,
				expired: anyExpired,
			});

			expect(await s.archive.stat(scope, raw.ref)).toMatchObject({ purgedAt: expect.any(Number) as number });
			expect(await s.archive.stat(scope, needed.ref)).toMatchObject({ purgedAt: null });
			expect(await s.archive.stat(scope, lettered.ref)).toMatchObject({ purgedAt: null });
			expect(await s.ingestion.get(scope, 'a')).toBeNull();
			expect(await s.ingestion.get(scope, 'under way')).not.toBeNull();
			expect(await s.sends.get(scope, over.sends[0]!.id)).toBeNull();
			expect(await s.sends.history(scope, over.sends[0]!.id)).toEqual([]);
			expect(await s.sends.get(scope, half.sends[0]!.id)).not.toBeNull();
			expect(await s.threads.get(scope, thread.threadId)).toBeNull();
			expect(await s.threads.find(scope, 'mid:m')).toBeNull();
			expect(await s.deadLetters.get(scope, settled.id)).toBeNull();
			expect(await s.deadLetters.get(scope, waiting.id)).not.toBeNull();
		});

		it('is done by one process at a time, by itself', async () => {
			const scope = freshScope();
			const s = store();
			const errors: unknown[] = [];
			await s.ingestion.record(record(scope, 'a'));
			await s.ingestion.advance(scope, 'a', 'confirmed');
			const stop = s.maintenance.schedule({ ingestion: OVER }, 20, (error) => errors.push(error));
			await expect.poll(() => s.ingestion.get(scope, 'a'), { timeout: 20_000 }).toBeNull();
			await s.ingestion.record(record(scope, 'b'));
			await s.ingestion.advance(scope, 'b', 'confirmed');
			await expect.poll(() => s.ingestion.get(scope, 'b'), { timeout: 20_000 }).toBeNull();
			stop();
			expect(errors).toEqual([]);
		});
	});

	describe('erasure of an address', () => {
		const store = useStore(open);
		const subjects = ['Jane@Example.com'];

		it('goes through everything, and tells what it did', async () => {
			const scope = freshScope();
			const s = store();
			const raw = await s.archive.put(scope, Buffer.from('from jane'));
			await s.ingestion.record(record(scope, 'a', { rawRef: raw.ref, subjects }));
			await s.ingestion.record(record(scope, 'joe', { subjects: ['joe@example.com'] }));
			const thread = await s.threads.assign(scope, message('m', [], { participants: ['Jane@example.com', 'joe@x'] }));
			const alone = await s.threads.assign(scope, message('n', [], { participants: ['jane@example.com'] }));
			const waiting = await s.sends.reserve(newSend(scope, { recipients: ['jane@example.com'] }));
			const group = await s.sends.reserve(newSend(scope, { recipients: ['jane@example.com', 'joe@x'] }));
			await s.suppressions.add({
				scope,
				address: 'JANE@example.com',
				stream: null,
				reason: 'r',
				source: 's',
				expiresAt: null,
			});
			const dead = await s.deadLetters.add(letter(scope, 'a', { subjects }));

			expect(await s.maintenance.eraseAddress(scope, ' jane@example.COM')).toEqual({
				archive: 1,
				ingestion: 1,
				threads: 2,
				sends: 2,
				suppressions: 1,
				deadLetters: 1,
			});

			await expect(s.archive.open(scope, raw.ref)).rejects.toMatchObject({ code: 'ARCHIVE_PURGED' });
			expect(await s.ingestion.get(scope, 'a')).toMatchObject({ metadata: {}, stage: 'dead', error: 'erased' });
			expect(await s.ingestion.get(scope, 'joe')).toMatchObject({ metadata: { from: 'jane@example.com' } });
			expect((await s.threads.get(scope, thread.threadId))!.participants).toEqual(['joe@x']);
			expect(await s.threads.get(scope, alone.threadId)).toBeNull();
			const [erased] = await s.sends.group(scope, 'shop@example.com', waiting.sends[0]!.key);
			expect(erased).toMatchObject({
				state: 'canceled',
				fixed: {},
				metadata: {},
				recipient: expect.stringMatching(/^erased:/) as string,
			});
			const both = await s.sends.group(scope, 'shop@example.com', group.sends[0]!.key);
			expect(both.map(({ state }) => state).sort()).toEqual(['canceled', 'reserved']);
			expect(both[0]!.metadata).toEqual({ order: 1 });
			expect(await s.suppressions.check(scope, ['jane@example.com'], null)).toHaveLength(1);
			expect((await s.suppressions.list(scope, { limit: 9 })).map(({ address }) => address)).toEqual(['']);
			expect(await s.deadLetters.get(scope, dead.id)).toMatchObject({
				state: 'discarded',
				item: {},
				message: 'erased',
			});
			expect(await s.maintenance.eraseAddress(scope, 'jane@example.com')).toEqual({
				archive: 0,
				ingestion: 0,
				threads: 0,
				sends: 0,
				suppressions: 0,
				deadLetters: 0,
			});
		});

		it.each(['in_doubt', 'needs_review'] as const)(
			'a send %s is never sent any more, whoever says so',
			async (state) => {
				const scope = freshScope();
				const s = store();
				const { sends } = await s.sends.reserve(newSend(scope, { recipients: ['jane@example.com'] }));
				const [send] = await s.sends.lease(scope, sends[0]!.groupId, LONG);
				const go = (to: SendState, fence: number | null = send!.fence) =>
					s.sends.transition(scope, { ids: [send!.id], fence, to });
				await go('transmitting');
				await go('in_doubt');
				if (state === 'needs_review') await go('needs_review');
				await s.maintenance.eraseAddress(scope, 'jane@example.com');
				for (const to of ['reserved', 'leased', 'transmitting'] as const) {
					expect(await go(to)).toEqual([]);
					expect(await go(to, null)).toEqual([]);
				}
				expect(await s.sends.lease(scope, send!.groupId, LONG)).toEqual([]);
				// What waited for a person is called off; of what is in doubt, the server's late word still counts.
				const left = state === 'in_doubt' ? 'in_doubt' : 'canceled';
				expect(await s.sends.get(scope, send!.id)).toMatchObject({ state: left });
				if (state === 'in_doubt') expect(await go('accepted')).toMatchObject([{ state: 'accepted' }]);
			},
		);

		it('finds a dead letter by whom its record is about', async () => {
			const scope = freshScope();
			const s = store();
			await s.ingestion.record(record(scope, 'a', { subjects }));
			const dead = await s.deadLetters.add(letter(scope, 'a'));
			expect(await s.maintenance.eraseAddress(scope, 'jane@example.com')).toMatchObject({ deadLetters: 1 });
			expect(await s.deadLetters.get(scope, dead.id)).toMatchObject({ state: 'discarded', item: {} });
		});

		it('stays within the scope', async () => {
			const scope = freshScope();
			await store().ingestion.record(record(scope, 'a', { subjects }));
			await store().maintenance.eraseAddress(freshScope(), 'jane@example.com');
			expect(await store().ingestion.get(scope, 'a')).toMatchObject({ metadata: { from: 'jane@example.com' } });
		});
	});

	describe('keys and tenants', () => {
		const key = (id: string): EncryptionKey => ({ id, secret: createHash('sha256').update(id).digest('hex') });

		it('a retired key is not needed once all content is under the new one', async () => {
			const scope = freshScope();
			const before = await open({ encryptionKeys: [key('rotate-1')] });
			const { ref } = await before.archive.put(scope, Buffer.from('kept'));
			await before.suppressions.add({ scope, address: 'a@x', stream: null, reason: 'r', source: 's', expiresAt: null });
			await before.close();
			const keys = ['rotate-2', 'rotate-1', 'current', 'previous', 'old', 'new', 'k'].map(key);
			const during = await open({ encryptionKeys: keys });
			// Other tests of this database left content under a key of the same id that is another.
			await during.maintenance
				.rewrapKeys()
				.catch((error: unknown) => expect(error).toMatchObject({ code: 'ARCHIVE_KEY_MISSING' }));
			await during.close();
			const after = await open({ encryptionKeys: [key('rotate-2')] });
			expect((await buffer(await after.archive.open(scope, ref))).toString()).toBe('kept');
			expect(await after.suppressions.check(scope, ['A@x'], null)).toHaveLength(1);
			await after.close();
		});

		it('a store that is open goes over to the new key with the first that brings it', async () => {
			const scope = freshScope();
			const [first, second] = [key(`follow-1-${scope}`), key(`follow-2-${scope}`)];
			const open1 = await open({ encryptionKeys: [first] });
			const rotating = await open({ encryptionKeys: [second, first] });
			const { ref } = await open1.archive.put(scope, Buffer.from('after the rotation'));
			const after = await open({ encryptionKeys: [second] });
			expect((await buffer(await after.archive.open(scope, ref))).toString()).toBe('after the rotation');
			for (const s of [open1, rotating, after]) await s.close();
		});

		it('content in the clear is refused once there is a key, until it is encrypted', async () => {
			const scope = freshScope();
			const plain = await open();
			const { ref } = await plain.archive.put(scope, Buffer.from('from before'));
			await plain.close();
			const s = await open({ encryptionKeys: [key('rotate-2')] });
			await expect(s.archive.open(scope, ref)).rejects.toMatchObject({ code: 'ARCHIVE_NOT_ENCRYPTED' });
			await s.maintenance.rewrapKeys().catch(() => undefined);
			expect((await buffer(await s.archive.open(scope, ref))).toString()).toBe('from before');
			await s.close();
		});

		it('a tenant is erased with its key and every record', async () => {
			const scope = freshScope();
			const other = freshScope();
			const s = await open({ encryptionKeys: [key('rotate-2')] });
			for (const each of [scope, other]) {
				const { ref } = await s.archive.put(each, Buffer.from('secret'));
				await s.ingestion.record(record(each, 'a', { rawRef: ref, subjects: ['jane@example.com'] }));
				await s.threads.assign(each, message('m', ['l']));
				await s.sends.reserve(newSend(each));
				await s.deadLetters.add(letter(each, 'a'));
				await s.replay.claim(each, 'a', { lease: LONG, ttl: LONG });
				await s.limits.count(each, 'q', { limit: 5, window: LONG });
			}
			expect(await s.maintenance.eraseScope(scope)).toBeGreaterThan(10);
			expect(await s.maintenance.eraseScope(scope)).toBe(0);
			expect(await s.ingestion.get(scope, 'a')).toBeNull();
			expect(await s.threads.find(scope, 'mid:m')).toBeNull();
			expect(await s.sends.search(scope, {}, { limit: 9 })).toEqual([]);
			expect(await s.deadLetters.count(scope, 'waiting')).toBe(0);
			const { rawRef } = (await s.ingestion.get(other, 'a'))!;
			expect((await buffer(await s.archive.open(other, rawRef!))).toString()).toBe('secret');
			await expect(s.archive.open(scope, rawRef!)).rejects.toMatchObject({ code: 'ARCHIVE_NOT_FOUND' });
			await s.close();
		});
	});
}
