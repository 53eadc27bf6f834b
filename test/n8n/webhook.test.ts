import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rename, stat } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	type N8nClient,
	type SavedCredential,
	type WorkflowFile,
	outputsOf,
	sharedN8n,
	startN8n,
} from './driver/start.ts';
import { activateNew, readExample, withCredentials } from './mailWorkflow';
import { signedHeaders } from './signedRequest';

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
let url: string;
let userFolder: string;
let signing: SavedCredential;
let workflowId: string;
let address: string;
/** Of workflows that single tests made. */
const others: string[] = [];

interface Change {
	body?: string;
	key?: string;
	age?: number;
	headers?: Record<string, string>;
	id?: string;
	to?: string;
}

function signed(body: string, change: Change = {}): Record<string, string> {
	return {
		...signedHeaders(change.key ?? secret, body, change.age),
		'x-webhook-id': change.id ?? randomUUID(),
		...change.headers,
	};
}

async function post(payload: unknown, change: Change = {}): Promise<Response> {
	const body = JSON.stringify(payload);
	return await fetch(change.to ?? address, {
		method: 'POST',
		body: change.body ?? body,
		headers: signed(body, change),
	});
}

/** A request that is sent by hand, a piece at a time. */
function begin(body: string, change: Change = {}): ClientRequest {
	const request = httpRequest(address, {
		method: 'POST',
		// A connection of its own: the agent would hand on one on which a body was cut short.
		agent: false,
		headers: { ...signed(body, change), 'content-length': String(Buffer.byteLength(body)) },
	});
	// Whoever waits for the response gets the error; a request that was given up has nobody waiting.
	request.on('error', () => undefined);
	return request;
}

/** Sends a request and closes the connection while n8n has read it and waits for the store. */
async function hangUpOn(payload: unknown): Promise<void> {
	const store = new DatabaseSync(join(userFolder, '.n8n', 'email-pipeline', 'store.sqlite'));
	// Somebody else writes just now.
	store.exec('begin immediate');
	try {
		const body = JSON.stringify(payload);
		const impatient = begin(body);
		await new Promise<void>((resolve) => impatient.end(body, resolve));
		// Requests that come after it, and take the same way as far as the store.
		for (let later = 0; later < 3; later++) expect((await post(payload, { key: 'guessed' })).status).toBe(401);
		impatient.destroy();
		expect((await fetch(address, { method: 'HEAD' })).status).toBe(200);
	} finally {
		store.exec('rollback');
		store.close();
	}
}

interface Trigger {
	workflow: WorkflowFile;
	to: string;
}

function triggerWith(name: string, change: { provider?: string; options?: Record<string, unknown> }): Trigger {
	const webhookId = randomUUID();
	const { id, name: credential } = signing;
	const trigger: WorkflowFile['nodes'][number] = {
		id: randomUUID(),
		name: 'Email Webhook Trigger',
		type: 'n8n-nodes-email-pipeline.emailWebhookTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: { provider: change.provider ?? 'generic', options: { binaryData: true, ...change.options } },
		credentials: { webhookSigningApi: { id, name: credential } },
		webhookId,
	};
	return { workflow: { name, nodes: [trigger], connections: {} }, to: `${url}/webhook/${webhookId}/email` };
}

async function activated({ workflow, to }: Trigger): Promise<{ id: string; to: string }> {
	const { id } = await activateNew(client, workflow);
	others.push(id);
	return { id, to };
}

const event = (id: string) => ({ event: 'delivered', event_id: id, recipient: 'ann@example.test' });

/** How many there have been, once none is under way or waits to begin: they follow the answer. */
async function executions(): Promise<number> {
	await expect.poll(underWay, { timeout: 30_000, interval: 20 }).toBe(0);
	return (await client.executions({ workflowId })).length;
}

/** Records of the workflow's webhook whose execution has not been seen to end. */
function underWay(): number {
	const store = new DatabaseSync(join(userFolder, '.n8n', 'email-pipeline', 'store.sqlite'), { readOnly: true });
	try {
		const row = store
			.prepare("select count(*) as count from ingestion where feed like ? and stage not in ('confirmed', 'dead')")
			.get(`webhook:${workflowId}/%`);
		return Number(row?.count);
	} finally {
		store.close();
	}
}

