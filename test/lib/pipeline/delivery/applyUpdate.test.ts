import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../../lib/errors';
import { replyAddressFor } from '../../../../lib/pipeline/send/replyTokens';
import { DEFAULT_POLICY } from '../../../../lib/pipeline/delivery/suppress';
import { type SendRecord, type Store, openStore } from '../../../../lib/store/index';
import { applyNotice, complaint, report, scope, sender, sent } from './returnedMail';

const ann = 'ann@customer.example';
const day = 86_400_000;

let folder: string;
let store: Store;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'correlate-'));
	store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite'), keepSuppressedAddresses: true });
});
afterEach(async () => {
	await store.close();
	await rm(folder, { recursive: true, force: true });
});

async function one(id: string): Promise<SendRecord> {
	return (await store.sends.get(scope, id))!;
}
async function typesOf(id: string): Promise<string[]> {
	return (await store.sends.history(scope, id)).map(({ type }) => type);
}
async function suppressed(): Promise<string[]> {
	return (await store.suppressions.list(scope, { limit: 100 })).map(({ address, reason }) => `${address} ${reason}`);
}
const idOf = (key: string) => [`Message-ID: <${key}@shop.example>`];

describe('a bounce', () => {
	it('moves its send, says why, and suppresses a dead address', async () => {
		const [send] = await sent(store, { key: 'a' });
		const update = await applyNotice(store, report({ recipient: ann, original: idOf('a') }));
		expect(update).toEqual({
			sends: [{ sendId: send!.id, key: 'a', recipient: ann, state: 'bounced', changed: true, matchedBy: 'message-id' }],
			suppressed: [{ address: ann, stream: null, reason: 'user-unknown', expiresAt: null }],
		});
		expect(await one(send!.id)).toMatchObject({
			state: 'bounced',
			reason: 'user-unknown',
			status: '5.1.1',
			replyCode: '550',
			response: '550 5.1.1 User unknown',
		});
		const [entry] = await store.suppressions.check(scope, [ann], 'any stream');
		expect(entry!.source).toMatch(/^sha256:[0-9a-f]{64}$/);
	});

	it('changes nothing the second time, not even when a person has lifted the suppression', async () => {
		const [send] = await sent(store, { key: 'a' });
		const notice = report({ recipient: ann, original: idOf('a') });
		await applyNotice(store, notice);
		await store.suppressions.remove(scope, ann, null);
		const history = await typesOf(send!.id);
		const again = await applyNotice(store, notice);
		expect(again).toMatchObject({ sends: [{ state: 'bounced', changed: false }], suppressed: [] });
		expect(await typesOf(send!.id)).toEqual(history);
		expect(await suppressed()).toEqual([]);
	});

	it('is finished by the next try when the store failed halfway', async () => {
		const [send] = await sent(store, { key: 'a' });
		const notice = report({ recipient: ann, original: idOf('a') });
		const failing: Store = Object.create(store, {
			suppressions: {
				value: {
					check: () => Promise.reject(new StoreError('The database is gone', { code: 'STORE_UNAVAILABLE' })),
				},
			},
		}) as Store;
		await expect(applyNotice(failing, notice)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
		expect((await one(send!.id)).state).toBe('bounced');
		expect((await applyNotice(store, notice)).suppressed).toHaveLength(1);
	});

	it('counts once when two workers have it at the same time', async () => {
		await sent(store, { key: 'a' });
		const notice = report({ recipient: ann, original: idOf('a') });
		const updates = await Promise.all([applyNotice(store, notice), applyNotice(store, notice)]);
		expect(updates.flatMap(({ sends }) => sends).filter(({ changed }) => changed)).toHaveLength(1);
		expect(await suppressed()).toEqual([`${ann} user-unknown`]);
	});

	it('is not undone by a late delivery report', async () => {
		const [send] = await sent(store, { key: 'a' });
		await applyNotice(store, report({ recipient: ann, original: idOf('a') }));
		const late = report({ recipient: ann, action: 'delivered', said: '250 2.0.0 ok', original: idOf('a') });
		expect((await applyNotice(store, late)).sends).toMatchObject([{ state: 'bounced', changed: false }]);
		expect(await one(send!.id)).toMatchObject({ state: 'bounced', replyCode: '550' });
	});

	it('concerns only the recipient it names, and suppresses nobody whose mail others got, too', async () => {
		const sends = await sent(store, { key: 'a', recipients: [ann, 'bob@customer.example'] });
		await applyNotice(store, report({ recipient: 'BOB@customer.example', original: idOf('a') }));
		expect(await Promise.all(sends.map(async ({ id }) => (await one(id)).state))).toEqual(['accepted', 'bounced']);
		expect(await suppressed()).toEqual([]);
	});

	it('concerns nothing in another scope', async () => {
		const [send] = await sent(store, { key: 'a', scope: 'other', correlationId: 'ticket-4711' });
		const original = [...idOf('a'), 'X-Ticket: ticket-4711'];
		expect(await applyNotice(store, report({ recipient: ann, original }))).toEqual({ sends: [], suppressed: [] });
		expect(await applyNotice(store, report({ recipient: ann }))).toEqual({ sends: [], suppressed: [] });
		expect((await store.sends.get('other', send!.id))!.state).toBe('accepted');
	});

	it('of a mail that we did not send does nothing: anybody can write one', async () => {
		const [send] = await sent(store, { key: 'a' });
		const update = await applyNotice(store, report({ recipient: ann, original: idOf('not-ours') }));
		expect(update).toEqual({ sends: [], suppressed: [] });
		expect((await one(send!.id)).state).toBe('accepted');
	});

	it('that overtakes the reply to DATA is not overwritten by it', async () => {
		const [send] = await sent(store, { key: 'a', to: 'in_doubt' });
		await applyNotice(store, report({ recipient: ann, original: idOf('a') }));
		await store.sends.transition(scope, { ids: [send!.id], fence: send!.fence, to: 'accepted' });
		expect((await one(send!.id)).state).toBe('bounced');
	});
});

describe('finding the send', () => {
	const found = async (raw: Buffer) =>
		(await applyNotice(store, raw)).sends.map(({ key, matchedBy }) => [key, matchedBy]);
	/** What is shown, and changes nothing. */
	const shown = async (raw: Buffer) => {
		const { sends, suppressed: added, unmatched = [] } = await applyNotice(store, raw);
		expect([sends, added, await suppressed()]).toEqual([[], [], []]);
		for (const { sendId } of unmatched) {
			expect((await one(sendId)).state).toBe('accepted');
			expect(await typesOf(sendId)).not.toContain('bounce_notice');
		}
		return unmatched.map(({ key, matchedBy, grounds }) => [key, matchedBy, grounds]);
	};

	it('by the id that the provider gave the mail', async () => {
		await sent(store, { key: 'a', patch: { providerMessageId: '0102-ab-000000@eu-west-1.amazonses.com' } });
		const original = ['Message-ID: <0102-ab-000000@eu-west-1.amazonses.com>'];
		expect(await found(report({ recipient: ann, original }))).toEqual([['a', 'message-id']]);
	});

	it('not by a provider’s id that is short enough to be guessed', async () => {
		await sent(store, { key: 'a', patch: { providerMessageId: '4F3C21' } });
		const original = ['Message-ID: <4F3C21>'];
		expect(await shown(report({ recipient: ann, original }))).toEqual([['a', 'message-id', 'report-unproven']]);
	});

	it('by the send’s own id in a custom header, when the Message-ID was rewritten', async () => {
		const [send] = await sent(store, { key: 'a' });
		const original = ['X-Mailer: shop 1.0', `X-Send: ${send!.id}`, 'Message-ID: <rewritten@gateway.example>'];
		expect(await found(report({ recipient: ann, original }))).toEqual([['a', 'reference']]);
	});

	it('not by a custom header that anybody can guess: that is shown', async () => {
		await sent(store, { key: 'a', correlationId: 'ticket-4711' });
		await sent(store, { key: 'b', correlationId: 'ticket-4712' });
		const original = ['X-Mailer: shop 1.0', 'X-Ticket: ticket-4711', 'Message-ID: <rewritten@gateway.example>'];
		expect(await shown(report({ recipient: ann, original }))).toEqual([['a', 'reference', 'report-unproven']]);
	});

	it('not by a custom header that fits a mail to somebody else', async () => {
		await sent(store, { key: 'a', correlationId: '4711', recipients: ['bob@customer.example'] });
		const original = ['X-Ticket: 4711', 'Message-ID: <rewritten@gateway.example>'];
		expect(await shown(report({ recipient: ann, original }))).toEqual([]);
	});

	it('by the variable return path with the send’s id, not by one with its key', async () => {
		const [send] = await sent(store, { key: 'order-7' });
		await sent(store, { key: 'order-8' });
		expect(await shown(report({ recipient: ann, to: 'bounces+order-8@shop.example' }))).toEqual([
			['order-8', 'reference', 'report-unproven'],
		]);
		expect(await found(report({ recipient: ann, to: `bounces+${send!.id}@shop.example` }))).toEqual([
			['order-7', 'reference'],
		]);
	});

	it('by the token of the address for answers, which is the mail’s own', async () => {
		await sent(store, { key: 'a' });
		await sent(store, { key: 'b' });
		const about = { messageId: 'b@shop.example', threadId: null };
		const to = await replyAddressFor(store, scope, 'support@shop.example', about);
		// Of another scope, or made up.
		const foreign = await replyAddressFor(store, 'other', 'support@shop.example', about);
		expect(await shown(report({ recipient: ann, to: foreign }))).toEqual([]);
		expect(await found(report({ recipient: ann, to }))).toEqual([['b', 'reply-token']]);
	});

	it('not by the recipient, the subject or the date, though only one mail went there', async () => {
		await sent(store, { key: 'a', date: '2026-11-17T08:12:43.512Z' });
		const guess = [['a', 'recipient', 'report-unproven']];
		expect(await shown(report({ recipient: ann }))).toEqual(guess);
		const original = [`To: ${ann}`, 'Date: Tue, 17 Nov 2026 09:12:43 +0100'];
		expect(await shown(report({ recipient: ann, original }))).toEqual(guess);
		expect(await shown(complaint(['Feedback-Type: abuse', `Original-Rcpt-To: ${ann}`], original))).toEqual(guess);
		expect(await shown(complaint(['Feedback-Type: opt-out', `Original-Rcpt-To: ${ann}`], original))).toEqual(guess);
		expect(await shown(report({ recipient: ann, action: 'delivered', said: '250 2.0.0 ok' }))).toEqual(guess);
	});

	it('not by the recipient, when it may be either of two mails', async () => {
		await sent(store, { key: 'a' });
		await sent(store, { key: 'b' });
		expect(await shown(report({ recipient: ann }))).toEqual([]);
	});

	it('not by an id of ours with a recipient that the mail did not have', async () => {
		await sent(store, { key: 'a' });
		await sent(store, { key: 'b', recipients: ['vip@customer.example'] });
		const raw = report({ recipient: 'vip@customer.example', original: idOf('a') });
		expect(await shown(raw)).toEqual([['a', 'message-id', 'report-other-recipient']]);
	});

	it('by the variable return path of a mail that was forwarded; neither address is suppressed', async () => {
		const [send] = await sent(store, { key: 'a' });
		await sent(store, { key: 'b', recipients: ['vip@customer.example'] });
		const to = `bounces+${send!.id}@shop.example`;
		const update = await applyNotice(store, report({ recipient: 'vip@customer.example', to }));
		expect(update).toMatchObject({ sends: [{ key: 'a', recipient: ann, state: 'bounced' }], suppressed: [] });
	});

	it('of a mail that several got suppresses nobody, however often', async () => {
		const policy = { ...DEFAULT_POLICY, soft: { bounces: 2, days: 7, expireAfterDays: 30 } };
		for (const key of ['a', 'b', 'c']) {
			await sent(store, { key, recipients: [ann, 'vip@customer.example'] });
			const raw = report({ recipient: 'vip@customer.example', said: '552 5.2.2 Mailbox full', original: idOf(key) });
			expect((await applyNotice(store, raw, policy)).suppressed).toEqual([]);
		}
		await sent(store, { key: 'd', recipients: ['vip@customer.example'] });
		const own = report({ recipient: 'vip@customer.example', said: '552 5.2.2 Mailbox full', original: idOf('d') });
		expect((await applyNotice(store, own, policy)).suppressed).toEqual([]);
		const complained = complaint(['Feedback-Type: abuse', 'Original-Rcpt-To: vip@customer.example'], idOf('a'));
		expect((await applyNotice(store, complained, policy)).suppressed).toEqual([]);
	});

	it('by the original recipient that the report states', async () => {
		await sent(store, { key: 'a', recipients: [ann, 'bob@customer.example'] });
		await sent(store, { key: 'b' });
		const raw = (key: string) =>
			report({ recipient: 'a.nn@internal.example', originalRecipient: ann, original: idOf(key) });
		expect((await applyNotice(store, raw('a'))).sends).toMatchObject([{ recipient: ann, changed: true }]);
		expect(await applyNotice(store, raw('b'))).toMatchObject({
			sends: [{ recipient: ann, changed: true }],
			suppressed: [{ address: ann, reason: 'user-unknown' }],
		});
	});
});

describe('soft bounces', () => {
	const full = (key: string) => report({ recipient: ann, said: '552 5.2.2 Mailbox full', original: idOf(key) });

	it('suppress for some time once there are enough, each send counted once', async () => {
		for (const key of ['a', 'b', 'c']) await sent(store, { key });
		expect((await applyNotice(store, full('a'))).suppressed).toEqual([]);
		expect((await applyNotice(store, full('b'))).suppressed).toEqual([]);
		// Another notice about the same send.
		const again = report({
			recipient: ann,
			said: '552 5.2.2 Mailbox full',
			original: idOf('b'),
			date: 'Wed, 18 Nov 2026 09:00:00 +0000',
		});
		expect((await applyNotice(store, again)).suppressed).toEqual([]);
		const before = Date.now();
		const [added] = (await applyNotice(store, full('c'))).suppressed;
		expect(added).toMatchObject({ address: ann, reason: 'mailbox-full' });
		const expiresAt = Date.parse(added!.expiresAt!);
		expect(expiresAt).toBeGreaterThanOrEqual(before + 30 * day);
		expect(expiresAt).toBeLessThanOrEqual(Date.now() + 30 * day);
	});

	it('are all counted when they come at once', async () => {
		for (const key of ['a', 'b', 'c']) await sent(store, { key });
		await Promise.all(['a', 'b', 'c'].map((key) => applyNotice(store, full(key))));
		expect(await suppressed()).toEqual([`${ann} mailbox-full`]);
	});

	it('follow the policy: how many, for how long, or not at all', async () => {
		for (const key of ['a', 'b']) await sent(store, { key });
		const soft = { bounces: 1, days: 1, expireAfterDays: null };
		expect((await applyNotice(store, full('a'), { ...DEFAULT_POLICY, soft: null })).suppressed).toEqual([]);
		expect((await applyNotice(store, full('b'), { ...DEFAULT_POLICY, soft })).suppressed).toMatchObject([
			{ address: ann, expiresAt: null },
		]);
	});

	it('do not count when they say nothing about the address', async () => {
		const policy = { ...DEFAULT_POLICY, soft: { bounces: 1, days: 7, expireAfterDays: 30 } };
		await sent(store, { key: 'a' });
		const refusal = report({ recipient: ann, said: '550 5.7.1 Rejected by local policy', original: idOf('a') });
		expect(await applyNotice(store, refusal, policy)).toMatchObject({ sends: [{ state: 'bounced' }], suppressed: [] });
	});

	it('never shorten a suppression that stands for good', async () => {
		await store.suppressions.add({
			scope,
			address: ann,
			stream: null,
			reason: 'manual',
			source: 'person',
			expiresAt: null,
		});
		await sent(store, { key: 'a' });
		const policy = { ...DEFAULT_POLICY, soft: { bounces: 1, days: 7, expireAfterDays: 30 } };
		expect((await applyNotice(store, full('a'), policy)).suppressed).toEqual([]);
		expect(await suppressed()).toEqual([`${ann} manual`]);
	});

	it('give way to a hard bounce', async () => {
		for (const key of ['a', 'b']) await sent(store, { key });
		const policy = { ...DEFAULT_POLICY, soft: { bounces: 1, days: 7, expireAfterDays: 30 } };
		await applyNotice(store, full('a'), policy);
		await applyNotice(store, report({ recipient: ann, original: idOf('b') }), policy);
		expect(await suppressed()).toEqual([`${ann} user-unknown`]);
	});
});

describe('other notices', () => {
	it('a delay is noted once and changes no state', async () => {
		const [send] = await sent(store, { key: 'a' });
		const delay = report({ recipient: ann, action: 'delayed', said: '451 4.3.0 Try later', original: idOf('a') });
		for (let time = 0; time < 2; time++) {
			expect(await applyNotice(store, delay)).toMatchObject({
				sends: [{ state: 'accepted', changed: false }],
				suppressed: [],
			});
		}
		expect((await typesOf(send!.id)).filter((type) => type === 'delay_notice')).toHaveLength(1);
	});

	it('a delivery report moves the send to delivered', async () => {
		const [send] = await sent(store, { key: 'a' });
		const raw = report({ recipient: ann, action: 'delivered', said: '250 2.0.0 ok', original: idOf('a') });
		expect((await applyNotice(store, raw)).sends).toMatchObject([{ state: 'delivered', changed: true }]);
		expect(await one(send!.id)).toMatchObject({ state: 'delivered', reason: null });
	});

	it('a complaint moves the send to complained and suppresses at once, also when it hides the recipient', async () => {
		const [send] = await sent(store, { key: 'a' });
		const update = await applyNotice(store, complaint(['Feedback-Type: abuse'], idOf('a')));
		expect(update).toMatchObject({
			sends: [{ sendId: send!.id, state: 'complained', changed: true }],
			suppressed: [{ address: ann, reason: 'complaint', stream: null, expiresAt: null }],
		});
	});

	it('an opt-out suppresses in its stream only', async () => {
		await sent(store, { key: 'a', stream: 'news' });
		const raw = complaint(['Feedback-Type: opt-out', `Original-Rcpt-To: ${ann}`], idOf('a'));
		expect(await applyNotice(store, raw)).toMatchObject({
			sends: [{ state: 'accepted', changed: false }],
			suppressed: [{ address: ann, reason: 'unsubscribed', stream: 'news' }],
		});
		expect(await store.suppressions.check(scope, [ann], 'invoices')).toEqual([]);
	});

	it('a report that says not-spam changes nothing', async () => {
		await sent(store, { key: 'a' });
		const raw = complaint(['Feedback-Type: not-spam', `Original-Rcpt-To: ${ann}`], idOf('a'));
		expect(await applyNotice(store, raw)).toMatchObject({ suppressed: [] });
	});

	it.each(['auth-failure'])('feedback of type %s is no complaint', async (type) => {
		await sent(store, { key: 'a' });
		const raw = complaint([`Feedback-Type: ${type}`, `Original-Rcpt-To: ${ann}`], idOf('a'));
		expect(await applyNotice(store, raw)).toMatchObject({ sends: [{ state: 'accepted' }], suppressed: [] });
	});

	it('a person’s mail does nothing', async () => {
		await sent(store, { key: 'a' });
		const raw = Buffer.from(`From: ${ann}\r\nTo: ${sender}\r\nSubject: Hello\r\n\r\nHow are you?\r\n`);
		expect(await applyNotice(store, raw)).toEqual({ sends: [], suppressed: [] });
	});
});
