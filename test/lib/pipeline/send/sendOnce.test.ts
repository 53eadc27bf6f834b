import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deriveKey } from '../../../../lib/pipeline/send/sendRequest';
import { type Script, startScriptedServer } from '../../email/smtp/scriptedServer';
import { type Sending, startSending } from './sending';

const withPassword = {
	authentication: { kind: 'password' as const, user: 'support', password: 'correct horse' },
};

let sending: Sending;
let store: Sending['store'];
let server: Sending['server'];
let send: Sending['send'];
let historyOf: Sending['historyOf'];

beforeEach(async () => {
	sending = await startSending();
	({ store, server, send, historyOf } = sending);
});
afterEach(async () => {
	vi.restoreAllMocks();
	await sending.stop();
});

describe('sendOnce', () => {
	it('sends, and answers a repeat with the stored result', async () => {
		const [first] = await send();
		expect(first).toMatchObject({ disposition: 'sent', replayed: false, record: { state: 'accepted', attempts: 1 } });
		expect(await historyOf(first!)).toEqual(['reserved', 'leased', 'transmitting', 'accepted']);

		const [again] = await send();
		expect(again).toMatchObject({ disposition: 'duplicate', replayed: true });
		expect(again!.record.messageId).toBe(first!.record.messageId);
		expect(server.delivered).toHaveLength(1);
		expect(server.delivered[0]!.message).toContain(`Message-ID: <${first!.record.messageId}>`);
	});

	it('counts as sent when the provider’s event overtakes the reply', async () => {
		// Between the server's 250 and our writing it down, the provider reports the delivery.
		const transition = store.sends.transition.bind(store.sends);
		vi.spyOn(store.sends, 'transition').mockImplementation(async (scope, change) => {
			if (change.to === 'accepted') await transition(scope, { ids: change.ids, fence: null, to: 'delivered' });
			return await transition(scope, change);
		});
		const [outcome] = await send();
		expect(outcome).toMatchObject({ disposition: 'sent', replayed: false, record: { state: 'delivered' } });
		expect(server.delivered).toHaveLength(1);
	});

	it('refuses the same key for other content and sends nothing', async () => {
		await send();
		await expect(send({ draft: { text: 'Something else.' } })).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
		expect(server.delivered).toHaveLength(1);
	});

	it('answers for other content with the first result when told to, but not for what still waits', async () => {
		const options = { whenContentDiffers: 'first' } as const;
		const other = { draft: { text: 'Something else.' }, options };
		await send({ script: { mail: '451 4.3.0 later' } });
		await expect(send(other)).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
		const [first] = await send({ options });
		expect(first).toMatchObject({ disposition: 'sent' });
		expect(first).not.toHaveProperty('contentDiffers');
		expect(await send(other)).toMatchObject([{ disposition: 'duplicate', replayed: true, contentDiffers: true }]);
		expect(server.delivered).toHaveLength(1);
	});

	it('sends once when many ask at the same time', async () => {
		const outcomes = (await Promise.all(Array.from({ length: 12 }, () => send()))).flat();
		expect(server.delivered).toHaveLength(1);
		expect(outcomes.filter(({ disposition }) => disposition === 'sent')).toHaveLength(1);
		for (const outcome of outcomes.filter(({ disposition }) => disposition !== 'sent')) {
			expect(['duplicate', 'deferred']).toContain(outcome.disposition);
			if (outcome.disposition === 'deferred') expect(outcome.error?.code).toBe('IN_PROGRESS');
		}
	});

	it('sends the same bytes when a deferred mail is tried again', async () => {
		const [deferred] = await send({ script: { end: '451 4.3.0 try later' } });
		expect(deferred).toMatchObject({ disposition: 'deferred', record: { state: 'deferred', replyCode: '451' } });
		const [sent] = await send({ script: {} });
		expect(sent).toMatchObject({ disposition: 'sent', record: { attempts: 2 } });
		expect(server.received).toHaveLength(2);
		expect(server.received[1]!.message).toBe(server.received[0]!.message);
		expect(server.delivered).toHaveLength(1);
	});

	it.each<[string, Script, string, string]>([
		['a refused sender', { mail: '550 5.7.1 not you' }, 'deferred', 'deferred'],
		['a refused recipient', { rcpt: '550 5.1.1 no such user' }, 'rejected', 'failed'],
		['a greylisted recipient', { rcpt: '451 4.7.1 greylisted' }, 'deferred', 'deferred'],
		['a refusal of the content', { end: '554 5.7.1 spam' }, 'rejected', 'failed'],
		['a break before the body', { data: 'drop' }, 'deferred', 'deferred'],
		['a break in the greeting', { greeting: 'drop' }, 'deferred', 'deferred'],
		['a break in the body', { dropAfterBodyBytes: 10 }, 'rejected', 'in_doubt'],
		['a break after the final dot', { end: 'drop' }, 'rejected', 'in_doubt'],
	])('%s ends in the state that is true', async (_name, script, disposition, state) => {
		const [outcome] = await send({ script });
		expect(outcome).toMatchObject({ disposition, replayed: false, record: { state } });
		expect(outcome!.error?.message).toBeTruthy();
		expect(server.delivered).toHaveLength(0);
	});

	it('never resends in doubt by itself', async () => {
		await send({ script: { end: 'drop' } });
		const [again] = await send({ script: {} });
		expect(again).toMatchObject({ disposition: 'rejected', replayed: true, error: { code: 'SEND_IN_DOUBT' } });
		expect(server.received).toHaveLength(1);
	});

	it('keeps each recipient’s outcome apart', async () => {
		const to = ['ann@example.com', 'bad@example.com', 'slow@example.com'].map((address) => ({ name: '', address }));
		const script: Script = {
			rcpt: (address) =>
				address.startsWith('bad') ? '550 5.1.1 no' : address.startsWith('slow') ? '450 4.2.1 busy' : '250 ok',
		};
		const outcomes = await send({ draft: { to }, script });
		expect(outcomes.map(({ record, disposition }) => [record.recipient, disposition])).toEqual([
			['ann@example.com', 'sent'],
			['bad@example.com', 'rejected'],
			['slow@example.com', 'deferred'],
		]);
		const again = await send({ draft: { to }, script: {} });
		expect(again.map(({ disposition }) => disposition)).toEqual(['duplicate', 'rejected', 'sent']);
		expect(server.delivered.map(({ recipients }) => recipients)).toEqual([['ann@example.com'], ['slow@example.com']]);
	});

	it('says that the password is wrong, and sends once it is right', async () => {
		const script = { auth: '535 5.7.8 bad credentials' };
		await expect(send({ script, smtp: withPassword })).rejects.toMatchObject({
			code: 'SMTP_AUTHENTICATION_FAILED',
		});
		const [sent] = await send({ script: {}, smtp: withPassword });
		expect(sent).toMatchObject({ disposition: 'sent' });
		expect(server.delivered).toHaveLength(1);
	});

	it('defers while the server is down', async () => {
		const spare = await startScriptedServer();
		await spare.stop();
		const [down] = await send({ smtp: { port: spare.port } });
		expect(down).toMatchObject({ disposition: 'deferred', error: { code: 'SMTP_CONNECTION_REFUSED' } });
		const [sent] = await send();
		expect(sent).toMatchObject({ disposition: 'sent' });
	});

	it('defers by the database’s clock, whatever this machine thinks the time is', async () => {
		const real = Date.now();
		vi.spyOn(Date, 'now').mockImplementation(() => real + 10 * 86_400_000);
		const [deferred] = await send({ script: { mail: '451 4.3.0 later' } });
		expect(deferred!.retryAt).toBeLessThan(real + 86_400_000);
		expect(await send()).toMatchObject([{ disposition: 'sent' }]);
	});

	it('does not send to a suppressed recipient, and says why', async () => {
		await store.suppressions.add({
			scope: 'default',
			address: 'Ann@Example.com',
			stream: null,
			reason: 'user-unknown',
			source: 'test',
			expiresAt: null,
		});
		const [outcome] = await send();
		expect(outcome).toMatchObject({ disposition: 'rejected', record: { state: 'suppressed', reason: 'user-unknown' } });
		expect(server.received).toHaveLength(0);
	});

	it('suppresses an address that the server says does not exist, and no other refused one', async () => {
		await send({ script: { rcpt: '550 5.1.1 <ann@example.com>: Recipient address rejected: User unknown' } });
		const [next] = await send({ script: {}, key: 'order-8' });
		expect(next).toMatchObject({ disposition: 'rejected', record: { state: 'suppressed', reason: 'user-unknown' } });

		const to = [{ name: '', address: 'bob@example.com' }];
		await send({ draft: { to }, key: 'order-9', script: { end: '554 5.7.1 Message rejected as spam' } });
		const [other] = await send({ draft: { to }, key: 'order-10', script: {} });
		expect(other).toMatchObject({ disposition: 'sent' });
	});

	it('leaves no record of what cannot be composed', async () => {
		await expect(send({ draft: { to: [] } })).rejects.toMatchObject({ code: 'SEND_RECIPIENT_MISSING' });
		expect(await store.sends.group('default', 'support@example.com', 'order-7')).toEqual([]);
	});
});

