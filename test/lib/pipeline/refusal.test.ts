import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureClassOf } from '../../../lib/pipeline/failureClass';
import { DEFAULT_BREAKER, WITHOUT_LIMITS } from '../../../lib/pipeline/sendLimits';
import { type Sending, startSending } from './sending';

let sending: Sending;
let send: Sending['send'];
let key = 0;

beforeEach(async () => {
	sending = await startSending();
	({ send } = sending);
});
afterEach(async () => {
	await sending.stop();
});

const suppressedBy = async (address = 'customer@example.com') =>
	(await sending.store.suppressions.check('default', [address], null)).map(({ reason }) => reason);

/** Some of the replies of which test/lib/email/bounce judges all. */
const replies = readFileSync(resolve(__dirname, '../email/bounce/samples/faults.tsv'), 'utf8')
	.trimEnd()
	.split('\n')
	.slice(1)
	.map((line) => line.split('\t') as [string, string])
	.filter(([, text]) => /^[45]\d\d /.test(text) && !/^(?:421|50\d|53\d)/.test(text))
	.filter((_, index) => index % 4 === 0);

const draft = {
	from: { name: '', address: 'support@shop.example' },
	to: [{ name: '', address: 'customer@example.com' }],
};

describe('a refusal', () => {
	it.each([['RCPT'], ['DATA']] as const)(
		'in reply to %s costs the recipient nothing that is not his fault',
		async (at) => {
			for (const [fault, text] of replies) {
				const script = at === 'RCPT' ? { rcpt: text } : { end: text };
				const [outcome] = await send({ key: `mail-${++key}`, draft, script });
				const about = [text, outcome!.record.state, await suppressedBy()];
				if (fault === 'sender' || fault === 'unknown' || fault === 'network' || text.startsWith('4')) {
					expect(about).toEqual([text, 'deferred', []]);
				} else expect(about[1]).toMatch(/^(?:failed|deferred)$/);
				if (fault === 'content') expect(about).toEqual([text, 'failed', []]);
				await sending.store.suppressions.remove('default', 'customer@example.com', null);
			}
		},
	);

	it('for what the sending side is says what to mend, and goes out by itself once that is done', async () => {
		const script = { rcpt: '550 5.7.60 SMTP; Client does not have permissions to send as this sender' };
		const [refused] = await send({ draft, script });
		expect(refused).toMatchObject({
			disposition: 'deferred',
			error: { code: 'SEND_SENDER_REFUSED' },
		});
		expect(refused!.error?.message).toContain('5.7.60');
		expect(refused!.error?.hint).toContain('sender address');
		expect(failureClassOf(refused!.record)).toBe('sender');
		expect(await send({ draft })).toMatchObject([{ disposition: 'sent' }]);
	});

	it('without a known reason is tried again, and never for good', async () => {
		const [refused] = await send({ draft, script: { rcpt: '550 E=4711' } });
		expect(refused).toMatchObject({ disposition: 'deferred', error: { code: 'SEND_REFUSED_UNKNOWN' } });
		expect(await send({ draft })).toMatchObject([{ disposition: 'sent' }]);
	});

	it('that names our address is about us, whatever it calls it', async () => {
		const script = { rcpt: '550 5.1.1 <support@shop.example>: User unknown in local recipient table' };
		expect(await send({ draft, script })).toMatchObject([{ record: { state: 'deferred', reason: 'sender-rejected' } }]);
		expect(await suppressedBy()).toEqual([]);
		const verp = { mailFrom: 'bounces@shop.example', verp: true };
		const named = { rcpt: '550 5.1.1 <bounces@shop.example>: unknown user' };
		expect(await send({ key: 'verp', draft, script: named, ...verp })).toMatchObject([
			{ record: { state: 'deferred' } },
		]);
	});

	it('of a dead address ends the send and suppresses it', async () => {
		const script = { rcpt: '550 5.1.1 <customer@example.com>: Recipient address rejected: User unknown' };
		expect(await send({ draft, script })).toMatchObject([{ disposition: 'rejected', record: { state: 'failed' } }]);
		expect(await suppressedBy()).toEqual(['user-unknown']);
	});

	it('for the sender’s sake opens the breaker once it goes on, and one for the recipient’s does not', async () => {
		const policy = { ...WITHOUT_LIMITS, account: 'smtp-1', breaker: { ...DEFAULT_BREAKER, threshold: 3 } };
		const ask = (name: string, script = {}) => send({ key: name, draft, script, options: { policy } });
		const denied = { rcpt: '550 5.7.60 SMTP; Client does not have permissions to send as this sender' };
		for (const name of ['a', 'b']) await ask(name, denied);
		// It comes at random: one that goes through is proof that we may.
		await ask('c');
		for (const name of ['d', 'e', 'f']) await ask(name, denied);
		expect(await ask('g')).toMatchObject([{ disposition: 'deferred', error: { code: 'SEND_BREAKER_OPEN' } }]);

		const other = { ...policy, account: 'smtp-2' };
		for (const name of ['h', 'i', 'j', 'k']) {
			await send({ key: name, draft, script: { rcpt: '552 5.2.2 mailbox full' }, options: { policy: other } });
		}
		expect(await send({ key: 'l', draft, options: { policy: other } })).toMatchObject([{ disposition: 'sent' }]);
	});
});
