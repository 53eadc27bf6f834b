import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failureClassOf } from '../../../../lib/pipeline/send/failureClass';
import { DEFAULT_BREAKER, WITHOUT_LIMITS } from '../../../../lib/pipeline/send/sendLimits';
import { gatherFigures } from '../../../../lib/pipeline/ledger/dashboard/figures';
import { attention } from '../../../../lib/pipeline/ledger/dashboard/page';
import { releaseSends, resolveInDoubt, retrySends } from '../../../../lib/pipeline/ledger/sends';
import { sendOnce } from '../../../../lib/pipeline/send/sendOnce';
import { type Sending, draftWith, startSending } from './sending';

let sending: Sending;
let send: Sending['send'];
let key = 0;

beforeEach(async () => {
	sending = await startSending();
	({ send } = sending);
});
afterEach(async () => {
	vi.restoreAllMocks();
	await sending.stop();
});

const suppressedBy = async (address = 'customer@example.com') =>
	(await sending.store.suppressions.check('default', [address], null)).map(({ reason }) => reason);

/** Some of the replies of which test/lib/email/bounce judges all. */
const replies = readFileSync(resolve(__dirname, '../../email/bounce/samples/faults.tsv'), 'utf8')
	.trimEnd()
	.split('\n')
	.slice(1)
	.map((line) => line.split('\t') as [string, string])
	.filter(([, text]) => /^[45]\d\d /.test(text) && !/^(?:421|50\d|53\d)/.test(text))
	.filter((_, index) => index % 4 === 0);

const draft = {
	from: { name: '', address: 'support@shop.example' },
	to: [{ name: '', address: 'customer@example.com' }],
};

describe('a refusal', () => {
	it.each([['RCPT'], ['DATA']] as const)(
		'in reply to %s costs the recipient nothing that is not his fault',
		async (at) => {
			for (const [fault, text] of replies) {
				const script = at === 'RCPT' ? { rcpt: text } : { end: text };
				const [outcome] = await send({ key: `mail-${++key}`, draft, script });
				const about = [text, outcome!.record.state, await suppressedBy()];
				if (fault === 'sender' || fault === 'unknown' || fault === 'network' || text.startsWith('4')) {
					expect(about).toEqual([text, 'deferred', []]);
				} else expect(about[1]).toMatch(/^(?:failed|deferred)$/);
				if (fault === 'content') expect(about).toEqual([text, 'failed', []]);
				await sending.store.suppressions.remove('default', 'customer@example.com', null);
			}
		},
	);

	it('for what the sending side is says what to mend, and goes out by itself once that is done', async () => {
		const script = { rcpt: '550 5.7.60 SMTP; Client does not have permissions to send as this sender' };
		const [refused] = await send({ draft, script });
		expect(refused).toMatchObject({
			disposition: 'deferred',
			error: { code: 'SEND_SENDER_REFUSED' },
		});
		expect(refused!.error?.message).toContain('5.7.60');
		expect(refused!.error?.hint).toContain('sender address');
		expect(failureClassOf(refused!.record)).toBe('sender');
		expect(await send({ draft })).toMatchObject([{ disposition: 'sent' }]);
	});

	it('without a known reason is tried again, and never for good', async () => {
		const [refused] = await send({ draft, script: { rcpt: '550 E=4711' } });
		expect(refused).toMatchObject({ disposition: 'deferred', error: { code: 'SEND_REFUSED_UNKNOWN' } });
		expect(await send({ draft })).toMatchObject([{ disposition: 'sent' }]);
	});

	it('that names our address is about us, whatever it calls it', async () => {
		const script = { rcpt: '550 5.1.1 <support@shop.example>: User unknown in local recipient table' };
		expect(await send({ draft, script })).toMatchObject([{ record: { state: 'deferred', reason: 'sender-rejected' } }]);
		expect(await suppressedBy()).toEqual([]);
		const verp = { mailFrom: 'bounces@shop.example', verp: true };
		const named = { rcpt: '550 5.1.1 <bounces@shop.example>: unknown user' };
		expect(await send({ key: 'verp', draft, script: named, ...verp })).toMatchObject([
			{ record: { state: 'deferred' } },
		]);
	});

	it('of a dead address ends the send and suppresses it', async () => {
		const script = { rcpt: '550 5.1.1 <customer@example.com>: Recipient address rejected: User unknown' };
		expect(await send({ draft, script })).toMatchObject([{ disposition: 'rejected', record: { state: 'failed' } }]);
		expect(await suppressedBy()).toEqual(['user-unknown']);
	});

	it('for the sender’s sake opens the breaker once it goes on, and one for the recipient’s does not', async () => {
		const policy = { ...WITHOUT_LIMITS, account: 'smtp-1', breaker: { ...DEFAULT_BREAKER, threshold: 3 } };
		const ask = (name: string, script = {}) => send({ key: name, draft, script, options: { policy } });
		const denied = { rcpt: '550 5.7.60 SMTP; Client does not have permissions to send as this sender' };
		for (const name of ['a', 'b']) await ask(name, denied);
		// It comes at random: one that goes through is proof that we may.
		await ask('c');
		for (const name of ['d', 'e', 'f']) await ask(name, denied);
		expect(await ask('g')).toMatchObject([{ disposition: 'deferred', error: { code: 'SEND_BREAKER_OPEN' } }]);

		const other = { ...policy, account: 'smtp-2' };
		for (const name of ['h', 'i', 'j', 'k']) {
			await send({ key: name, draft, script: { rcpt: '552 5.2.2 mailbox full' }, options: { policy: other } });
		}
		expect(await send({ key: 'l', draft, options: { policy: other } })).toMatchObject([{ disposition: 'sent' }]);
	});
});

