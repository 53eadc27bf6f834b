import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser, type ParsedMail } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dovecot, startDovecot } from '../servers/mail/dovecot';
import { type Postfix, startPostfix } from '../servers/mail/postfix';
import { type TestN8n, outputsOf, startN8n } from './driver/start.ts';
import { activateNew, imapCredential, readExample, smtpCredential, withCredentials } from './mailWorkflow';
import { hasMailServers } from '../servers/available';

const support = 'support@example.test';
const customer = 'customer@example.test';

let dovecot: Dovecot;
let postfix: Postfix;
let n8n: TestN8n;
let workflowId: string;

/** Every mail in the customer's mailbox, oldest first. */
async function customerMail(): Promise<ParsedMail[]> {
	const mails: ParsedMail[] = [];
	for (const folder of ['new', 'cur']) {
		const path = join(dovecot.maildir(customer), folder);
		for (const name of (await readdir(path)).sort()) mails.push(await simpleParser(await readFile(join(path, name))));
	}
	return mails;
}

function question(id: string, headers: string[] = [], text = 'Where is my order 4711?'): string {
	return [
		`From: Carla Customer <${customer}>`,
		`To: Support <${support}>`,
		'Subject: My order',
		`Message-ID: <${id}@customer.test>`,
		'Date: Sat, 21 Nov 2026 10:00:00 +0000',
		...headers,
		'',
		text,
		'',
	].join('\r\n');
}

async function deliver(raw: string): Promise<void> {
	await dovecot.deliver(support, raw, { via: 'lmtp', from: customer });
}

async function repliesTo(id: string): Promise<ParsedMail[]> {
	return (await customerMail()).filter(({ inReplyTo }) => inReplyTo === `<${id}@customer.test>`);
}

describe.skipIf(!hasMailServers)('the support inbox in a real n8n', () => {
	beforeAll(async () => {
		dovecot = await startDovecot({ users: { [support]: 'secret', [customer]: 'secret' } });
		postfix = await startPostfix({ lmtpPort: dovecot.lmtpPort, authPort: dovecot.authPort, requireAuth: true });
		n8n = await startN8n();
		const credentials = [
			await n8n.client.createCredential('Support mailbox', 'imapMailboxApi', imapCredential(dovecot, support)),
			await n8n.client.createCredential('Support outgoing mail', 'smtpServerApi', smtpCredential(postfix)),
		];
		const workflow = withCredentials(await readExample('support-inbox'), credentials);
		for (const node of workflow.nodes) {
			if (node.parameters.fromEmail !== undefined) node.parameters.fromEmail = `Support <${support}>`;
		}
		({ id: workflowId } = await activateNew(n8n.client, workflow));
	});
	afterAll(async () => {
		await n8n.dispose();
		await postfix.stop();
		await dovecot.stop();
	});

	it('acknowledges a customer’s mail once, in its thread', async () => {
		await deliver(question('q1'));
		const [execution] = await n8n.client.waitForExecutions(workflowId, 1);
		expect(execution!.status).toBe('success');
		const [sent] = outputsOf(execution!, 'Acknowledge');
		expect(sent![0]!.json.send).toMatchObject({ state: 'accepted', replayed: false, subject: 'Re: My order' });

		await expect.poll(() => repliesTo('q1'), { timeout: 20_000 }).toHaveLength(1);
		const [reply] = await repliesTo('q1');
		expect(reply!.subject).toBe('Re: My order');
		expect(reply!.references).toBe('<q1@customer.test>');
		expect(reply!.headers.get('auto-submitted')).toBe('auto-replied');
		expect(reply!.from?.value[0]).toMatchObject({ name: 'Support', address: support });
		expect(reply!.text).toContain('Hello Carla Customer,');
	});

	it('keeps every item paired, from the reply back to the mail', async () => {
		const [execution] = await n8n.client.waitForExecutions(workflowId, 1);
		for (const node of ['MIME Parse', 'Bounce Classifier', 'Thread Match', 'Acknowledge']) {
			const items = outputsOf(execution!, node).flat();
			expect(items).not.toEqual([]);
			for (const item of items) expect(item.pairedItem).toMatchObject({ item: 0 });
		}
	});

	it('answers the same mail no second time', async () => {
		await deliver(question('q1'));
		const executions = await n8n.client.waitForExecutions(workflowId, 2);
		const [, duplicate] = outputsOf(executions.at(-1)!, 'Acknowledge');
		expect(duplicate![0]!.json.send).toMatchObject({ state: 'accepted', replayed: true });
		expect(await repliesTo('q1')).toHaveLength(1);
	});

	it('files the customer’s answer to our reply in the same thread, without another acknowledgement', async () => {
		const [reply] = await repliesTo('q1');
		// A client that keeps only In-Reply-To: the thread is found by the id of our own mail.
		await deliver(question('q2', [`In-Reply-To: ${reply!.messageId}`], 'Thank you, I wait.'));
		const executions = await n8n.client.waitForExecutions(workflowId, 3);
		const [first, , third] = executions;
		const [existing] = outputsOf(third!, 'Thread Match');
		const [, asNew] = outputsOf(first!, 'Thread Match');
		const threadOf = (json: unknown) => (json as { thread: { threadId: string } }).thread.threadId;
		expect(threadOf(existing![0]!.json)).toBe(threadOf(asNew![0]!.json));
		expect(existing![0]!.json.thread).toMatchObject({ isNew: false, messageCount: 3 });
		expect(await repliesTo('q2')).toEqual([]);
	});

	it('does not answer a machine', async () => {
		await deliver(question('ooo', ['Auto-Submitted: auto-replied'], 'I am out of the office.'));
		const executions = await n8n.client.waitForExecutions(workflowId, 4);
		expect(outputsOf(executions.at(-1)!, 'Bounce Classifier')[3]).toHaveLength(1);
		expect(await repliesTo('ooo')).toEqual([]);
	});

	it('goes on after n8n was killed: what came meanwhile is answered, nothing twice', async () => {
		await n8n.kill();
		await deliver(question('q3'));
		await n8n.restart();
		await expect.poll(() => repliesTo('q3'), { timeout: 60_000 }).toHaveLength(1);
		expect(await repliesTo('q1')).toHaveLength(1);
		// The mails of before are known: only the new one ran.
		expect(await n8n.client.waitForExecutions(workflowId, 5)).toHaveLength(5);
	});

	it('leaves no plaintext secret in n8n’s log', async () => {
		const logs = await n8n.logs();
		expect(logs).toContain('Mailbox watching');
		expect(logs).not.toContain('Where is my order');
	});
});
