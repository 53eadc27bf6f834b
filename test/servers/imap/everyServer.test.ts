/** What holds on every server, whatever it offers; what takes a particular server is in the other files here. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listMailboxes, testConnection } from '../../../lib/email/imap/account';
import { applyAction, type MailboxAction } from '../../../lib/email/imap/actions';
import { ImapConnection } from '../../../lib/email/imap/connection';
import { parseSearch } from '../../../lib/email/imap/rawSearch';
import { searchUids } from '../../../lib/email/imap/search';
import { watchMailboxes } from '../../../lib/pipeline/ingest/sources/imap/mailboxSet';
import { openStore } from '../../../lib/store';
import { startProxy, type FaultyProxy } from '../mail/proxy';
import { withClient } from '../mail/mailServer';
import { alice, collect, mail, messageIdOf, serverOf, type Collector } from './collector';
import { products, type RunningProduct } from './products';

const bob = 'bob@example.test';

describe.each(products.map((product) => [product.name, product] as const))('%s', (_name, product) => {
	describe.skipIf(!product.available)('as a mail server', () => {
		let running: RunningProduct;
		let proxy: FaultyProxy;
		let box: Collector = collect();
		let number = 0;

		beforeAll(async () => {
			running = await product.start();
			proxy = await startProxy(running);
		});
		afterAll(async () => {
			await proxy.stop();
			await running.stop();
		});
		afterEach(async () => {
			await box.stopAll();
			expect(proxy.peak).toBeLessThanOrEqual(1);
			await expect.poll(() => proxy.open).toBe(0);
		});

		/** A mailbox of its own for a test. */
		const newMailbox = async (user = alice) => {
			const mailbox = `${product.prefix}Test${++number}`;
			await withClient(running, user, (client) => client.mailboxCreate(mailbox));
			box = collect();
			return mailbox;
		};
		const deliver = async (mailbox: string, ...subjects: string[]) => {
			for (const subject of subjects) await running.deliver(alice, mail(subject), { mailbox });
		};
		const throughProxy = () => serverOf(running, { port: proxy.port });

		it('is reached over TLS and STARTTLS, and offers what it is known for', async () => {
			const { ca, port, tlsPort } = { ca: running.certificate.cert, port: running.port, tlsPort: running.tlsPort };
			for (const changes of [
				{ security: 'tls' as const, port: tlsPort },
				{ security: 'starttls' as const, port },
			]) {
				const report = await testConnection(serverOf(running, { ...changes, ca }));
				expect(report.push).toBe(true);
				const offered = Object.entries(product.offers).filter(([, offers]) => offers);
				expect(Object.keys(product.offers).filter((name) => report.capabilities.includes(name))).toEqual(
					offered.map(([name]) => name),
				);
			}
		});

		it('lists its mailboxes, the inbox first', async () => {
			const mailbox = await newMailbox();
			const mailboxes = await listMailboxes(serverOf(running));
			expect(mailboxes[0]).toMatchObject({ path: 'INBOX', selectable: true });
			expect(mailboxes).toContainEqual({
				path: mailbox,
				ownPath: `Test${number}`,
				name: `Test${number}`,
				delimiter: product.delimiter,
				specialUse: null,
				selectable: true,
			});
			if (product.specialUse === null) return;
			const [path, specialUse] = product.specialUse;
			expect(mailboxes).toContainEqual(expect.objectContaining({ path, specialUse }));
		});

		it('tells of new mail in IDLE; the mail comes once, byte for byte, also after a pause', async () => {
			const mailbox = await newMailbox();
			await deliver(mailbox, 'old');
			const first = box.watch({ server: throughProxy(), mailbox });
			await box.reached('watching');
			await deliver(mailbox, 'mail 1');
			await box.count(1);
			expect(box.states).toContainEqual({ kind: 'watching', mode: 'idle' });
			await first.stop();
			await deliver(mailbox, 'mail 2');
			const large = mail('large', randomBytes(400_000).toString('base64'));
			await running.deliver(alice, large, { mailbox });
			box.watch({ server: throughProxy(), mailbox });
			await deliver(mailbox, 'mail 3');
			await box.count(4);
			expect(box.subjects).toEqual(['mail 1', 'mail 2', 'large', 'mail 3']);
			expect(box.delivered[0]!.raw.toString()).toBe(mail('mail 1'));
			expect(box.delivered[2]!.streamed).toBe(true);
			expect(box.delivered[2]!.raw.equals(Buffer.from(large))).toBe(true);
		});

		it('has its mailboxes watched by the names that people use, and shared ones by theirs', async () => {
			const own = await newMailbox();
			for (const [mailbox, name] of [
				[own, `Test${number}`],
				...(running.shared ? [[running.shared, running.shared]] : []),
			]) {
				box = collect();
				await running.deliver(alice, mail(`in ${name}`), { mailbox: mailbox! });
				box.watch({ server: throughProxy(), mailbox: name!, start: { from: 'everything' } });
				await box.count(1);
				expect(box.subjects).toEqual([`in ${name}`]);
				await box.stopAll();
			}
			const paths = (await listMailboxes(serverOf(running))).map(({ path }) => path);
			expect(paths).toContain(own);
			if (running.shared !== undefined) expect(paths).toContain(running.shared);
		});

		it('has several mailboxes watched by one trigger, each once, however it is named, and one that is made later', async () => {
			const { prefix, delimiter, specialUse } = product;
			const own = await newMailbox();
			const group = `Group${number}`;
			const path = (name: string) => [`${prefix}${group}`, name].join(delimiter);
			const create = (name: string) => withClient(running, alice, (client) => client.mailboxCreate(path(name)));
			await create('One');
			await create('Two');
			const others = [...(specialUse ? [specialUse] : []), ...(running.shared ? [[running.shared] as const] : [])];
			const ran: string[] = [];
			const folder = await mkdtemp(join(tmpdir(), 'several-'));
			const store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite'), linger: 0 });
			const several = await startProxy(running);
			const trigger = watchMailboxes({
				store,
				scope: 'default',
				server: serverOf(running, { port: several.port }),
				mailboxes: [
					`Test${number}`,
					own,
					`${group}${delimiter}*`,
					path('One'),
					`${group}${delimiter}One`,
					...others.map(([name, use]) => use ?? name),
				],
				consumer: 'workflow/node',
				emitter: 'process-1',
				leaseOwner: 'process-1',
				lookInterval: 200,
				emit: ({ records }) => {
					ran.push(...records.map(({ metadata }) => metadata.subject as string));
					return Promise.resolve('succeeded');
				},
				onFailed: () => undefined,
				log: { info: () => undefined, warn: () => undefined },
			});
			try {
				await trigger.ready;
				const mailboxes = [own, path('One'), path('Two'), ...others.map(([name]) => name)];
				for (const mailbox of mailboxes) await deliver(mailbox, `to ${mailbox}`);
				await create('Three');
				await deliver(path('Three'), `to ${path('Three')}`);
				const expected = [...mailboxes, path('Three')].map((mailbox) => `to ${mailbox}`).sort();
				await expect.poll(() => ran.toSorted()).toEqual(expected);
			} finally {
				await trigger.stop();
				await trigger.idle();
				await store.close();
				await expect.poll(() => several.open).toBe(0);
				await several.stop();
				await rm(folder, { recursive: true, force: true });
			}
		});

		it('is killed and comes back, and no mail is lost or repeated', async () => {
			const mailbox = await newMailbox();
			await deliver(mailbox, 'mail 1');
			box.watch({ server: throughProxy(), mailbox, start: { from: 'everything' } });
			await box.count(1);
			await box.reached('watching');
			await running.kill();
			await box.reached('disconnected');
			await running.restart();
			await deliver(mailbox, 'mail 2', 'mail 3');
			await box.count(3);
			await box.reached('watching');
			expect(box.subjects).toEqual(['mail 1', 'mail 2', 'mail 3']);
		});

		it('numbers a mailbox anew: known mail stays known, new mail comes', async () => {
			const mailbox = await newMailbox();
			await deliver(mailbox, 'mail 1', 'mail 2');
			const first = box.watch({ server: throughProxy(), mailbox, start: { from: 'everything' } });
			await box.count(2);
			await box.reached('watching');
			await first.stop();
			const before = box.cursor!;
			await running.renumber(alice, mailbox);
			await deliver(mailbox, 'mail 3');
			const known = box.delivered.map(({ subject }) => messageIdOf(subject));
			box.watch(
				{ server: throughProxy(), mailbox },
				{
					isKnown: (candidates) =>
						Promise.resolve(
							new Set(candidates.filter((one) => known.includes(one.messageId ?? '')).map(({ uid }) => uid)),
						),
				},
			);
			await box.count(3);
			await box.reached('watching');
			expect(box.subjects).toEqual(['mail 1', 'mail 2', 'mail 3']);
			expect(box.cursor!.uidValidity).not.toBe(before.uidValidity);
		});

		it('starts with what is unread and fits the filter', async () => {
			const mailbox = await newMailbox();
			await deliver(mailbox, 'mail 1', 'mail 2', 'mail 3', 'other');
			await withClient(running, alice, async (client) => {
				await client.mailboxOpen(mailbox);
				await client.messageFlagsAdd('2', ['\\Seen']);
			});
			const filter = { from: 'bob', or: [{ subject: 'mail' }, { header: { 'Message-ID': 'nothing' } }] };
			box.watch({ server: throughProxy(), mailbox, start: { from: 'unseen' }, filter });
			await box.reached('watching');
			await deliver(mailbox, 'another', 'mail 4');
			await box.count(3);
			expect(box.subjects).toEqual(['mail 1', 'mail 3', 'mail 4']);
			await expect.poll(() => box.cursor?.lastUid).toBe(6);
		});

		describe('search criteria mean what they say', () => {
			let connection: ImapConnection;
			beforeAll(async () => {
				const mailbox = await newMailbox(bob);
				for (const subject of ['red one', 'red two', 'blue one']) {
					await running.deliver(bob, mail(subject), { mailbox });
				}
				await withClient(running, bob, async (client) => {
					await client.mailboxOpen(mailbox);
					await client.messageFlagsAdd('2', ['\\Seen', 'Done']);
				});
				const authentication = { kind: 'password' as const, user: bob, password: running.users[bob]! };
				connection = await ImapConnection.open(serverOf(running, { authentication }));
				await connection.select(mailbox, true);
			});
			afterAll(() => connection.logout());

			it.each([
				['SUBJECT red SUBJECT one', [1]],
				['NOT SUBJECT red NOT SUBJECT two', [3]],
				['OR SUBJECT blue SEEN', [2, 3]],
				['OR SUBJECT blue SEEN OR SUBJECT two SUBJECT one UNSEEN', [3]],
				['NOT (SUBJECT red SUBJECT one)', [2, 3]],
				['SINCE 1-Jan-2020 NOT BEFORE 1-Jan-2020 UID 2:*', [2, 3]],
				['KEYWORD Done LARGER 10 SMALLER 100000', [2]],
				['NOT KEYWORD Done HEADER Message-ID example', [1, 3]],
				['NOT ALL', []],
				['SUBJECT "rötlich"', []],
				['NOT NOT NOT SUBJECT blue', [1, 2]],
			])('%s', async (criteria, uids) => {
				expect(await searchUids(connection, parseSearch(criteria))).toEqual(uids);
			});
		});

		it('has actions that change exactly their message, and bear repetition', async () => {
			const mailbox = await newMailbox();
			const target = `${product.prefix}Target`;
			await deliver(mailbox, 'mail 1', 'mail 2', 'mail 3', 'mail 4', 'mail 5');
			await withClient(running, alice, async (client) => {
				await client.mailboxCreate(target);
				await client.mailboxOpen(mailbox);
				await client.messageFlagsAdd('5', ['\\Deleted']);
			});
			const watcher = box.watch({ server: throughProxy(), mailbox, start: { from: 'everything' } });
			await box.count(5);
			await box.reached('watching');
			const { uidValidity } = box.cursor!;
			const act = (uid: number, action: MailboxAction) => watcher.act({ uid, uidValidity }, action);
			for (let repetition = 0; repetition < 2; repetition++) {
				await act(1, { kind: 'markSeen' });
				await act(1, { kind: 'addKeyword', keyword: 'Ticketed' });
				await act(2, { kind: 'move', mailbox: target });
				await act(3, { kind: 'delete' });
			}
			await expect(act(4, { kind: 'move', mailbox: `${product.prefix}Nowhere` })).rejects.toMatchObject({
				code: 'IMAP_MAILBOX_NOT_FOUND',
			});
			await deliver(mailbox, 'mail 6');
			await box.count(6);
			expect(await contentOf(mailbox)).toEqual({
				'mail 1': ['Ticketed', '\\Seen'],
				'mail 4': [],
				'mail 5': ['\\Deleted'],
				'mail 6': [],
			});
			expect(Object.keys(await contentOf(target))).toEqual(['mail 2']);
			const connection = await ImapConnection.open(serverOf(running));
			await connection.select(mailbox);
			const stale = applyAction(connection, { uid: 4, uidValidity: '1' }, { kind: 'delete' });
			await expect(stale).rejects.toMatchObject({ code: 'IMAP_UIDVALIDITY_CHANGED' });
			await connection.logout();
		});

		/** Flags by subject. */
		const contentOf = (mailbox: string) =>
			withClient(running, alice, async (client) => {
				await client.mailboxOpen(mailbox, { readOnly: true });
				const rows = await client.fetchAll('1:*', { envelope: true, flags: true });
				const flagsOf = (flags = new Set<string>()) => [...flags].filter((flag) => flag !== '\\Recent').sort();
				const rowOf = ({ envelope, flags }: (typeof rows)[number]) => [envelope?.subject, flagsOf(flags)] as const;
				return Object.fromEntries(rows.map(rowOf)) as Record<string, string[]>;
			});
	});
});
