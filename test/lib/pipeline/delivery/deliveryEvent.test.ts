import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DeliveryEvent, type DeliveryEventType, EVENT_SCHEMA } from '../../../../lib/email/event';
import { applyDeliveryEvent } from '../../../../lib/pipeline/delivery/applyUpdate';
import { type Store, openStore } from '../../../../lib/store/index';
import { applyNotice, report, scope, sent } from './returnedMail';

const ann = 'ann@customer.example';

let folder: string;
let store: Store;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'delivery-event-'));
	store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite') });
});
afterEach(async () => {
	await store.close();
	await rm(folder, { recursive: true, force: true });
});

function event(type: DeliveryEventType, change: Partial<DeliveryEvent> = {}): DeliveryEvent {
	return {
		schema: EVENT_SCHEMA,
		type,
		occurredAt: '2026-11-17T09:00:00.000Z',
		receivedAt: '2026-11-17T09:00:01.000Z',
		provider: 'ses',
		providerEventId: null,
		providerMessageId: null,
		messageId: 'a@shop.example',
		recipient: ann,
		signature: { scheme: 'sns', keyId: null, verified: true },
		dedupKey: `ses:${type}:1`,
		raw: { ref: null, sha256: '', size: 0 },
		...change,
	};
}

const noSuchUser = {
	type: 'hard',
	reason: 'user-unknown',
	status: '5.1.1',
	replyCode: '550',
	diagnostic: 'x',
} as const;

describe('a delivery event', () => {
	it.each<[DeliveryEventType, string]>([
		['delivered', 'delivered'],
		['bounced', 'bounced'],
		['failed', 'bounced'],
		['suppressed', 'bounced'],
		['complained', 'complained'],
		['deferred', 'accepted'],
		['opened', 'accepted'],
		['clicked', 'accepted'],
		['unsubscribed', 'accepted'],
		['accepted', 'accepted'],
		['other', 'accepted'],
	])('of type %s leaves an accepted send %s, and is in its history once', async (type, state) => {
		const [send] = await sent(store, { key: 'a' });
		await applyDeliveryEvent(store, scope, event(type));
		const again = await applyDeliveryEvent(store, scope, event(type));
		expect(again).toMatchObject({ sends: [{ state, changed: false }], suppressed: [] });
		const history = await store.sends.history(scope, send!.id);
		expect(history.filter(({ type: name }) => name === `${type}_event`)).toMatchObject([
			{ detail: { provider: 'ses', source: `ses:${type}:1` } },
		]);
	});

	it('settles what was in doubt', async () => {
		await sent(store, { key: 'a', to: 'in_doubt' });
		expect((await applyDeliveryEvent(store, scope, event('accepted'))).sends).toMatchObject([
			{ state: 'accepted', changed: true },
		]);
	});

	it('that says delivered comes too late after a bounce or a complaint', async () => {
		await sent(store, { key: 'a' });
		await sent(store, { key: 'b' });
		await applyNotice(store, report({ recipient: ann, original: ['Message-ID: <a@shop.example>'] }));
		await applyDeliveryEvent(store, scope, event('complained', { messageId: 'b@shop.example' }));
		const states = [];
		for (const messageId of ['a@shop.example', 'b@shop.example']) {
			const late = event('delivered', { messageId, dedupKey: messageId });
			states.push(...(await applyDeliveryEvent(store, scope, late)).sends.map(({ state }) => state));
		}
		expect(states).toEqual(['bounced', 'complained']);
	});

	it('of a hard bounce tells the send why, and suppresses', async () => {
		const [send] = await sent(store, { key: 'a' });
		expect(await applyDeliveryEvent(store, scope, event('bounced', { bounce: noSuchUser }))).toMatchObject({
			sends: [{ sendId: send!.id, state: 'bounced', changed: true, matchedBy: 'message-id' }],
			suppressed: [{ address: ann, reason: 'user-unknown', expiresAt: null }],
		});
		expect(await store.sends.get(scope, send!.id)).toMatchObject({
			reason: 'user-unknown',
			status: '5.1.1',
			replyCode: '550',
		});
		const [entry] = await store.suppressions.check(scope, [ann], null);
		expect(entry!.source).toBe('ses:bounced:1');
	});

	it('of a hard bounce without a reason suppresses all the same; of a soft one it does not', async () => {
		await sent(store, { key: 'a' });
		const nothing = { reason: null, status: null, replyCode: null, diagnostic: null };
		const soft = event('bounced', { bounce: { type: 'soft', ...nothing } });
		expect((await applyDeliveryEvent(store, scope, soft)).suppressed).toEqual([]);
		const hard = event('bounced', { bounce: { type: 'hard', ...nothing }, dedupKey: 'ses:2' });
		expect((await applyDeliveryEvent(store, scope, hard)).suppressed).toMatchObject([{ reason: 'bounce' }]);
	});

	it('finds a send by the provider’s id, with or without the domain that Amazon SES puts behind it', async () => {
		const [send] = await sent(store, { key: 'a', patch: { providerMessageId: '0102-ab@eu-west-1.amazonses.com' } });
		for (const providerMessageId of ['0102-ab@eu-west-1.amazonses.com', '0102-ab']) {
			const told = event('opened', { messageId: null, providerMessageId });
			expect((await applyDeliveryEvent(store, scope, told)).sends).toMatchObject([{ sendId: send!.id }]);
		}
		const other = event('opened', { messageId: null, providerMessageId: '0102-cd' });
		expect((await applyDeliveryEvent(store, scope, other)).sends).toEqual([]);
	});

	it('about a mail of another program suppresses when it is verified, and only then', async () => {
		const unknown = { messageId: 'elsewhere@shop.example', bounce: noSuchUser };
		const unsigned = { signature: { scheme: 'none', keyId: null, verified: false } };
		const nothing = { sends: [], suppressed: [] };
		expect(await applyDeliveryEvent(store, scope, event('bounced', { ...unknown, ...unsigned }))).toEqual(nothing);
		expect(await applyDeliveryEvent(store, scope, event('bounced', unknown))).toMatchObject({
			sends: [],
			suppressed: [{ address: ann, reason: 'user-unknown' }],
		});
	});

	it('of an unsubscription suppresses in the stream of the send', async () => {
		await sent(store, { key: 'a', stream: 'news' });
		expect(await applyDeliveryEvent(store, scope, event('unsubscribed'))).toMatchObject({
			sends: [{ state: 'accepted' }],
			suppressed: [{ stream: 'news', reason: 'unsubscribed' }],
		});
		expect(await store.suppressions.check(scope, [ann], 'invoices')).toEqual([]);
	});
});
