import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MatchOptions, matchThread, recordSentMessage } from '../../../../lib/pipeline/threads/matchThread';
import { type Store, openStore } from '../../../../lib/store/index';
import { mailGraphs } from './mailGraphs';
import { mailingList } from './mailingList';
import { oldList } from './oldList';
import { damaged, score, shuffled } from './threadConditions';

const folder = mkdtempSync(join(tmpdir(), 'match-thread-'));
const open = () => openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite'), linger: 0 });
let store: Store;
let scopes = 0;
const freshScope = () => `scope ${++scopes}`;
beforeAll(async () => {
	store = await open();
});
afterAll(async () => {
	await store.close();
	rmSync(folder, { recursive: true });
});

type Message = Parameters<typeof matchThread>[1];

const customer = 'jane@example.com';
const support = 'support@example.net';

function mail(id: string, changes: Partial<Message> & { by?: string; sentTo?: string } = {}): Message {
	const { by = customer, sentTo = support, ...rest } = changes;
	return {
		id,
		messageId: id,
		inReplyTo: [],
		references: [],
		date: '2026-01-01T10:00:00.000Z',
		subject: 'Broken lamp',
		text: `This is what ${id} says about the lamp.`,
		from: { name: '', address: by },
		to: [{ name: '', address: sentTo }],
		cc: [],
		...rest,
	};
}

const kinds = (match: { evidence: Array<{ kind: string }> }) => match.evidence.map(({ kind }) => kind);

describe('matching by what headers say', () => {
	const match = (scope: string, message: Message, options: MatchOptions = {}) =>
		matchThread(store, message, { ...options, scope });

	it('takes In-Reply-To beside References: it names the parent, and joins what its author takes part in', async () => {
		const scope = freshScope();
		const first = await match(scope, mail('a@x'));
		const other = await match(scope, mail('b@x'));
		const answer = await match(scope, mail('c@x', { references: ['a@x'], inReplyTo: ['b@x'] }));
		expect(answer).toMatchObject({
			threadId: first.threadId,
			mergedThreadIds: [other.threadId],
			parentId: 'b@x',
			confidence: 0.98,
		});
		expect(await match(scope, mail('d@x', { inReplyTo: ['b@x', 'a@x'] }))).toMatchObject({
			threadId: first.threadId,
			evidence: [{ kind: 'in-reply-to', key: 'b@x' }],
			confidence: 0.98,
		});
	});

	it('finds our own mail by the id that a provider gave it', async () => {
		const scope = freshScope();
		const id = '0100019aa4f2c0de-11112222-3333-4444-5555-666677778888-000000';
		const ours = await recordSentMessage(store, scope, {
			messageId: 'ours@x',
			inReplyTo: null,
			references: [],
			date: '2026-01-01T09:00:00.000Z',
			from: support,
			to: [customer],
			providerMessageIds: [id],
		});
		expect(await match(scope, mail('a@x', { inReplyTo: [`${id}@eu-west-1.amazonses.com`] }))).toMatchObject({
			threadId: ours.threadId,
			isNew: false,
		});
	});

	it('asks the ledger for ids of sends that were never filed', async () => {
		const scope = freshScope();
		const reserved = await store.sends.reserve({
			scope,
			sender: support,
			key: 'k',
			fingerprint: 'f',
			recipients: [customer],
			messageId: 'ours@x',
			fixed: {},
			stream: null,
			template: null,
			templateVersion: null,
			correlationId: null,
			threadId: null,
			tags: [],
			metadata: {},
			expiresAt: null,
		});
		expect(reserved).toBeDefined();
		expect(kinds(await match(scope, mail('a@x', { references: ['ours@x'] })))).toEqual([]);
		expect(await match(scope, mail('b@x', { inReplyTo: ['ours@x'] }))).toMatchObject({
			evidence: [{ kind: 'own-send', key: 'ours@x' }],
			confidence: 1,
		});
	});

	it('reads Thread-Index and X-GM-THRID', async () => {
		const scope = freshScope();
		const index = Buffer.from([1, ...Array.from({ length: 21 }, (_, at) => at * 7)]);
		const headers = (bytes: Buffer) => ({ 'thread-index': [bytes.toString('base64')] });
		const first = await match(scope, mail('a@x', { headers: headers(index) }));
		const longer = Buffer.concat([index, Buffer.from([1, 2, 3, 4, 5])]);
		const second = await match(scope, mail('b@x', { headers: { ...headers(longer), 'x-gm-thrid': ['1234567890'] } }));
		expect(second).toMatchObject({
			threadId: first.threadId,
			evidence: [{ kind: 'exchange-thread' }],
			confidence: 0.9,
		});
		const third = await match(scope, mail('c@x', { headers: { 'x-gm-thrid': ['1234567890'] } }));
		expect(third).toMatchObject({ threadId: first.threadId, evidence: [{ kind: 'gmail-thread' }] });
		const source = { kind: 'imap', account: null, mailbox: null, uidValidity: null, uid: null, flags: [] } as const;
		const tellsItself = { ...source, flags: [], provider: null, eventId: null, receivedAt: null };
		const fourth = mail('e@x', { source: { ...tellsItself, gmailThreadId: '1234567890' } });
		expect(await match(scope, fourth)).toMatchObject({
			threadId: first.threadId,
			evidence: [{ kind: 'gmail-thread' }],
		});
		expect(await match(scope, mail('d@x', { headers: headers(Buffer.alloc(27, 1)) }))).toMatchObject({ isNew: true });
	});

	it('tells redelivery, another version and a Message-ID used again apart', async () => {
		const scope = freshScope();
		const first = await match(scope, mail('a@x'));
		const listCopy = mail('a@x', { subject: '[lamps] Broken lamp', by: 'list@example.org' });
		listCopy.text += '\n_______________________________________________\nlamps mailing list\nhttp://lists.example.org/';
		expect(await match(scope, listCopy)).toMatchObject({ threadId: first.threadId, messageIdUse: 'repeat' });
		const edited = mail('a@x', { text: 'Something else', date: '2026-01-01T11:00:00.000Z' });
		expect(await match(scope, edited)).toMatchObject({
			threadId: first.threadId,
			messageIdUse: 'version',
			repeated: false,
			messageCount: 2,
		});
		const reused = mail('a@x', { subject: 'Invoice', text: 'Pay', date: '2026-02-01T11:00:00.000Z' });
		const stranger = await match(scope, reused);
		expect(stranger).toMatchObject({ isNew: true, messageIdUse: 'reused', messageCount: 1 });
		expect(await match(scope, reused)).toMatchObject({ threadId: stranger.threadId, messageIdUse: 'repeat' });
	});

	it('lets nobody in who has no part in the thread, when asked to', async () => {
		const scope = freshScope();
		const options = { requireParticipant: true };
		const first = await match(scope, mail('a@x'), options);
		const forged = await match(scope, mail('b@x', { by: 'mallory@evil.example', inReplyTo: ['a@x'] }), options);
		expect(forged).toMatchObject({ isNew: true, suspect: true, evidence: [] });
		expect(await match(scope, mail('c@x', { inReplyTo: ['a@x'] }), options)).toMatchObject({
			threadId: first.threadId,
			suspect: false,
		});
	});

	it('finds business keys where headers find nothing, and stops a pattern that takes too long', async () => {
		const scope = freshScope();
		const businessKeys: MatchOptions['businessKeys'] = [
			{ name: 'Order', pattern: '\\bPO-(\\d+)\\b', places: ['subject', 'body'] },
			{ name: 'Slow', pattern: '(a+)+$', places: ['body'] },
		];
		const first = await match(scope, mail('a@x', { subject: 'Re: PO-4711' }), { businessKeys });
		const text = `About po-4711: ${'a'.repeat(40)}!`;
		const second = await match(scope, mail('b@x', { text }), { businessKeys });
		expect(second).toMatchObject({
			threadId: first.threadId,
			evidence: [{ kind: 'business-key', key: 'order:4711' }],
			confidence: 0.8,
		});
		expect(second.warnings).toEqual([expect.stringContaining('Slow')]);
		const broken = [{ name: 'x', pattern: '(', places: ['body' as const] }];
		await expect(match(scope, mail('c@x'), { businessKeys: broken })).rejects.toMatchObject({
			code: 'BUSINESS_KEY_INVALID',
		});
	});
});

