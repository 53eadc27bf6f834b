import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMessage } from '../../../../lib/email/parse/parseMessage';
import {
	type MatchOptions,
	matchThread,
	recordSentMessage,
	type ThreadMatch,
} from '../../../../lib/pipeline/threads/matchThread';
import { type Store, openStore } from '../../../../lib/store/index';

const folder = mkdtempSync(join(tmpdir(), 'thread-merges-'));
let store: Store;
let scope = '';
let scopes = 0;
beforeAll(async () => {
	store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite'), linger: 0 });
});
afterAll(async () => {
	await store.close();
	rmSync(folder, { recursive: true });
});

const alice = 'alice@a.example';
const bob = 'bob@b.example';
const mallory = 'mallory@evil.example';
const support = 'support@our.example';

interface Mail {
	to?: string;
	references?: string[];
	inReplyTo?: string;
	headers?: string[];
	text?: string;
	subject?: string;
	options?: MatchOptions;
	/** What was found out about the sender. */
	aligned?: boolean;
}

async function receive(from: string, id: string, mail: Mail = {}): Promise<ThreadMatch> {
	const lines = [
		'Received: from mx.example by our.example; Thu, 1 Jan 2026 10:00:00 +0000',
		`From: ${from}`,
		`To: ${mail.to ?? support}`,
		`Subject: ${mail.subject ?? 'Broken lamp'}`,
		'Date: Thu, 1 Jan 2026 10:00:00 +0000',
		`Message-ID: <${id}>`,
		...(mail.references ? [`References: ${mail.references.map((one) => `<${one}>`).join(' ')}`] : []),
		...(mail.inReplyTo ? [`In-Reply-To: <${mail.inReplyTo}>`] : []),
		...(mail.headers ?? []),
	];
	const message = await parseMessage(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${mail.text ?? `body of ${id}`}`));
	if (mail.aligned !== undefined) {
		message.authentication = { ...message.authentication, aligned: mail.aligned, source: 'verified' };
	}
	return matchThread(store, message, { scope, ...mail.options });
}

/** A thread of Alice and one of Bob. */
async function twoThreads(): Promise<[ThreadMatch, ThreadMatch]> {
	scope = `scope ${++scopes}`;
	return [await receive(alice, 'a1@a.example'), await receive(bob, 'b1@b.example')];
}

const both = ['a1@a.example', 'b1@b.example'];

async function expectApart(...threads: ThreadMatch[]): Promise<void> {
	const ids = await Promise.all(threads.map(({ threadId }) => store.threads.resolve(scope, threadId)));
	expect(ids).toEqual(threads.map(({ threadId }) => threadId));
}

describe('two threads stay two', () => {
	it.each<[string, string, Mail, 'a' | 'b']>([
		['a stranger names both in References', mallory, { references: both }, 'b'],
		['a stranger names them the other way round', mallory, { references: both.toReversed() }, 'a'],
		['In-Reply-To says which is the parent', mallory, { references: both, inReplyTo: both[0] }, 'a'],
		['the author has part in one only: it goes there', alice, { references: both }, 'a'],
		['the author has part in the other only', bob, { references: both.toReversed() }, 'b'],
		['he writes to both of them', mallory, { references: both, to: `${alice}, ${bob}, ${support}` }, 'b'],
		['he says the answer goes to Alice', mallory, { references: both, headers: [`Reply-To: ${alice}`] }, 'b'],
		['he says that Alice wrote for him', mallory, { references: both, headers: [`Sender: ${alice}`] }, 'b'],
		['our own address in From', support, { references: both, options: { ownAddresses: [support] } }, 'b'],
		['our own address, told by the server', support, { references: both, headers: [`Delivered-To: ${support}`] }, 'b'],
		['a From with two readings', `${alice}, ${bob}`, { references: both }, 'b'],
		['a list that neither thread is of', mallory, { references: both, headers: ['List-Id: <l.example>'] }, 'b'],
	])('%s', async (_what, from, mail, where) => {
		const [a, b] = await twoThreads();
		const match = await receive(from, 'e1@evil.example', mail);
		const joined = { threadId: (where === 'a' ? a : b).threadId, isNew: false, mergedThreadIds: [] };
		expect(match).toMatchObject({ ...joined, suspect: true, suspectReason: 'would-merge-threads' });
		expect(match.evidence).toHaveLength(1);
		await expectApart(a, b);
	});

	it('when an author of both is known to be forged', async () => {
		const [a, b] = await twoThreads();
		const own = await receive(alice, 'a2@a.example');
		const named = { references: ['a1@a.example', 'a2@a.example'] };
		const forged = await receive(alice, 'e1@evil.example', { ...named, aligned: false });
		expect(forged).toMatchObject({ mergedThreadIds: [], suspect: true });
		await expectApart(a, own, b);
		const required = { ...named, options: { requireParticipant: true }, aligned: false };
		expect(await receive(alice, 'e2@evil.example', required)).toMatchObject({
			isNew: true,
			suspectReason: 'not-a-participant',
		});
		expect(await receive(alice, 'a3@a.example', { ...named, aligned: true })).toMatchObject({
			mergedThreadIds: [own.threadId],
			suspect: false,
			suspectReason: null,
		});
	});

	it('when a stranger first gets into each of them', async () => {
		const [a, b] = await twoThreads();
		await receive(mallory, 'e1@evil.example', { references: [both[0]!], to: `${mallory}, ${support}` });
		await receive(mallory, 'e2@evil.example', { references: [both[1]!], headers: [`Cc: ${mallory}`] });
		await receive(alice, 'a2@a.example');
		for (const [id, references] of [
			['e3', both],
			['e4', ['e1@evil.example', 'e2@evil.example']],
		] as const) {
			const match = await receive(mallory, `${id}@evil.example`, { references: [...references] });
			expect(match).toMatchObject({ mergedThreadIds: [], suspect: true });
		}
		await expectApart(a, b);
	});

	it('when a stranger has an accomplice named, or keeps a place for a later mail of his', async () => {
		const [a, b] = await twoThreads();
		await receive(mallory, 'e1@evil.example', { references: [both[0]!, 'later@evil.example'] });
		await receive(mallory, 'e2@evil.example', { references: [both[1]!], to: 'eve@evil.example' });
		const late = await receive(mallory, 'later@evil.example', { references: [both[1]!] });
		expect(late).toMatchObject({ mergedThreadIds: [], suspect: true });
		const eve = await receive('eve@evil.example', 'e3@evil.example', { references: both });
		expect(eve).toMatchObject({ mergedThreadIds: [], suspect: true });
		await expectApart(a, b);
	});

	it('when our automatic answer repeats the ids that a stranger wrote', async () => {
		const [a, b] = await twoThreads();
		const send = (messageId: string, references: string[]) =>
			recordSentMessage(store, scope, {
				messageId,
				inReplyTo: references.at(-1) ?? null,
				references,
				date: '2026-01-01T11:00:00.000Z',
				from: support,
				to: [mallory],
			});
		await receive(mallory, 'e1@evil.example', { references: both });
		expect(await send('s1@our.example', [...both, 'e1@evil.example'])).toMatchObject({ mergedThreadIds: [] });
		await receive(mallory, 'e2@evil.example', { references: [both[0]!] });
		expect(await send('s2@our.example', [both[0]!, 'e2@evil.example'])).toMatchObject({ mergedThreadIds: [] });
		const answers = await receive(mallory, 'e3@evil.example', { references: ['s1@our.example', 's2@our.example'] });
		expect(answers).toMatchObject({ mergedThreadIds: [], suspect: true });
		await expectApart(a, b);
	});

	it.each(['Thread-Index', 'X-GM-THRID'])('when %s names one, and References the other', async (name) => {
		scope = `scope ${++scopes}`;
		const value = name === 'X-GM-THRID' ? '1234567890' : Buffer.from([1, ...Array.from({ length: 21 }, (_, at) => at)]);
		const header = `${name}: ${typeof value === 'string' ? value : value.toString('base64')}`;
		const a = await receive(alice, 'a1@a.example', { headers: [header] });
		const b = await receive(bob, 'b1@b.example');
		const match = await receive(mallory, 'e1@evil.example', { references: [both[1]!], headers: [header] });
		expect(match).toMatchObject({ threadId: b.threadId, mergedThreadIds: [], suspect: true });
		await expectApart(a, b);
	});

	it('when a stranger quotes both', async () => {
		scope = `scope ${++scopes}`;
		const options = { subject: true };
		const said = [
			'flickers whenever the fridge next to it starts to cool again',
			'went dark after a storm came down on',
		];
		const [one, two] = said.map((words) => `The lamp that you sent to us last week ${words} the whole street.`);
		const a = await receive(alice, 'a1@a.example', { options, text: one });
		const b = await receive(bob, 'b1@b.example', { options, text: two });
		const text = `On Thursday Alice wrote:\n> ${one}\n\nOn Thursday Bob wrote:\n> ${two}\n\nSo?`;
		const match = await receive(mallory, 'e1@evil.example', { options, text, subject: 'Re: Broken lamp' });
		expect(match.mergedThreadIds).toEqual([]);
		await expectApart(a, b);
	});
});

describe('two threads become one', () => {
	it('by a participant of both, as author or as recipient', async () => {
		const [a, b] = await twoThreads();
		await receive(alice, 'a2@a.example', { references: [both[0]!], to: `${support}, ${bob}` });
		expect(await receive(bob, 'b2@b.example', { references: both })).toMatchObject({
			threadId: a.threadId,
			mergedThreadIds: [b.threadId],
			suspect: false,
		});
	});

	it('by the missing mail between them, whoever of the two came first', async () => {
		for (const order of [
			['one', 'three', 'two'],
			['three', 'one', 'two'],
		]) {
			scope = `scope ${++scopes}`;
			const mails: Record<string, () => Promise<ThreadMatch>> = {
				one: () => receive(alice, 'one@a.example', { to: `${bob}, ${support}` }),
				two: () => receive(bob, 'two@b.example', { inReplyTo: 'one@a.example', to: `${alice}, ${support}` }),
				three: () => receive(alice, 'three@a.example', { inReplyTo: 'two@b.example', to: `${bob}, ${support}` }),
			};
			const matches: ThreadMatch[] = [];
			for (const name of order) matches.push(await mails[name]!());
			const [last] = matches.slice(-1);
			expect(last).toMatchObject({ suspect: false, messageCount: 3 });
			expect(last?.mergedThreadIds).toHaveLength(1);
		}
	});

	it('by a mail of the list that both are of, though lists break what proves the author', async () => {
		scope = `scope ${++scopes}`;
		const list = { to: 'lamps@lists.example', headers: ['List-Id: Lamps <lamps.lists.example>'] };
		const a = await receive(alice, 'a1@a.example', list);
		const b = await receive(bob, 'b1@b.example', list);
		const carol = await receive('carol@c.example', 'c1@c.example', { ...list, references: both, aligned: false });
		expect(carol).toMatchObject({ threadId: a.threadId, mergedThreadIds: [b.threadId], suspect: false });
		expect(carol.participants).toEqual([alice, bob, 'carol@c.example', 'lamps@lists.example']);
	});

	it('by a send of ours to somebody who has part in both', async () => {
		const [a] = await twoThreads();
		const second = await receive(alice, 'a2@a.example');
		const sent = { messageId: 's1@our.example', date: '2026-01-01T11:00:00.000Z', from: support, to: [alice] };
		const references = ['a1@a.example', 'a2@a.example'];
		const match = await recordSentMessage(store, scope, { ...sent, inReplyTo: null, references });
		expect(match).toMatchObject({ threadId: a.threadId, mergedThreadIds: [second.threadId], suspect: false });
	});

	it('keeps who has no say through merge and split', async () => {
		const [a, b] = await twoThreads();
		await receive(mallory, 'e1@evil.example', { references: [both[0]!] });
		const second = await receive(alice, 'a2@a.example');
		await store.threads.merge(scope, second.threadId, a.threadId);
		await store.threads.split(scope, 'mid:a2@a.example');
		await receive(mallory, 'e2@evil.example', { references: [both[1]!] });
		const match = await receive(mallory, 'e3@evil.example', { references: both });
		expect(match).toMatchObject({ mergedThreadIds: [], suspect: true });
		expect(await store.threads.resolve(scope, b.threadId)).toBe(b.threadId);
	});
});
