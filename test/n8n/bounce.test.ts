import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { INode, INodeExecutionData } from 'n8n-workflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Classification } from '../../lib/email/bounce/classification';
import type { LedgerUpdate } from '../../lib/pipeline/delivery/applyUpdate';
import { type SendRecord, type Store, openStore } from '../../lib/store';
import { type ScriptedServer, startScriptedServer } from '../lib/email/smtp/scriptedServer';
import { hasMailServers } from '../servers/available';
import { type Dovecot, startDovecot } from '../servers/mail/dovecot';
import { type Postfix, startPostfix } from '../servers/mail/postfix';
import { type N8nClient, outputsOf, sharedN8n } from './driver/start.ts';
import { activateNew, imapCredential, smtpCredential } from './mailWorkflow';

const support = 'support@example.test';
const packageName = 'n8n-nodes-email-pipeline';
const scope = 'bounce-loop';
const [BOUNCE, SENT, REJECTED] = [1, 0, 3];

/** What the hosts that Postfix relays to answer at RCPT TO. */
const refusals: Record<string, string> = {
	'nobody@gone.test': '550 5.1.1 <nobody@gone.test>: Recipient address rejected: User unknown in local recipient table',
	'full@full.test': '552 5.2.2 <full@full.test>: Mailbox is full',
	'ann@wary.test': '554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using bl.example.test',
	'ann@strict.test': '550 5.7.1 <ann@strict.test>: Message rejected due to local policy',
	'ann@busy.test': '451 4.3.0 <ann@busy.test>: Temporary lookup failure',
};

let client: N8nClient;
let dovecot: Dovecot;
let postfix: Postfix;
let remote: ScriptedServer;
let store: Store;
let asked: string[];
let hook: string;
const ids: { sending: string; watching: string } = { sending: '', watching: '' };
const read = new Set<string>();
let sends = 0;

function node(name: string, type: string, parameters: INode['parameters'], more: Partial<INode> = {}): INode {
	return { id: randomUUID(), name, type, typeVersion: 1, position: [0, 0], parameters, ...more };
}

function chain(names: string[]) {
	return Object.fromEntries(
		names
			.slice(0, -1)
			.map((name, at) => [name, { main: [[{ node: names[at + 1]!, type: 'main' as const, index: 0 }]] }]),
	);
}

/** One mail through Idempotent Send; gives its outputs. */
async function send(to: string, event: string): Promise<INodeExecutionData[][]> {
	const response = await fetch(hook, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ to, event }),
	});
	expect(response.status).toBe(200);
	const executions = await client.waitForExecutions(ids.sending, ++sends);
	return outputsOf(executions.at(-1)!, 'Send');
}

type Noted = Classification & { ledger: LedgerUpdate };

/** The next notice about a recipient, as the Bounce Classifier put it on its output Bounce; each is given once. */
async function nextNotice(recipient: string): Promise<Noted> {
	for (let count = read.size + 1; ; count++) {
		const executions = await client.waitForExecutions(ids.watching, count);
		for (const execution of executions.filter(({ id }) => !read.has(id))) {
			const outputs = outputsOf(execution, 'Bounce Classifier');
			expect(outputs.map((items) => items.length)).toEqual([0, 1, 0, 0]);
			const notice = outputs[BOUNCE]![0]!.json.classification as unknown as Noted;
			if (notice.recipients[0]?.address !== recipient) continue;
			read.add(execution.id);
			return notice;
		}
	}
}

async function sendTo(recipient: string): Promise<SendRecord> {
	const [newest] = await store.sends.search(scope, { recipient }, { limit: 1 });
	return newest!;
}

