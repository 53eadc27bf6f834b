import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readWebhook } from '../../../../lib/email/webhook/read';
import { type IngestionQueue, createIngestionQueue } from '../../../../lib/pipeline/ingest/queue';
import type { ExecutionBatch } from '../../../../lib/pipeline/ingest/queueOptions';
import { batchIdOf } from '../../../../lib/pipeline/ingest/recovery';
import { onceInPipeline } from '../../../../lib/pipeline/ingest/sharedIntake';
import { type Admission, type WebhookDelivery, admitWebhook } from '../../../../lib/pipeline/ingest/webhook/intake';
import { type IngestionRecord, type Store, openStore } from '../../../../lib/store/index';

const endpoint = 'webhook:workflow/hook';
const mailbox = 'imap:workflow/node:me@mail.example:993:INBOX';
const pipeline = 'support';
const log = { info: () => undefined, warn: () => undefined };

let folder: string;
let store: Store;
const feeds: IngestionQueue[] = [];

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'shared-intake-'));
	store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite'), linger: 0 });
});

afterEach(async () => {
	for (const feed of feeds.splice(0)) {
		feed.stop();
		await feed.idle();
	}
	await store.close();
	await rm(folder, { recursive: true, force: true });
});

const mail = (id: string) =>
	`From: Ann <ann@customer.example>\r\nTo: me@shop.example\r\nSubject: ${id}\r\nMessage-ID: <${id}@customer.example>\r\n\r\nHello\r\n`;

let requests = 0;

/** By webhook: as a provider posts it, each time in a request of its own. */
function byWebhook(id: string, change: Partial<WebhookDelivery> = {}): Promise<Admission> {
	const rawBody = Buffer.from(JSON.stringify({ raw: mail(id), envelope: { from: null, to: ['me@shop.example'] } }));
	const headers = { 'content-type': 'application/json' };
	const request = { method: 'POST', url: 'https://n8n.test/hook', headers, rawBody, remoteAddress: null };
	const replayKey = `request-${++requests}`;
	const verification = { scheme: 'generic', keyId: 'current', timestamp: null, replayKey } as const;
	const items = readWebhook('generic', request, { ...verification, verified: true, bodyAuthenticated: true });
	const receivedAt = '2026-01-02T03:04:05.000Z';
	return admitWebhook({
		store,
		scope: 'default',
		endpoint,
		updateLedger: true,
		pipeline,
		replayKey,
		items,
		receivedAt,
		...change,
	});
}

async function confirmed(admission: Admission): Promise<void> {
	if (admission.state !== 'admitted') throw new Error(`Expected to be admitted, was ${admission.state}`);
	await admission.record();
}

/** A watched mailbox, and the keys of the mails whose execution it started. */
function watched(name = pipeline): {
	feed: IngestionQueue;
	started: string[];
	byMailbox: (id: string) => Promise<IngestionRecord>;
} {
	const started: string[] = [];
	const emit = ({ records }: ExecutionBatch) => {
		started.push(...records.map(({ key }) => key));
		return Promise.resolve('ended' as const);
	};
	const shared = { store, scope: 'default', pipeline: name, log };
	const feed = createIngestionQueue({
		store,
		scope: 'default',
		feed: mailbox,
		emitter: 'process',
		emit: onceInPipeline(shared, emit),
		log,
	});
	feeds.push(feed);
	const byMailbox = async (id: string): Promise<IngestionRecord> => {
		const raw = Buffer.from(`Received: from mx by mail.example\r\n${mail(id).replaceAll('\r\n', '\n')}`);
		const describe = () => Promise.resolve({ contentKey: null, metadata: {} });
		const { record } = await feed.receive({ key: `${mailbox}:1:${id}`, raw, describe });
		await feed.idle();
		return (await store.ingestion.get('default', record.key))!;
	};
	return { feed, started, byMailbox };
}

const arrivals = () => store.ingestion.list('default', endpoint, ['received', 'confirmed'], 100);

