import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventItem, WebhookItem } from '../../../../../lib/email/webhook/items';
import { readWebhook } from '../../../../../lib/email/webhook/read';
import { createIngestionQueue } from '../../../../../lib/pipeline/ingest/queue';
import { type Admission, type WebhookDelivery, admitWebhook } from '../../../../../lib/pipeline/ingest/webhook/intake';
import { StoreError } from '../../../../../lib/errors';
import { type JsonObject, type Store, openStore } from '../../../../../lib/store/index';
import { sent } from '../../delivery/returnedMail';

let folder: string;
let store: Store;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'webhook-intake-'));
	store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite'), linger: 0 });
});

afterEach(async () => {
	await store.close();
	await rm(folder, { recursive: true, force: true });
});

function itemsOf(payload: unknown): { replayKey: string; items: WebhookItem[] } {
	const rawBody = Buffer.from(JSON.stringify(payload));
	const replayKey = `sha256:${createHash('sha256').update(rawBody).digest('hex')}`;
	const headers = { 'content-type': 'application/json' };
	const request = { method: 'POST', url: 'https://n8n.test/hook', headers, rawBody, remoteAddress: null };
	const verification = { scheme: 'generic', keyId: 'current', timestamp: null, replayKey } as const;
	return {
		replayKey,
		items: readWebhook('generic', request, { ...verification, verified: true, bodyAuthenticated: true }),
	};
}

function admit(payload: unknown, change: Partial<WebhookDelivery> = {}): Promise<Admission> {
	return admitWebhook({
		store,
		scope: 'default',
		endpoint: 'webhook:workflow/node',
		updateLedger: true,
		receivedAt: '2026-01-02T03:04:05.000Z',
		...itemsOf(payload),
		...change,
	});
}

/** The store, with stand-ins for some of its parts. */
function storeWith(parts: object): Store {
	const over = (part: object) => ({ value: part });
	const own = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, over(part as object)]));
	const unflushed = Object.create(store.unflushed, own) as Store;
	return Object.create(store, { unflushed: over(unflushed), flush: { value: () => store.flush() } }) as Store;
}

type Admitted = Extract<Admission, { state: 'admitted' }>;

async function admitted(payload: unknown, change: Partial<WebhookDelivery> = {}): Promise<Admitted> {
	const admission = await admit(payload, change);
	if (admission.state !== 'admitted') throw new Error(`Expected to be admitted, was ${admission.state}`);
	return admission;
}

const event = (id: string) => ({ event: 'delivered', event_id: id, recipient: 'ann@example.test' });
const batch = (...ids: string[]) => ({ events: ids.map(event) });
const idsOf = (events: JsonObject[]) => events.map(({ providerEventId }) => providerEventId);
const rawMail =
	'From: Ann <ann@customer.test>\r\nTo: me@example.test\r\nSubject: hi\r\nMessage-ID: <a@b>\r\n\r\nBody\r\n';
const mail = { raw: rawMail, envelope: { from: 'ann@customer.test', to: ['me+tag@example.test'] } };

