import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureClassOf } from '../../../../lib/pipeline/send/failureClass';
import { throttleRefusal } from '../../../../lib/pipeline/send/replyThrottle';
import { DEFAULT_BREAKER, SUPPRESSION_KINDS, type SendPolicy } from '../../../../lib/pipeline/send/sendLimits';
import type { RecipientOutcome } from '../../../../lib/pipeline/send/sendOutcome';
import type { Script } from '../../email/smtp/scriptedServer';
import { type Sending, draftWith, startSending } from './sending';

const HOUR = 3_600_000;
const scope = 'default';
const draft = draftWith();

let sending: Sending;
let store: Sending['store'];
let server: Sending['server'];

beforeEach(async () => {
	sending = await startSending();
	({ store, server } = sending);
});
afterEach(async () => {
	await sending.stop();
});

async function send(
	key: string,
	policy: Partial<SendPolicy>,
	change: { script?: Script; stream?: string; password?: string } = {},
): Promise<RecipientOutcome> {
	const { script, stream = null, password } = change;
	const [outcome] = await sending.send({
		key,
		stream,
		script,
		...(password === undefined ? {} : { smtp: { authentication: { kind: 'password', user: 'support', password } } }),
		options: { policy: { account: 'smtp-1', retries: { attempts: 0, first: 0, longest: 0 }, ...policy } },
	});
	return outcome!;
}

describe('a send under a policy', () => {
	it('is tried again at once where the problem may pass, and only there', async () => {
		let refusals = 2;
		const busy: Script = { rcpt: () => (refusals-- > 0 ? '451 4.3.0 Temporary system problem' : '250 ok') };
		const retries = { attempts: 2, first: 1, longest: 1 };
		expect(await send('a', { retries }, { script: busy })).toMatchObject({ disposition: 'sent' });

		let asked = 0;
		const greylist: Script = { rcpt: () => (asked++, '450 4.7.1 Greylisted, try again in 300 seconds') };
		const deferred = await send('b', { retries }, { script: greylist });
		expect(deferred).toMatchObject({ disposition: 'deferred', record: { state: 'deferred' } });
		expect(asked).toBe(1);
		expect(server.delivered).toHaveLength(1);
	});

	it('waits for its turn when a quota is used up, and is told the same turn again', async () => {
		const policy = { quotas: [{ per: 'recipient' as const, amount: 1, window: HOUR }] };
		expect(await send('a', policy)).toMatchObject({ disposition: 'sent' });
		expect(await send('a', policy)).toMatchObject({ disposition: 'duplicate' });
		const held = await send('b', policy);
		expect(held).toMatchObject({ disposition: 'deferred', error: { code: 'SEND_LIMITED' } });
		expect(failureClassOf(held.record)).toBe('limit');
		expect(held.retryAt).toBeGreaterThan(Date.now() + HOUR / 2);
		expect(await send('b', policy)).toMatchObject({ retryAt: held.retryAt, error: { code: 'SEND_LIMITED' } });
		expect(server.received).toHaveLength(1);
	});

	it('waits while its credential is paused', async () => {
		const by = { reason: 'incident', by: 'ann', until: null };
		await store.pauses.pause({ scope, kind: 'credential', name: 'Main server', ...by });
		const held = await send('a', { accountNames: ['Main server'] });
		expect(held).toMatchObject({ disposition: 'deferred', error: { code: 'SEND_PAUSED' } });
		expect(held.error?.message).toContain('incident');
		expect(server.received).toHaveLength(0);
	});

	it('leaves a failing server alone, and a server whose login fails at once', async () => {
		const breaker = { ...DEFAULT_BREAKER, threshold: 2 };
		for (const key of ['a', 'b']) await send(key, { breaker }, { script: { greeting: 'drop' } });
		expect(await send('c', { breaker })).toMatchObject({ error: { code: 'SEND_BREAKER_OPEN' } });
		expect(await send('d', { breaker, accountVersion: 'new settings' })).toMatchObject({ disposition: 'sent' });

		const other = { breaker, account: 'smtp-2' };
		const refused = { script: { auth: '535 5.7.8 no' }, password: 'old' };
		await expect(send('e', other, refused)).rejects.toMatchObject({ code: 'SMTP_AUTHENTICATION_FAILED' });
		expect(await send('f', other)).toMatchObject({ disposition: 'deferred', error: { code: 'SEND_BREAKER_OPEN' } });
		expect(server.delivered).toHaveLength(1);
	});

	it('reaches a suppressed address only from a stream that may', async () => {
		const entry = { scope, address: 'ann@example.com', stream: null, source: 'test', expiresAt: null };
		await store.suppressions.add({ ...entry, reason: 'mailbox-full' });
		const override = { streams: ['password-reset'], reasons: SUPPRESSION_KINDS.soft };
		expect(await send('a', { override }, { stream: 'newsletter' })).toMatchObject({ record: { state: 'suppressed' } });
		expect(await send('b', { override }, { stream: 'password-reset' })).toMatchObject({ disposition: 'sent' });
		await store.suppressions.add({ ...entry, reason: 'complaint' });
		expect(await send('c', { override }, { stream: 'password-reset' })).toMatchObject({ disposition: 'rejected' });
	});

	it('goes out again in doubt only by explicit policy', async () => {
		const doubt = { script: { end: 'drop' } };
		expect(await send('a', {}, doubt)).toMatchObject({ record: { state: 'in_doubt' } });
		expect(await send('a', {})).toMatchObject({ disposition: 'rejected' });
		expect(server.received).toHaveLength(1);
		expect(await send('a', { whenInDoubt: 'resend' })).toMatchObject({ disposition: 'sent' });
		expect(server.received).toHaveLength(2);
	});
});

describe('the limit of automatic replies', () => {
	it('refuses one too many to a correspondent, and counts no repeat', async () => {
		const throttle = { amount: 1, window: HOUR };
		expect(await throttleRefusal(store, { scope, key: 'a', draft }, throttle)).toBeNull();
		await send('a', {});
		expect(await throttleRefusal(store, { scope, key: 'a', draft }, throttle)).toBeNull();
		expect(await throttleRefusal(store, { scope, key: 'b', draft }, throttle)).toMatchObject({ code: 'LOOP_GUARD' });
	});
});