describe('deriveKey', () => {
	it('depends on event, recipients, template and version, not on their order or case', () => {
		const parts = { event: 'e', recipients: ['a@x.test', 'b@x.test'], template: 't', templateVersion: '1' };
		expect(deriveKey({ ...parts, recipients: ['B@x.test', 'a@x.test'] })).toBe(deriveKey(parts));
		for (const change of [{ event: 'f' }, { recipients: ['a@x.test'] }, { template: 'u' }, { templateVersion: '2' }]) {
			expect(deriveKey({ ...parts, ...change })).not.toBe(deriveKey(parts));
		}
	});
});

describe('addresses of one person', () => {
	const spelled = (...addresses: string[]) => addresses.map((address) => ({ name: '', address }));

	it('get one copy however they are written, and are found, limited and suppressed as one', async () => {
		const draft = { to: spelled('Ann@Example.COM'), cc: spelled('ann@example.com', 'ANN@example.com') };
		const outcomes = await send({ draft });
		expect(outcomes.map(({ record }) => record.recipient)).toEqual(['Ann@example.com']);
		expect(server.delivered.map(({ recipients }) => recipients)).toEqual([['Ann@example.com']]);
		expect(await store.sends.search('default', { recipient: 'aNN@EXAMPLE.com' }, { limit: 5 })).toHaveLength(1);
		const entry = { scope: 'default', stream: null, reason: 'manual', source: 'test', expiresAt: null };
		await store.suppressions.add({ ...entry, address: 'x@xn--bcher-kva.example' });
		expect(await send({ key: 'idn', draft: { to: spelled('X@BÜCHER.example') } })).toMatchObject([
			{ record: { state: 'suppressed', recipient: 'X@xn--bcher-kva.example' } },
		]);
	});

	it('are two people where the case of the local part counts', async () => {
		const draft = { to: spelled('Ann@example.com', 'ann@EXAMPLE.com') };
		expect(await send({ draft, caseSensitive: true })).toHaveLength(2);
	});

	it.each([
		'a@b@c',
		'a@b.example?',
		'a@b.example/',
		'a@bü.example/x',
		'a@b.example.',
		'a@.b.example',
		'a@b..example',
		'.a@b.example',
		'a.@b.example',
		'a b@b.example',
		'a@b .example',
		'a@-b.example',
		'a@',
		'@b.example',
		'nobody',
		`${'a'.repeat(65)}@b.example`,
		`a@${'b'.repeat(64)}.example`,
		`a@${'b.'.repeat(130)}example`,
	])('%s is refused, and named', async (address) => {
		const refused = send({ draft: { to: spelled(address) } });
		await expect(refused).rejects.toMatchObject({ code: 'SEND_ADDRESS_INVALID' });
		await expect(refused).rejects.toThrow(address.slice(0, 60));
	});
});