describe('admitting a webhook', () => {
	it('archives a mail and hands on what is known of it', async () => {
		const { messages, events, violations } = await admitted(mail);
		expect(events).toEqual([]);
		expect(violations).toEqual([]);
		const [message] = messages;
		expect(message).toMatchObject({
			schema: 'email.received/1',
			event: 'message.received',
			messageId: 'a@b',
			subject: 'hi',
			source: { kind: 'webhook', provider: 'generic', receivedAt: '2026-01-02T03:04:05.000Z' },
			envelope: { mailFrom: 'ann@customer.test', rcptTo: ['me+tag@example.test'] },
			defects: [],
		});
		const { ref } = message!.raw as { ref: string };
		expect(await text(await store.archive.open('default', ref))).toBe(rawMail);
	});

	it('keeps no more of a mail than it may once its execution is over, and the whole of an event', async () => {
		const mailAdmission = await admitted(mail, { keep: 'headers' });
		const eventAdmission = await admitted(event('e1'), { keep: 'headers' });
		await mailAdmission.record();
		await eventAdmission.record();
		const refOf = (item: JsonObject | undefined) => (item!.raw as { ref: string }).ref;
		const modes = async () => {
			const refs = [refOf(mailAdmission.messages[0]), refOf(eventAdmission.events[0])];
			return await Promise.all(refs.map(async (ref) => (await store.archive.stat('default', ref))?.mode));
		};
		expect(await modes()).toEqual(['full', 'full']);
		const log = { info: () => undefined, warn: () => undefined };
		const feed = createIngestionQueue({
			store,
			scope: 'default',
			feed: 'webhook:workflow/node',
			emitter: 'process',
			emit: () => Promise.resolve('succeeded' as const),
			log,
		});
		await feed.start();
		await expect.poll(modes, { timeout: 10_000 }).toEqual(['headers', 'full']);
		feed.stop();
		await feed.idle();
	});

	it('brings content back that was purged before it was recorded, as of a mail that comes again after the retention', async () => {
		const first = await admitted(mail);
		await first.record();
		await store.ingestion.advanceAll(
			'default',
			[(await store.ingestion.list('default', 'webhook:workflow/node', ['received'], 9))[0]!.key],
			'confirmed',
		);
		const again = await admitted(mail, { endpoint: 'webhook:other/node' });
		const told = await admitted(event('e1'));
		await store.maintenance.purge({ archive: -60_000 });
		await again.record();
		await told.record();
		for (const item of [again.messages[0], told.events[0]]) {
			const { ref } = item!.raw as { ref: string };
			expect(await store.archive.stat('default', ref)).toMatchObject({ mode: 'full', purgedAt: null });
		}
	});

	it('archives an event as it was signed', async () => {
		const { events } = await admitted(event('e1'));
		expect(events).toMatchObject([{ schema: 'email.event/1', type: 'delivered', dedupKey: 'generic:e1' }]);
		const { ref } = events[0]!.raw as { ref: string };
		expect(await text(await store.archive.open('default', ref))).toBe(JSON.stringify(event('e1')));
	});

	it('lets one of many concurrent repeats through, and the others wait or know it done', async () => {
		const outcomes = await Promise.all(Array.from({ length: 12 }, () => admit(event('e1'))));
		const through = outcomes.filter((outcome) => outcome.state === 'admitted');
		expect(through).toHaveLength(1);
		expect(outcomes.filter(({ state }) => state === 'in-progress')).toHaveLength(11);
		for (const outcome of outcomes) {
			if (outcome.state === 'in-progress') expect(outcome.retryAfterSeconds).toBeGreaterThanOrEqual(1);
		}
		await through[0]!.record();
		expect((await Promise.all(Array.from({ length: 12 }, () => admit(event('e1'))))).map(({ state }) => state)).toEqual(
			Array.from({ length: 12 }, () => 'repeat'),
		);
	});

	it('knows an event again in another request, and takes only the new ones of a batch', async () => {
		await (await admitted(event('e1'))).record();
		const { events, record } = await admitted(batch('e1', 'e2', 'e3', 'e2'));
		expect(idsOf(events)).toEqual(['e2', 'e3']);
		await record();
		expect((await admit(batch('e3', 'e2'))).state).toBe('repeat');
	});

	it('makes a batch wait while one of its events is in progress, and holds up none of the others', async () => {
		const first = await admitted(event('e1'));
		expect(await admit(batch('e2', 'e1'))).toMatchObject({ state: 'in-progress' });
		await (await admitted(event('e2'))).record();
		await first.record();
		expect((await admit(batch('e2', 'e1'))).state).toBe('repeat');
	});

	it('lets the retry through once the lease of a crashed process has lapsed', async () => {
		const lease = 150;
		const crashed = await admitted(event('e1'), { lease });
		expect((await admit(event('e1'))).state).toBe('in-progress');
		let retried: Admission | null = null;
		await expect.poll(async () => (retried = await admit(event('e1'))).state).toBe('admitted');

		// The one thought dead was only slow: its word no longer counts.
		await crashed.record();
		expect((await admit(event('e1'))).state).toBe('in-progress');
		await (retried as unknown as Admitted).record();
		expect((await admit(event('e1'))).state).toBe('repeat');
	});

	it('records what it admits together, once, also when it died before its confirmation', async () => {
		const confirming = new StoreError('gone', { code: 'STORE_UNAVAILABLE', retryable: true });
		const dying = storeWith({
			replay: Object.assign(Object.create(store.replay) as Store['replay'], {
				confirmAll: () => Promise.reject(confirming),
			}),
		});
		const { record } = await admitted({ events: [event('e1'), event('e2')] }, { store: dying, lease: 50 });
		await expect(record()).rejects.toBe(confirming);
		let retried: Admission | null = null;
		await expect.poll(async () => (retried = await admit(batch('e1', 'e2', 'e3'))).state).toBe('admitted');
		await (retried as unknown as Admitted).record();

		const records = await store.ingestion.list('default', 'webhook:workflow/node', ['received'], 10);
		expect(records.map(({ metadata }) => metadata.providerEventId)).toEqual(['e1', 'e2', 'e3']);
		expect(records).toMatchObject([{ kind: 'event', batch: records[1]!.batch }, {}, {}]);
		expect(records[2]!.batch).not.toBe(records[0]!.batch);
	});

	it('records an event anew when its time is over', async () => {
		await (await admitted(event('e1'), { ttl: 50 })).record();
		let again: Admission | null = null;
		await expect.poll(async () => (again = await admit(event('e1'), { ttl: 50 })).state).toBe('admitted');
		await (again as unknown as Admitted).record();
		expect(await store.ingestion.list('default', 'webhook:workflow/node', ['received'], 10)).toHaveLength(2);
	});

	it('holds nothing back when the archive fails halfway through a batch', async () => {
		let puts = 0;
		const broken = storeWith({
			archive: {
				put: (...args: Parameters<Store['archive']['put']>) =>
					++puts === 2
						? Promise.reject(new StoreError('disk full', { code: 'STORE_FULL', retryable: true }))
						: store.archive.put(...args),
			},
		});
		await expect(admit(batch('e1', 'e2', 'e3'), { store: broken })).rejects.toMatchObject({ code: 'STORE_FULL' });
		expect(idsOf((await admitted(batch('e1', 'e2', 'e3'))).events)).toEqual(['e1', 'e2', 'e3']);
	});

	it('forgets after the time it was told', async () => {
		await (await admitted(event('e1'), { ttl: 100 })).record();
		await expect.poll(async () => (await admit(event('e1'), { ttl: 100 })).state).toBe('admitted');
	});

	it('keeps endpoints and scopes apart', async () => {
		await (await admitted(event('e1'))).record();
		expect((await admit(event('e1'), { endpoint: 'webhook:workflow/other' })).state).toBe('admitted');
		expect((await admit(event('e1'), { scope: 'tenant' })).state).toBe('admitted');
	});

	it('has nothing to do for a batch without events, at once and again', async () => {
		expect((await admit(batch())).state).toBe('repeat');
		expect((await admit(batch())).state).toBe('repeat');
	});

	it('refuses a used replay key even with other events: a captured request under another id, a token with another body', async () => {
		const used = { replayKey: 'token-1' };
		await (await admitted(event('e1'), used)).record();
		expect((await admit(event('e2'), used)).state).toBe('repeat');
		expect((await admit(event('e1'), { ...used, replayKey: 'token-2' })).state).toBe('repeat');
	});

	it('takes what breaks the published schema, and says where', async () => {
		const [item] = itemsOf(event('e1')).items as [EventItem];
		const odd: EventItem = { ...item, event: { ...item.event, occurredAt: 'yesterday' } };
		const { events, violations } = await admitted(event('e1'), { items: [odd] });
		expect(violations).toEqual([{ record: 'generic:e1', broken: ['/occurredAt format'] }]);
		expect(events[0]).toMatchObject({ occurredAt: 'yesterday', defects: [{ code: 'schema-violated' }] });

		const [message] = itemsOf(mail).items as [Extract<WebhookItem, { kind: 'message' }>];
		const spam = { score: NaN, flagged: 'no', source: 'x' } as unknown as NonNullable<typeof message.spam>;
		const taken = await admitted(mail, { items: [{ ...message, spam }] });
		expect(taken.violations).toEqual([{ record: message.dedupKey, broken: ['/spam anyOf'] }]);
		expect(taken.messages[0]).toMatchObject({ subject: 'hi', defects: [{ code: 'schema-violated' }] });
	});

	it('gives nothing out as kept that the disk did not take, and lets the next attempt through', async () => {
		const full = new StoreError('disk failed', { code: 'STORE_IO', retryable: true });
		const failing = Object.create(storeWith({}), { flush: { value: () => Promise.reject(full) } }) as Store;
		const { record } = await admitted(event('e1'), { store: failing });
		await expect(record()).rejects.toBe(full);
		await (await admitted(event('e1'))).record();
		expect((await admit(event('e1'))).state).toBe('repeat');
	});

	const bounced = {
		event: 'hard_bounce',
		event_id: 'b1',
		message_id: '<order@shop.example>',
		recipient: 'ann@customer.example',
		status: '5.1.1',
		reason: '550 5.1.1 User unknown',
	};

	it('brings an event to its send before the workflow runs, and again without harm after a crash', async () => {
		const [send] = await sent(store, { key: 'order' });
		const { events } = await admitted(bounced, { lease: 50 });
		expect(events[0]).toMatchObject({ ledger: { sends: [{ sendId: send!.id, state: 'bounced', changed: true }] } });
		expect(await store.sends.get('default', send!.id)).toMatchObject({ state: 'bounced' });

		let retried: Admission | null = null;
		await expect.poll(async () => (retried = await admit(bounced)).state).toBe('admitted');
		expect((retried as unknown as Admitted).events[0]).toMatchObject({
			ledger: { sends: [{ sendId: send!.id, state: 'bounced', changed: false }], suppressed: [] },
		});
	});

	it('leaves the ledger alone when it is told to', async () => {
		const [send] = await sent(store, { key: 'order' });
		const { events } = await admitted(bounced, { updateLedger: false });
		expect(events[0]).toMatchObject({ ledger: null });
		expect(await store.sends.get('default', send!.id)).toMatchObject({ state: 'accepted' });
	});

	it('hands an event on that our own ledger code stumbles over, and has it sent again when the store is away', async () => {
		const failing = (error: Error) => storeWith({ sends: { search: () => Promise.reject(error) } });
		const other = { ...bounced, event_id: 'b2' };
		const { events } = await admitted(other, { store: failing(new TypeError('a bug')) });
		expect(events[0]).toMatchObject({ type: 'bounced', ledger: null, defects: [{ code: 'ledger-not-updated' }] });
		const away = new StoreError('gone', { code: 'STORE_UNAVAILABLE', retryable: true });
		await expect(admit(bounced, { store: failing(away) })).rejects.toBe(away);
		expect((await admit(bounced)).state).toBe('admitted');
	});
});
