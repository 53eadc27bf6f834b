import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ImapConnection } from '../../../lib/email/imap/connection';
import { applyAction, type MailboxAction } from '../../../lib/email/imap/actions';
import { startDovecot, type Dovecot } from '../mail/dovecot';
import { alice, collect, mail, messageIdOf, serverOf, type Collector } from './collector';
import type { MessageCandidate } from '../../../lib/email/imap/watch';
import { hasDovecot } from '../available';

let dovecot: Dovecot;
let box: Collector;
let mailbox: string;
let number = 0;

beforeAll(async () => {
	dovecot = await startDovecot();
});
afterAll(async () => {
	await dovecot.stop();
});
beforeEach(async () => {
	mailbox = `Test${++number}`;
	await dovecot.doveadm('mailbox', 'create', '-u', alice, mailbox);
	box = collect();
});
afterEach(async () => {
	await box.stopAll();
	await expect.poll(() => dovecot.connections(alice)).toBe(0);
});

const deliver = (subject: string, body?: string) => dovecot.deliver(alice, mail(subject, body), { mailbox });
const watch = (more: Partial<Parameters<Collector['watch']>[0]> = {}, handlers = {}) =>
	box.watch({ server: serverOf(dovecot), mailbox, ...more }, handlers);

describe.skipIf(!hasDovecot)('the start in a mailbox', () => {
	beforeEach(async () => {
		for (const subject of ['mail 1', 'mail 2', 'mail 3']) await deliver(subject);
		await dovecot.doveadm('flags', 'add', '-u', alice, '\\Seen', 'mailbox', mailbox, 'subject', 'mail 2');
	});

	it('takes what was received since a time', async () => {
		const date = new Date(Date.now() - 3_600_000);
		watch({ start: { from: 'since', date } });
		await box.count(3);
		await box.stopAll();
		box.cursor = null;
		watch({ start: { from: 'since', date: new Date(Date.now() + 60_000) } });
		await box.reached('watching');
		expect(box.subjects).toEqual(['mail 1', 'mail 2', 'mail 3']);
		expect(box.cursor).toMatchObject({ lastUid: 3 });
	});

	it('passes over what the filter does not match, for good', async () => {
		watch({
			start: { from: 'everything' },
			filter: { or: [{ subject: 'mail 1' }, { subject: 'mail 4' }], from: 'bob' },
		});
		await box.reached('watching');
		expect(box.cursor?.lastUid).toBe(3);
		await deliver('mail 4');
		await deliver('mail 5');
		await box.count(2);
		expect(box.subjects).toEqual(['mail 1', 'mail 4']);
		await expect.poll(() => box.cursor?.lastUid).toBe(5);
	});

	it('repeats an interrupted first pass, asking what is known', async () => {
		let failing = true;
		box.before = ({ subject }) => {
			if (failing && subject === 'mail 3') throw new Error('the store is full');
		};
		const first = watch({ start: { from: 'unseen' } });
		await box.reached('blocked');
		await first.stop();
		expect(box.cursor).toBeNull();
		failing = false;
		const known = box.delivered.map(({ subject }) => messageIdOf(subject));
		watch(
			{ start: { from: 'unseen' } },
			{
				isKnown: (candidates: { uid: number; messageId: string | null }[]) =>
					Promise.resolve(
						new Set(candidates.filter((one) => known.includes(one.messageId ?? '')).map(({ uid }) => uid)),
					),
			},
		);
		await box.reached('watching');
		expect(box.subjects).toEqual(['mail 1', 'mail 3']);
	});
});

