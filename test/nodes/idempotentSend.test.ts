/** Idempotent Send by its own execute, on the embedded store and a scripted server. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type SendRecord, type Store, openStore } from '../../lib/store';
import { EmailLedger } from '../../nodes/EmailLedger/EmailLedger.node';
import { IdempotentSend } from '../../nodes/IdempotentSend/IdempotentSend.node';
import { type Script, type ScriptedServer, startScriptedServer } from '../lib/email/smtp/scriptedServer';

const OUTPUTS = ['sent', 'duplicate', 'deferred', 'rejected'] as const;
const GREYLISTED: Script = { rcpt: '450 4.2.0 <ann@example.com>: Recipient address rejected: Greylisted' };

let folder: string;
let server: ScriptedServer;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'idempotent-send-'));
	vi.stubEnv('N8N_USER_FOLDER', folder);
	vi.stubEnv('EXECUTIONS_MODE', 'regular');
	server = await startScriptedServer();
});
afterEach(async () => {
	await server.stop();
	await rm(folder, { recursive: true, force: true });
	vi.unstubAllEnvs();
});

interface Run {
	text?: string;
	to?: string;
	script?: Script;
	options?: IDataObject;
	item?: INodeExecutionData;
}

/** One execution of the node with one item. @returns the output that the item left on, and its `send` */
async function run({ text = 'Hello.', to = 'ann@example.com', script = {}, options = {}, item }: Run = {}) {
	server.script = script;
	const parameters: Record<string, unknown> = {
		operation: 'send',
		transport: 'smtp',
		authentication: 'password',
		fromEmail: 'support@example.com',
		toEmail: to,
		subject: 'Your order',
		emailFormat: 'text',
		text,
		eventId: 'order-7',
		// The next run comes at once.
		options: { retries: { settings: { attempts: 0 } }, ...options },
	};
	const credential = { host: '127.0.0.1', port: server.port, security: 'none', user: '' };
	const context = {
		getInputData: () => [item ?? { json: { order: 7 } }],
		getNodeParameter: (name: string, _item: number, fallback?: unknown) => parameters[name] ?? fallback,
		getCredentials: () => Promise.resolve(credential),
		getNode: () => ({ id: 'node', name: 'Idempotent Send' }),
		getWorkflow: () => ({ id: 'workflow' }),
		getTimezone: () => 'UTC',
		continueOnFail: () => false,
		helpers: {
			getBinaryDataBuffer: (_item: number, name: string) =>
				Promise.resolve(Buffer.from(item?.binary?.[name]?.data ?? '', 'base64')),
			assertBinaryData: (_item: number, name: string) => item?.binary?.[name],
		},
	} as unknown as IExecuteFunctions;
	const outputs = await new IdempotentSend().execute.call(context);
	const place = outputs.findIndex((items) => items.length > 0);
	return { output: OUTPUTS[place], send: outputs[place]?.[0]?.json.send as IDataObject };
}

/** As if the time of what is deferred had come. The node's own upkeep of the store may be writing at that moment. */
async function due(): Promise<void> {
	const database = new DatabaseSync(join(folder, '.n8n', 'email-pipeline', 'store.sqlite'), { timeout: 0 });
	const update = () => database.exec(`update sends set not_before = 0 where state = 'deferred'`);
	await vi.waitFor(update, { timeout: 10_000 });
	database.close();
}

async function inStore<Result>(ask: (store: Store) => Promise<Result>): Promise<Result> {
	const store = await openStore({
		driver: 'sqlite',
		file: join(folder, '.n8n', 'email-pipeline', 'store.sqlite'),
		linger: 0,
	});
	try {
		return await ask(store);
	} finally {
		await store.close();
	}
}

const recordOf = async (send: IDataObject): Promise<SendRecord> => {
	const [first] = await inStore((store) => store.sends.search('default', { key: send.key as string }, { limit: 10 }));
	return first!;
};
const bodies = () => server.delivered.map(({ message }) => message.slice(message.indexOf('\r\n\r\n') + 4).trim());
const conflict = { context: { code: 'IDEMPOTENCY_CONFLICT' } };

