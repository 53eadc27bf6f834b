import { Readable } from 'node:stream';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as face from '../../lib/index';
import { startScriptedServer } from './email/smtp/scriptedServer';

const raw = Buffer.from(
	[
		'From: Ann <ann@customer.test>',
		'To: support@example.test',
		'Subject: Re: order 7',
		'Message-ID: <b@customer.test>',
		'In-Reply-To: <a@customer.test>',
		'',
		'Thanks!',
		'',
		'On Mon, 16 Nov 2026 at 10:00, Support <support@example.test> wrote:',
		'> It is on its way.',
		'',
	].join('\r\n'),
);

let folder: string;
let store: face.Store;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'face-'));
	store = await face.openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite'), linger: 0 });
});
afterAll(async () => {
	await store.close();
	await rm(folder, { recursive: true });
});

describe('the package without n8n', () => {
	it('parses, from a buffer and from a stream alike', async () => {
		const message = await face.parseMessage(raw);
		expect(message).toMatchObject({ schema: 'email.message/1', subject: 'Re: order 7', messageId: 'b@customer.test' });
		expect(await face.parseMessage(Readable.from([raw]))).toEqual(message);
	});

	it('classifies and extracts the reply', async () => {
		expect(await face.classifyMessage(raw)).toMatchObject({ kind: 'human', recipients: [] });
		const { text } = await face.parseMessage(raw);
		expect(await face.extractReply({ text })).toMatchObject({ text: 'Thanks!' });
	});

	it('matches threads, in either order of arrival, in a scope of its own', async () => {
		const reply = await face.parseMessage(raw);
		const question = { ...reply, id: 'a@customer.test', messageId: 'a@customer.test', inReplyTo: [] };
		const first = await face.matchThread(store, reply, { scope: 'one' });
		const second = await face.matchThread(store, question, { scope: 'one' });
		expect([first.isNew, second.isNew]).toEqual([true, false]);
		expect(second.threadId).toBe(first.threadId);
		expect(await face.resolveThread(store, first.threadId, 'one')).toBe(first.threadId);
		expect((await face.matchThread(store, question, { scope: 'two' })).isNew).toBe(true);
	});

	it('verifies a webhook', async () => {
		const body = Buffer.from('{"event":"delivered"}');
		const timestamp = String(Math.floor(Date.now() / 1000));
		const signature = createHmac('sha256', 'secret').update(`${timestamp}.`).update(body).digest('hex');
		const request = {
			method: 'POST',
			url: 'https://example.test/hook',
			headers: { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': signature },
			rawBody: body,
			remoteAddress: null,
		};
		const config = { scheme: 'generic' as const, keys: { current: 'secret' } };
		expect(await face.verifyWebhook(request, config)).toMatchObject({ verified: true, keyId: 'current' });
		await expect(face.verifyWebhook({ ...request, rawBody: Buffer.from('{}') }, config)).rejects.toMatchObject({
			status: 401,
		});
	});

	it('sends once', async () => {
		const server = await startScriptedServer();
		const transport = face.createSmtpTransport({
			host: '127.0.0.1',
			port: server.port,
			security: 'none',
			authentication: { kind: 'none' },
		});
		const draft = {
			from: { name: '', address: 'support@example.test' },
			to: [{ name: '', address: 'ann@customer.test' }],
			cc: [],
			bcc: [],
			replyTo: [],
			subject: 'Hello',
			text: 'Hello',
			html: null,
			attachments: [],
			inReplyTo: null,
			references: [],
			headers: [],
		};
		const key = face.deriveKey({
			event: 'order 7',
			recipients: ['ann@customer.test'],
			template: 't',
			templateVersion: '1',
		});
		const send = () => face.sendOnce(store, transport, { scope: 'default', key, draft });
		expect((await send()).map(({ disposition }) => disposition)).toEqual(['sent']);
		expect((await send()).map(({ disposition }) => disposition)).toEqual(['duplicate']);
		expect(server.delivered).toHaveLength(1);
		transport.close();
		await server.stop();
	});
});
