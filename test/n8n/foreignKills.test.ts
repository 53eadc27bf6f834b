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
/** The long form: FOREIGN_KILL_MAILS=500 FOREIGN_KILLS=8. */
const mails = Number(process.env.FOREIGN_KILL_MAILS ?? 120);
const kills = Number(process.env.FOREIGN_KILLS ?? 2);
/** Time for one kill, one start of n8n and what it finds. */
const patience = 180_000;

let dovecot: Dovecot;
let n8n: TestN8n;
let store: Store;

const mail = (name: number) => `Message-ID: <burst-${name}@example.test>\r\nSubject: ${name}\r\n\r\nbody\r\n`;

/** As in a workflow that holds none of our nodes behind the trigger: nothing of its progress stands in the record. */
describe.skipIf(!hasMailServers)('a burst of mail for a workflow of foreign nodes while n8n is killed', () => {
	beforeAll(async () => {
		dovecot = await startDovecot({ users: { [support]: 'secret' } });
		// What n8n was publishing when it was killed it leaves alone for two minutes.
		n8n = await startN8n({ env: { N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '30' } });
	});
	afterAll(async () => {
		await store.close();
		await n8n.dispose();
		await dovecot.stop();
	});

	it(
		'loses none, and runs none again whose execution n8n has seen end',
		async () => {
			const { client } = n8n;
			for (let index = 0; index < mails; index++) await dovecot.deliver(support, mail(index));
			const trigger = triggerNode(
				await client.createCredential('foreign', 'imapMailboxApi', imapCredential(dovecot, support)),
				{ options: { start: 'everything' } },
			);
			const set = node('Set', 'n8n-nodes-base.set', {
				assignments: { assignments: [{ id: '1', name: 'seen', value: '={{ $json.subject }}', type: 'string' }] },
				includeOtherFields: true,
			});
			const burst = await client.createWorkflow({
				name: 'foreign burst',
				...inARow(trigger, { ...set, typeVersion: 3.4 }, node('Done', 'n8n-nodes-base.noOp')),
			});
			store = await openEmbedded(n8n.userFolder);
			const feed = feedOf(dovecot, support, burst.id, trigger);
			const confirmed = async () => (await recordsOf(store, feed)).filter(({ stage }) => stage === 'confirmed').length;
			await client.activate(burst.id);
			for (let kill = 1; kill <= kills; kill++) {
				const reached = Math.floor((mails * kill) / (kills + 1));
				await expect.poll(confirmed, { timeout: patience, interval: 20 }).toBeGreaterThanOrEqual(reached);
				await n8n.kill();
				await n8n.restart();
			}
			await expect.poll(confirmed, { timeout: 2 * patience, interval: 200 }).toBe(mails);

			const executions = await everyExecution(client, burst.id);
			const counts = successesBySubject(executions);
			const lost = Array.from({ length: mails }, (_, index) => String(index)).filter((name) => !counts.has(name));
			const twice = [...counts].filter(([, count]) => count > 1).map(([name]) => name);
			const repeated = (await recordsOf(store, feed)).filter(({ attempt }) => attempt > 1).length;
			console.log(
				JSON.stringify({
					mails,
					kills,
					lost: lost.length,
					twice: twice.length,
					/** What was truly in flight: its execution died with n8n. */
					repeated,
					executions: executions.length,
					crashed: executions.filter(({ status }) => status === 'crashed').length,
				}),
			);
			expect(lost).toEqual([]);
			expect(twice).toEqual([]);
		},
		(kills + 3) * patience,
	);
});
