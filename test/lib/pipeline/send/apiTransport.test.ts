import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { API_PROVIDERS, type ApiProviderName } from '../../../../lib/email/api/provider';
import { type ApiOptions, openApiSession } from '../../../../lib/email/api/session';
import type { Draft } from '../../../../lib/email/smtp/compose';
import { createApiTransport } from '../../../../lib/pipeline/send/apiTransport';
import { sendOnce } from '../../../../lib/pipeline/send/sendOnce';
import type { RecipientOutcome } from '../../../../lib/pipeline/send/sendOutcome';
import type { SendRequest, SendTransport } from '../../../../lib/pipeline/send/sendRequest';
import { createSmtpTransport } from '../../../../lib/pipeline/send/smtpTransport';
import { type Store, openStore } from '../../../../lib/store/index';
import { type Fault, type StandIn, startStandIn } from '../../email/api/standIns';
import { type ScriptedServer, startScriptedServer } from '../../email/smtp/scriptedServer';

const person = (address: string, name = '') => ({ name, address });
const draft: Draft = {
	from: person('support@example.com', 'Support, "the" team'),
	to: [person('ann@example.com', 'Änn')],
	cc: [],
	bcc: [],
	replyTo: [person('answers@example.com')],
	subject: 'Grüße',
	text: 'Thank you.',
	html: '<p>Thank you. <img src="cid:logo"></p>',
	attachments: [
		{ filename: 'note.txt', contentType: 'text/plain', content: Buffer.from('note') },
		{ filename: 'logo.png', contentType: 'image/png', content: Buffer.from([1, 2, 3]), contentId: 'logo' },
	],
	inReplyTo: 'q1@customer.test',
	references: ['q0@customer.test', 'q1@customer.test'],
	headers: [{ name: 'X-Ticket', value: '42' }],
};
const several = {
	to: [person('ann@example.com'), person('bob@example.com')],
	cc: [person('cat@example.com')],
	bcc: [person('dan@example.com')],
};

let folder: string;
let store: Store;
let key = 0;
const started: Array<{ stop(): Promise<void> }> = [];

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'api-transport-'));
	store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite'), linger: 0 });
});
afterAll(async () => {
	await store.close();
	await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
	vi.useRealTimers();
	for (const one of started.splice(0)) await one.stop();
});

async function standInFor(provider: ApiProviderName, ...faults: Fault[]): Promise<StandIn> {
	const standIn = await startStandIn(provider);
	standIn.faults.push(...faults);
	started.push(standIn);
	return standIn;
}

async function smtpServer(): Promise<ScriptedServer> {
	const server = await startScriptedServer();
	started.push(server);
	return server;
}

function smtpTransport(port: number) {
	const authentication = { kind: 'none' } as const;
	return createSmtpTransport({ host: '127.0.0.1', port, security: 'none', authentication, socketTimeout: 5_000 });
}

async function send(
	transport: SendTransport & { close(): void },
	change: Partial<Omit<SendRequest, 'draft'>> & { draft?: Partial<Draft> } = {},
): Promise<RecipientOutcome[]> {
	try {
		const request = { scope: 'default', key: `order-${key}`, ...change, draft: { ...draft, ...change.draft } };
		return await sendOnce(store, transport, request, { backoff: () => 0 });
	} finally {
		transport.close();
	}
}

const overApi = (standIn: StandIn, options: ApiOptions = {}) => createApiTransport(standIn.account, options);
const states = (outcomes: RecipientOutcome[]) => outcomes.map(({ record }) => record.state);