describe.skipIf(!hasMailServers)('a mail that comes back, from Postfix to the next send', () => {
	beforeAll(async () => {
		const n8n = await sharedN8n();
		client = n8n.client;
		asked = [];
		remote = await startScriptedServer({
			rcpt: (recipient) => {
				asked.push(recipient);
				return refusals[recipient] ?? '250 2.1.5 ok';
			},
		});
		dovecot = await startDovecot({ users: { [support]: 'secret' } });
		postfix = await startPostfix({
			lmtpPort: dovecot.lmtpPort,
			authPort: dovecot.authPort,
			requireAuth: true,
			transports: {
				...Object.fromEntries(Object.keys(refusals).map((recipient) => [recipient, `smtp:[127.0.0.1]:${remote.port}`])),
				// Nobody listens there.
				'closed.test': 'smtp:[127.0.0.1]:1',
			},
			main: {
				delay_warning_time: '1s',
				maximal_queue_lifetime: '15s',
				minimal_backoff_time: '5s',
				maximal_backoff_time: '5s',
				queue_run_delay: '2s',
			},
		});
		const imap = await client.createCredential('Bounce mailbox', 'imapMailboxApi', imapCredential(dovecot, support));
		const smtp = await client.createCredential('Bounce sender', 'smtpServerApi', smtpCredential(postfix));
		const credentials = (saved: { id: string; name: string; type: string }) => ({
			credentials: { [saved.type]: { id: saved.id, name: saved.name } },
		});
		const path = randomUUID();
		hook = `${n8n.url}/webhook/${path}`;
		const sending = await activateNew(client, {
			name: 'bounce: send',
			nodes: [
				node(
					'Hook',
					'n8n-nodes-base.webhook',
					{ path, httpMethod: 'POST', responseMode: 'onReceived' },
					{ typeVersion: 2, webhookId: path },
				),
				node(
					'Send',
					`${packageName}.idempotentSend`,
					{
						operation: 'send',
						fromEmail: `Support <${support}>`,
						toEmail: '={{ $json.body.to }}',
						subject: 'Your order',
						text: 'It is on its way.',
						eventId: '={{ $json.body.event }}',
						options: { scope },
					},
					credentials(smtp),
				),
			],
			connections: chain(['Hook', 'Send']),
		});
		const watching = await activateNew(client, {
			name: 'bounce: watch',
			nodes: [
				node(
					'IMAP IDLE Trigger',
					`${packageName}.imapIdleTrigger`,
					{ mailbox: { __rl: true, mode: 'list', value: 'INBOX' }, options: { scope } },
					credentials(imap),
				),
				node('MIME Parse', `${packageName}.mimeParse`, { options: { scope } }),
				node('Bounce Classifier', `${packageName}.bounceClassifier`, { options: { scope } }),
			],
			connections: chain(['IMAP IDLE Trigger', 'MIME Parse', 'Bounce Classifier']),
		});
		Object.assign(ids, { sending: sending.id, watching: watching.id });
		store = await openStore({
			driver: 'sqlite',
			file: join(n8n.userFolder, '.n8n', 'email-pipeline', 'store.sqlite'),
		});
	});
	afterAll(async () => {
		for (const id of Object.values(ids)) {
			await client.deactivate(id);
			await client.deleteWorkflow(id);
		}
		await store.close();
		await postfix.stop();
		await dovecot.stop();
		await remote.stop();
	});

	it('a missing user: the send is bounced, and the next one to the dead address is refused', async () => {
		const to = 'nobody@gone.test';
		expect((await send(to, 'order-1'))[SENT]).toHaveLength(1);
		const notice = await nextNotice(to);
		expect(notice).toMatchObject({
			kind: 'bounce',
			recipients: [{ address: to, reason: 'user-unknown', bounceType: 'hard', status: '5.1.1', replyCode: '550' }],
			ledger: {
				sends: [{ recipient: to, state: 'bounced', changed: true, matchedBy: 'message-id' }],
				suppressed: [{ address: to, reason: 'user-unknown', expiresAt: null, stream: null }],
			},
		});
		expect(await sendTo(to)).toMatchObject({ state: 'bounced', reason: 'user-unknown', status: '5.1.1' });

		const outputs = await send(to, 'order-2');
		expect(outputs[REJECTED]).toHaveLength(1);
		expect(outputs[REJECTED]![0]!.json.send).toMatchObject({
			state: 'suppressed',
			error: { code: 'SEND_SUPPRESSED' },
			recipients: [{ address: to, state: 'suppressed', reason: 'user-unknown', attempts: 0 }],
		});
		// The address was asked for once, by the first mail.
		expect(asked.filter((recipient) => recipient === to)).toEqual([to]);
	});

	it.each([
		['policy', 'ann@strict.test', 'policy-rejected'],
		['a blocklist', 'ann@wary.test', 'blocked'],
	])('a refusal by %s: bounced, but the address is not suppressed', async (by, to, reason) => {
		await send(to, `refused by ${by}`);
		expect(await nextNotice(to)).toMatchObject({
			kind: 'bounce',
			recipients: [{ address: to, reason, bounceType: 'soft', status: '5.7.1' }],
			ledger: { sends: [{ recipient: to, state: 'bounced', changed: true }], suppressed: [] },
		});
		expect((await send(to, `refused by ${by} again`))[SENT]).toHaveLength(1);
		expect((await nextNotice(to)).ledger.suppressed).toEqual([]);
	});

	it('a full mailbox: suppressed for some time, once three mails have come back', async () => {
		const to = 'full@full.test';
		const suppressed: unknown[] = [];
		for (const event of ['order-5', 'order-6', 'order-7']) {
			expect((await send(to, event))[SENT]).toHaveLength(1);
			const notice = await nextNotice(to);
			expect(notice.recipients[0]).toMatchObject({ reason: 'mailbox-full', bounceType: 'soft', status: '5.2.2' });
			expect(notice.ledger.sends[0]).toMatchObject({ recipient: to, state: 'bounced', changed: true });
			suppressed.push(notice.ledger.suppressed.map(({ reason, expiresAt }) => [reason, expiresAt !== null]));
		}
		expect(suppressed).toEqual([[], [], [['mailbox-full', true]]]);
		expect((await send(to, 'order-8'))[REJECTED]).toHaveLength(1);
	});

	it('a deferral: the delay is noted, and the mail bounces when Postfix gives it up', async () => {
		const deferred = [
			{ to: 'ann@busy.test', status: '4.3.0', replyCode: '451', reason: 'system-error' },
			// “Connection refused”: the host does not listen; nobody has judged the sender.
			{ to: 'ann@closed.test', status: '4.4.1', replyCode: null, reason: 'network-error' },
		];
		for (const { to } of deferred) expect((await send(to, `deferred ${to}`))[SENT]).toHaveLength(1);
		for (const { to, status, replyCode, reason } of deferred) {
			expect(await nextNotice(to)).toMatchObject({
				kind: 'delay',
				recipients: [{ address: to, action: 'delayed', status, replyCode }],
				ledger: { sends: [{ recipient: to, state: 'accepted', changed: false }], suppressed: [] },
			});
			const { id } = await sendTo(to);
			expect((await store.sends.history(scope, id)).map(({ type }) => type)).toContain('delay_notice');

			expect(await nextNotice(to)).toMatchObject({
				kind: 'bounce',
				recipients: [{ address: to, action: 'failed', bounceType: 'soft', status, replyCode, reason }],
				ledger: { sends: [{ recipient: to, state: 'bounced', changed: true }], suppressed: [] },
			});
			expect(await sendTo(to)).toMatchObject({ state: 'bounced', reason, status, replyCode });
		}
	});
});

