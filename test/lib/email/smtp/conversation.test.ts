/** What servers say that is out of place, too much, too slow or cut up, and what may follow from it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSmtpSession } from '../../../../lib/email/smtp/connection';
import { LONGEST_REPLY } from '../../../../lib/email/smtp/reply';
import { type Sending, startSending } from '../../pipeline/send/sending';
import { type Script, type ScriptedServer, startScriptedServer } from './scriptedServer';

const pipelining = '250-scripted\r\n250-PIPELINING\r\n250 8BITMIME';
const many = Array.from({ length: LONGEST_REPLY.lines + 10 }, () => '250-more').join('\r\n');

let sending: Sending;
beforeEach(async () => {
	sending = await startSending();
});
afterEach(async () => {
	await sending.stop();
});

type Fate = 'accepted' | 'deferred' | 'failed' | 'in_doubt';

/** State, reason or code, and whether it is one of ours; then the same send once the server works. */
async function fateOf(
	script: Script,
): Promise<{ state: Fate; reason: string | null; suppressed: number; copies: number }> {
	const smtp = { socketTimeout: 300, connectTimeout: 300 };
	const [outcome] = await sending.send({ script, smtp }).catch(() => []);
	const [record] = await sending.store.sends.group('default', 'support@example.com', 'order-7');
	const suppressed = await sending.store.suppressions.check('default', ['ann@example.com'], null);
	await sending.send({ smtp }).catch(() => []);
	expect(outcome?.record.state ?? 'deferred').toBe(record?.state);
	return {
		state: record?.state as Fate,
		reason: record?.reason ?? null,
		suppressed: suppressed.length,
		copies: sending.server.delivered.filter(({ recipients }) => recipients.length > 0).length,
	};
}

describe('a reply that is about the conversation is no verdict on recipient or message', () => {
	const replies = [
		'500 5.5.2 unrecognized',
		'501 5.1.3 bad recipient syntax',
		'502 5.5.1 not implemented',
		'503 5.5.1 nested MAIL command',
		'504 5.5.2 <host>: Helo command rejected: need fully-qualified hostname',
		'555 5.5.4 parameters not recognized',
		'421 4.7.0 Too many errors',
	];
	const points = ['mail', 'rcpt', 'data', 'end'] as const;
	const cases = replies.flatMap((reply) => points.map((point) => [reply, point] as const));

	it.each(cases)('%s at %s', async (reply, point) => {
		const fate = await fateOf({ [point]: reply });
		const reason = reply.startsWith('421') ? 'SMTP_SERVER_CLOSING' : 'SMTP_OUT_OF_STEP';
		// It goes out as soon as the server works, once.
		expect(fate).toEqual({ state: 'deferred', reason, suppressed: 0, copies: 1 });
	});

	it.each(cases.filter(([, point]) => point !== 'end'))('%s at %s, pipelined', async (reply, point) => {
		const fate = await fateOf({ ehlo: pipelining, [point]: reply });
		expect(fate).toMatchObject({ state: 'deferred', suppressed: 0, copies: 1 });
	});

	it.each<[string, Script]>([
		['the greeting', { greeting: '550 5.7.1 user unknown' }],
		['EHLO', { ehlo: '550 5.1.1 user unknown', helo: '550 5.1.1 user unknown' }],
		['EHLO for now', { ehlo: '450 4.7.1 not now' }],
		['RSET', { rset: '550 5.1.1 user unknown' }],
	])('550 at %s', async (name, script) => {
		const fate = await fateOf(script);
		expect(fate).toMatchObject({ state: name === 'RSET' ? 'accepted' : 'deferred', suppressed: 0, copies: 1 });
	});
});

