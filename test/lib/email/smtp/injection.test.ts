/** What would end a header, a command or a line where nobody meant it. */
import { describe, expect, it } from 'vitest';
import { openApiSession } from '../../../../lib/email/api/session';
import { type Draft, composeMessage, fixParts } from '../../../../lib/email/smtp/compose';
import { replyFields } from '../../../../lib/email/smtp/replyDraft';
import { draftWith } from '../../pipeline/send/sending';

const from = { name: '', address: 'support@example.com' };
const compose = async (change: Partial<Draft>) =>
	(await composeMessage(draftWith(change), fixParts(from))).toString('latin1');
const file = { filename: 'a.txt', contentType: 'text/plain', content: Buffer.from('a') };

describe('a draft', () => {
	it.each<[string, Partial<Draft>]>([
		['In-Reply-To', { inReplyTo: 'x@y>\r\nBcc: evil@x.example\r\nX: <z' }],
		['In-Reply-To, a bare LF', { inReplyTo: 'x@y\nBcc: evil@x.example' }],
		['In-Reply-To, a bare CR', { inReplyTo: 'x@y\rBcc: evil@x.example' }],
		['In-Reply-To, NUL', { inReplyTo: 'x@y\0' }],
		['In-Reply-To, a bracket', { inReplyTo: 'x@y> <z@y' }],
		['References', { references: ['a@b', 'r@x>\r\nX-Inj: 1'] }],
		['a header value', { headers: [{ name: 'X-A', value: 'a\rBcc: evil@x.example' }] }],
		['a header value, vertical tab', { headers: [{ name: 'X-A', value: 'a\vb' }] }],
		['a content id', { attachments: [{ ...file, contentId: 'a>\r\nX-Inj: 1' }] }],
		['a media type', { attachments: [{ ...file, contentType: 'text/plain\r\nX-Inj: 1' }] }],
	])('with a line break in %s is refused, whatever it goes over', async (_name, change) => {
		await expect(compose(change)).rejects.toMatchObject({ code: 'SEND_HEADER_INVALID' });
	});

	it('has no name with a line break, and no attachment that is a folder', async () => {
		const raw = await compose({
			to: [{ name: 'Ann\r\nBcc: evil@x.example', address: 'ann@example.com' }],
			attachments: [
				{ ...file, filename: '..' },
				{ ...file, filename: '../../etc/passwd' },
				{ ...file, filename: 'a\r\nX-Inj: 1.txt' },
			],
		});
		expect(raw).not.toMatch(/^(?:Bcc|X-Inj):/m);
		expect(raw).toContain('filename=unnamed');
		expect(raw).toContain('filename=passwd');
		expect(raw).not.toMatch(/name="?\.\./);
	});

	it.each<[string, Partial<Draft>]>([
		['the text', { text: 'one\rtwo\nthree\r\nfour\r\r\n.\r.\n' }],
		['the html', { text: null, html: '<p>one\rtwo\n</p>' }],
		[
			'an attached email',
			{ attachments: [{ ...file, contentType: 'message/rfc822', content: Buffer.from('A: b\r\rc\nd') }] },
		],
	])('ends every line with CRLF, whatever %s has', async (_name, change) => {
		expect(await compose(change)).not.toMatch(/\r(?!\n)|(?<!\r)\n/);
	});
});

it('a reply leaves out ids that would break its header', () => {
	const message = {
		from: { name: '', address: 'ann@example.com' },
		replyTo: [],
		subject: 'Hello',
		messageId: 'x@y>\r\nBcc: evil@x.example',
		inReplyTo: [],
		references: ['good@example.com', 'bad@x\n'],
	};
	expect(replyFields(message)).toMatchObject({ inReplyTo: null, references: ['good@example.com'] });
});

it.each([
	{ provider: 'postmark' as const, apiKey: 'key\r\nX-Inj: 1' },
	{ provider: 'mailgun' as const, apiKey: 'key', domain: 'example.com\r\n' },
	{ provider: 'ses' as const, apiKey: 'key', region: 'eu-west-1\n.evil.example/' },
	{ provider: 'postmark' as const, apiKey: 'key', endpoint: 'https://api.example.com/\r\nx' },
])('an account with a line break is refused: %j', (account) => {
	expect(() => openApiSession(account)).toThrow(expect.objectContaining({ code: 'API_ACCOUNT_INVALID' }) as Error);
});
