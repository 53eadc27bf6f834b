/** One key, and a text that is another on each run. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprintOfSend } from '../../../../lib/pipeline/send/sendRequest';
import { type Sending, draftWith, startSending } from './sending';

const greylisted = { rcpt: '450 4.2.0 greylisted' };
const newest = { whenContentDiffers: 'newest' } as const;
const first = { whenContentDiffers: 'first' } as const;
const settled = (results: Array<PromiseSettledResult<unknown>>) =>
	results.filter(({ status }) => status === 'fulfilled');

let sending: Sending;
let store: Sending['store'];
let server: Sending['server'];
let send: Sending['send'];

beforeEach(async () => {
	sending = await startSending();
	({ store, server, send } = sending);
});
afterEach(async () => {
	await sending.stop();
});

const texts = () => server.delivered.map(({ message }) => message.slice(message.indexOf('\r\n\r\n') + 4).trim());

describe('the newest content', () => {
	it('of many who come at once is that of one, and what the ledger says went out', async () => {
		await send({ draft: { text: 'First.' }, script: greylisted });
		const runs = Array.from({ length: 8 }, (_, index) => send({ draft: { text: `Text ${index}.` }, options: newest }));
		await Promise.allSettled(runs);
		expect(texts()).toHaveLength(1);
		const [record] = await store.sends.group('default', 'support@example.com', 'order-7');
		expect(record).toMatchObject({ state: 'accepted', attempts: 1 });
		expect(record!.fingerprint).toBe(fingerprintOfSend({ draft: draftWith({ text: texts()[0]! }) }));
	});

	it('does not go out beside the first, which another run sends at the same moment', async () => {
		await send({ draft: { text: 'First.' }, script: greylisted });
		await Promise.allSettled([
			send({ draft: { text: 'First.' } }),
			send({ draft: { text: 'Second.' }, options: newest }),
			send({ draft: { text: 'First.' } }),
		]);
		expect(texts()).toHaveLength(1);
		const [record] = await store.sends.group('default', 'support@example.com', 'order-7');
		expect(record!.fingerprint).toBe(fingerprintOfSend({ draft: draftWith({ text: texts()[0]! }) }));
	});

	it('has its answers go to the address that it names', async () => {
		const replyAddress = (_store: unknown, _scope: string, address: string, about: { messageId: string }) =>
			Promise.resolve(address.replace('@', `+${about.messageId.slice(0, 8)}@`));
		const options = { ...newest, replyAddress };
		const [deferred] = await send({ replyToken: 'a@example.com', script: greylisted, options });
		await send({ replyToken: 'b@example.com', draft: { text: 'Second.' }, options });
		const token = deferred!.record.messageId.slice(0, 8);
		expect(server.delivered[0]!.message).toContain(`Reply-To: b+${token}@example.com`);
	});

	it('is that of a person who is the same however he is written, and of nobody else', async () => {
		await send({ script: greylisted });
		const cc = [{ name: '', address: 'bob@example.com' }];
		await expect(send({ draft: { cc }, options: newest })).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
		const to = [{ name: 'Ann', address: 'ANN@Example.com' }];
		expect(await send({ draft: { to, text: 'Second.' }, options: newest })).toMatchObject([{ disposition: 'sent' }]);
		expect(texts()).toEqual(['Second.']);
	});

	it('takes the place of a first content that was kept', async () => {
		const [deferred] = await send({ draft: { text: 'First.' }, script: greylisted, options: first });
		await send({ draft: { text: 'Second.' }, options: newest });
		expect(texts()).toEqual(['Second.']);
		expect(await store.archive.stat('default', deferred!.record.contentRef!)).toBeNull();
	});
});

describe('the first content', () => {
	it('is that of one of many who come at once, and is sent once', async () => {
		const runs = Array.from({ length: 8 }, (_, index) => send({ draft: { text: `Text ${index}.` }, options: first }));
		expect(settled(await Promise.allSettled(runs))).toHaveLength(8);
		expect(texts()).toHaveLength(1);
		const [record] = await store.sends.group('default', 'support@example.com', 'order-7');
		expect(record!.fingerprint).toBe(fingerprintOfSend({ draft: draftWith({ text: texts()[0]! }) }));
		expect(record!.contentRef).toBeNull();
	});

	it('goes to each recipient, also to those who were refused for now', async () => {
		const to = ['ann@example.com', 'slow@example.com'].map((address) => ({ name: '', address }));
		const html = '<p>First: <b>ä</b> 😀</p>';
		const slow = { rcpt: (address: string) => (address.startsWith('slow') ? '450 4.2.1 busy' : '250 ok') };
		await send({
			draft: { to, html, subject: 'Überraschung' },
			mailFrom: 'b@example.com',
			script: slow,
			options: first,
		});
		const outcomes = await send({ draft: { to, text: 'Second.' }, options: first });
		expect(outcomes.map(({ disposition, contentDiffers }) => [disposition, contentDiffers])).toEqual([
			['duplicate', true],
			['sent', true],
		]);
		expect(outcomes[1]!.content).toMatchObject({ html, subject: 'Überraschung' });
		expect(new Set(server.senders)).toEqual(new Set(['b@example.com']));
		expect(server.delivered[1]!.message).toBe(server.delivered[0]!.message);
	});

	it('has its answers go to the address that it names', async () => {
		const replyAddress = () => Promise.resolve('a+token@example.com');
		const options = { ...first, replyAddress };
		await send({ replyToken: 'a@example.com', draft: { text: 'First.' }, script: greylisted, options });
		await send({ replyToken: 'b@example.com', draft: { text: 'Second.' }, options });
		expect(texts()).toEqual(['First.']);
		expect(server.delivered[0]!.message).toContain('Reply-To: a+token@example.com');
	});

	it('is not sent once it was canceled', async () => {
		const [deferred] = await send({ script: greylisted, options: first });
		const { id } = deferred!.record;
		await store.sends.transition('default', { ids: [id], fence: null, to: 'canceled' });
		const again = await send({ draft: { text: 'Second.' }, options: first });
		expect(again).toMatchObject([{ disposition: 'rejected', record: { state: 'canceled' }, contentDiffers: true }]);
		expect(server.received).toHaveLength(0);
	});

	it('that somebody took out of the archive is not made up', async () => {
		const [deferred] = await send({ script: greylisted, options: first });
		await store.archive.purge('default', deferred!.record.contentRef!);
		await expect(send({ draft: { text: 'Second.' }, options: first })).rejects.toMatchObject({
			code: 'IDEMPOTENCY_CONFLICT',
			hint: expect.stringContaining('was not kept') as string,
		});
		expect(await send({ options: first })).toMatchObject([{ disposition: 'sent' }]);
	});
});
