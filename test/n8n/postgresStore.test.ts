import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../lib/store';
import { type PostgresServer, startPostgres } from '../lib/store/postgresServer';
import { hasMailServers, hasPostgres } from '../servers/available';
import { type Dovecot, startDovecot } from '../servers/mail/dovecot';
import { type Postfix, startPostfix } from '../servers/mail/postfix';
import { type N8nClient, outputsOf, sharedN8n } from './driver/start.ts';
import { activateNew, imapCredential, readExample, smtpCredential, withCredentials } from './mailWorkflow';

const support = 'support@example.test';
const customer = 'customer@example.test';

let client: N8nClient;
let dovecot: Dovecot;
let postfix: Postfix;
let postgres: PostgresServer;
let workflowId: string;

function storeCredential(): Record<string, unknown> {
	const { hostname, port, username, password, pathname } = new URL(postgres.url);
	return {
		driver: 'postgres',
		host: hostname,
		port: Number(port),
		user: decodeURIComponent(username),
		password: decodeURIComponent(password),
		database: pathname.slice(1),
		schema: 'pipeline',
		ssl: 'disable',
		encryptionKeyId: 'test',
		encryptionKey: Buffer.alloc(32, 7).toString('base64'),
	};
}

describe.skipIf(!hasMailServers || !hasPostgres)('the support inbox with its store in Postgres', () => {
	beforeAll(async () => {
		({ client } = await sharedN8n());
		dovecot = await startDovecot({ users: { [support]: 'secret', [customer]: 'secret' } });
		postfix = await startPostfix({ lmtpPort: dovecot.lmtpPort, authPort: dovecot.authPort, requireAuth: true });
		postgres = await startPostgres();
		const credentials = [
			await client.createCredential('postgres: mailbox', 'imapMailboxApi', imapCredential(dovecot, support)),
			await client.createCredential('postgres: smtp', 'smtpServerApi', smtpCredential(postfix)),
			await client.createCredential('postgres: store', 'pipelineStoreApi', storeCredential()),
		];
		const workflow = await readExample('support-inbox');
		workflow.name = 'postgres: support inbox';
		for (const node of workflow.nodes.filter(({ type }) => type.startsWith('n8n-nodes-email-pipeline.'))) {
			node.parameters.options = { ...(node.parameters.options as object), store: 'credential' };
			node.credentials = { ...node.credentials, pipelineStoreApi: { id: null, name: '' } };
			if (node.parameters.fromEmail !== undefined) node.parameters.fromEmail = support;
		}
		({ id: workflowId } = await activateNew(client, withCredentials(workflow, credentials)));
	});
	afterAll(async () => {
		await client.deactivate(workflowId);
		await client.deleteWorkflow(workflowId);
		await postfix.stop();
		await dovecot.stop();
		await postgres.stop();
	});

	it('tells in the credential’s test what it found', async () => {
		const saved = await client.createCredential('postgres: tested', 'pipelineStoreApi', storeCredential());
		const result = await client.testCredential(saved, storeCredential());
		expect(result).toMatchObject({
			status: 'OK',
			message: expect.stringMatching(/PostgreSQL \d+.*, schema \d/) as string,
		});
	});

	it('answers a mail, and keeps mail, thread and send there, the mail encrypted', async () => {
		await dovecot.deliver(
			support,
			`From: ${customer}\r\nTo: ${support}\r\nSubject: Hello\r\nMessage-ID: <pg@customer.test>\r\n\r\nA very private question.\r\n`,
		);
		const [execution] = await client.waitForExecutions(workflowId, 1);
		expect(execution!.status).toBe('success');
		const [sent] = outputsOf(execution!, 'Acknowledge');
		expect(sent![0]!.json.send).toMatchObject({ state: 'accepted' });

		const { encryptionKey, encryptionKeyId, schema } = storeCredential() as Record<string, string>;
		const options = { driver: 'postgres' as const, url: postgres.url, schema: schema!, linger: 0 };
		const [parsed] = outputsOf(execution!, 'MIME Parse');
		const { ref } = parsed![0]!.json.raw as { ref: string };
		const store = await openStore({ ...options, encryptionKeys: [{ id: encryptionKeyId!, secret: encryptionKey! }] });
		try {
			const [send] = await store.sends.search('default', { recipient: customer }, { limit: 10 });
			expect(send).toMatchObject({ state: 'accepted' });
			const raw = await (await store.archive.open('default', ref)).toArray();
			expect(Buffer.concat(raw as Buffer[]).toString()).toContain('A very private question.');
		} finally {
			await store.close();
		}
		const keyless = await openStore(options);
		try {
			await expect(keyless.archive.open('default', ref)).rejects.toMatchObject({ code: 'ARCHIVE_KEY_MISSING' });
		} finally {
			await keyless.close();
		}
	});
});