describe('When Content Differs, while the first text is deferred', () => {
	it('Error: says that the event was used, and how to let one of them out', async () => {
		await run({ text: 'First.', script: GREYLISTED });
		await due();
		const refused = run({ text: 'Second.' });
		await expect(refused).rejects.toMatchObject(conflict);
		await expect(refused).rejects.toHaveProperty('description', expect.stringContaining('Business Event ID'));
		await expect(refused).rejects.toHaveProperty('description', expect.stringContaining('When Content Differs'));
		expect(server.received).toHaveLength(0);
		expect(await run({ text: 'First.' })).toMatchObject({ output: 'sent' });
	});

	it('Newest: the new text goes out, once, under the Message-ID of the first', async () => {
		const options = { whenContentDiffers: 'newest' };
		const first = await run({ text: 'First.', script: GREYLISTED, options });
		expect(first).toMatchObject({ output: 'deferred' });
		await due();
		expect(await run({ text: 'Second.', script: GREYLISTED, options })).toMatchObject({ output: 'deferred' });
		await due();
		const sent = await run({ text: 'Third.', options });
		expect(sent).toMatchObject({ output: 'sent', send: { replayed: false, messageId: first.send.messageId } });
		expect(bodies()).toEqual(['Third.']);
		const { id } = await recordOf(sent.send);
		const history = await inStore((store) => store.sends.history('default', id));
		expect(history.filter(({ type }) => type === 'content-replaced')).toHaveLength(2);

		expect(await run({ text: 'Third.', options })).toMatchObject({ output: 'duplicate' });
		await expect(run({ text: 'Fourth.', options })).rejects.toMatchObject(conflict);
		expect(server.delivered).toHaveLength(1);
	});

	it('Newest: not once a part of the first may have left, nor to other people', async () => {
		const options = { whenContentDiffers: 'newest', key: 'k' };
		await run({ text: 'First.', script: GREYLISTED, options });
		await due();
		await expect(run({ text: 'Second.', to: 'bob@example.com', options })).rejects.toMatchObject(conflict);
		await run({ text: 'First.', script: { end: '451 4.3.0 later' }, options });
		await due();
		await expect(run({ text: 'Second.', options })).rejects.toMatchObject(conflict);
		expect(await run({ text: 'First.', options })).toMatchObject({ output: 'sent' });
		expect(bodies()).toEqual(['First.']);
	});

	it('First: the first text goes out, once, byte for byte, and is kept no longer', async () => {
		const options = { whenContentDiffers: 'first', attachments: 'file' };
		const item = (content: string): INodeExecutionData => ({
			json: {},
			binary: { file: { data: Buffer.from(content).toString('base64'), mimeType: 'text/plain', fileName: 'a.txt' } },
		});
		const first = await run({ text: 'First.', item: item('one'), script: { end: '451 4.3.0 later' }, options });
		expect(first).toMatchObject({ output: 'deferred' });
		const { contentRef: kept } = await recordOf(first.send);
		expect(kept).toMatch(/^sha256:/);
		await due();
		const sent = await run({ text: 'Second.', item: item('two'), options });
		expect(sent).toMatchObject({ output: 'sent', send: { contentDiffers: true, replayed: false } });
		expect(server.received).toHaveLength(2);
		expect(server.received[1]!.message).toBe(server.received[0]!.message);
		expect(server.delivered).toHaveLength(1);
		expect((await recordOf(sent.send)).contentRef).toBeNull();
		expect(await inStore((store) => store.archive.stat('default', kept!))).toBeNull();

		const again = await run({ text: 'Third.', item: item('three'), options });
		expect(again).toMatchObject({ output: 'duplicate', send: { contentDiffers: true, replayed: true } });
		expect(server.received).toHaveLength(2);
	});

	it('First: says so when the first text was not kept', async () => {
		await run({ text: 'First.', script: GREYLISTED });
		await due();
		const refused = run({ text: 'Second.', options: { whenContentDiffers: 'first' } });
		await expect(refused).rejects.toMatchObject(conflict);
		await expect(refused).rejects.toHaveProperty('description', expect.stringContaining('was not kept'));
		expect(server.received).toHaveLength(0);
	});

	it('First: the text of an erased person is gone', async () => {
		const options = { whenContentDiffers: 'first' };
		const { send } = await run({ text: 'First.', to: 'ann@example.com, bob@example.com', script: GREYLISTED, options });
		const { contentRef } = await recordOf(send);
		await inStore((store) => store.maintenance.eraseAddress('default', 'Ann@example.com'));
		await expect(inStore((store) => store.archive.open('default', contentRef!))).rejects.toMatchObject({
			code: 'ARCHIVE_PURGED',
		});
		await due();
		const other = { text: 'Second.', to: 'ann@example.com, bob@example.com', options };
		await expect(run(other)).rejects.toMatchObject(conflict);
		expect(server.received).toHaveLength(0);
	});
});

describe('Case-Sensitive Addresses', () => {
	const to = 'Ann@example.com, ann@EXAMPLE.com';

	it('off: one person gets one copy', async () => {
		const { send } = await run({ to });
		expect(send.recipients).toMatchObject([{ address: 'Ann@example.com' }]);
		expect(server.delivered.map(({ recipients }) => recipients)).toEqual([['Ann@example.com']]);
	});

	it('on: two people get a copy each', async () => {
		const options = { caseSensitive: true };
		await run({ to, options });
		expect(server.delivered.map(({ recipients }) => recipients)).toEqual([['Ann@example.com'], ['ann@example.com']]);
		expect(await run({ to, options })).toMatchObject({ output: 'duplicate' });
		expect(server.delivered).toHaveLength(2);
	});
});

describe('Email Ledger → Release', () => {
	const release = async (): Promise<IDataObject[]> => {
		const parameters: Record<string, unknown> = { resource: 'send', operation: 'release', options: {} };
		const context = {
			getInputData: () => [{ json: {} }],
			getNodeParameter: (name: string, _item: number, fallback?: unknown) => parameters[name] ?? fallback,
			getNode: () => ({ id: 'ledger', name: 'Email Ledger' }),
			getWorkflow: () => ({ id: 'workflow' }),
			getExecutionId: () => '1',
			getTimezone: () => 'UTC',
			continueOnFail: () => false,
		} as unknown as IExecuteFunctions;
		const [items] = await new EmailLedger().execute.call(context);
		return (items ?? []).map(({ json }) => json);
	};

	it('makes due what was refused for the sending side’s sake, and nothing else', async () => {
		await run({ script: GREYLISTED });
		expect(await release()).toEqual([]);
		await due();
		const refusal = '550 5.7.60 SMTP; Client does not have permissions to send as this sender';
		const refused = await run({ script: { rcpt: refusal } });
		expect(refused).toMatchObject({ output: 'deferred' });
		expect(await release()).toMatchObject([{ state: 'reserved', changed: true }]);
		expect(await run()).toMatchObject({ output: 'sent', send: { messageId: refused.send.messageId } });
	});
});