describe('matching by subject, where it is allowed', () => {
	const match = (scope: string, message: Message) => matchThread(store, message, { scope, subject: true });
	const later = '2026-01-03T10:00:00.000Z';

	it('needs the sender in both, and never takes our own address for one', async () => {
		const scope = freshScope();
		const first = await match(scope, mail('a@x'));
		expect(await match(scope, mail('b@x', { subject: 'Re: Broken lamp', date: later }))).toMatchObject({
			threadId: first.threadId,
			evidence: [{ kind: 'subject' }],
			confidence: 0.6,
		});
		const stranger = mail('c@x', { subject: 'Re: Broken lamp', date: later, by: 'bob@example.org' });
		expect(await match(scope, stranger)).toMatchObject({ isNew: true });
		expect(await match(scope, mail('d@x', { date: '2026-01-06T10:00:00.000Z' }))).toMatchObject({ isNew: true });
		const late = mail('e@x', { subject: 'Re: Broken lamp', date: '2026-03-01T10:00:00.000Z' });
		expect(await match(scope, late)).toMatchObject({ isNew: true });
	});

	it('finds the mail whose text is quoted, whichever of the two came first', async () => {
		const said = 'The lamp you sent me last week flickers whenever the fridge next to it starts to cool.';
		const question = mail('a@x', { text: said });
		const answer = mail('b@x', {
			by: 'helper@example.org',
			sentTo: 'jane.private@example.com',
			subject: 'AW: Broken lamp',
			date: later,
			text: `On Thursday Jane wrote:\n> The lamp you sent me last week flickers\n> whenever the fridge next to it starts to cool.\n\nTry another socket.`,
		});
		for (const [one, two] of [
			[question, answer],
			[answer, question],
		] as const) {
			const scope = freshScope();
			const first = await match(scope, one);
			expect(await match(scope, two)).toMatchObject({
				threadId: first.threadId,
				evidence: [{ kind: 'quoted-text' }],
				confidence: 0.85,
			});
		}
	});

	const onList = (id: string, changes: Parameters<typeof mail>[1] = {}) =>
		mail(id, { headers: { 'list-id': ['Lamps <lamps.example.org>'] }, sentTo: 'lamps@example.org', ...changes });
	const telling = 'Lamps flicker when fridges start';

	it('takes a subject of some words for one conversation of a list, for a few days', async () => {
		const scope = freshScope();
		const first = await match(scope, onList('a@x', { subject: telling }));
		const answer = { subject: `Re: ${telling}`, by: 'bob@example.org' };
		expect(await match(scope, onList('b@x', { ...answer, date: later }))).toMatchObject({ threadId: first.threadId });
		const late = await match(scope, onList('c@x', { ...answer, date: '2026-01-20T10:00:00.000Z' }));
		expect(late).toMatchObject({ isNew: true });
		const elsewhere = onList('d@x', { ...answer, date: later, headers: { 'list-id': ['<bulbs.example.org>'] } });
		expect(await match(scope, elsewhere)).toMatchObject({ isNew: true });
		await match(scope, onList('e@x', { subject: 'Question' }));
		const generic = onList('f@x', { ...answer, subject: 'Re: Question', date: later });
		expect(await match(scope, generic)).toMatchObject({ isNew: true });
	});

	it('knows what a subject was before it was changed', async () => {
		const scope = freshScope();
		const first = await match(scope, onList('a@x', { subject: telling }));
		const changed = { subject: `Re: Fridges are loud (was: ${telling})`, by: 'bob@example.org', date: later };
		expect(await match(scope, onList('b@x', changed))).toMatchObject({ threadId: first.threadId });
		const next = { subject: 'Re: Fridges are loud', by: 'eve@example.org', date: later };
		expect(await match(scope, onList('c@x', next))).toMatchObject({ threadId: first.threadId });
	});

	it('tells by its time which of two mails with the same words is quoted', async () => {
		const scope = freshScope();
		const text = 'The lamp you sent me last week flickers whenever the fridge next to it starts to cool.';
		const by = { from: { name: 'Jane Doe', address: customer }, text };
		await match(scope, mail('a@x', { ...by, date: '2026-01-01T10:07:00.000Z' }));
		const again = await match(scope, mail('b@x', { ...by, date: '2026-01-02T10:20:00.000Z' }));
		const answer = mail('c@x', {
			by: 'helper@example.org',
			subject: 'Re: Broken lamp',
			date: later,
			text: `On Fri, 2 Jan 2026 at 11:20, Jane Doe wrote:\n> ${text}\n\nTry another socket.`,
		});
		expect(await match(scope, answer)).toMatchObject({ threadId: again.threadId, mergedThreadIds: [] });
	});

	it('is off unless allowed', async () => {
		const scope = freshScope();
		await matchThread(store, mail('a@x'), { scope });
		const answer = mail('b@x', { subject: 'Re: Broken lamp', date: later });
		expect(await matchThread(store, answer, { scope })).toMatchObject({ isNew: true });
	});
});