describe('a reply in the wrong place', () => {
	it.each<[string, Script, Fate, string | null, number]>([
		['250 instead of 354', { data: '250 ok' }, 'deferred', 'SMTP_OUT_OF_STEP', 1],
		['354 to MAIL', { mail: '354 go' }, 'deferred', 'SMTP_OUT_OF_STEP', 1],
		['354 to RCPT', { rcpt: '354 go' }, 'deferred', 'SMTP_OUT_OF_STEP', 1],
		['354 to the content', { end: '354 go on' }, 'in_doubt', 'SMTP_OUT_OF_STEP', 0],
		['two replies to MAIL', { mail: '250 ok\r\n250 ok' }, 'deferred', 'SMTP_OUT_OF_STEP', 1],
		['two replies to RCPT', { rcpt: '250 ok\r\n550 5.1.1 no' }, 'deferred', 'SMTP_OUT_OF_STEP', 1],
		['354 and 250 at once', { data: '354 go\r\n250 ok' }, 'deferred', 'SMTP_OUT_OF_STEP', 1],
		['354 and 421 at once', { data: '354 go\r\n421 4.3.2 closing' }, 'deferred', 'SMTP_SERVER_CLOSING', 1],
		['250 and 421 at the end', { end: '250 ok\r\n421 4.3.2 closing' }, 'accepted', null, 1],
		['250 at the end and a break', { end: { raw: '250 ok\r\n', drop: true } }, 'accepted', null, 1],
		['251 to RCPT', { rcpt: '251 2.1.5 will forward' }, 'accepted', null, 1],
		['252 to RCPT', { rcpt: '252 2.1.5 cannot verify' }, 'accepted', null, 1],
	])('%s', async (_name, script, state, reason, copies) => {
		expect(await fateOf(script)).toEqual({ state, reason, suppressed: 0, copies });
	});

	it.each<[string, string, Fate]>([
		['a refusal', '554 5.7.1 line too long', 'failed'],
		['a refusal for now', '451 4.3.0 no more', 'deferred'],
		['421', '421 4.3.2 closing', 'deferred'],
		['250', '250 ok', 'in_doubt'],
		['a break', 'drop', 'in_doubt'],
	])('%s in the midst of the content: the rest is not sent', async (_name, body, state) => {
		const draft = { text: 'A line.\n'.repeat(100_000) };
		const [outcome] = await sending.send({ script: { body }, draft });
		expect(outcome?.record.state).toBe(state);
		expect(sending.server.received).toHaveLength(0);
		expect(sending.server.bodyBytes).toBeLessThan(700_000);
	});

	it('said on a session that waits is not taken for the reply to the next command', async () => {
		const server = await startScriptedServer();
		const session = await openSmtpSession({
			host: '127.0.0.1',
			port: server.port,
			security: 'none',
			authentication: { kind: 'none' },
		});
		server.sayUnasked('250 ok\r\n');
		const message = Buffer.from('A: b\r\n\r\nc\r\n');
		await expect.poll(() => session.ready()).toBe(false);
		const envelope = { mailFrom: 'us@example.com', rcptTo: 'ann@example.com' };
		const transmission = await session.transmit(envelope, message, () => Promise.resolve());
		expect(transmission).toMatchObject({ outcome: 'not-sent', error: { code: 'SMTP_OUT_OF_STEP' } });
		await server.stop();
	});
});