describe('a transmission that was given up', () => {
	/** While the server still has the content, somebody decides about the send, whose lease has lapsed. */
	async function meanwhile(decide: (id: string) => Promise<unknown>) {
		const { store } = sending;
		const transport = {
			name: 'paused',
			session: () =>
				Promise.resolve({
					transmit: async (_envelope: unknown, _message: unknown, beforeBody: () => Promise<void>) => {
						await beforeBody();
						const [record] = await store.sends.search('default', { states: ['transmitting'] }, { limit: 1 });
						await store.sends.renew('default', [record!.id], record!.fence, -1);
						await store.sends.sweep('default');
						await decide(record!.id);
						const reply = { replyCode: '250', status: null, text: '250 queued as 1' };
						return { outcome: 'accepted' as const, reply, serverMessageId: 'server-1' };
					},
				}),
		};
		const request = { scope: 'default', key: 'late', draft: draftWith(draft) };
		const [outcome] = await sendOnce(store, transport, request, { backoff: () => 0 });
		return outcome!;
	}

	it.each(['canceled', 'reserved'] as const)(
		'is recorded as accepted when its 250 comes after %s',
		async (decision) => {
			const { store } = sending;
			const decider = { by: 'a person', note: null };
			const outcome = await meanwhile((id) => resolveInDoubt(store, 'default', { id }, decision, decider));
			expect(outcome).toMatchObject({
				disposition: 'sent',
				record: { state: 'accepted', providerMessageId: 'server-1' },
			});
			const states = await sending.historyOf(outcome);
			expect(states.slice(-2)).toEqual([decision, 'accepted']);
			// Nothing of it goes out a second time.
			expect(await send({ key: 'late', draft })).toMatchObject([{ disposition: 'duplicate' }]);
			expect(sending.server.received).toHaveLength(0);
		},
	);

	it('is recorded as delivered on a provider’s word, and only if it was begun', async () => {
		const { store } = sending;
		const [never] = await send({ key: 'never', draft, script: { mail: '451 4.3.0 later' } });
		await store.sends.transition('default', { ids: [never!.record.id], fence: null, to: 'canceled' });
		for (const to of ['accepted', 'delivered', 'bounced', 'complained'] as const) {
			expect(await store.sends.transition('default', { ids: [never!.record.id], fence: null, to })).toEqual([]);
		}
		const [begun] = await send({ key: 'begun', draft, script: { end: 'drop' } });
		await resolveInDoubt(store, 'default', { id: begun!.record.id }, 'canceled', { by: 'a person', note: null });
		const change = { ids: [begun!.record.id], fence: null, to: 'delivered' as const };
		expect(await store.sends.transition('default', change)).toMatchObject([{ state: 'delivered' }]);
	});
});

