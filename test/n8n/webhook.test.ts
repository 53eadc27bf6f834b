import { createHmac, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type N8nClient, outputsOf, sharedN8n } from './driver/start.ts';
import { activateNew, readExample, withCredentials } from './mailWorkflow';

const secret = 'a secret of the sender';
const oldSecret = 'the secret before it';
const rawMail = [
	'From: Ann <ann@customer.test>',
	'To: support+billing@example.test',
	'Subject: invoice 12',
	'Message-ID: <w1@customer.test>',
	'',
	'Please pay.',
	'',
].join('\r\n');

let client: N8nClient;
let workflowId: string;
let address: string;

interface Change {
	body?: string;
	key?: string;
	age?: number;
	headers?: Record<string, string>;
	id?: string;
}

async function post(payload: unknown, change: Change = {}): Promise<Response> {
	const body = JSON.stringify(payload);
	const timestamp = String(Math.floor(Date.now() / 1000) - (change.age ?? 0));
	const signature = createHmac('sha256', change.key ?? secret)
		.update(`${timestamp}.${body}`)
		.digest('hex');
	return await fetch(address, {
		method: 'POST',
		body: change.body ?? body,
		headers: {
			'content-type': 'application/json',
			'x-webhook-id': change.id ?? randomUUID(),
			'x-webhook-timestamp': timestamp,
			'x-webhook-signature': signature,
			...change.headers,
		},
	});
}

async function executions(): Promise<number> {
	return (await client.executions({ workflowId })).length;
}

describe('the Email Webhook Trigger in a real n8n', () => {
	beforeAll(async () => {
		const n8n = await sharedN8n();
		client = n8n.client;
		const signing = await client.createCredential('Webhook sender', 'webhookSigningApi', {
			kind: 'secret',
			secret,
			previousSecret: oldSecret,
		});
		const workflow = withCredentials(await readExample('signed-webhook-intake'), [signing]);
		const trigger = workflow.nodes.find(({ type }) => type.endsWith('.emailWebhookTrigger'))!;
		trigger.webhookId = randomUUID();
		address = `${n8n.url}/webhook/${trigger.webhookId}/email`;
		workflow.name = 'webhook: signed intake';
		({ id: workflowId } = await activateNew(client, workflow));
	});
	afterAll(async () => {
		await client.deleteWorkflow(workflowId);
	});

	it('takes a signed mail, answers without a body, and runs the workflow', async () => {
		const before = await executions();
		const response = await post({
			raw: rawMail,
			envelope: { mailFrom: 'ann@customer.test', rcptTo: ['support+billing@example.test'] },
		});
		expect(response.status).toBe(200);
		expect(await response.text()).toBe('');
		const all = await client.waitForExecutions(workflowId, before + 1);
		const [parsed] = outputsOf(all.at(-1)!, 'MIME Parse');
		expect(parsed![0]!.json).toMatchObject({
			schema: 'email.message/1',
			subject: 'invoice 12',
			source: { kind: 'webhook', provider: 'generic' },
			envelope: { mailFrom: 'ann@customer.test' },
			routing: { alias: 'support', plusTag: 'billing' },
		});
	});

	it('hands a delivery event to the second output', async () => {
		const before = await executions();
		const event = { event: 'bounced', id: randomUUID(), recipient: 'gone@example.test', timestamp: 1_763_700_000 };
		expect((await post(event)).status).toBe(200);
		const all = await client.waitForExecutions(workflowId, before + 1);
		const [messages, events] = outputsOf(all.at(-1)!, 'Email Webhook Trigger');
		expect(messages).toEqual([]);
		expect(events![0]!.json).toMatchObject({
			schema: 'email.event/1',
			signature: { verified: true, keyId: 'current' },
		});
	});

	it('runs once for one event, however often and at once it is sent', async () => {
		const before = await executions();
		const id = randomUUID();
		const payload = { raw: rawMail.replace('w1@', `${id}@`) };
		const statuses = (await Promise.all(Array.from({ length: 6 }, () => post(payload, { id })))).map(
			({ status }) => status,
		);
		expect(statuses.filter((status) => status !== 200 && status !== 409)).toEqual([]);
		await expect.poll(async () => (await post(payload, { id })).status).toBe(200);
		await client.waitForExecutions(workflowId, before + 1);
		expect(await executions()).toBe(before + 1);
	});

	it('takes the previous secret while it is set', async () => {
		expect((await post({ raw: rawMail.replace('w1@', 'w-old@') }, { key: oldSecret })).status).toBe(200);
	});

	it.each<[string, Change, number, string]>([
		['a wrong secret', { key: 'guessed' }, 401, 'WEBHOOK_SIGNATURE_INVALID'],
		['an altered body', { body: '{"raw":"forged"}' }, 401, 'WEBHOOK_SIGNATURE_INVALID'],
		['a stale request', { age: 301 }, 400, 'WEBHOOK_STALE'],
		['a request from the future', { age: -400 }, 400, 'WEBHOOK_FUTURE'],
		['a missing signature', { headers: { 'x-webhook-signature': '' } }, 401, 'WEBHOOK_SIGNATURE_MISSING'],
	])('refuses %s and runs nothing', async (_name, change, status, code) => {
		const before = await executions();
		const response = await post({ raw: rawMail }, change);
		expect(response.status).toBe(status);
		const answer = (await response.json()) as { code: string; message: string };
		expect(answer.code).toBe(code);
		expect(JSON.stringify(answer)).not.toContain(secret);
		expect(await executions()).toBe(before);
	});

	it('refuses what is too large, also when it grows in unpacking', async () => {
		const before = await executions();
		const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
		const response = await fetch(address, {
			method: 'POST',
			body: bomb,
			headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
		});
		expect(response.status).toBe(413);
		expect((await post({ raw: 'x'.repeat(11 * 1024 * 1024) })).status).toBe(413);
		expect(await executions()).toBe(before);
	});

	it('verifies a multipart body by its bytes', async () => {
		const before = await executions();
		const boundary = 'form-boundary';
		const body = `--${boundary}\r\nContent-Disposition: form-data; name="email"\r\n\r\n${rawMail}\r\n--${boundary}--\r\n`;
		const timestamp = String(Math.floor(Date.now() / 1000));
		const send = (key: string) =>
			fetch(address, {
				method: 'POST',
				body,
				headers: {
					'content-type': `multipart/form-data; boundary=${boundary}`,
					'x-webhook-timestamp': timestamp,
					'x-webhook-signature': createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex'),
				},
			});
		expect((await send('guessed')).status).toBe(401);
		expect(await executions()).toBe(before);
		expect((await send(secret)).status).toBe(200);
		await client.waitForExecutions(workflowId, before + 1);
	});
});
