import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readVerp, writeVerp } from '../../../../lib/email/verp';
import * as compose from '../../../../lib/email/smtp/compose';
import { findSend } from '../../../../lib/pipeline/delivery/findSend';
import type { Store } from '../../../../lib/store/index';
import { type AskedSend, type Sending, startSending } from './sending';

const person = (address: string) => ({ name: '', address });

let sending: Sending;
let store: Sending['store'];
let server: Sending['server'];
let count = 0;

beforeEach(async () => {
	count++;
	sending = await startSending();
	({ store, server } = sending);
});
afterEach(async () => {
	vi.restoreAllMocks();
	await sending.stop();
});

const send = (asked: AskedSend = {}) => sending.send({ key: `k${count}`, ...asked });

describe('a sandbox', () => {
	const everybody = { to: [person('ann@example.com'), person('qa@ours.test')], cc: [person('boss@ours.test')] };
	const policy = { allow: ['qa@ours.test', 'ours.test'], redirectTo: null };

	it('mails those who are allowed, and keeps the rest in the archive', async () => {
		const outcomes = await send({ draft: everybody, sandbox: policy });
		expect(outcomes.map(({ disposition }) => disposition)).toEqual(['sent', 'sent', 'sent']);
		expect(outcomes.map(({ record }) => record.sandbox)).toEqual(['captured', null, null]);
		expect(server.received.map(({ recipients }) => recipients)).toEqual([['qa@ours.test'], ['boss@ours.test']]);
		const ref = /sha256:[0-9a-f]{64}/.exec(outcomes[0]!.record.response ?? '')![0];
		const kept = await buffer(await store.archive.open('default', ref));
		expect(kept.toString('latin1')).toBe(server.received[0]!.message);
		expect((await store.sends.search('default', { sandboxed: true }, { limit: 9 })).map(({ id }) => id)).toEqual([
			outcomes[0]!.record.id,
		]);
	});

	it('redirects to one address, marked with whom it was for, and goes on knowing both', async () => {
		const redirect = { ...policy, redirectTo: 'tests@ours.test' };
		const outcomes = await send({ draft: everybody, sandbox: redirect });
		expect(outcomes[0]!.record).toMatchObject({ recipient: 'ann@example.com', sandbox: 'redirected' });
		const [first] = server.received;
		expect(first!.recipients).toEqual(['tests@ours.test']);
		expect(first!.message).toMatch(/^X-Sandbox-Recipient: ann@example\.com\r\n/);
		expect(server.received.flatMap(({ recipients }) => recipients)).not.toContain('ann@example.com');
	});

	it('keeps a dead test address from counting against the one it stands for', async () => {
		const redirect = { allow: [], redirectTo: 'gone@ours.test' };
		const script = { rcpt: '550 5.1.1 <gone@ours.test>: User unknown' };
		const [outcome] = await send({ draft: { to: [person('real@example.com')] }, sandbox: redirect, script });
		expect(outcome).toMatchObject({ record: { state: 'failed' } });
		expect(await store.suppressions.check('default', ['real@example.com'], null)).toEqual([]);
	});

	it('does not use up the key: the mail still goes out once it is off', async () => {
		await send({ sandbox: policy });
		expect(await send({ sandbox: policy })).toMatchObject([
			{ disposition: 'duplicate', record: { sandbox: 'captured' } },
		]);
		expect(server.received).toHaveLength(0);
		expect(await send()).toMatchObject([{ disposition: 'sent', record: { sandbox: null } }]);
		expect(await send()).toMatchObject([{ disposition: 'duplicate' }]);
		expect(server.received).toHaveLength(1);
	});
});

