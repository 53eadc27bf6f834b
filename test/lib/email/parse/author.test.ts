import { describe, expect, it } from 'vitest';
import { verifyAuthentication } from '../../../../lib/email/authentication/verify';
import { parseWithContent } from '../../../../lib/email/parse/parseMessage';
import { dnsError, zoneResolver } from '../authentication/zoneResolver';

const BOSS = 'boss@example.test';
const EVIL = 'attacker@evil.example';
const q = (text: string) => `=?utf-8?q?${text.replace(/ /g, '_')}?=`;
const b64 = (text: string) => `=?utf-8?b?${Buffer.from(text).toString('base64')}?=`;

function mail(head: string): Buffer {
	return Buffer.from(
		`${head}\r\nTo: us@example.net\r\nSubject: Invoice\r\nMessage-ID: <1@evil.example>\r\n\r\nx`,
		'latin1',
	);
}

/** The attacker's own domain is in order; nobody else may send for the boss. */
const resolver = zoneResolver({
	'evil.example': { TXT: [['v=spf1 ip4:192.0.2.1 -all']] },
	'_dmarc.evil.example': { TXT: [['v=DMARC1; p=none']] },
	'example.test': { TXT: dnsError('ENOTFOUND') },
});

const CLAIMS =
	'Authentication-Results: mx.example.net; spf=pass smtp.mailfrom=evil.example; dmarc=pass header.from=evil.example';

async function readingsOf(head: string) {
	const envelope = { mailFrom: EVIL, rcptTo: [], clientIp: '192.0.2.1', helo: 'evil.example' };
	const { message, author, from } = await parseWithContent(mail(`${head}\r\n${CLAIMS}`), {
		trustedAuthservIds: ['mx.example.net'],
	});
	const verified = await verifyAuthentication(mail(head), { resolver, envelope });
	return { message, author, from, told: message.authentication, verified };
}

/** One author for every reader: nothing here may be called ambiguous. */
const CLEAR: Array<[from: string, domain: string]> = [
	[BOSS, 'example.test'],
	[`<${BOSS}>`, 'example.test'],
	[`The Boss <${BOSS}>`, 'example.test'],
	[`"Boss, The" <${BOSS}>`, 'example.test'],
	[`"${BOSS}" <${BOSS}>`, 'example.test'],
	[`${q('Boß')} <${BOSS}>`, 'example.test'],
	[`${q('Boss=2C The')} <${BOSS}>`, 'example.test'],
	[`Boss (in the office) <${BOSS}>`, 'example.test'],
	[`${BOSS} (The Boss)`, 'example.test'],
	[`[External] Boss <${BOSS}>`, 'example.test'],
	[`J. R. Boss <Boss+tag@EXAMPLE.test>`, 'example.test'],
	['"ann@work.example" <ann@home.example>', 'home.example'],
	['Ann <ann@xn--bcher-kva.example>', 'xn--bcher-kva.example'],
	['Ann <ann@b\xc3\xbccher.example>', 'xn--bcher-kva.example'],
	["o'neil@example.test", 'example.test'],
	[`\r\n The Boss\r\n <${BOSS}>`, 'example.test'],
];

