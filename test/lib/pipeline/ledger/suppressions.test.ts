import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
	addressesIn,
	checkSuppressed,
	listSuppressions,
	suppress,
	unsuppress,
} from '../../../../lib/pipeline/ledger/suppressions';
import type { Store } from '../../../../lib/store';
import { freshStore, scope } from './ledgerStore';

let store: Store;
let dispose: () => Promise<void>;

beforeEach(async () => ({ store, dispose } = await freshStore()));
afterEach(() => dispose());

const entry = { address: 'ann@example.com', stream: null, reason: 'manual', source: 'ticket 1', expiresAt: null };

describe('the suppression list', () => {
	it('answers for every address asked, whatever its case', async () => {
		await suppress(store, scope, entry);
		expect(await checkSuppressed(store, scope, ['Ann@Example.com', 'bob@example.com'], null)).toMatchObject([
			{ address: 'Ann@Example.com', suppressions: [{ reason: 'manual', source: 'ticket 1' }] },
			{ address: 'bob@example.com', suppressions: [] },
		]);
		expect(await checkSuppressed(store, 'other', ['ann@example.com'], null)).toMatchObject([{ suppressions: [] }]);
	});

	it('says what still suppresses an address that was taken off one stream', async () => {
		await suppress(store, scope, entry);
		await suppress(store, scope, { ...entry, stream: 'news', reason: 'unsubscribed' });
		expect(await unsuppress(store, scope, entry.address, 'news')).toMatchObject({
			removed: true,
			remaining: [{ reason: 'manual', stream: null }],
		});
		expect(await unsuppress(store, scope, entry.address, 'news')).toMatchObject({ removed: false });
		expect(await unsuppress(store, scope, entry.address, null)).toEqual({ removed: true, remaining: [] });
	});

	it('refuses an end in the past', async () => {
		await expect(suppress(store, scope, { ...entry, expiresAt: 1 })).rejects.toMatchObject({
			code: 'INPUT_DATE_INVALID',
		});
		expect(await listSuppressions(store, scope)).toEqual([]);
	});

	it('lists in pages', async () => {
		for (let index = 0; index < 7; index++)
			await suppress(store, scope, { ...entry, address: `r${index}@example.com` });
		expect(await listSuppressions(store, scope)).toHaveLength(7);
		expect((await listSuppressions(store, scope, 3)).map(({ address }) => address)).toEqual(
			Array.from({ length: 3 }, () => 'r***@example.com'),
		);
	});
});

describe('addresses as people write them', () => {
	it('are read one or several, each once', () => {
		expect(addressesIn('Ann <ann@example.com>, bob@example.com, ann@example.com')).toEqual([
			'ann@example.com',
			'bob@example.com',
		]);
	});

	it.each(['nobody', 'Ann <>', 'ann@example.com, bob', ' '])('%j is refused', (text) => {
		expect(() => addressesIn(text)).toThrow(expect.objectContaining({ code: 'INPUT_ADDRESS_INVALID' }));
	});
});