describe('the form of a reply', () => {
	it.each<[string, Script, Fate, string | null]>([
		['no text', { mail: '250', rcpt: '250 ', data: '354', end: '250' }, 'accepted', null],
		['cut up byte by byte', { slow: true }, 'accepted', null],
		['LF only', { mail: { raw: '250 ok\n' }, end: { raw: '250-a\n250 b\n' } }, 'accepted', null],
		['an empty line in front', { mail: '\r\n250 ok', end: '\r\n\r\n250 ok' }, 'accepted', null],
		['2xx codes that differ', { rcpt: '250-ok\r\n251 forwarded' }, 'accepted', null],
		['2xx and 5xx', { rcpt: '250-ok\r\n550 5.1.1 no' }, 'deferred', 'SMTP_REPLY_MALFORMED'],
		['2xx and 5xx at the end', { end: '250-ok\r\n550 5.7.1 no' }, 'in_doubt', 'SMTP_REPLY_MALFORMED'],
		['4xx and 5xx', { rcpt: '450-4.2.0 later\r\n550 5.1.1 no' }, 'deferred', 'SMTP_OUT_OF_STEP'],
		['4xx and 5xx at the end', { end: '451-4.2.0 later\r\n554 5.7.1 no' }, 'deferred', 'SMTP_OUT_OF_STEP'],
		['no SMTP', { rcpt: 'hello' }, 'deferred', 'SMTP_REPLY_MALFORMED'],
		['no SMTP at the end', { end: '<html>' }, 'in_doubt', 'SMTP_REPLY_MALFORMED'],
		['no known class', { rcpt: '999 what' }, 'deferred', 'SMTP_REPLY_MALFORMED'],
		['too many lines', { mail: many }, 'deferred', 'SMTP_REPLY_MALFORMED'],
		['too many lines at the end', { end: many }, 'in_doubt', 'SMTP_REPLY_MALFORMED'],
		[
			'a line without end',
			{ mail: { raw: `250 ${'x'.repeat(LONGEST_REPLY.bytes)}` } },
			'deferred',
			'SMTP_REPLY_MALFORMED',
		],
		['never ended', { rcpt: '250-more' }, 'deferred', 'SMTP_TIMEOUT'],
		['never ended at the end', { end: '250-more' }, 'in_doubt', 'SMTP_TIMEOUT'],
		['dripping at EHLO', { ehlo: { drip: '250-x' } }, 'deferred', null],
		['dripping', { rcpt: { drip: '250-x' } }, 'deferred', null],
		['dripping at the end', { end: { drip: '250-x' } }, 'in_doubt', null],
		['half a refusal, then a break', { rcpt: { raw: '550-5.1.1 no such', drop: true } }, 'failed', 'user-unknown'],
		['half of 250, then a break', { end: { raw: '250 o', drop: true } }, 'in_doubt', 'SMTP_CONNECTION_LOST'],
	])('%s', async (_name, script, state, reason) => {
		const fate = await fateOf(script);
		expect(fate.state).toBe(state);
		if (reason === null && state !== 'accepted') expect(fate.reason).toMatch(/^SMTP_(?:TIMEOUT|REPLY_MALFORMED)$/);
		else expect(fate.reason).toBe(reason);
	});
});

describe('what a server offers', () => {
	const without = (...keywords: string[]) =>
		['250-scripted', ...keywords.map((one) => `250-${one}`), '250 HELP'].join('\r\n');

	it.each<[string, Script]>([
		['nothing', { ehlo: '250 scripted' }],
		['HELO only', { ehlo: '502 5.5.1 no' }],
		['SIZE without a number', { ehlo: without('SIZE') }],
		['SIZE 0', { ehlo: without('SIZE 0') }],
		['a SIZE that is no number', { ehlo: without('SIZE lots') }],
		['a SIZE beyond numbers', { ehlo: without('SIZE 99999999999999999999') }],
		['words that only look like it', { ehlo: without('X-SIZE 10', 'PIPELININGX', 'XSMTPUTF8') }],
		['everything in lower case', { ehlo: without('size 1000000', 'pipelining', '8bitmime') }],
	])('%s', async (_name, script) => {
		expect(await sending.send({ script })).toMatchObject([{ disposition: 'sent' }]);
	});

	it('is no verdict on an address that HELO cannot tell of', async () => {
		const draft = { to: [{ name: '', address: 'jörg@example.com' }] };
		const outcomes = await sending.send({ draft, script: { ehlo: '502 5.5.1 no' } });
		expect(outcomes).toMatchObject([{ record: { state: 'deferred', reason: 'SMTP_UTF8_UNSUPPORTED' } }]);
	});
});