describe('a return path of its own', () => {
	it('leads a notice that tells nothing else back to its send', async () => {
		const to = [person('ann@example.com'), person('bob@example.com')];
		const outcomes = await send({ draft: { to }, mailFrom: 'Bounces@example.com', verp: true });
		const paths = server.senders.slice(-2);
		expect(paths).toEqual(outcomes.map(({ record }) => `Bounces+${record.id}@example.com`));
		const clues = { ids: [], addresses: [] };
		// Some servers lower the case of what stands before the @.
		const references = readVerp([paths[1]!.toLowerCase()]).words;
		expect(await findSend(store, 'default', { ...clues, references })).toMatchObject({
			send: { id: outcomes[1]!.record.id },
			matchedBy: 'reference',
		});
		expect(await findSend(store, 'other', { ...clues, references })).toBeNull();
	});

	it('uses a dash behind a plus tag, and is refused where the id does not fit', async () => {
		expect(writeVerp('bounces+eu@example.com', 'abc')).toBe('bounces+eu-abc@example.com');
		expect(readVerp([writeVerp('bounces+eu@example.com', 'abc')]).words).toContain('abc');
		const mailFrom = `${'b'.repeat(40)}@example.com`;
		await expect(send({ mailFrom, verp: true })).rejects.toMatchObject({ code: 'SEND_RETURN_PATH_INVALID' });
		expect(await store.sends.group('default', 'support@example.com', `k${count}`)).toEqual([]);
	});
});

describe('a reply token', () => {
	it('is made once for a mail, and stays the same at every attempt', async () => {
		const replyAddress = vi.fn((_store: Store, scope: string, address: string, about: { messageId: string }) =>
			Promise.resolve(address.replace('@', `+${scope}-${about.messageId.slice(0, 8)}@`)),
		);
		const request = { replyToken: 'help@example.com', threadId: 't1' };
		await send({ ...request, script: { end: '451 4.3.0 later' }, options: { replyAddress } });
		const [sent] = await send({ ...request, options: { replyAddress } });
		await send({ ...request, options: { replyAddress } });
		expect(replyAddress).toHaveBeenCalledTimes(1);
		expect(replyAddress.mock.calls[0]![3]).toEqual({ messageId: sent!.record.messageId, threadId: 't1' });
		expect(server.received).toHaveLength(2);
		expect(server.received[1]!.message).toBe(server.received[0]!.message);
		expect(server.received[0]!.message).toContain(
			`Reply-To: help+default-${sent!.record.messageId.slice(0, 8)}@example.com`,
		);
	});
});

describe('internationalised addresses', () => {
	const to = [person('ann@bücher.example')];

	it('go with an ASCII domain, which is what notices name', async () => {
		const [sent] = await send({ draft: { to } });
		expect(sent!.record.recipient).toBe('ann@xn--bcher-kva.example');
		expect(server.received[0]!.recipients).toEqual(['ann@xn--bcher-kva.example']);
	});

	it('go out unencoded where the server offers SMTPUTF8, and are refused for good where it does not', async () => {
		const greek = [person('δοκιμή@παράδειγμα.example')];
		const [refused] = await send({ draft: { to: greek } });
		expect(refused).toMatchObject({
			disposition: 'rejected',
			record: { state: 'failed', reason: 'SMTP_UTF8_UNSUPPORTED', attempts: 0 },
		});
		expect(server.received).toHaveLength(0);
		count++;
		const script = { ehlo: '250-scripted\r\n250-8BITMIME\r\n250 SMTPUTF8' };
		const [sent] = await send({ draft: { to: greek }, script });
		expect(sent).toMatchObject({ disposition: 'sent' });
		expect(server.commands.find((line) => line.startsWith('MAIL'))).toContain(' SMTPUTF8');
		expect(Buffer.from(server.received[0]!.recipients[0]!, 'latin1').toString('utf8')).toMatch(/^δοκιμή@/);
	});
});

describe('a new mail', () => {
	it('is composed once', async () => {
		const composed = vi.spyOn(compose, 'finalParts');
		const pieces = vi.fn();
		const attachments = [
			{
				filename: 'a.bin',
				contentType: 'application/octet-stream',
				get content() {
					pieces();
					return Buffer.from('x');
				},
			},
		];
		await send({ draft: { attachments } });
		const first = pieces.mock.calls.length;
		await send({ draft: { attachments }, key: `again-${count}`, script: { mail: '451 4.3.0 later' } });
		expect(pieces.mock.calls.length).toBe(2 * first);
		composed.mockRestore();
	});

	it('goes out as the fingerprint says: another return path is another mail', async () => {
		await send({ mailFrom: 'bounces@example.com' });
		await expect(send({ mailFrom: 'other@example.com' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
		await expect(send({ mailFrom: 'bounces@example.com', verp: true })).rejects.toMatchObject({
			code: 'IDEMPOTENCY_CONFLICT',
		});
	});
});
