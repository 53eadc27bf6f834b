import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { EncryptionKey, Store } from '../../../../lib/store';
import type { OpenStore } from '../conformance';
import { freshScope, useStore } from './fixture';

const key = (id: string): EncryptionKey => ({ id, secret: createHash('sha256').update(id).digest('base64') });
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const read = async (store: Store, scope: string, ref: string): Promise<Buffer> =>
	buffer(await store.archive.open(scope, ref));
const mail = (body = 'Hello'): Buffer => Buffer.from(`Subject: x\r\nFrom: a@example.com\r\n\r\n${body}`);

/** In buffers of an awkward size. */
function streamOf(bytes: Buffer, size = 7_001): Readable {
	return Readable.from(
		Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
			bytes.subarray(index * size, (index + 1) * size),
		),
	);
}

export function archiveConformance(open: OpenStore): void {
	for (const encryptionKeys of [[], [key('current'), key('previous')]]) {
		describe(`archive, ${encryptionKeys.length === 0 ? 'in the clear' : 'encrypted'}`, () => {
			const store = useStore(open, { encryptionKeys });

			it.each([
				['nothing', Buffer.alloc(0)],
				['a short message', mail()],
				['every byte', Buffer.from(Array.from({ length: 256 }, (_, index) => index))],
				['just one chunk of random bytes', randomBytes(262_144)],
				['several chunks of random bytes', randomBytes(1_500_000)],
				['several megabytes of text', Buffer.from('All work and no play. '.repeat(300_000))],
			])('gives back %s, put as a buffer or as a stream', async (_, bytes) => {
				const scope = freshScope();
				const expected = { ref: `sha256:${sha256(bytes)}`, sha256: sha256(bytes), size: bytes.length, mode: 'full' };
				const entry = await store().archive.put(scope, bytes);
				expect(entry).toMatchObject({ ...expected, purgedAt: null });
				expect((await read(store(), scope, entry.ref)).equals(bytes)).toBe(true);
				expect(await store().archive.put(scope, streamOf(bytes))).toEqual(entry);
				expect(await store().archive.stat(scope, entry.ref)).toEqual(entry);
				const other = freshScope();
				expect(await store().archive.put(other, streamOf(bytes))).toMatchObject(expected);
				expect((await read(store(), other, entry.ref)).equals(bytes)).toBe(true);
			});

			it('belongs to its scope', async () => {
				const { ref } = await store().archive.put(freshScope(), mail());
				const other = freshScope();
				await expect(store().archive.open(other, ref)).rejects.toMatchObject({ code: 'ARCHIVE_NOT_FOUND' });
				expect(await store().archive.stat(other, ref)).toBeNull();
				expect(await store().archive.purge(other, ref)).toBe(false);
			});

			it('knows no reference that is none', async () => {
				for (const ref of ['', 'sha256:', `sha256:${'A'.repeat(64)}`, `md5:${'a'.repeat(64)}`]) {
					await expect(store().archive.open(freshScope(), ref)).rejects.toMatchObject({ code: 'ARCHIVE_NOT_FOUND' });
					expect(await store().archive.stat(freshScope(), ref)).toBeNull();
				}
			});

			it('takes the same bytes from many at once', async () => {
				const scope = freshScope();
				const bytes = randomBytes(700_000);
				const entries = await Promise.all(
					Array.from({ length: 6 }, (_, index) => store().archive.put(scope, index % 2 ? bytes : streamOf(bytes))),
				);
				expect(new Set(entries.map((entry) => JSON.stringify(entry))).size).toBe(1);
				expect((await read(store(), scope, entries[0]!.ref)).equals(bytes)).toBe(true);
			});

			it('leaves nothing behind when the source breaks off', async () => {
				const scope = freshScope();
				const bytes = randomBytes(900_000);
				const broken = Readable.from(
					(async function* () {
						yield bytes;
						await Promise.resolve();
						throw new Error('the line is dead');
					})(),
				);
				await expect(store().archive.put(scope, broken)).rejects.toThrow('the line is dead');
				expect(await store().archive.stat(scope, `sha256:${sha256(bytes)}`)).toBeNull();
			});

			it('keeps a tombstone when the content is purged', async () => {
				const scope = freshScope();
				const entry = await store().archive.put(scope, randomBytes(600_000));
				const purged = await Promise.all([1, 2, 3].map(() => store().archive.purge(scope, entry.ref)));
				expect(purged.filter(Boolean)).toHaveLength(1);
				const tombstone = await store().archive.stat(scope, entry.ref);
				expect(tombstone).toEqual({ ...entry, purgedAt: expect.any(Number) as number });
				await expect(store().archive.open(scope, entry.ref)).rejects.toMatchObject({ code: 'ARCHIVE_PURGED' });
			});

			it('ends a reader that is overtaken by a purge', async () => {
				const scope = freshScope();
				const { ref } = await store().archive.put(scope, randomBytes(8_000_000));
				const reader = (await store().archive.open(scope, ref))[Symbol.asyncIterator]();
				await reader.next();
				await store().archive.purge(scope, ref);
				const rest = (async () => {
					while ((await reader.next()).done !== true);
				})();
				await expect(rest).rejects.toMatchObject({ code: 'ARCHIVE_PURGED' });
			});

			it('stores purged content anew when it comes again', async () => {
				const scope = freshScope();
				const bytes = mail('again');
				const { ref } = await store().archive.put(scope, bytes);
				await store().archive.purge(scope, ref);
				expect(await store().archive.put(scope, bytes)).toMatchObject({ ref, purgedAt: null });
				expect((await read(store(), scope, ref)).equals(bytes)).toBe(true);
			});

			it('keeps the header section only, where that is asked for', async () => {
				const cases: Array<[string, string]> = [
					['A: 1\r\nB: 2\r\n\r\nbody\r\n\r\nmore', 'A: 1\r\nB: 2\r\n\r\n'],
					['A: 1\nB: 2\n\nbody', 'A: 1\nB: 2\n\n'],
					['A: 1\r\nB: 2\r\n', 'A: 1\r\nB: 2\r\n'],
					['A: 1\n\r\nbody', 'A: 1\n\r\n'],
				];
				for (const [raw, headers] of cases) {
					for (const size of [1, 3, 1_000]) {
						const scope = freshScope();
						const entry = await store().archive.put(scope, streamOf(Buffer.from(raw), size), { mode: 'headers' });
						expect(entry).toMatchObject({ mode: 'headers', size: raw.length, sha256: sha256(Buffer.from(raw)) });
						expect((await read(store(), scope, entry.ref)).toString()).toBe(headers);
					}
				}
			});

			it('keeps less of what is there once nobody needs it, and never adds to it', async () => {
				const scope = freshScope();
				const body = 'x'.repeat(700_000);
				const before = await store().archive.put(scope, mail(body));
				const { ref } = before;
				expect(await store().archive.reduce(scope, ref, 'full')).toEqual(before);
				expect(await store().archive.reduce(scope, ref, 'headers')).toEqual({ ...before, mode: 'headers' });
				expect((await read(store(), scope, ref)).toString()).toBe('Subject: x\r\nFrom: a@example.com\r\n\r\n');
				expect(await store().archive.reduce(scope, ref, 'full')).toMatchObject({ mode: 'headers' });
				const reduced = await Promise.all([1, 2, 3].map(() => store().archive.reduce(scope, ref, 'hash')));
				expect(reduced.map((entry) => entry?.mode)).toEqual(['hash', 'hash', 'hash']);
				await expect(store().archive.open(scope, ref)).rejects.toMatchObject({ code: 'ARCHIVE_CONTENT_NOT_KEPT' });
				expect(await store().archive.put(scope, mail(body))).toMatchObject({ ref, mode: 'full' });
				expect((await read(store(), scope, ref)).equals(mail(body))).toBe(true);
				expect(await store().archive.reduce(freshScope(), ref, 'hash')).toBeNull();
				expect(await store().archive.reduce(scope, 'nonsense', 'hash')).toBeNull();
				await store().archive.purge(scope, ref);
				expect(await store().archive.reduce(scope, ref, 'hash')).toMatchObject({ mode: 'full' });
			});

			it('keeps what another pipeline of the scope still needs', async () => {
				const scope = freshScope();
				const { ref } = await store().archive.put(scope, mail());
				const mode = async (): Promise<string> => (await store().archive.reduce(scope, ref, 'hash'))!.mode;
				const recordOf = async (key: string, keep: 'full' | 'headers' | 'hash') =>
					await store().ingestion.record({ scope, key, feed: key, rawRef: ref, contentKey: null, metadata: {}, keep });
				await recordOf('ours', 'hash');
				await recordOf('theirs', 'headers');
				await store().ingestion.advance(scope, 'ours', 'confirmed');
				// Under way elsewhere.
				expect(await mode()).toBe('full');
				await store().ingestion.advance(scope, 'theirs', 'dead', 'poison');
				const letter = { scope, key: 'theirs', feed: 'x', reason: 'r', message: 'm', rawRef: ref, item: {} };
				const { id } = await store().deadLetters.add(letter);
				expect(await mode()).toBe('full');
				await store().deadLetters.settle(scope, id, 'discarded');
				await recordOf('third', 'headers');
				await store().ingestion.advance(scope, 'third', 'confirmed');
				expect(await mode()).toBe('headers');
				const { ref: kept } = await store().archive.put(scope, mail('kept'));
				await store().ingestion.record({
					scope,
					key: 'all',
					feed: 'all',
					rawRef: kept,
					contentKey: null,
					metadata: {},
				});
				await store().ingestion.advance(scope, 'all', 'confirmed');
				expect(await store().archive.reduce(scope, kept, 'hash')).toMatchObject({ mode: 'full' });
			});

			it('ends a reader that is overtaken by a reduction', async () => {
				const scope = freshScope();
				const { ref } = await store().archive.put(scope, randomBytes(8_000_000));
				const reader = (await store().archive.open(scope, ref))[Symbol.asyncIterator]();
				await reader.next();
				await store().archive.reduce(scope, ref, 'hash');
				const rest = (async () => {
					while ((await reader.next()).done !== true);
				})();
				await expect(rest).rejects.toMatchObject({ code: 'ARCHIVE_PURGED' });
			});

			it('keeps the hash only, where that is asked for, and more when more is asked for later', async () => {
				const scope = freshScope();
				const entry = await store().archive.put(scope, mail(), { mode: 'hash' });
				expect(entry).toMatchObject({ mode: 'hash', size: mail().length, sha256: sha256(mail()) });
				await expect(store().archive.open(scope, entry.ref)).rejects.toMatchObject({
					code: 'ARCHIVE_CONTENT_NOT_KEPT',
				});
				expect(await store().archive.put(scope, mail(), { mode: 'full' })).toMatchObject({ mode: 'full' });
				expect(await store().archive.put(scope, mail(), { mode: 'hash' })).toMatchObject({ mode: 'full' });
				expect((await read(store(), scope, entry.ref)).equals(mail())).toBe(true);
			});
		});
	}

	describe('archive keys', () => {
		it('are rotated: the newest writes, both read, and a missing one is named', async () => {
			const scope = freshScope();
			const before = await open({ encryptionKeys: [key('old')] });
			const old = await before.archive.put(scope, mail('old'));
			const [during, after] = await Promise.all([
				open({ encryptionKeys: [key('new'), key('old')] }),
				open({ encryptionKeys: [key('new')] }),
			]);
			const fresh = await during.archive.put(scope, mail('new'));
			expect((await read(during, scope, old.ref)).equals(mail('old'))).toBe(true);
			expect((await read(after, scope, fresh.ref)).equals(mail('new'))).toBe(true);
			await expect(after.archive.open(scope, old.ref)).rejects.toMatchObject({
				code: 'ARCHIVE_KEY_MISSING',
				message: expect.stringContaining('"old"') as string,
				record: { keyId: 'old' },
			});
			await Promise.all([before, during, after].map((store) => store.close()));
		});

		it('of the same id that differ are told from each other', async () => {
			const scope = freshScope();
			const right = await open({ encryptionKeys: [key('k')] });
			const wrong = await open({ encryptionKeys: [{ id: 'k', secret: key('other').secret }] });
			const { ref } = await right.archive.put(scope, mail());
			await expect(wrong.archive.open(scope, ref)).rejects.toMatchObject({
				code: 'ARCHIVE_KEY_MISSING',
				record: { keyId: 'k' },
			});
			await right.close();
			await wrong.close();
		});
	});
}
