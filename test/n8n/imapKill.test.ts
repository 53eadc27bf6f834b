import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../lib/store';
import { hasMailServers } from '../servers/available';
import { type Dovecot, startDovecot } from '../servers/mail/dovecot';
import { type TestN8n, startN8n } from './driver/start.ts';
import {
	everyExecution,
	feedOf,
	inARow,
	node,
	openEmbedded,
	recordsOf,
	successesBySubject,
	triggerNode,
} from './mailTrigger';
import { imapCredential } from './mailWorkflow';

const support = 'support@example.test';
/** The long form: IMAP_KILL_MAILS=500 IMAP_KILLS=10. */
const mails = Number(process.env.IMAP_KILL_MAILS ?? 240);
const kills = Number(process.env.IMAP_KILLS ?? 2);
/** Time for one kill, one start of n8n and what it finds. */
const patience = 180_000;
const rest = 600_000;

let dovecot: Dovecot;
/** For the mail whose action fails. */
let other: Dovecot;
let n8n: TestN8n;
let store: Store;

const mail = (name: number | string) => `Message-ID: <burst-${name}@example.test>\r\nSubject: ${name}\r\n\r\nbody\r\n`;

describe.skipIf(!hasMailServers)('a backlog of mail while n8n is killed', () => {
	beforeAll(async () => {
		dovecot = await startDovecot({ users: { [support]: 'secret' } });
		other = await startDovecot({ users: { [support]: 'secret' } });
		// What n8n was publishing when it was killed it leaves alone for two minutes.
		n8n = await startN8n({ env: { N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '30' } });
	});
	afterAll(async () => {
		await store.close();
		await n8n.dispose();
		await dovecot.stop();
		await other.stop();
	});

	it(
		'loses no mail and none of what is owed to it, and runs again only what was under way',
		async () => {
			const { client } = n8n;
			for (let index = 0; index < mails; index++) await dovecot.deliver(support, mail(index));

			// A mail that was processed while its server went away: its action is owed, and n8n dies before it can be done.
			const away = triggerNode(
				await client.createCredential('away', 'imapMailboxApi', imapCredential(other, support)),
				{
					options: { afterProcessing: 'addKeyword', keyword: '$Processed' },
				},
			);
			const careful = await client.createWorkflow({
				name: 'owed',
				...inARow(away, { ...node('Wait', 'n8n-nodes-base.wait', { amount: 3 }), typeVersion: 1.1 }),
			});
			await client.activate(careful.id);
			store = await openEmbedded(n8n.userFolder);
			const owing = feedOf(other, support, careful.id, away);
			await other.deliver(support, mail('owed'));
			await expect.poll(async () => (await recordsOf(store, owing))[0]?.stage, { timeout: 30_000 }).toBe('emitted');
			await other.kill();
			await expect
				.poll(async () => (await recordsOf(store, owing))[0], { timeout: 30_000 })
				.toMatchObject({ stage: 'confirmed', care: 'owed' });

			const trigger = triggerNode(
				await client.createCredential('burst', 'imapMailboxApi', imapCredential(dovecot, support)),
				{ options: { start: 'everything' } },
			);
			const parse = node('MIME Parse', 'mimeParse');
			const burst = await client.createWorkflow({
				name: 'burst',
				...inARow(trigger, parse, node('Done', 'n8n-nodes-base.noOp')),
			});
			const feed = feedOf(dovecot, support, burst.id, trigger);
			const confirmed = async () => (await recordsOf(store, feed)).filter(({ stage }) => stage === 'confirmed').length;
			await client.activate(burst.id);
			const killedAt: number[] = [];
			/** Mails whose end nobody had written down when n8n was killed. */
			const underWay = new Set<string>();
			for (let kill = 1; kill <= kills; kill++) {
				const reached = Math.floor((mails * kill) / (kills + 1));
				await expect.poll(confirmed, { timeout: patience, interval: 20 }).toBeGreaterThanOrEqual(reached);
				await n8n.kill();
				killedAt.push(Date.now());
				if (kill === 1) await other.restart();
				const before = await confirmed();
				for (const { stage, metadata } of await recordsOf(store, feed)) {
					if (stage !== 'confirmed') underWay.add(metadata.subject as string);
				}
				await n8n.restart();
				await expect.poll(confirmed, { timeout: patience }).toBeGreaterThan(Math.min(before, mails - 1));
			}
			const unfinished = async () => {
				const open = (await recordsOf(store, feed)).filter(({ stage }) => stage !== 'confirmed');
				return open.map(({ id, stage, attempt, batch, error }) => ({ id, stage, attempt, batch, error }));
			};
			await expect.poll(async () => (await recordsOf(store, feed)).length, { timeout: patience }).toBe(mails);
			// Longer than the pause between two looks for abandoned records. Rarely n8n itself goes on with an execution that it
			// had created and not begun: its mails are confirmed when they have been at rest for ten minutes.
			await expect.poll(unfinished, { timeout: patience + rest, interval: 100 }).toEqual([]);

			const all = await recordsOf(store, feed);
			const uids = all.map(({ metadata }) => (metadata.source as { uid: number }).uid).sort((a, b) => a - b);
			expect(uids).toEqual(Array.from({ length: mails }, (_, index) => index + 1));
			const executions = await everyExecution(client, burst.id);
			const counts = successesBySubject(executions);
			const lost = Array.from({ length: mails }, (_, index) => String(index)).filter((name) => !counts.has(name));
			const twice = [...counts].filter(([, count]) => count > 1).map(([name]) => name);
			const repeated = all.filter(({ attempt }) => attempt > 1).length;
			console.log(
				JSON.stringify({
					mails,
					kills,
					lost: lost.length,
					twice: twice.length,
					repeated,
					executions: executions.length,
				}),
			);
			expect(lost).toEqual([]);
			// Four executions of fifty mails are under way at most.
			expect(repeated).toBeLessThanOrEqual(200 * kills);
			// An execution may end in the very moment of a kill, before anybody can write it down. No other runs twice.
			for (const name of twice) {
				const first = executions.find((one) => one.status === 'success' && successesBySubject([one]).has(name));
				const ended = Date.parse(first?.stoppedAt ?? '');
				expect({ name, underWay: underWay.has(name), endedBefore: killedAt.some((at) => ended <= at) }).toEqual({
					name,
					underWay: true,
					endedBefore: true,
				});
			}

			await expect
				.poll(async () => (await recordsOf(store, owing))[0], { timeout: 30_000 })
				.toMatchObject({ stage: 'confirmed', care: 'done', attempt: 1 });
			expect(await other.doveadm('search', '-u', support, 'keyword', '$Processed')).toMatch(/\S/);
			expect(await client.executions({ workflowId: careful.id })).toHaveLength(1);
		},
		(kills + 1) * patience + rest,
	);
});
