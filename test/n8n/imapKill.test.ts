import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IngestionRecord, type Store, openStore } from '../../lib/store';
import { hasMailServers } from '../servers/available';
import { type Dovecot, startDovecot } from '../servers/mail/dovecot';
import { type TestN8n, startN8n } from './driver/start.ts';
import { activateNew, imapCredential } from './mailWorkflow';

const support = 'support@example.test';
const mails = Number(process.env.IMAP_KILL_MAILS ?? 80);
const kills = Number(process.env.IMAP_KILLS ?? 2);

let dovecot: Dovecot;
let n8n: TestN8n;
let workflowId: string;
let feed: string;
let store: Store;

/** What the store knows of every mail of the feed, whatever n8n is doing. */
async function records(): Promise<IngestionRecord[]> {
	const stages = ['received', 'emitted', 'parsed', 'classified', 'matched', 'confirmed', 'dead'] as const;
	return await store.ingestion.list('default', feed, stages, 10_000);
}

async function confirmed(): Promise<number> {
	return (await records()).filter(({ stage }) => stage === 'confirmed').length;
}

describe.skipIf(!hasMailServers)('a burst of mail while n8n is killed', () => {
	beforeAll(async () => {
		dovecot = await startDovecot({ users: { [support]: 'secret' } });
		n8n = await startN8n();
		const saved = await n8n.client.createCredential('burst', 'imapMailboxApi', imapCredential(dovecot, support));
		const trigger = {
			id: randomUUID(),
			name: 'Trigger',
			type: 'n8n-nodes-email-pipeline.imapIdleTrigger',
			typeVersion: 1,
			position: [0, 0] as [number, number],
			parameters: { mailbox: { __rl: true, mode: 'name', value: 'INBOX' }, options: {} },
			credentials: { imapMailboxApi: { id: saved.id, name: saved.name } },
		};
		const parse = {
			id: randomUUID(),
			name: 'MIME Parse',
			type: 'n8n-nodes-email-pipeline.mimeParse',
			typeVersion: 1,
			position: [200, 0] as [number, number],
			parameters: {},
		};
		({ id: workflowId } = await activateNew(n8n.client, {
			name: 'burst',
			nodes: [trigger, parse],
			connections: { Trigger: { main: [[{ node: 'MIME Parse', type: 'main', index: 0 }]] } },
		}));
		const file = join(n8n.userFolder, '.n8n', 'email-pipeline', 'store.sqlite');
		store = await openStore({ driver: 'sqlite', file, linger: 0 });
		feed = `imap:${workflowId}/${trigger.id}:${support}@${dovecot.host}:${dovecot.tlsPort}:INBOX`;
	});
	afterAll(async () => {
		await store.close();
		await n8n.dispose();
		await dovecot.stop();
	});

	it('loses no mail, and runs again only those that were under way', async () => {
		const started = Date.now();
		for (let mail = 0; mail < mails; mail++) {
			await dovecot.deliver(support, `Message-ID: <burst-${mail}@example.test>\r\nSubject: ${mail}\r\n\r\nbody\r\n`);
		}
		for (let kill = 1; kill <= kills; kill++) {
			const reached = Math.floor((mails * kill) / (kills + 1));
			await expect.poll(confirmed, { timeout: 120_000, interval: 20 }).toBeGreaterThanOrEqual(reached);
			await n8n.kill();
			await n8n.restart();
		}
		const unfinished = async () => {
			const open = (await records()).filter(({ stage }) => stage !== 'confirmed');
			return open.map(({ id, stage, attempt, error }) => ({ id, stage, attempt, error }));
		};
		await expect.poll(async () => (await records()).length, { timeout: 60_000 }).toBe(mails);
		// Longer than the pause between two looks for abandoned records.
		await expect.poll(unfinished, { timeout: 100_000, interval: 100 }).toEqual([]);

		const all = await records();
		const uids = all.map(({ metadata }) => (metadata.source as { uid: number }).uid).sort((a, b) => a - b);
		expect(uids).toEqual(Array.from({ length: mails }, (_, index) => index + 1));
		const repeated = all.filter(({ attempt }) => attempt > 1).length;
		// The window of the feed is four executions: no more than those can have been under way at a kill.
		expect(repeated).toBeLessThanOrEqual(4 * kills);
		const executions = await n8n.client.executions({ workflowId });
		const succeeded = executions.filter(({ status }) => status === 'success').length;
		console.log(
			JSON.stringify({ mails, kills, repeated, executions: executions.length, succeeded, ms: Date.now() - started }),
		);
		expect(succeeded).toBeGreaterThanOrEqual(mails);
	});
});
