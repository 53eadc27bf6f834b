import { randomUUID } from 'node:crypto';
import type { INodeExecutionData } from 'n8n-workflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dovecot, startDovecot } from '../servers/mail/dovecot';
import { type Postfix, startPostfix } from '../servers/mail/postfix';
import { type N8nClient, sharedN8n } from './driver/start.ts';
import { imapCredential, smtpCredential } from './mailWorkflow';
import { type NodeUnderTest, packageName, singleNodeRunner } from './singleNode';
import { hasMailServers } from '../servers/available';

const support = 'support@example.test';

let client: N8nClient;
let url: string;
let run: ReturnType<typeof singleNodeRunner>['run'];
let removeWorkflows: () => Promise<void>;
let dovecot: Dovecot;
let postfix: Postfix;
const workflows: string[] = [];

interface ShownError {
	code: string;
	message: string;
	hint: string | null;
}

function expectError(items: INodeExecutionData[] | undefined, code: string): void {
	expect(items).toHaveLength(1);
	const error = items![0]!.json.error as unknown as ShownError;
	expect(error.code).toBe(code);
	expect(error.message).toMatch(/\w+ \w+/);
	expect(error.hint).toBeTruthy();
	expect(JSON.stringify(items)).not.toMatch(/\n\s+at /);
	expect(JSON.stringify(items)).not.toContain('wrong horse');
}

const message = {
	schema: 'email.message/1',
	id: 'm1@customer.test',
	messageId: 'm1@customer.test',
	inReplyTo: [],
	references: [],
	date: null,
	subject: 'Hello',
	from: { name: 'Ann', address: 'ann@example.test' },
	replyTo: [],
	to: [],
	cc: [],
	text: 'x',
	headers: {},
	raw: { ref: null, sha256: '', size: 0 },
	envelope: { mailFrom: null, rcptTo: [] },
	automation: { kind: 'none', evidence: [] },
};
const reply = {
	operation: 'reply',
	fromEmail: support,
	emailFormat: 'text',
	text: 'Thanks.',
	eventId: '={{ $json.id }}',
};