describe('the Email Webhook Trigger in a real n8n', () => {
	beforeAll(async () => {
		const n8n = await sharedN8n();
		({ client, url, userFolder } = n8n);
		signing = await client.createCredential('Webhook sender', 'webhookSigningApi', {
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
		for (const id of [workflowId, ...others]) await client.deleteWorkflow(id);
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
		expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
		await expect.poll(async () => (await post(payload, { id })).status, { timeout: 30_000 }).toBe(200);
		await client.waitForExecutions(workflowId, before + 1);
		expect(await executions()).toBe(before + 1);
	});

	it('takes the previous secret while it is set', async () => {
		const before = await executions();
		expect((await post({ raw: rawMail.replace('w1@', 'w-old@') }, { key: oldSecret })).status).toBe(200);
		await client.waitForExecutions(workflowId, before + 1);
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

	it('knows an event again that came with another time and signature, and in a batch', async () => {
		const before = await executions();
		const id = randomUUID();
		expect((await post(event(id))).status).toBe(200);
		await client.waitForExecutions(workflowId, before + 1);
		expect((await post(event(id), { age: 5 })).status).toBe(200);
		const fresh = randomUUID();
		expect((await post({ events: [event(id), event(fresh)] })).status).toBe(200);
		const all = await client.waitForExecutions(workflowId, before + 2);
		expect(all).toHaveLength(before + 2);
		const [, events] = outputsOf(all.at(-1)!, 'Email Webhook Trigger');
		expect(events!.map(({ json }) => json.providerEventId)).toEqual([fresh]);
	});

	it('answers HEAD as an address that is there, and refuses other methods', async () => {
		const before = await executions();
		const head = await fetch(address, { method: 'HEAD' });
		expect(head.status).toBe(200);
		for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
			const response = await fetch(address, { method });
			expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'POST, HEAD']);
			expect(await response.json()).toMatchObject({ code: 'WEBHOOK_METHOD_REFUSED' });
		}
		expect(await executions()).toBe(before);
	});

	it('refuses what is malformed, signed twice, or no form where one is due', async () => {
		const before = await executions();
		const broken = '{"raw": ';
		const malformed = await fetch(address, { method: 'POST', body: broken, headers: signed(broken) });
		expect([malformed.status, await malformed.json()]).toMatchObject([400, { code: 'WEBHOOK_MALFORMED' }]);

		const body = JSON.stringify({ raw: rawMail });
		const twice = begin(body);
		twice.setHeader('x-webhook-signature', [String(twice.getHeader('x-webhook-signature')), 'ab'.repeat(32)]);
		twice.end(body);
		const [answer] = (await once(twice, 'response')) as [IncomingMessage];
		answer.resume();
		expect(answer.statusCode).toBe(400);
		expect(await executions()).toBe(before);

		const { id, to } = await activated(triggerWith('webhook: mandrill', { provider: 'mandrill' }));
		const wrongType = await post({ raw: rawMail }, { to, headers: { 'x-mandrill-signature': 'AAAA' } });
		expect([wrongType.status, await wrongType.json()]).toMatchObject([415, { code: 'WEBHOOK_CONTENT_TYPE' }]);
		expect(await client.executions({ workflowId: id })).toEqual([]);
	});

	it('refuses an address that is not on the list', async () => {
		const trigger = triggerWith('webhook: allow-list', { options: { ipAllowList: '192.0.2.0/24' } });
		const { id, to } = await activated(trigger);
		expect((await post({ raw: rawMail }, { to })).status).toBe(403);
		expect(await client.executions({ workflowId: id })).toEqual([]);
	});

	it('refuses 100 MB, and goes on serving', async () => {
		const before = await executions();
		const request = begin('x'.repeat(100 * 1024 * 1024));
		const answered = new Promise<IncomingMessage>((resolve) => request.on('response', resolve));
		// n8n has answered before it has read all of it, and may have hung up by then.
		request.end('x'.repeat(1024 * 1024));
		const answer = await answered;
		expect(answer.statusCode).toBe(413);
		expect(JSON.parse(await text(answer))).toMatchObject({ code: 'WEBHOOK_TOO_LARGE' });
		request.destroy();
		expect(await executions()).toBe(before);
		expect((await fetch(address, { method: 'HEAD' })).status).toBe(200);
	});

	it('waits for a slow body while it serves others, and forgets one that breaks off', async () => {
		const before = await executions();
		const body = JSON.stringify(event(randomUUID()));
		const slow = begin(body);
		slow.write(body.slice(0, 20));
		const brokenOff = begin(body);
		brokenOff.write(body.slice(0, 20));
		expect((await post(event(randomUUID()))).status).toBe(200);
		await client.waitForExecutions(workflowId, before + 1);

		brokenOff.destroy();
		slow.end(body.slice(20));
		const [answer] = (await once(slow, 'response')) as [IncomingMessage];
		answer.resume();
		expect(answer.statusCode).toBe(200);
		await client.waitForExecutions(workflowId, before + 2);
		expect(await executions()).toBe(before + 2);
	});

	it('runs once for a sender that hangs up before the answer and sends again', async () => {
		const before = await executions();
		// A request that is cut off before n8n has read it whole is forgotten, rightly: then once more.
		let taken: ReturnType<typeof event> | null = null;
		for (let attempt = 0; attempt < 5 && taken === null; attempt++) {
			const payload = event(randomUUID());
			await hangUpOn(payload);
			const isTaken = await client.waitForExecutions(workflowId, before + 1, 5_000).then(
				() => true,
				() => false,
			);
			if (isTaken) taken = payload;
		}
		expect(taken).not.toBeNull();
		expect((await post(taken)).status).toBe(200);
		// Had the repeat been taken, its execution would come before this one's.
		expect((await post(event(randomUUID()))).status).toBe(200);
		await client.waitForExecutions(workflowId, before + 2);
		expect(await executions()).toBe(before + 2);
	});

	it('tells a sender that is too fast when to come back, and counts no forged request against it', async () => {
		const { id, to } = await activated(triggerWith('webhook: rate', { options: { requestsPerSecond: 0.1 } }));
		for (let forged = 0; forged < 3; forged++) {
			expect((await post(event('forged'), { to, key: 'guessed' })).status).toBe(401);
		}
		expect((await post(event(randomUUID()), { to })).status).toBe(200);
		const second = await post(event(randomUUID()), { to });
		expect([second.status, await second.json()]).toMatchObject([429, { code: 'WEBHOOK_RATE_LIMITED' }]);
		const wait = Number(second.headers.get('retry-after'));
		expect(wait).toBeGreaterThanOrEqual(1);
		expect(wait).toBeLessThanOrEqual(10);
		expect(await client.waitForExecutions(id, 1)).toHaveLength(1);
	});

	it('gives a test request of the editor to the execution that waits for it, as often as it is sent', async () => {
		const { workflow, to } = triggerWith('webhook: tried out', {});
		const saved = await client.createWorkflow(workflow);
		others.push(saved.id);
		const payload = event(randomUUID());
		for (let round = 0; round < 2; round++) {
			// It answers that it waits for the webhook.
			await client.run(saved.id, 'Email Webhook Trigger');
			expect((await post(payload, { to: to.replace('/webhook/', '/webhook-test/') })).status).toBe(200);
			const runs = await client.waitForExecutions(saved.id, round + 1);
			const [messages, events] = outputsOf(runs.at(-1)!, 'Email Webhook Trigger');
			expect(messages ?? []).toEqual([]);
			expect(events!.map(({ json }) => json.providerEventId)).toEqual([payload.event_id]);
			expect(events![0]!.json).not.toHaveProperty('ingestion');
		}
	});

	it('asks a repeat of what is in progress to wait', async () => {
		const id = randomUUID();
		const payload = event(id);
		const store = new DatabaseSync(join(userFolder, '.n8n', 'email-pipeline', 'store.sqlite'));
		// Somebody else writes just now, so that all of them have looked before the first one is let in.
		store.exec('begin immediate');
		const answering = Promise.all(Array.from({ length: 8 }, () => post(payload)));
		try {
			for (let later = 0; later < 3; later++) expect((await post(payload, { key: 'guessed' })).status).toBe(401);
		} finally {
			store.exec('rollback');
			store.close();
		}
		const answers = await answering;
		const waiting = answers.filter(({ status }) => status === 503);
		expect(waiting.length).toBeGreaterThan(0);
		for (const answer of waiting) {
			expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
			expect(await answer.json()).toMatchObject({ code: 'WEBHOOK_IN_PROGRESS' });
		}
	});

	it('says at activation what is wrong with its settings', async () => {
		const trigger = triggerWith('webhook: bad list', { options: { ipAllowList: 'not an address' } });
		await expect(activated(trigger)).rejects.toThrow(/not an address/);
	});
});

describe('the Email Webhook Trigger without its store', () => {
	it('asks the sender to come back, and takes the event then', async () => {
		const n8n = await startN8n();
		try {
			({ client, url, userFolder } = n8n);
			signing = await client.createCredential('Webhook sender', 'webhookSigningApi', { kind: 'secret', secret });
			const trigger = triggerWith('webhook: store', {});
			const { id } = await activateNew(client, trigger.workflow);
			const payload = event(randomUUID());
			await n8n.stop();
			const folder = join(userFolder, '.n8n', 'email-pipeline');
			await rename(folder, `${folder}-away`);
			// A file in the place of the folder: the store can neither be opened nor made anew.
			await rename(join(`${folder}-away`, 'store.sqlite'), folder);
			await n8n.restart();
			await client.waitUntilActive(id);
			const refused = await post(payload, { to: trigger.to });
			expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'WEBHOOK_STORE_UNAVAILABLE' }]);
			expect(refused.headers.get('retry-after')).toBe('30');
			expect(await client.executions({ workflowId: id })).toEqual([]);

			await rename(folder, join(`${folder}-away`, 'store.sqlite'));
			await rename(`${folder}-away`, folder);
			expect((await stat(folder)).isDirectory()).toBe(true);
			expect((await post(payload, { to: trigger.to })).status).toBe(200);
			expect(await client.waitForExecutions(id, 1)).toHaveLength(1);
			const log = await n8n.logs();
			expect(log).toContain('Webhook request refused');
			expect(log).not.toContain(payload.event_id);
		} finally {
			await n8n.dispose();
		}
	});
});