const TWO = (x: string, y: string): string[] => [
	`From: ${x}, ${y}`,
	`From: <${x}> <${y}>`,
	`From: <${x}> ${y}`,
	`From: ${x} <${y}>`,
	`From: ${x} ${y}`,
	`From: ${x};${y}`,
	`From: ${x}: ${y};`,
	`From: friends: ${x};`,
	`From: friends:; ${x} <${y}>`,
	`From: (${x}) ${y}`,
	`From: ${y} (${x})`,
	`From: (a (b) <${x}> ) Boss <${y}>`,
	`From: "<${x}>" <${y}>`,
	`From: "\\"<${x}>" <${y}>`,
	`From: a" <${x}> "b <${y}>`,
	`From: Boss "<${x}> <${y}>`,
	`From: Boss (<${x}> <${y}>`,
	`From: <<${x}>> <${y}>`,
	`From: <${y}<${x}>>`,
	`From: <${x}\\> <${y}>`,
	`From: <@evil.example:${x}>`,
	`From: <${x}:${y}>`,
	`From: <${x},${y}>`,
	`From: <${x}, <${y}>`,
	`From: <${x}>, <${y}`,
	`From: <${x}`,
	`From: <> ${x} <${y}>`,
	`From: <${x}> <>`,
	`From: ${x}@evil.example`,
	`From: "${x}"@evil.example`,
	`From: <"${x}"@evil.example>`,
	`From: <"${x}>"@evil.example>`,
	`From: <${x}(${y})>`,
	`From: ${q(`Boss <${x}>`)} <${y}>`,
	`From: ${q(`Boss <${x}>`)}`,
	`From: ${b64(`<${x}>`)}`,
	`From: ${b64(`Boss <${x}>,`)} <${y}>`,
	`From: ${b64(x)}, ${y}`,
	`From: ${b64(`${x}, `)} <${y}>`,
	`From: "${q(`<${x}>`)}" <${y}>`,
	`From: =?utf-7?q?+ADw-${x}+AD4-?= <${y}>`,
	`From: ${q(x)}@evil.example`,
	`From: ${b64(`Boss\0`)} <${y}>`,
	`From: ${b64(`Boss\r\nFrom: ${x}`)} <${y}>`,
	`From: ${x}\0 <${y}>`,
	`From: <${x}\0>`,
	`From: Boss\x01 <${x}>`,
	`From:${' '.repeat(1100)}<${x}>\r\n <${y}>`,
	`From: ${'a'.repeat(2100)}<${x}> <${y}>`,
	`From: ${'a'.repeat(2100)} <${x}>`,
	`From: <${x}>\r\nFrom: <${y}>`,
	`From:\r\nFrom: <${y}>`,
	`FROM: ${x}\r\nfrom: ${y}`,
	`From : <${x}>\r\nFrom: <${y}>`,
	`From: <${x}>\r\n From: <${y}>`,
	`From: <${x}>\r\n \r\n <${y}>`,
	`\0From: <${x}>\r\nFrom: <${y}>`,
	`From\xa0: <${x}>\r\nFrom: <${y}>`,
	` From: <${x}>\r\nFrom: <${y}>`,
	`From: <${x}>\rFrom: <${y}>`,
	`X: a\rFrom: <${x}>\r\nFrom: <${y}>`,
	`X: a\n\rFrom: <${x}>\r\nFrom: <${y}>`,
	`Subject: a\x0bFrom: <${x}>\r\nFrom: <${y}>`,
	`Fr\x01om: <${x}>\r\nFrom: <${y}>`,
	// Full-width letters, an ideographic full stop, a soft hyphen: plain letters to who maps them.
	'From: <boss@\xef\xbd\x85xample.test>',
	'From: <boss@example\xe3\x80\x82test>',
	'From: <boss@exam\xc2\xadple.test>',
	'From: <boss@ex\xe4mple.test>',
	`From: mailto:${x} <${y}>`,
	`From: '${x}' <${y}>`,
	`From: <'${x}'>`,
	`From: ${x.replace('@', ' @ ')} <${y}>`,
];

describe('the author', () => {
	it.each(CLEAR)('of From: %s is clear', async (from, domain) => {
		const { author, message, verified } = await readingsOf(`From: ${from}`);
		expect(author).toEqual({ domain, ambiguity: null });
		expect(verified.author).toEqual(author);
		expect(message.defects.filter(({ code }) => code === 'sender-ambiguous')).toEqual([]);
	});

	it.each([...TWO(BOSS, EVIL), ...TWO(EVIL, BOSS)])('of %s is nobody', async (head) => {
		const { author, message, told, verified } = await readingsOf(head);
		expect(author).toEqual({ domain: null, ambiguity: expect.any(String) as unknown });
		expect(message.defects.map(({ code }) => code)).toContain('sender-ambiguous');
		expect([told.aligned, verified.aligned]).toEqual([false, false]);
	});

	it('is never the sender, the reply address or the envelope', async () => {
		const head = `Sender: <${EVIL}>\r\nReply-To: ${EVIL}\r\nResent-From: ${EVIL}\r\nReturn-Path: <${EVIL}>\r\nFrom: ${BOSS}`;
		const { author, told, verified } = await readingsOf(head);
		expect(author.domain).toBe('example.test');
		expect([told.aligned, verified.aligned]).toEqual([false, false]);
	});

	it('that looks alike is another one', async () => {
		// A Cyrillic o.
		const { author, told, verified } = await readingsOf('From: <b\xd0\xbess@\xd0\xb5xample.test>');
		expect(author.domain).toBe('xn--xample-2of.test');
		expect([told.aligned, verified.aligned]).toEqual([false, false]);
	});

	it('who is authenticated is aligned', async () => {
		const { told, verified } = await readingsOf(`From: "${BOSS}" <${EVIL}>`);
		expect([told.aligned, verified.aligned]).toEqual([true, true]);
	});

	it('that From does not name is no ambiguity', async () => {
		for (const head of ['From: Boss', 'From: <>', 'X-From: a', 'From:'])
			expect((await readingsOf(head)).author).toEqual({ domain: null, ambiguity: null });
	});
});
