import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../../../lib/errors';
import { statistics } from '../../../../../lib/pipeline/ledger/statistics';
import { countRequest, writeCounts } from '../../../../../lib/pipeline/ingest/webhook/counts';
import { type Store, openStore } from '../../../../../lib/store/index';

let folder: string;
let store: Store;
let opened = 0;

const open = (): Promise<Store> => {
	opened++;
	return openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite') });
};

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'webhook-counts-'));
	store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite'), linger: 0 });
	opened = 0;
});

afterEach(async () => {
	await store.close();
	await rm(folder, { recursive: true, force: true });
});

const request = (outcome: string, scope = 'default') => ({
	scope,
	endpoint: 'webhook:workflow/node',
	label: 'Email Webhook Trigger',
	outcome,
});
const shown = async (scope = 'default') => (await statistics(store, scope, { since: Date.now() - 1_000 })).webhooks;

describe('what a webhook endpoint is asked', () => {
	it('is counted without going to the store each time, and shown by outcome', async () => {
		for (let index = 0; index < 500; index++) countRequest('', request('WEBHOOK_SIGNATURE_INVALID'), open);
		for (const outcome of ['taken', 'repeated', 'taken', 'WEBHOOK_STALE']) countRequest('', request(outcome), open);
		countRequest('', request('taken', 'tenant'), open);
		expect(opened).toBe(0);
		// The counts are written within a second by themselves, too.
		await writeCounts();
		await expect
			.poll(() => shown())
			.toEqual([
				{
					endpoint: 'webhook:workflow/node',
					node: 'Email Webhook Trigger',
					taken: 2,
					repeated: 1,
					refused: 501,
					refusedByCode: { WEBHOOK_SIGNATURE_INVALID: 500, WEBHOOK_STALE: 1 },
					lastTakenAt: expect.any(String) as string,
					lastRefusedAt: expect.any(String) as string,
				},
			]);
		await expect.poll(() => shown('tenant')).toMatchObject([{ taken: 1, refused: 0, lastRefusedAt: null }]);
	});

	it('is written by itself', async () => {
		countRequest('', request('taken'), open);
		await expect.poll(() => shown(), { timeout: 20_000 }).toMatchObject([{ taken: 1 }]);
	});

	it('waits while the store is away', async () => {
		const away = () => Promise.reject(new StoreError('gone', { code: 'STORE_UNAVAILABLE', retryable: true }));
		countRequest('', request('WEBHOOK_STALE'), away);
		await writeCounts();
		countRequest('', request('WEBHOOK_STALE'), open);
		await writeCounts();
		await expect.poll(() => shown()).toMatchObject([{ refused: 2 }]);
	});
});
