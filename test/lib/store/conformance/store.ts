import { describe, expect, it } from 'vitest';
import type { Store } from '../../../../lib/store';
import type { OpenStore } from '../conformance';
import { freshScope, useStore } from './fixture';

export function storeConformance(driver: Store['driver'], open: OpenStore): void {
	describe('describe, open and close', () => {
		const store = useStore(open);

		it('says what it is, without credentials', async () => {
			const description = await store().describe();
			expect(description.driver).toBe(driver);
			expect(description.serverVersion).toMatch(driver === 'sqlite' ? /^SQLite 3\./ : /^PostgreSQL \d+/);
			expect(description.schemaVersion).toMatch(/^\d{4}-/);
			expect(description.size).toBeGreaterThan(10_000);
			expect(description.location).not.toMatch(/password|secret|@/);
		});

		it('serves several handles at once, and the others when one closes', async () => {
			const scope = freshScope();
			const other = await open();
			await store().replay.claim(scope, 'a', { lease: 60_000, ttl: 60_000 });
			expect(await other.replay.claim(scope, 'a', { lease: 60_000, ttl: 60_000 })).toMatchObject({
				state: 'in-progress',
			});
			await other.close();
			await other.close();
			expect(await store().replay.claim(scope, 'b', { lease: 60_000, ttl: 60_000 })).toMatchObject({
				state: 'claimed',
			});
		});

		it('keeps text as it is, whatever it holds', async () => {
			const scope = freshScope();
			const metadata = { subject: 'a\0b\u2028 “ü” 😀 \\ "quoted"', empty: '', nested: { list: [1, null, true] } };
			const key = `key 'with' "quotes" ? $1 :x; -- 😀`;
			await store().ingestion.record({ scope, key, feed: 'f', rawRef: null, contentKey: null, metadata });
			expect(await store().ingestion.get(scope, key)).toMatchObject({ key, metadata });
		});

		it('has what was committed unflushed at once, and for good after a flush', async () => {
			const scope = freshScope();
			const { ref } = await store().unflushed.archive.put(scope, Buffer.from('mail'));
			expect(await store().archive.stat(scope, ref)).toMatchObject({ size: 4 });
			await store().flush();
			expect(await store().unflushed.archive.stat(scope, ref)).toMatchObject({ size: 4 });
		});

		it('refuses a key that is none', async () => {
			await expect(open({ encryptionKeys: [{ id: 'short', secret: 'abc' }] })).rejects.toMatchObject({
				code: 'STORE_KEY_INVALID',
				record: { keyId: 'short' },
			});
		});
	});
}