describe('the Bounce Classifier when the ledger cannot be reached', () => {
	const bounce = [
		'From: MAILER-DAEMON@mx.example.test (Mail Delivery System)',
		`To: ${support}`,
		'Subject: Undelivered Mail Returned to Sender',
		'Auto-Submitted: auto-replied',
		'',
		'<nobody@gone.test>: host mx.gone.test said: 550 5.1.1 User unknown (in reply to RCPT TO command)',
		'',
	].join('\r\n');
	const created: string[] = [];

	/** Classifies the bounce with a store that nobody serves; gives the outputs, the error output last. */
	async function classify(options: Record<string, unknown>): Promise<INodeExecutionData[][]> {
		const n8n = await sharedN8n();
		const saved = await n8n.client.createCredential('Store that is away', 'pipelineStoreApi', {
			driver: 'postgres',
			host: '127.0.0.1',
			port: 1,
			database: 'none',
			user: 'none',
			password: 'none',
			ssl: 'disable',
		});
		const path = randomUUID();
		const { id } = await activateNew(n8n.client, {
			name: `bounce: no store ${path}`,
			nodes: [
				node(
					'Hook',
					'n8n-nodes-base.webhook',
					{ path, httpMethod: 'POST', responseMode: 'onReceived' },
					{ typeVersion: 2, webhookId: path },
				),
				node(
					'Bounce Classifier',
					`${packageName}.bounceClassifier`,
					{ input: 'text', rawText: '={{ $json.body.source }}', options: { store: 'credential', ...options } },
					{
						onError: 'continueErrorOutput',
						credentials: { [saved.type]: { id: saved.id, name: saved.name } },
					},
				),
			],
			connections: chain(['Hook', 'Bounce Classifier']),
		});
		created.push(id);
		await fetch(`${n8n.url}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ source: bounce }),
		});
		const [execution] = await n8n.client.waitForExecutions(id, 1);
		return outputsOf(execution!, 'Bounce Classifier');
	}

	afterAll(async () => {
		const n8n = await sharedN8n();
		for (const id of created) await n8n.client.deleteWorkflow(id);
	});

	it('gives the item to the error output, with a code and nothing lost', async () => {
		const outputs = await classify({});
		expect(outputs.map((items) => items.length)).toEqual([0, 0, 0, 0, 1]);
		expect(outputs[4]![0]!.json).toMatchObject({
			body: { source: bounce },
			error: { code: 'STORE_UNAVAILABLE', hint: expect.stringMatching(/\w/) as string },
		});
	});

	it('classifies all the same when the ledger is none of its business', async () => {
		const outputs = await classify({ updateLedger: false });
		expect(outputs[BOUNCE]).toHaveLength(1);
		expect(outputs[BOUNCE]![0]!.json.classification).toMatchObject({
			kind: 'bounce',
			recipients: [{ address: 'nobody@gone.test', reason: 'user-unknown' }],
			ledger: null,
		});
	});
});
