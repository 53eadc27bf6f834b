import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { INodeParameters } from 'n8n-workflow';
import type { Store } from '../../lib/store';
import { hasMailServers } from '../servers/available';
import { type Dovecot, startDovecot } from '../servers/mail/dovecot';
import { type N8nClient, type SavedCredential, outputsOf, sharedN8n } from './driver/start.ts';
import { everyExecution, feedOf, inARow, node, openEmbedded, recordsOf, triggerNode } from './mailTrigger';
import { imapCredential } from './mailWorkflow';

const support = 'support@example.test';
const second = 'second@example.test';
/** An execution that waited is asked after once a minute. */
const patience = { timeout: 120_000, interval: 250 };

const mail = (subject: string) => `Message-ID: <${subject}@example.test>\r\nSubject: ${subject}\r\n\r\nbody\r\n`;

describe.skipIf(!hasMailServers)('what the IMAP IDLE Trigger destroys, in n8n', () => {
	let dovecot: Dovecot;
	let client: N8nClient;
	let store: Store;
	const workflows: string[] = [];
	const credentials = new Map<string, SavedCredential>();

	beforeAll(async () => {
		dovecot = await startDovecot({ users: { [support]: 'secret', [second]: 'secret' } });
		const shared = await sharedN8n();
		client = shared.client;
		store = await openEmbedded(shared.userFolder);
		for (const user of [support, second]) {
			credentials.set(user, await client.createCredential(user, 'imapMailboxApi', imapCredential(dovecot, user)));
		}
	});
	afterAll(async () => {
		for (const id of workflows) await client.deleteWorkflow(id);
		await store.close();
		await dovecot.stop();
	});

	async function start(user: string, name: string, ...behind: ReturnType<typeof node>[]) {
		const options: INodeParameters = {
			start: 'everything',
			executions: 1,
			afterProcessing: 'delete',
			keepRaw: 'hash',
		};
		const trigger = triggerNode(credentials.get(user)!, { options });
		const { id } = await client.createWorkflow({ name: `imap ends: ${name}`, ...inARow(trigger, ...behind) });
		workflows.push(id);
		await client.activate(id);
		const feed = feedOf(dovecot, user, id, trigger);
		return { id, records: () => recordsOf(store, feed) };
	}

	const inMailbox = async (user: string) => (await dovecot.doveadm('search', '-u', user, 'all')).trim();

	it('is what ran well, and nothing of the mail that made its execution fail', async () => {
		for (const subject of ['1', '2', 'bad', '4', '5', '6', '7', '8']) await dovecot.deliver(support, mail(subject));
		// Stops at the bad one, and with it the whole execution.
		const check = node('Check', 'n8n-nodes-base.set', {
			assignments: {
				assignments: [
					{
						id: '1',
						name: 'checked',
						value: '={{ $json.subject === "bad" ? $("Nowhere").first() : $json.subject }}',
						type: 'string',
					},
				],
			},
			includeOtherFields: true,
		});
		const { id, records } = await start(support, 'batch', { ...check, typeVersion: 3.4 });
		const ends = async () =>
			Object.fromEntries(
				(await records()).map(({ metadata, stage, care }) => [metadata.subject as string, `${stage} ${care}`]),
			);
		const well = ['1', '2', '4', '5', '6', '7', '8'].map((subject) => [subject, 'confirmed done']);
		await expect.poll(ends, patience).toEqual({ ...Object.fromEntries(well), bad: 'dead owed' });
		expect((await inMailbox(support)).split('\n')).toHaveLength(1);
		const bad = (await records()).find(({ metadata }) => metadata.subject === 'bad')!;
		expect(await store.archive.stat('default', bad.rawRef!)).toMatchObject({ mode: 'full' });
		const letters = await store.deadLetters.list('default', { feed: bad.feed }, { limit: 9 });
		expect(letters).toMatchObject([{ key: bad.key, reason: 'EXECUTION_FAILED', state: 'waiting' }]);
		// It ran with others, then alone; another failed execution tells of the dead letter.
		const failed = (await everyExecution(client, id)).filter(({ status }) => status === 'error');
		const had = failed.map((execution) => outputsOf(execution, 'Trigger').flat().length);
		expect(had.filter((count) => count > 0).sort((a, b) => a - b)).toEqual([1, expect.any(Number)]);
		expect(Math.max(...had)).toBeGreaterThan(1);
		await client.deactivate(id);
	});

	it('stays while the execution waits, and goes when it has gone on and ended well', async () => {
		await dovecot.deliver(second, mail('approve'));
		const ask = node('Ask', 'n8n-nodes-base.set', {
			assignments: {
				assignments: [{ id: '1', name: 'resume', value: '={{ $execution.resumeUrl }}', type: 'string' }],
			},
			includeOtherFields: true,
		});
		const wait = { ...node('Wait', 'n8n-nodes-base.wait', { resume: 'webhook' }), typeVersion: 1.1 };
		const { id, records } = await start(second, 'wait', { ...ask, typeVersion: 3.4 }, wait);
		const statuses = async () => (await client.everyExecution({ workflowId: id })).map(({ status }) => status);
		await expect.poll(statuses, patience).toEqual(['waiting']);
		await expect.poll(async () => (await records())[0]?.execution ?? null, patience).not.toBeNull();
		const [waiting] = await records();
		expect(waiting).toMatchObject({ stage: 'emitted', care: 'owed', attempt: 1 });
		expect(await inMailbox(second)).not.toBe('');
		expect(await store.archive.stat('default', waiting!.rawRef!)).toMatchObject({ mode: 'full' });

		const execution = await client.execution(waiting!.execution!);
		const [asked] = outputsOf(execution, 'Ask').flat();
		expect((await fetch(asked!.json.resume as string)).status).toBe(200);
		await expect.poll(async () => (await records())[0], patience).toMatchObject({ stage: 'confirmed', care: 'done' });
		expect(await inMailbox(second)).toBe('');
		expect(await store.archive.stat('default', waiting!.rawRef!)).toMatchObject({ mode: 'hash' });
		expect(await statuses()).toEqual(['success']);
	});
});