describe.skipIf(!hasMailServers)('what goes wrong, as the user sees it', () => {
	beforeAll(async () => {
		({ client, url } = await sharedN8n());
		({ run, removeWorkflows } = singleNodeRunner(client, url));
		dovecot = await startDovecot({ users: { [support]: 'secret' } });
		postfix = await startPostfix({ lmtpPort: dovecot.lmtpPort, authPort: dovecot.authPort, requireAuth: true });
	});
	afterAll(async () => {
		await removeWorkflows();
		for (const id of workflows) await client.deleteWorkflow(id);
		await postfix.stop();
		await dovecot.stop();
	});

	it.each<[string, NodeUnderTest, Record<string, unknown>, string]>([
		['an item without an email', { type: 'mimeParse', parameters: {} }, { nothing: 1 }, 'INPUT_MISSING'],
		[
			'a file that is not there',
			{ type: 'mimeParse', parameters: { input: 'binary', binaryPropertyName: 'data' } },
			{},
			'INPUT_BINARY_MISSING',
		],
		[
			'a mail the archive does not have',
			{ type: 'mimeParse', parameters: {} },
			{ raw: { ref: `sha256:${'0'.repeat(64)}` } },
			'ARCHIVE_NOT_FOUND',
		],
		[
			'no source text',
			{ type: 'mimeParse', parameters: { input: 'text', rawText: '={{ $json.nothing }}' } },
			{},
			'INPUT_TEXT_MISSING',
		],
		['an item that is no email', { type: 'bounceClassifier', parameters: {} }, { nothing: 1 }, 'INPUT_MISSING'],
		['an item that was not parsed', { type: 'threadMatch', parameters: {} }, { nothing: 1 }, 'INPUT_NOT_A_MESSAGE'],
	])('%s', async (_name, node, item, code) => {
		const outputs = await run(node, item);
		expectError(outputs.at(-1), code);
		expect(outputs.slice(0, -1).flat()).toEqual([]);
		// Nothing of the item is lost.
		expect(outputs.at(-1)![0]!.json).toMatchObject(item);
	});

	it('a malformed mail is parsed all the same, with its defects', async () => {
		const parameters = { input: 'text', rawText: '={{ $json.source }}' };
		const source = 'Content-Type: multipart/mixed; boundary=x\r\nSubject: =?utf-8?B?broken\r\n\r\n--y\r\n\0\xff';
		const [parsed] = await run({ type: 'mimeParse', parameters }, { source });
		expect(parsed).toHaveLength(1);
		expect((parsed![0]!.json.defects as unknown[]).length).toBeGreaterThan(0);
	});

	describe('Idempotent Send', () => {
		const credential = (change: Record<string, unknown>) =>
			client.createCredential(`smtp ${randomUUID()}`, 'smtpServerApi', smtpCredential(postfix, change));

		it.each<[string, Record<string, unknown>, string]>([
			['a wrong password', { password: 'wrong horse' }, 'SMTP_AUTHENTICATION_FAILED'],
			['an untrusted certificate', { ca: '' }, 'TLS_CERTIFICATE_UNTRUSTED'],
			['a host that does not exist', { host: 'nowhere.invalid' }, 'SMTP_HOST_NOT_FOUND'],
		])('says %s, and keeps the send for later', async (_name, change, code) => {
			const node = { type: 'idempotentSend', parameters: reply, credential: await credential(change) };
			const outputs = await run(node, { ...message, id: code });
			expectError(outputs[4], code);
			expect(outputs.slice(0, 4).flat()).toEqual([]);
		});

		it('says that the certificate has expired', async () => {
			const expired = await startPostfix({ lmtpPort: dovecot.lmtpPort, certificate: { expired: true } });
			try {
				const change = { port: expired.port, ca: expired.certificate.cert, user: '', password: '' };
				const outputs = await run(
					{ type: 'idempotentSend', parameters: reply, credential: await credential(change) },
					{ ...message, id: 'expired' },
				);
				expectError(outputs[4], 'TLS_CERTIFICATE_EXPIRED');
			} finally {
				await expired.stop();
			}
		});

		it('defers while the server is away, with the time to try again', async () => {
			const node = { type: 'idempotentSend', parameters: reply, credential: await credential({ port: 1 }) };
			const [, , deferred] = await run(node, { ...message, id: 'away' });
			expectError(
				[{ json: { error: (deferred![0]!.json.send as { error: object }).error } }],
				'SMTP_CONNECTION_REFUSED',
			);
			const { state, retryAt } = deferred![0]!.json.send as { state: string; retryAt: string };
			expect(state).toBe('deferred');
			expect(Date.parse(retryAt)).toBeGreaterThan(Date.now());
		});

		it.each<[string, Record<string, unknown>, string]>([
			[
				'a header injection',
				{ options: { headers: { header: [{ name: 'X-A', value: 'a\nBcc: evil@example.test' }] } } },
				'SEND_HEADER_INVALID',
			],
			['a missing attachment', { options: { attachments: 'invoice' } }, 'INPUT_BINARY_MISSING'],
			['an empty key', { eventId: '={{ $json.nothing }}' }, 'SEND_KEY_MISSING'],
			['a broken sender', { fromEmail: 'nobody' }, 'SEND_ADDRESS_INVALID'],
		])('refuses %s', async (_name, change, code) => {
			const node = { type: 'idempotentSend', parameters: { ...reply, ...change }, credential: await credential({}) };
			expectError((await run(node, message))[4], code);
		});

		it('does not answer a machine, and says why', async () => {
			const automatic = { ...message, automation: { kind: 'list', evidence: ['List-Id: <x>'] } };
			const node = { type: 'idempotentSend', parameters: reply, credential: await credential({}) };
			const [, , , rejected] = await run(node, automatic);
			expect((rejected![0]!.json.send as { error: ShownError }).error.code).toBe('LOOP_GUARD');
		});
	});

	describe('credential tests', () => {
		const test = async (type: string, data: Record<string, unknown>) => {
			const saved = await client.createCredential(`test ${randomUUID()}`, type, data);
			return await client.testCredential(saved, data);
		};

		it('tell what they found', async () => {
			expect(await test('imapMailboxApi', imapCredential(dovecot, support))).toMatchObject({ status: 'OK' });
			expect(await test('smtpServerApi', smtpCredential(postfix))).toMatchObject({ status: 'OK' });
			expect(await test('webhookSigningApi', { kind: 'secret', secret: 'whsec_c2VjcmV0' })).toMatchObject({
				status: 'OK',
			});
			expect(
				await test('pipelineStoreApi', { driver: 'sqlite', file: `${dovecot.folder}/store.sqlite` }),
			).toMatchObject({ status: 'OK' });
		});

		it.each<[string, string, () => Record<string, unknown>, RegExp]>([
			[
				'a wrong IMAP password',
				'imapMailboxApi',
				() => imapCredential(dovecot, support, { password: 'wrong horse' }),
				/password/i,
			],
			[
				'an IMAP server that is away',
				'imapMailboxApi',
				() => imapCredential(dovecot, support, { port: 1 }),
				/Nothing accepts connections/,
			],
			[
				'a wrong SMTP password',
				'smtpServerApi',
				() => smtpCredential(postfix, { password: 'wrong horse' }),
				/refused the login/,
			],
			[
				'an unreadable key',
				'webhookSigningApi',
				() => ({ kind: 'publicKey', publicKey: 'not a key' }),
				/cannot be read/,
			],
			[
				'a database that is away',
				'pipelineStoreApi',
				() => ({ driver: 'postgres', host: '127.0.0.1', port: 1, ssl: 'disable', user: 'x', database: 'x' }),
				/./,
			],
		])('say %s', async (_name, type, data, text) => {
			const result = await test(type, data());
			expect(result.status).toBe('Error');
			expect(result.message).toMatch(text);
			expect(result.message).not.toContain('wrong horse');
		});
	});

	describe('IMAP IDLE Trigger', () => {
		const trigger = async (change: Record<string, unknown>, mailbox = 'INBOX') => {
			const saved = await client.createCredential(
				`imap ${randomUUID()}`,
				'imapMailboxApi',
				imapCredential(dovecot, support, change),
			);
			const workflow = await client.createWorkflow({
				name: `errors: trigger ${randomUUID()}`,
				nodes: [
					{
						id: randomUUID(),
						name: 'Trigger',
						type: `${packageName}.imapIdleTrigger`,
						typeVersion: 1,
						position: [0, 0],
						parameters: { mailbox: { __rl: true, mode: 'name', value: mailbox }, options: {} },
						credentials: { imapMailboxApi: { id: saved.id, name: saved.name } },
					},
				],
				connections: {},
			});
			workflows.push(workflow.id);
			return workflow.id;
		};

		it('does not start with a wrong password, and n8n goes on', async () => {
			const id = await trigger({ password: 'wrong horse' });
			await expect(client.activate(id)).rejects.toThrow(/password|login/i);
			expect((await fetch(`${url}/healthz`)).status).toBe(200);
		});

		it('does not start on a mailbox that is not there', async () => {
			await expect(client.activate(await trigger({}, 'No/Such/Folder'))).rejects.toThrow(/mailbox/i);
		});
	});
});
