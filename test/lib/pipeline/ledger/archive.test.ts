import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buffer } from 'node:stream/consumers';
import { archiveInfo, openRaw, purgeRaw } from '../../../../lib/pipeline/ledger/archive';
import type { Store } from '../../../../lib/store';
import { freshStore, scope } from './ledgerStore';

const raw = Buffer.from('Subject: Hello\r\n\r\nHi \xff', 'latin1');

let store: Store;
let dispose: () => Promise<void>;

beforeEach(async () => ({ store, dispose } = await freshStore()));
afterEach(() => dispose());

describe('the archive', () => {
	it('gives the bytes as they came, under the name of an .eml file', async () => {
		const { ref } = await store.archive.put(scope, raw);
		const { entry, content, fileName } = await openRaw(store, scope, ref);
		expect(await buffer(content)).toEqual(raw);
		expect(fileName).toMatch(/^[0-9a-f]{16}\.eml$/);
		expect(entry).toMatchObject({ ref, size: raw.length, purgedAt: null });
	});

	it('purges once, and says so afterwards', async () => {
		const { ref } = await store.archive.put(scope, raw);
		expect(await purgeRaw(store, scope, ref)).toMatchObject({
			changed: true,
			entry: { purgedAt: expect.any(Number) as number },
		});
		expect(await purgeRaw(store, scope, ref)).toMatchObject({ changed: false });
		expect(await archiveInfo(store, scope, ref)).toMatchObject({ size: raw.length });
		await expect(openRaw(store, scope, ref)).rejects.toMatchObject({ code: 'ARCHIVE_PURGED' });
	});

	it.each(['sha256:' + '0'.repeat(64), 'nonsense'])('does not know %s', async (ref) => {
		for (const operation of [archiveInfo, openRaw, purgeRaw]) {
			await expect(operation(store, scope, ref)).rejects.toMatchObject({ code: 'LEDGER_NOT_FOUND' });
		}
	});
});
