import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../lib/store';
import { hasFakeClock, hasMailServers } from '../servers/available';
import { type Dovecot, startDovecot } from '../servers/mail/dovecot';
import { type FaultyProxy, startProxy } from '../servers/mail/proxy';
import { type SmallDisk, mountSmallDisk } from '../servers/smallDisk';
import { type TestN8n, startN8n } from './driver/start.ts';
import { type StepClock, stepClock } from './driver/stepClock';
import { MailCounts, feedOf, inARow, node, openEmbedded, recordsOf, triggerNode } from './mailTrigger';
import { imapCredential } from './mailWorkflow';

const support = 'support@example.test';
/** The long form: IMAP_FAULT_MAILS=200, with the trigger's own time until it notices a dead connection, and longer faults. */
const isLong = process.env.IMAP_FAULT_MAILS !== undefined;
const mails = Number(process.env.IMAP_FAULT_MAILS ?? 4);
const latency = isLong ? 5_000 : 200;
const outage = isLong ? 90_000 : 0;
const patience = { timeout: isLong ? 900_000 : 90_000, interval: 50 };
const LARGE = 400_000;

let dovecot: Dovecot;
let proxy: FaultyProxy;
let n8n: TestN8n;
let disk: SmallDisk;
let clock: StepClock | null;
let store: Store;
let workflowId: string;
let feed: string;
let counts: MailCounts;
/** Message-IDs, oldest first. */
const delivered: string[] = [];
/** Those that somebody deleted while they were fetched: they may have run or not. */
const deleted = new Set<string>();

async function deliver(count: number, bytes = 100): Promise<string[]> {
	const ids: string[] = [];
	for (let index = 0; index < count; index++) {
		const id = `mail-${delivered.length + 1}@example.test`;
		const body = randomBytes(bytes).toString('base64');
		await dovecot.deliver(support, `Message-ID: <${id}>\r\nSubject: ${id}\r\n\r\n${body}\r\n`);
		delivered.push(id);
		ids.push(id);
	}
	return ids;
}

/** Mails that have not run, or of which it is not written down that they have. */
async function missing(): Promise<string[]> {
	await counts.look();
	const records = await recordsOf(store, feed);
	const confirmed = new Set(records.filter(({ stage }) => stage === 'confirmed').map((record) => messageIdOf(record)));
	return delivered.filter((id) => !deleted.has(id) && !(counts.of(id) > 0 && confirmed.has(id)));
}

const messageIdOf = ({ metadata }: { metadata: Record<string, unknown> }) => metadata.messageId as string;

async function everyMailHasRun(): Promise<void> {
	await expect.poll(missing, patience).toEqual([]);
}

interface Fault {
	name: string;
	isPossible?: boolean;
	/** Resolves when it is over, and has been seen to have struck. */
	strike: () => Promise<void>;
}