describe('a mailing list', () => {
	it('falls into the same threads in any order, damaged or not, and no stranger gets in', async () => {
		const mails = mailingList({ seed: 3, threads: 30 });
		const order = mails.map((_, at) => at);
		const subject = { subject: true };
		const whole = await score(store, freshScope(), mails, order, subject);
		expect(whole.strangers).toEqual([]);
		expect(whole.f1).toBeGreaterThan(0.99);
		const hard = damaged(mails, 3);
		const delivered = await score(store, freshScope(), hard, order, subject);
		expect(delivered.strangers).toEqual([]);
		expect(delivered.f1).toBeGreaterThan(0.95);
		const mixed = await score(store, freshScope(), hard, shuffled(order, 3), subject);
		expect(mixed.partition).toEqual(delivered.partition);
	});

	it('of years, with every kind of broken client, does so too', async () => {
		const mails = oldList({ seed: 908, threads: 25, style: 'archive' });
		const order = mails.map((_, at) => at);
		const subject = { subject: true };
		const whole = await score(store, freshScope(), mails, order, subject);
		expect(whole.strangers).toEqual([]);
		expect(whole.f1).toBeGreaterThan(0.97);
		const hard = damaged(mails, 908);
		const delivered = await score(store, freshScope(), hard, order, subject);
		expect(delivered.strangers).toEqual([]);
		// Half of so few threads have the subject of another one.
		expect(delivered.f1).toBeGreaterThan(0.9);
		const mixed = await score(store, freshScope(), hard, shuffled(order, 908), subject);
		expect(mixed.partition).toEqual(delivered.partition);
	});
});

mailGraphs(open, Number(process.env.MAIL_GRAPHS ?? 15));