describe.skipIf(!hasDovecot)('a watched mailbox', () => {
	it('is polled where the server has no IDLE', async () => {
		const simple = await startDovecot({ withoutCapabilities: ['IDLE', 'CONDSTORE', 'QRESYNC', 'ESEARCH', 'WITHIN'] });
		try {
			box.watch({ server: serverOf(simple), mailbox: 'INBOX', pollInterval: 100 });
			await box.reached('watching');
			await simple.deliver(alice, mail('mail 1'));
			await box.count(1);
			await simple.deliver(alice, mail('mail 2'));
			await box.count(2);
			expect(box.states).toContainEqual({ kind: 'watching', mode: 'poll' });
			expect(box.subjects).toEqual(['mail 1', 'mail 2']);
		} finally {
			await box.stopAll();
			await simple.stop();
		}
	});

	it('is looked through once when the server numbers it anew: known mail stays known, new mail comes', async () => {
		for (const subject of ['mail 1', 'mail 2']) await deliver(subject);
		const changes: unknown[] = [];
		const handlers = {
			onUidValidityChange: (change: unknown) => {
				changes.push(change);
				return Promise.resolve({ since: null });
			},
			isKnown: (candidates: { uid: number; messageId: string | null }[]) => {
				const known = box.delivered.map(({ subject }) => messageIdOf(subject));
				return Promise.resolve(
					new Set(candidates.filter((one) => known.includes(one.messageId!)).map(({ uid }) => uid)),
				);
			},
		};
		watch({ start: { from: 'everything' } }, handlers);
		await box.count(2);
		await box.reached('watching');
		const before = box.cursor!;
		await dovecot.doveadm('mailbox', 'update', '-u', alice, '--uid-validity', '4711', mailbox);
		await deliver('mail 3');
		await box.count(3);
		await deliver('mail 4');
		await box.count(4);
		expect(box.subjects).toEqual(['mail 1', 'mail 2', 'mail 3', 'mail 4']);
		expect(box.cursor).toMatchObject({ uidValidity: '4711' });
		expect(changes).toEqual([expect.objectContaining({ previous: before, uidValidity: '4711' })]);
	});

	it('goes on when a message is deleted while it is fetched', async () => {
		await deliver('large', randomBytes(900_000).toString('base64'));
		await deliver('mail 2');
		watch(
			{ start: { from: 'everything' } },
			{
				async onMessage({ uid, source }: { uid: number; source: Buffer | NodeJS.ReadableStream }) {
					if (Buffer.isBuffer(source)) {
						box.delivered.push({ uid, subject: 'mail 2', raw: source, streamed: false });
						return;
					}
					source.once('data', () => source.pause());
					await dovecot.doveadm('expunge', '-u', alice, 'mailbox', mailbox, 'subject', 'large');
					await buffer(source);
				},
			},
		);
		await box.count(1);
		expect(box.expunged).toEqual([1]);
		expect(box.delivered.map(({ uid }) => uid)).toEqual([2]);
		expect(box.cursor?.lastUid).toBe(2);
	});

	it('reports a message that the server cannot deliver and goes on behind it', async () => {
		for (const subject of ['mail 1', 'mail 2', 'mail 3']) await deliver(subject);
		// Dovecot ends the whole session when it cannot read a file.
		const folder = join(dovecot.maildir(alice), `.${mailbox}`, 'new');
		await chmod(join(folder, (await readdir(folder)).sort()[1]!), 0);
		// A first pass that breaks off is begun anew: what was delivered in it is known by its record.
		const isKnown = (candidates: readonly MessageCandidate[]) =>
			Promise.resolve(
				new Set(candidates.map(({ uid }) => uid).filter((uid) => box.delivered.some((one) => one.uid === uid))),
			);
		watch({ start: { from: 'everything' } }, { isKnown });
		await box.count(2);
		expect(box.subjects).toEqual(['mail 1', 'mail 3']);
		expect(box.poison).toEqual([
			{ uid: 2, error: expect.objectContaining({ code: 'IMAP_MESSAGE_UNREADABLE' }) as unknown },
		]);
		expect(box.poison[0]!.error.message).toContain('Internal error');
		await expect.poll(() => box.cursor?.lastUid).toBe(3);
	});

	it('reports a message beyond the size limit without fetching the rest of it', async () => {
		await deliver('large', randomBytes(900_000).toString('base64'));
		await deliver('mail 2');
		watch({ start: { from: 'everything' }, maxMessageSize: 500_000 });
		await box.count(1);
		expect(box.poison).toEqual([
			{ uid: 1, error: expect.objectContaining({ code: 'IMAP_MESSAGE_TOO_LARGE' }) as unknown },
		]);
		expect(box.subjects).toEqual(['mail 2']);
	});
});

describe.each([
	['with MOVE and UIDPLUS', []],
	['with UIDPLUS only', ['MOVE']],
	['with neither', ['MOVE', 'UIDPLUS']],
])('an action %s', (_name, withoutCapabilities) => {
	let server: Dovecot;
	let connection: ImapConnection;
	beforeAll(async () => {
		server = await startDovecot({ withoutCapabilities });
		for (const subject of ['mail 1', 'mail 2', 'mail 3', 'mail 4', 'mail 5'])
			await server.deliver(alice, mail(subject));
		connection = await ImapConnection.open(serverOf(server));
		await connection.select('INBOX');
	});
	afterAll(async () => {
		await connection.logout();
		await server.stop();
	});

	const act = (uid: number, action: MailboxAction) =>
		applyAction(connection, { uid, uidValidity: String(connection.mailbox!.uidValidity) }, action);
	const subjectsIn = async (name: string) =>
		(await server.doveadm('fetch', '-u', alice, 'hdr.subject', 'mailbox', name)).match(/mail \d/g) ?? [];

	it('changes exactly its message, and bears repetition', async () => {
		await server.doveadm('flags', 'add', '-u', alice, '\\Deleted', 'mailbox', 'INBOX', 'subject', 'mail 5');
		for (let repetition = 0; repetition < 2; repetition++) {
			await act(1, { kind: 'markSeen' });
			await act(1, { kind: 'addKeyword', keyword: 'Ticketed' });
			await act(2, { kind: 'move', mailbox: 'Archive' });
			await act(3, { kind: 'delete' });
		}
		expect(await subjectsIn('INBOX')).toEqual(['mail 1', 'mail 4', 'mail 5']);
		expect(await subjectsIn('Archive')).toEqual(['mail 2']);
		const flags = await server.doveadm('-f', 'flow', 'fetch', '-u', alice, 'uid flags', 'mailbox', 'INBOX');
		expect(flags).toMatch(/uid=1 flags=\\Seen .*Ticketed/);
		expect(flags).toMatch(/uid=5 flags=.*\\Deleted/);
	});

	it('says what went wrong', async () => {
		await expect(act(4, { kind: 'move', mailbox: 'Nowhere' })).rejects.toMatchObject({
			code: 'IMAP_MAILBOX_NOT_FOUND',
		});
		expect(await subjectsIn('INBOX')).toContain('mail 4');
		const stale = applyAction(connection, { uid: 4, uidValidity: '1' }, { kind: 'delete' });
		await expect(stale).rejects.toMatchObject({ code: 'IMAP_UIDVALIDITY_CHANGED' });
	});
});

it('an action goes over the connection of the watch', async () => {
	const watcher = watch();
	await box.reached('watching');
	await deliver('mail 1');
	await box.count(1);
	const { uidValidity } = box.cursor!;
	await watcher.act({ uid: 1, uidValidity }, { kind: 'move', mailbox: 'Archive' });
	expect(await dovecot.connections(alice)).toBe(1);
	await deliver('mail 2');
	await box.count(2);
	await watcher.stop();
	await expect(watcher.act({ uid: 2, uidValidity }, { kind: 'markSeen' })).rejects.toMatchObject({
		code: 'IMAP_NOT_CONNECTED',
		retryable: true,
	});
});
