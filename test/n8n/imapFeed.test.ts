import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { INodeParameters } from 'n8n-workflow';
import type { Store } from '../../lib/store';
import { hasMailServers } from '../servers/available';
import { type Dovecot, startDovecot } from '../servers/mail/dovecot';
import { type N8nClient, type SavedCredential, sharedN8n } from './driver/start.ts';
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

const alice = 'alice@example.test';
const bob = 'bob@example.test';
const patience = { timeout: 60_000, interval: 100 };

const mail = (subject: string, headers = '') =>
	`Message-ID: <${subject}@example.test>\r\nSubject: ${subject}\r\n${headers}\r\nbody of ${subject}\r\n`;

describe.skipIf(!hasMailServers)('the IMAP IDLE Trigger in n8n', () => {
	let dovecot: Dovecot;
	let client: N8nClient;
	let userFolder: string;
	let store: Store;
	const workflows: string[] = [];
	const credentials = new Map<string, SavedCredential>();

	beforeAll(async () => {
		dovecot = await startDovecot({ users: { [alice]: 'secret', [bob]: 'secret' } });
		({ client, userFolder } = await sharedN8n());
		store = await openEmbedded(userFolder);
		for (const user of [alice, bob]) {
			credentials.set(user, await client.createCredential(user, 'imapMailboxApi', imapCredential(dovecot, user)));
		}
	});
	afterAll(async () => {
		for (const id of workflows) await client.deleteWorkflow(id);
		await store.close();
		await dovecot.stop();
	});

	const workflowOf = async (
		user: string,
		name: string,
		parameters: INodeParameters,
		...more: ReturnType<typeof node>[]
	) => {
		const trigger = triggerNode(credentials.get(user)!, parameters);
		const { id } = await client.createWorkflow({ name: `imap feed: ${name}`, ...inARow(trigger, ...more) });
		workflows.push(id);
		return { id, feed: (mailbox?: string) => feedOf(dovecot, user, id, trigger, mailbox) };
	};

	it('runs each mail of a burst once while the workflow is switched off and on, and leaks no connection', async () => {
		const { id, feed } = await workflowOf(
			alice,
			'burst',
			{ options: { afterProcessing: 'markSeen' } },
			node('MIME Parse', 'mimeParse'),
		);
		await client.activate(id);
		const subjects = Array.from({ length: 60 }, (_, index) => `burst-${index}`);
		for (const [index, subject] of subjects.entries()) {
			await dovecot.deliver(alice, mail(subject));
			if (index % 25 === 24) {
				await client.deactivate(id);
				await client.activate(id);
			}
		}
		const confirmed = async () =>
			(await recordsOf(store, feed())).filter(({ stage, care }) => stage === 'confirmed' && care === 'done').length;
		await expect.poll(confirmed, patience).toBe(subjects.length);
		const counts = successesBySubject(await everyExecution(client, id));
		expect(Object.fromEntries(counts)).toEqual(Object.fromEntries(subjects.map((subject) => [subject, 1])));
		expect((await dovecot.doveadm('search', '-u', alice, 'unseen')).trim()).toBe('');
		// As a credential is changed: published anew without being switched off.
		await client.updateWorkflow(id, { name: 'imap feed: burst, changed' });
		await client.activate(id);
		await expect.poll(() => dovecot.connections(alice), patience).toBe(1);
		await client.deactivate(id);
		await expect.poll(() => dovecot.connections(alice), patience).toBe(0);
	});

	it('watches several mailboxes with a filter, and keeps as much of the raw mail as it was told', async () => {
		await dovecot.deliver(bob, mail('in-support'), { mailbox: 'Support/Open' });
		await dovecot.deliver(bob, mail('in-junk'), { mailbox: 'Junk' });
		const { id, feed } = await workflowOf(bob, 'several', {
			mailbox: { __rl: true, mode: 'name', value: 'Support/*' },
			filters: { headers: { header: [{ name: 'X-Ticket', value: '' }] }, search: 'NOT SUBJECT "nothing"' },
			options: {
				additionalMailboxes: ['INBOX', 'Junk'],
				afterProcessing: 'move',
				moveTo: { __rl: true, mode: 'name', value: 'Archive' },
				keepRaw: 'headers',
				batching: 'single',
			},
		});
		await dovecot.doveadm('mailbox', 'create', '-u', bob, 'Archive');
		await client.activate(id);
		await expect.poll(() => dovecot.connections(bob), patience).toBe(3);
		const ticket = 'X-Ticket: 7\r\n';
		await dovecot.deliver(bob, mail('one', ticket), { mailbox: 'Support/Open' });
		await dovecot.deliver(bob, mail('two', ticket), { mailbox: 'Junk' });
		await dovecot.deliver(bob, mail('three', ticket));
		await dovecot.deliver(bob, mail('nothing-new', ticket));
		await dovecot.deliver(bob, mail('no-ticket'));
		const done = async () => {
			const records = await Promise.all(['Support/Open', 'Junk', 'INBOX'].map((name) => recordsOf(store, feed(name))));
			return records.map((those) => those.map(({ metadata, care }) => `${metadata.subject as string} ${care}`));
		};
		await expect.poll(done, patience).toEqual([['one done'], ['two done'], ['three done']]);
		expect((await dovecot.doveadm('search', '-u', bob, 'mailbox', 'Archive', 'all')).trim().split('\n')).toHaveLength(
			3,
		);
		const [record] = await recordsOf(store, feed());
		expect(await store.archive.stat('default', record!.rawRef!)).toMatchObject({ mode: 'headers' });
		await client.deactivate(id);
		await expect.poll(() => dovecot.connections(bob), patience).toBe(0);
	});

	it('shows a mail as failed execution that was given up, and none of its neighbours', async () => {
		const { id, feed } = await workflowOf(
			alice,
			'poison',
			{ options: { doneWhen: 'succeeded', maxAttempts: 1 } },
			node('Stop', 'n8n-nodes-base.stopAndError', { errorMessage: 'never' }),
		);
		await client.activate(id);
		await dovecot.deliver(alice, mail('poison'));
		const reported = async () => {
			const executions = await everyExecution(client, id);
			return executions.flatMap(({ data }) => data.resultData.error?.message ?? []);
		};
		await expect
			.poll(reported, patience)
			.toEqual(['never', expect.stringMatching(/dead letter.*none of them succeeded/)]);
		expect(await recordsOf(store, feed())).toMatchObject([{ stage: 'dead', error: 'EXECUTION_FAILED', attempt: 1 }]);
		await client.deactivate(id);
	});
});