describe.each(API_PROVIDERS)('over %s', (provider) => {
	it('a mail arrives with all its parts, and a repeat does not', async () => {
		key++;
		const standIn = await standInFor(provider);
		const request = { tags: ['vip', 'größe M'], correlationId: 'c-1' };
		const [sent] = await send(overApi(standIn), request);
		expect(sent).toMatchObject({ disposition: 'sent', record: { state: 'accepted', provider, attempts: 1 } });
		expect(sent!.record.providerMessageId).toBeTruthy();
		expect(sent!.record.providerMessageId).not.toMatch(/[<>]/);
		const [again] = await send(overApi(standIn), request);
		expect(again).toMatchObject({ disposition: 'duplicate', replayed: true });
		expect(standIn.taken).toHaveLength(1);
		const [mail] = standIn.taken;
		expect(mail!.recipients).toEqual(['ann@example.com']);
		// The same to every provider: our id, the thread, the extra header, both files.
		const said = mail!.raw ?? JSON.stringify(mail!.json);
		expect(said).toContain(sent!.record.messageId);
		for (const part of ['q0@customer.test', '42', 'note.txt', 'logo.png', 'answers@example.com', 'Thank you.']) {
			expect(said).toContain(part);
		}
		const found = await store.sends.search(
			'default',
			{ providerMessageId: sent!.record.providerMessageId!, provider, tag: 'vip', correlationId: 'c-1' },
			{ limit: 5 },
		);
		expect(found.map(({ id }) => id)).toContain(sent!.record.id);
	});

	it('everybody gets one copy, and nobody learns of the blind ones', async () => {
		key++;
		const standIn = await standInFor(provider);
		const outcomes = await send(overApi(standIn), { draft: several });
		expect(states(outcomes)).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
		const everybody = ['ann@example.com', 'bob@example.com', 'cat@example.com', 'dan@example.com'];
		expect(standIn.taken.flatMap(({ recipients }) => recipients).sort()).toEqual(everybody);
		for (const { raw } of standIn.taken) expect(raw ?? '').not.toContain('dan@example.com');
		// Over one connection, as long as the provider keeps it open.
		expect(standIn.connections).toBe(1);
	});

	it.each<[string, Fault, string, string]>([
		['too many requests', answer(429, { 'retry-after': '120' }), 'deferred', 'deferred'],
		['a provider that is down', answer(503), 'deferred', 'deferred'],
		['a mail that is too large', answer(413), 'rejected', 'failed'],
		['a mail that it does not take for an unknown reason', answer(400), 'deferred', 'deferred'],
		['a mail whose fields it does not take', answer(400, {}, 'Invalid attachment'), 'rejected', 'failed'],
		[
			'an account that it lets send no more',
			answer(400, {}, 'Sending is paused for this account'),
			'deferred',
			'deferred',
		],
		[
			'a gateway that lost the provider',
			answer(504),
			provider === 'resend' ? 'deferred' : 'rejected',
			provider === 'resend' ? 'deferred' : 'in_doubt',
		],
		[
			'no answer',
			{ kind: 'drop', taken: true },
			provider === 'resend' ? 'deferred' : 'rejected',
			provider === 'resend' ? 'deferred' : 'in_doubt',
		],
	])('%s ends in the state that is true', async (_name, fault, disposition, state) => {
		key++;
		const standIn = await standInFor(provider, fault);
		const [outcome] = await send(overApi(standIn));
		expect(outcome).toMatchObject({ disposition, replayed: false, record: { state } });
		expect(outcome!.error?.message).toBeTruthy();
		const waits = fault.kind === 'answer' && fault.answer.headers?.['retry-after'] === '120';
		if (waits) expect(outcome!.record.notBefore).toBeGreaterThan(Date.now() + 60_000);
		else {
			const [again] = await send(overApi(standIn));
			expect(again!.record.state).toBe(state === 'deferred' ? 'accepted' : state);
		}
		expect(standIn.taken.length).toBeLessThanOrEqual(1);
	});

	it('a wrong key is said, and the mail goes out once it is right', async () => {
		key++;
		const standIn = await standInFor(provider);
		const wrong = createApiTransport({ ...standIn.account, apiKey: 'wrong horse' });
		const error: unknown = await send(wrong).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ code: 'API_AUTHENTICATION_FAILED', retryable: false });
		expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('wrong horse');
		expect(standIn.taken).toHaveLength(0);
		expect(states(await send(overApi(standIn)))).toEqual(['accepted']);
	});

	it('nothing is sent while nobody listens', async () => {
		key++;
		const standIn = await standInFor(provider);
		await started.pop()!.stop();
		const [outcome] = await send(overApi(standIn));
		expect(outcome).toMatchObject({ disposition: 'deferred', error: { code: 'API_CONNECTION_REFUSED' } });
		expect(outcome!.record.attempts).toBe(0);
	});
});

describe('an API that gives no answer', () => {
	it('is asked again with the same key and body, and sends once', async () => {
		key++;
		const standIn = await standInFor('resend', { kind: 'drop', taken: true }, { kind: 'cut', answer: { status: 500 } });
		expect(states(await send(overApi(standIn), { draft: several }))).toEqual(Array(4).fill('deferred'));
		expect(states(await send(overApi(standIn), { draft: several }))).toEqual(Array(4).fill('deferred'));
		expect(states(await send(overApi(standIn), { draft: several }))).toEqual(Array(4).fill('accepted'));
		expect(standIn.taken).toHaveLength(1);
		const [first, ...others] = standIn.requests;
		for (const other of others) {
			expect(other.headers['idempotency-key']).toBe(first!.headers['idempotency-key']);
			expect(other.body.equals(first!.body)).toBe(true);
		}
	});

	it('is not asked again once it may have forgotten the key', async () => {
		key++;
		const standIn = await standInFor('resend', { kind: 'drop', taken: true });
		vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 24 * 3_600_000 });
		expect(states(await send(overApi(standIn)))).toEqual(['deferred']);
		vi.useRealTimers();
		const [late] = await send(overApi(standIn));
		expect(late).toMatchObject({ disposition: 'rejected', record: { state: 'in_doubt', reason: 'API_KEY_LAPSED' } });
		expect(standIn.requests).toHaveLength(1);
	});

	it('is never replaced by another transport', async () => {
		key++;
		const standIn = await standInFor('resend', { kind: 'drop', taken: true });
		const server = await smtpServer();
		const smtp = smtpTransport(server.port);
		expect(states(await send({ ...overApi(standIn), fallback: smtp }))).toEqual(['deferred']);
		// The provider is away by now, and the fallback would be there.
		await standIn.stop();
		expect(states(await send({ ...overApi(standIn), fallback: smtp }))).toEqual(['deferred']);
		expect(states(await send(smtp))).toEqual(['in_doubt']);
		expect(server.received).toHaveLength(0);
		started.splice(started.indexOf(standIn), 1);
	});

	it('is in doubt after the time-out, and a late answer changes nothing', async () => {
		key++;
		const standIn = await standInFor('postmark', { kind: 'hang' });
		const [outcome] = await send(overApi(standIn, { answerTimeout: 200 }));
		expect(outcome).toMatchObject({ record: { state: 'in_doubt', reason: 'API_NO_ANSWER' } });
	});

	it('has answered when its head has come, whatever happens to the rest', async () => {
		key++;
		const standIn = await standInFor('sendgrid', {
			kind: 'cut',
			answer: { status: 202, headers: { 'x-message-id': 'abc' } },
		});
		const [outcome] = await send(overApi(standIn));
		expect(outcome).toMatchObject({ record: { state: 'accepted', providerMessageId: 'abc' } });
	});
});