describe('a pipeline with two ways in', () => {
	it('runs for a mail that came by webhook, and records the copy in the mailbox', async () => {
		const { feed, started, byMailbox } = watched();
		await feed.start();
		await confirmed(await byWebhook('m1'));
		const record = await byMailbox('m1');
		expect(started).toEqual([]);
		const [first] = await arrivals();
		expect(first).toMatchObject({ stage: 'received', duplicateOfKey: null, metadata: { subject: 'm1' } });
		expect(record).toMatchObject({ stage: 'confirmed', duplicateOfKey: first!.key });
	});

	it('runs for a mail that was in the mailbox first, and records what the webhook brings', async () => {
		const { feed, started, byMailbox } = watched();
		await feed.start();
		const record = await byMailbox('m1');
		expect(started).toEqual([record.key]);
		expect(record).toMatchObject({ stage: 'confirmed', duplicateOfKey: null });
		expect((await byWebhook('m1')).state).toBe('repeat');
		expect(await arrivals()).toMatchObject([{ stage: 'confirmed', duplicateOfKey: record.key }]);
		expect((await byWebhook('m1')).state).toBe('repeat');
		expect(await arrivals()).toHaveLength(1);
	});

	it('runs once for each of many mails that come both ways at once', async () => {
		const { feed, started, byMailbox } = watched();
		await feed.start();
		const ids = Array.from({ length: 20 }, (_, index) => `m${index}`);
		let admitted = 0;
		const hook = async (id: string): Promise<void> => {
			for (;;) {
				const admission = await byWebhook(id);
				if (admission.state === 'admitted') {
					admitted++;
					await admission.record();
				}
				if (admission.state !== 'in-progress') return;
			}
		};
		await Promise.all(ids.flatMap((id) => [hook(id), byMailbox(id)]));
		await feed.idle();
		expect(admitted + started.length).toBe(ids.length);
		const known = [...(await arrivals()), ...(await store.ingestion.list('default', mailbox, ['confirmed'], 100))];
		expect(known.filter(({ duplicateOfKey }) => duplicateOfKey === null)).toHaveLength(ids.length);
		expect(known.filter(({ duplicateOfKey }) => duplicateOfKey !== null)).toHaveLength(ids.length);
	});

	it('takes from the mailbox what a webhook began and did not finish', async () => {
		const { feed, started, byMailbox } = watched();
		await feed.start();
		const crashed = await byWebhook('m1', { lease: 200 });
		expect(crashed.state).toBe('admitted');
		const record = await byMailbox('m1');
		expect(started).toEqual([record.key]);
		// The sender's retry.
		expect((await byWebhook('m1')).state).toBe('repeat');
	});

	it('starts a mail of the mailbox again whose execution never ended', async () => {
		const dying = new Error('n8n was killed');
		const shared = { store, scope: 'default', pipeline, log };
		const record = await watched().byMailbox('m1');
		const records = await store.ingestion.emit('default', [record.key], 'batch', 'a process that died');
		const emit = onceInPipeline(shared, () => Promise.reject(dying));
		await expect(emit({ id: batchIdOf(records[0]!), records })).rejects.toBe(dying);

		const { feed, started } = watched();
		await feed.start();
		await feed.idle();
		expect(started).toEqual([record.key]);
		expect(await store.ingestion.get('default', record.key)).toMatchObject({ attempt: 2, duplicateOfKey: null });
	});

	it('emits what a webhook recorded before it died, unless the mailbox has taken the mail meanwhile', async () => {
		const { feed, started, byMailbox } = watched();
		await feed.start();
		const confirming = new Error('killed');
		const replay = Object.assign(Object.create(store.replay) as Store['replay'], {
			confirmAll: () => Promise.reject(confirming),
		});
		const unflushed = Object.create(store.unflushed, { replay: { value: replay } }) as Store;
		const dying = Object.create(store, {
			unflushed: { value: unflushed },
			flush: { value: () => store.flush() },
		}) as Store;
		await expect(confirmed(await byWebhook('m1', { store: dying, lease: 100 }))).rejects.toBe(confirming);
		const record = await byMailbox('m1');
		expect(started).toEqual([record.key]);

		const emitted: string[] = [];
		const emit = ({ records }: ExecutionBatch) => {
			emitted.push(...records.map(({ key }) => key));
			return Promise.resolve('ended' as const);
		};
		const shared = { store, scope: 'default', pipeline, log };
		const webhookFeed = createIngestionQueue({
			store,
			scope: 'default',
			feed: endpoint,
			emitter: 'process',
			emit: onceInPipeline(shared, emit),
			log,
		});
		feeds.push(webhookFeed);
		await confirmed(await byWebhook('m2'));
		await webhookFeed.start();
		await webhookFeed.idle();
		expect(emitted).toHaveLength(1);
		expect(await arrivals()).toMatchObject([
			{ stage: 'confirmed', duplicateOfKey: record.key },
			{ stage: 'confirmed', duplicateOfKey: null, metadata: { subject: 'm2' } },
		]);
	});

	it('keeps pipelines apart, and leaves alone who shares none', async () => {
		const { feed, started, byMailbox } = watched('another');
		await feed.start();
		await confirmed(await byWebhook('m1'));
		await byMailbox('m1');
		expect(started).toHaveLength(1);
		await confirmed(await byWebhook('m1', { endpoint: 'webhook:workflow/alone', pipeline: '' }));
		await confirmed(await byWebhook('m1', { scope: 'tenant' }));
	});
});