describe('an erased recipient', () => {
	const erase = () => sending.store.maintenance.eraseAddress('default', 'Customer@EXAMPLE.com');

	it('gets nothing that was deferred, in doubt or about to be sent', async () => {
		const { store, server } = sending;
		const decider = { by: 'a person', note: null };
		await send({ key: 'deferred', draft, script: { rcpt: '451 4.7.1 greylisted' } });
		const [doubt] = await send({ key: 'doubt', draft, script: { end: 'drop' } });
		await erase();
		const again = resolveInDoubt(store, 'default', { id: doubt!.record.id }, 'reserved', decider);
		await expect(again).rejects.toMatchObject({ code: 'LEDGER_STATE' });
		await expect(retrySends(store, 'default', { id: doubt!.record.id }, true, decider)).rejects.toMatchObject({
			code: 'LEDGER_STATE',
		});
		await releaseSends(store, 'default', {}, decider);
		expect(await store.sends.due('default', { limit: 10 })).toEqual([]);
		server.received.splice(0);
		for (const key of ['deferred', 'doubt']) {
			const policy = { ...WITHOUT_LIMITS, whenInDoubt: 'resend' as const };
			const outcomes = await send({ key, draft, options: { policy } });
			expect(outcomes.map(({ disposition }) => disposition)).toEqual(['rejected']);
		}
		expect(server.received).toEqual([]);
	});

	it('gets nothing from the attempt that follows within the same call', async () => {
		const retries = { attempts: 2, first: 1, longest: 1 };
		let asked = 0;
		const script = {
			rcpt: () => {
				asked++;
				return '451 4.3.0 system error';
			},
		};
		const transition = sending.store.sends.transition.bind(sending.store.sends);
		vi.spyOn(sending.store.sends, 'transition').mockImplementation(async (scope, change) => {
			const changed = await transition(scope, change);
			if (change.to === 'deferred') await erase();
			return changed;
		});
		const outcomes = await send({ key: 'retried', draft, script, options: { policy: { ...WITHOUT_LIMITS, retries } } });
		expect(asked).toBe(1);
		expect(await sending.store.sends.get('default', outcomes[0]!.record.id)).toMatchObject({ state: 'canceled' });
	});
});

describe('releasing what was refused for the sending side’s sake', () => {
	const decider = { by: 'workflow 1', note: 'SPF repaired' };
	const later = { backoff: () => 3_600_000 };

	it('makes it due at once, deferred or returned, and leaves everything else alone', async () => {
		const { store } = sending;
		const denied = { rcpt: '550 5.7.60 SMTP; Client does not have permissions to send as this sender' };
		await send({ key: 'denied', draft, script: denied, options: later });
		await send({ key: 'greylisted', draft, script: { rcpt: '451 4.7.1 greylisted, come back' }, options: later });
		const [returned] = await send({ key: 'returned', draft });
		const patch = { reason: 'rate-limited' };
		await store.sends.transition('default', { ids: [returned!.record.id], fence: null, to: 'bounced', patch });
		const [dead] = await send({ key: 'dead', draft });
		const gone = { reason: 'user-unknown' };
		await store.sends.transition('default', { ids: [dead!.record.id], fence: null, to: 'bounced', patch: gone });

		const released = await releaseSends(store, 'default', {}, decider);
		expect(released.map(({ key }) => key).sort()).toEqual(['denied', 'returned']);
		expect((await store.sends.due('default', { limit: 10 })).map(({ key }) => key).sort()).toEqual([
			'denied',
			'returned',
		]);
		expect((await store.sends.history('default', returned!.record.id)).at(-1)).toMatchObject({
			from: 'bounced',
			to: 'reserved',
			detail: decider,
		});
		for (const key of ['denied', 'returned'])
			expect(await send({ key, draft })).toMatchObject([{ disposition: 'sent' }]);
		expect(await send({ key: 'dead', draft })).toMatchObject([{ disposition: 'duplicate' }]);
		expect(await releaseSends(store, 'default', {}, decider)).toEqual([]);
	});

	it('closes the breaker, and takes only the reasons that it was asked for', async () => {
		const { store } = sending;
		const policy = { ...WITHOUT_LIMITS, account: 'smtp-1', breaker: { ...DEFAULT_BREAKER, threshold: 1 } };
		const ask = (key: string, script = {}) => send({ key, draft, script, options: { ...later, policy } });
		await ask('listed', {
			rcpt: '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org',
		});
		expect(await ask('held')).toMatchObject([{ error: { code: 'SEND_BREAKER_OPEN' } }]);
		expect(await releaseSends(store, 'default', { reasons: ['sender-rejected'] }, decider)).toEqual([]);
		expect(await ask('after')).toMatchObject([{ disposition: 'sent' }]);
		expect(await releaseSends(store, 'default', { reasons: ['blocked'] }, decider)).toMatchObject([{ key: 'listed' }]);
	});

	it('is offered for one send by Retry', async () => {
		const { store } = sending;
		await send({ draft, script: { rcpt: '550 5.7.1 Relaying denied' }, options: later });
		const retried = await retrySends(store, 'default', { key: 'order-7' }, false, decider);
		expect(retried).toMatchObject([{ changed: true, record: { state: 'reserved', notBefore: null } }]);
	});

	it('stands in the dashboard until then', async () => {
		const { store } = sending;
		await send({ draft, script: { rcpt: '550 5.7.1 Relaying denied' }, options: later });
		const figures = () => gatherFigures(store, 'default', { since: Date.now() - 3_600_000, until: Date.now() });
		expect((await figures()).refusedForUs).toEqual([{ reason: 'relay-denied', count: 1 }]);
		expect(attention(await figures()).join(' ')).toContain('refused because of the sending side (relay-denied)');
		await releaseSends(store, 'default', {}, decider);
		expect((await figures()).refusedForUs).toEqual([]);
	});
});