describe('a second transport', () => {
	it('takes over where the first sent nothing, and the ledger says so', async () => {
		key++;
		const standIn = await standInFor('postmark');
		const spare = await startScriptedServer();
		await spare.stop();
		const outcomes = await send({ ...smtpTransport(spare.port), fallback: overApi(standIn) }, { draft: several });
		expect(states(outcomes)).toEqual(Array(4).fill('accepted'));
		expect(outcomes[0]!.record.provider).toBe('postmark');
		expect(standIn.taken.flatMap(({ recipients }) => recipients)).toHaveLength(4);
		const history = await store.sends.history('default', outcomes[0]!.record.id);
		expect(history.at(-1)!.detail).toMatchObject({ insteadOf: '127.0.0.1', cause: 'SMTP_CONNECTION_REFUSED' });
	});

	it.each<[string, Fault]>([
		['refuses the key', answer(401)],
		['has enough for now', answer(429)],
	])('takes over, each copy once, where a provider %s', async (_name, fault) => {
		key++;
		const standIn = await standInFor('resend', fault);
		const server = await smtpServer();
		const outcomes = await send({ ...overApi(standIn), fallback: smtpTransport(server.port) }, { draft: several });
		expect(states(outcomes)).toEqual(Array(4).fill('accepted'));
		expect(outcomes[0]!.record.provider).toBe('127.0.0.1');
		expect(server.delivered.map(({ recipients }) => recipients[0])).toHaveLength(4);
		expect(standIn.taken).toHaveLength(0);
	});

	it('does not take over what was refused for good, or what may have arrived', async () => {
		key++;
		const standIn = await standInFor('mailgun');
		const server = await smtpServer();
		server.script = { rcpt: '550 5.1.1 no such user' };
		const both = { ...smtpTransport(server.port), fallback: overApi(standIn) };
		expect(states(await send(both, { draft: { to: [person('no1@example.com')] } }))).toEqual(['failed']);
		key++;
		server.script = { end: 'drop' };
		const fresh = { ...smtpTransport(server.port), fallback: overApi(standIn) };
		expect(states(await send(fresh))).toEqual(['in_doubt']);
		expect(standIn.requests).toHaveLength(0);
	});

	it('that fails as well leaves the first one’s reason', async () => {
		key++;
		const standIn = await standInFor('ses', answer(503));
		const server = await smtpServer();
		server.script = { mail: '451 4.3.0 later' };
		const [outcome] = await send({ ...smtpTransport(server.port), fallback: overApi(standIn) });
		expect(outcome).toMatchObject({ record: { state: 'deferred', replyCode: '451', provider: '127.0.0.1' } });
	});
});

describe('the test of the credential', () => {
	it.each(API_PROVIDERS)('%s: the right key passes, a wrong one does not, and nothing is sent', async (provider) => {
		const standIn = await standInFor(provider);
		const session = openApiSession(standIn.account);
		await session.probe();
		session.close();
		const refused = openApiSession({ ...standIn.account, apiKey: 'wrong horse' });
		await expect(refused.probe()).rejects.toMatchObject({ code: 'API_AUTHENTICATION_FAILED' });
		refused.close();
		expect(standIn.taken).toHaveLength(0);
	});

	it('sends the key to no plain http address but this machine', () => {
		const account = { provider: 'resend', apiKey: 'k', endpoint: 'http://gateway.example.com' } as const;
		expect(() => createApiTransport(account)).toThrow(/https/);
	});
});

function answer(status: number, headers: Record<string, string> = {}, said = 'said by the test'): Fault {
	// In the shape of each: SendGrid has a list, Postmark capitals.
	return {
		kind: 'answer',
		answer: { status, headers, body: { message: said, Message: said, errors: [{ message: said }] } },
	};
}