describe('too many recipients (RFC 5321 4.5.3.1.10)', () => {
	it.each([
		'452 4.5.3 too many recipients',
		'552 5.5.3 Too many recipients',
		'552 too many recipients',
		'550 5.5.3 no',
	])('%s is for now, and another session may be welcome', async (reply) => {
		const fate = await fateOf({ rcpt: reply });
		expect(fate).toMatchObject({ state: 'deferred', suppressed: 0, copies: 1 });
	});

	it('of one session: the others go over another one at once', async () => {
		let left = 2;
		const to = ['ann', 'bob', 'cid'].map((name) => ({ name: '', address: `${name}@example.com` }));
		const rcpt = () => (left-- === 0 ? '452 4.5.3 too many recipients' : '250 ok');
		const outcomes = await sending.send({ draft: { to }, script: { rcpt } });
		expect(outcomes.map(({ disposition }) => disposition)).toEqual(['sent', 'sent', 'sent']);
		expect(sending.server.connections).toBe(2);
	});
});

it.each(['450 4.2.0 Greylisted', '451 4.7.1 try later', '452 4.2.2 full', '421 4.7.0 busy', '503 5.5.1 nested MAIL'])(
	'%s at RCPT stays for now, however often it is tried again',
	async (rcpt) => {
		const options = { policy: { account: null, retries: { attempts: 3, first: 1, longest: 2 } } };
		const outcomes = await sending.send({ script: { rcpt }, options });
		expect(outcomes).toMatchObject([{ record: { state: 'deferred' } }]);
	},
);

it('503 at MAIL is tried once more, in a session of its own', async () => {
	let refusals = 1;
	const script = { mail: () => (refusals-- > 0 ? '503 5.5.1 sender already given' : undefined) };
	expect(await sending.send({ script })).toMatchObject([{ disposition: 'sent' }]);
	expect(sending.server.connections).toBe(2);
	expect(await fateOf({ mail: '503 5.5.1 sender already given' })).toMatchObject({ copies: 1 });
});

describe('a session between two mails', () => {
	const connect = async (server: ScriptedServer) =>
		await openSmtpSession({
			host: '127.0.0.1',
			port: server.port,
			security: 'none',
			authentication: { kind: 'none' },
			socketTimeout: 300,
		});

	it.each<[string, Script, boolean]>([
		['2xx', {}, true],
		['5xx', { rset: '502 5.5.1 no' }, false],
		['4xx', { rset: '451 4.3.0 no' }, false],
		['421', { rset: '421 4.3.2 closing' }, false],
		['354', { rset: '354 what' }, false],
		['nothing', { rset: 'silence' }, false],
		['a break', { rset: 'drop' }, false],
		['two replies', { rset: '250 ok\r\n250 ok' }, false],
	])('is used again only after RSET was answered: %s', async (_name, script, ready) => {
		const server = await startScriptedServer(script);
		for (const rcpt of ['250 ok', '550 5.1.1 no']) {
			server.script = { ...script, rcpt };
			const session = await connect(server);
			const envelope = { mailFrom: 'us@example.com', rcptTo: 'ann@example.com' };
			await session.transmit(envelope, Buffer.from('A: b\r\n\r\nc\r\n'), () => Promise.resolve());
			expect(await session.ready()).toBe(ready);
			session.close();
		}
		await server.stop();
	});
});

it('a lease is renewed while a server thinks about the end of the content for longer than it lasts', async () => {
	let release = (): void => undefined;
	const thinking = new Promise<void>((resolve) => (release = resolve));
	let reached = (): void => undefined;
	const dot = new Promise<void>((resolve) => (reached = resolve));
	const script: Script = {
		reached: async (point) => {
			if (point !== 'dot') return;
			reached();
			await thinking;
		},
	};
	const first = sending.send({ script, options: { leaseTtl: 200 } });
	await dot;
	const [record] = await sending.store.sends.group('default', 'support@example.com', 'order-7');
	// Past the end of the lease as it was taken.
	await expect
		.poll(
			async () => {
				const [now] = await sending.store.sends.group('default', 'support@example.com', 'order-7');
				return Number(now?.leaseUntil) - Number(record?.leaseUntil);
			},
			{ timeout: 5_000 },
		)
		.toBeGreaterThan(200);
	release();
	expect(await first).toMatchObject([{ disposition: 'sent', record: { state: 'accepted' } }]);
});
