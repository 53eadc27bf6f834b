import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Store, openStore } from '../../../lib/store';

let folder: string;
let store: Store;
/** What every open file shares, so that syncs can be watched and made to fail. */
let files: Pick<FileHandle, 'datasync'>;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'wal-sync-'));
	store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite'), linger: 0 });
	const some = await open(folder);
	files = Object.getPrototypeOf(some) as FileHandle;
	await some.close();
});

afterEach(async () => {
	vi.restoreAllMocks();
	await store.close();
	await rm(folder, { recursive: true, force: true });
});

const times = { lease: 1_000, ttl: 1_000 };

describe('what SQLite has committed', () => {
	it('is on the disk before anybody is told', async () => {
		const steps: string[] = [];
		const datasync = files.datasync;
		vi.spyOn(files, 'datasync').mockImplementation(async function (this: FileHandle) {
			await datasync.call(this);
			steps.push('synced');
		});
		await store.replay.claim('s', 'one', times);
		steps.push('told');
		await store.archive.put('s', Buffer.from('mail'));
		steps.push('told');
		expect(steps).toEqual(['synced', 'told', 'synced', 'told']);
	});

	it('shares a sync with what is committed while another runs', async () => {
		const synced = vi.spyOn(files, 'datasync');
		const keys = Array.from({ length: 40 }, (_, index) => `key ${index}`);
		await Promise.all(keys.map((key) => store.replay.claim('s', key, times)));
		expect(synced.mock.calls.length).toBeGreaterThan(0);
		expect(synced.mock.calls.length).toBeLessThan(keys.length);
	});

	it('is not taken for done when the disk fails, and the next attempt finds it', async () => {
		vi.spyOn(files, 'datasync').mockRejectedValueOnce(Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }));
		await expect(store.leases.acquire('name', 'me', 1_000)).rejects.toMatchObject({
			code: 'STORE_IO',
			retryable: true,
		});
		expect(await store.leases.acquire('name', 'me', 1_000)).toMatchObject({ owner: 'me' });
	});
});