const faults: readonly Fault[] = [
	{
		name: 'the mail server is killed and comes back',
		async strike() {
			await deliver(mails);
			await dovecot.kill();
			await expect.poll(() => proxy.open, patience).toBe(0);
			await deliver(mails);
			await sleep(outage);
			await dovecot.restart();
		},
	},
	{
		name: 'the connection is half-open',
		async strike() {
			const { accepted } = proxy;
			proxy.freezeAll();
			await deliver(mails);
			await expect.poll(() => proxy.accepted, patience).toBeGreaterThan(accepted);
		},
	},
	{
		name: 'connections are reset in the midst of a message',
		async strike() {
			for (const after of [100_000, 500_000, 900_000]) {
				proxy.resetAfter = after;
				await deliver(2, LARGE);
				await expect.poll(() => proxy.resetAfter, patience).toBeNull();
			}
		},
	},
	{
		name: 'the network is slow',
		async strike() {
			proxy.latency = latency;
			await deliver(mails);
			await everyMailHasRun();
			proxy.latency = 0;
		},
	},
	{
		name: 'the mailbox is numbered anew',
		async strike() {
			await dovecot.doveadm('mailbox', 'update', '-u', support, '--uid-validity', '4711', 'INBOX');
			const [first] = await deliver(mails);
			await everyMailHasRun();
			const record = (await recordsOf(store, feed)).find((one) => messageIdOf(one) === first);
			expect(record?.metadata.source).toMatchObject({ uidValidity: '4711' });
		},
	},
	{
		name: 'mails are deleted while they are fetched',
		async strike() {
			proxy.latency = 100;
			const before = proxy.toClient;
			const [, ...doomed] = await deliver(4, LARGE);
			await expect.poll(() => proxy.toClient, { ...patience, interval: 5 }).toBeGreaterThan(before + LARGE);
			for (const id of doomed) {
				deleted.add(id);
				await dovecot.doveadm('expunge', '-u', support, 'mailbox', 'INBOX', 'header', 'message-id', id);
			}
			proxy.latency = 0;
		},
	},
	{
		name: 'the workflow is switched off and on during a burst',
		async strike() {
			for (let round = 0; round < 2; round++) {
				await deliver(mails);
				await n8n.client.deactivate(workflowId);
				await deliver(mails);
				await n8n.client.activate(workflowId);
			}
		},
	},
	{
		name: 'the disk of the store is full',
		async strike() {
			const blocked = async () => (await n8n.logs()).split('Mailbox blocked').length;
			const before = await blocked();
			await disk.fill();
			await deliver(mails);
			// The store's files have room for some of them.
			const oneMore = async () => {
				await deliver(1, LARGE);
				return await blocked();
			};
			await expect.poll(oneMore, { ...patience, interval: 250 }).toBeGreaterThan(before);
			await disk.free();
		},
	},
	{
		name: 'the clock jumps forward and back',
		isPossible: hasFakeClock,
		async strike() {
			for (const hours of [24, -24]) {
				await clock?.step(hours * 3_600);
				const [first = ''] = await deliver(mails);
				await everyMailHasRun();
				const off = (counts.startedAt(first) - Date.now()) / 3_600_000;
				expect(Math.round(off)).toBe(hours);
			}
			await clock?.step(0);
		},
	},
];

describe.skipIf(!hasMailServers)('every mail runs once in a real n8n, while', () => {
	beforeAll(async () => {
		dovecot = await startDovecot({ users: { [support]: 'secret' } });
		proxy = await startProxy({ host: dovecot.host, port: dovecot.tlsPort });
		clock = await stepClock(join(dovecot.folder, 'clock'));
		n8n = await startN8n({ env: { ...clock?.env } });
		const { client, userFolder } = n8n;
		disk = await mountSmallDisk(join(userFolder, '.n8n', 'email-pipeline'), 64, '0700');
		const trigger = triggerNode(
			await client.createCredential('faults', 'imapMailboxApi', imapCredential(dovecot, support, { port: proxy.port })),
			{ options: isLong ? {} : { checkConnectionEvery: 5 } },
		);
		const workflow = { name: 'faults', ...inARow(trigger, node('Done', 'n8n-nodes-base.noOp')) };
		({ id: workflowId } = await client.createWorkflow(workflow));
		feed = feedOf({ host: dovecot.host, tlsPort: proxy.port }, support, workflowId, trigger);
		counts = new MailCounts(client, workflowId);
		await client.activate(workflowId);
		store = await openEmbedded(userFolder);
	});
	afterAll(async () => {
		await store.close();
		await n8n.stop();
		await disk.unmount();
		await n8n.dispose();
		await proxy.stop();
		await dovecot.stop();
	});

	for (const { name, isPossible = true, strike } of faults) {
		it.skipIf(!isPossible)(name, { timeout: 3 * patience.timeout + outage }, async () => {
			await strike();
			await deliver(1);
			await everyMailHasRun();
			// Also those of the faults before: a mail may come again late.
			expect(counts.twice()).toEqual([]);
			expect(counts.unsuccessful).toEqual([]);
			expect(await store.deadLetters.list('default', {}, { limit: 10 })).toEqual([]);
			await expect.poll(() => proxy.open, patience).toBe(1);
			expect(proxy.peak).toBe(1);
		});
	}
});
