import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { extractReply } from '../../../../lib/email/reply/extractReply';
import { type Draft, composeMessage, fingerprintOf, fixParts } from '../../../../lib/email/smtp/compose';
import { linkOf } from '../../../../lib/email/smtp/links';
import { unsubscribeHeaders } from '../../../../lib/email/smtp/listUnsubscribe';
import { renderMarkdown } from '../../../../lib/email/smtp/markdown';
import { withQuote } from '../../../../lib/email/smtp/quote';

const draft: Draft = {
	from: { name: '', address: 'support@example.com' },
	to: [{ name: '', address: 'ann@example.com' }],
	cc: [],
	bcc: [],
	replyTo: [],
	subject: 'Hello',
	text: 'Hello',
	html: '<html><body><p>Hello</p></body></html>',
	attachments: [],
	inReplyTo: null,
	references: [],
	headers: [],
};

describe('Markdown', () => {
	it('becomes html and readable text', () => {
		const { html, text } = renderMarkdown(
			'# Hi *Ann*\n\nSee [the page](https://example.com/a?b=1&c=2).\n\n- one\n- two',
		);
		expect(html).toContain('<h1>Hi <em>Ann</em></h1>');
		expect(html).toContain('<a href="https://example.com/a?b=1&amp;c=2">the page</a>');
		expect(text).toMatch(/^Hi Ann/);
		expect(text).toContain('the page [https://example.com/a?b=1&c=2]');
		expect(text).toContain('* one');
	});

	it.each([
		['<script>alert(1)</script>', '<script'],
		['a <b onclick="x">b</b>', '<b '],
		['[x](javascript:alert(1))', 'javascript:'],
		['[x](java&#115;cript:alert(1))', 'href'],
		['![x](data:text/html;base64,AAAA)', '<img'],
		['<https://example.com/"onmouseover="x>', '"onmouseover'],
		['[x](javascript&colon;alert(1))', 'href'],
		['[x](JaVaScRiPt&#x3a;alert(1))', 'href'],
		['[x](java&#x0A;script&colon;alert(1))', 'href'],
		['[x](data&colon;text/html,x)', 'href'],
		['[x](vbscript:x)', 'href'],
		['[x](file:///etc/passwd)', 'href'],
		['[x](//evil.example)', 'href'],
		['<javascript:alert(1)>', 'href'],
		['[a]: javascript:alert(1)\n\n[a]', 'href'],
		['[**x**](javascript:alert(1))', 'href'],
		['![](javascript:alert(1))', '<img'],
		['![![x](data:image/svg+xml,x)](https://a.example/b)', 'data:'],
		['![x" onerror="alert(1)](https://a.example/b)', '" onerror'],
		['[x](https://a.example/ "t\\"onclick=alert(1)")', '"onclick'],
		['```x"onclick=alert(1)\ny\n```', '"onclick'],
		['a [b](c "d) <img src=x onerror=alert(1)>', '<img'],
	])('shows %s as text', (markdown, absent) => {
		expect(renderMarkdown(markdown).html).not.toContain(absent);
	});

	it.each([
		['[**x** y](javascript:alert(1)) z', '<p><strong>x</strong> y z</p>\n'],
		['[x](https://a.example "t")', '<p><a href="https://a.example" title="t">x</a></p>\n'],
		['[x](mailto:ann@example.com)', '<p><a href="mailto:ann@example.com">x</a></p>\n'],
		['[x](a/b?c=d:e)', '<p><a href="a/b?c=d:e">x</a></p>\n'],
		['[![i](cid:a)](https://a.example)', '<p><a href="https://a.example"><img src="cid:a" alt="i"></a></p>\n'],
		['![words](ftp://a.example/b)', '<p>words</p>\n'],
		[
			'see report.md and https://a.example',
			'<p>see report.md and <a href="https://a.example">https://a.example</a></p>\n',
		],
		['a  \nb\nc', '<p>a<br>\nb<br>\nc</p>\n'],
		['~~a~~', '<p><s>a</s></p>\n'],
	])('keeps what is harmless in %s', (markdown, html) => {
		expect(renderMarkdown(markdown).html).toBe(html);
	});

	it.each([
		['quotes', '>'.repeat(500)],
		['lists', Array.from({ length: 200 }, (_, level) => `${'  '.repeat(level)}- a`).join('\n')],
	])('refuses %s that nest too deep, since what is deeper would be lost', (_, markdown) => {
		expect(() => renderMarkdown(`${markdown} x`)).toThrow(expect.objectContaining({ code: 'MARKDOWN_TOO_DEEP' }));
	});

	it('lets html through where that is asked for, and shows inline images', () => {
		expect(renderMarkdown('a <b>b</b>', true).html).toContain('<b>b</b>');
		expect(renderMarkdown('![logo](cid:logo)').html).toContain('<img src="cid:logo" alt="logo">');
	});
});

describe('a quoted original', () => {
	const original = {
		from: { name: 'Ann <Boss>', address: 'ann@example.com' },
		date: '2026-11-21T10:00:05.000Z',
		messageId: 'q1@example.com',
		text: 'Where is it?\n\n> We sent it.\n<script>alert(1)</script>\n',
	};

	it('stands below both bodies, harmless, and comes off again', () => {
		const { text, html } = withQuote({ text: 'On its way.\n', html: draft.html }, original);
		expect(text).toBe(
			'On its way.\n\n2026-11-21 10:00 UTC, Ann Boss <ann@example.com>:\n' +
				'> Where is it?\n>\n>> We sent it.\n> <script>alert(1)</script>\n',
		);
		expect(html).toMatch(/<p>Hello<\/p><div class="quoted-message">.*<\/blockquote><\/div>\s*<\/body><\/html>$/s);
		expect(html).toContain('cite="mid:q1@example.com"');
		expect(html).not.toContain('<script');
		expect(extractReply({ text: text!, html: null }).text).toBe('On its way.');
	});

	it('is left out where there is nothing to quote, and cut where there is too much', () => {
		const bodies = { text: 'x', html: null };
		expect(withQuote(bodies, { ...original, text: ' \n' })).toEqual(bodies);
		const { text } = withQuote(bodies, { ...original, text: 'y'.repeat(200_000) });
		expect(text!.length).toBeLessThan(70_000);
		expect(text).toContain('[…]');
	});
});

describe('an attachment as a link', () => {
	const file = { field: 'report', filename: 'Q3 report/ü.pdf', size: 12_345_678, sha256: 'ab'.repeat(32) };
	const link = linkOf('https://files.example.com/{sha256}/{filename}?e={expires}', file, 86_400_000);

	it('stands in both bodies, and expires by the date of the mail', async () => {
		const fixed = { ...fixParts(draft.from), date: '2026-11-21T10:00:05.000Z' };
		const message = await composeMessage({ ...draft, links: [link] }, fixed);
		const parsed = await simpleParser(message);
		const url = `https://files.example.com/${file.sha256}/Q3%20report%2F%C3%BC.pdf?e=1795341605`;
		expect(parsed.text).toContain(`📎 ${file.filename} (12.3 MB) → 2026-11-22\n${url}`);
		expect(parsed.html).toContain(`href="${url.replaceAll('&', '&amp;')}"`);
		expect((await composeMessage({ ...draft, links: [link] }, fixed)).equals(message)).toBe(true);
	});

	it('is part of the fingerprint, its expiry time is not', () => {
		const print = fingerprintOf({ ...draft, links: [link] });
		expect(print).not.toBe(fingerprintOf(draft));
		expect(print).toBe(fingerprintOf({ ...draft, links: [linkOf(link.url, file, 86_400_000)] }));
		expect(print).not.toBe(fingerprintOf({ ...draft, links: [{ ...link, sha256: 'cd'.repeat(32) }] }));
	});

	it.each(['files.example.com/{filename}', 'javascript:alert(1)', 'https://files.example.com/a b', '{filename}'])(
		'is refused when it leads nowhere: %s',
		(template) => {
			expect(() => linkOf(template, file, null)).toThrow(/not a web address/);
		},
	);
});

describe('List-Unsubscribe', () => {
	it('has the one-click header beside it (RFC 8058), unbroken', async () => {
		const url = `https://example.com/u?id=${'x'.repeat(300)}`;
		const headers = unsubscribeHeaders({ url, email: 'u@example.com', subject: 'stop 7', oneClick: true });
		const message = (await composeMessage({ ...draft, headers }, fixParts(draft.from))).toString('latin1');
		expect(message.replace(/\r\n[ \t]/g, ' ')).toContain(
			`List-Unsubscribe: <${url}>, <mailto:u@example.com?subject=stop%207>\r\n`,
		);
		expect(message).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
	});

	it.each([
		{ url: 'http://example.com/u', email: null, oneClick: true },
		{ url: null, email: 'u@example.com', oneClick: true },
		{ url: 'https://example.com/u>\r\nBcc: <x', email: null, oneClick: false },
		{ url: null, email: 'u@example.com?cc=evil@example.com', oneClick: false },
	])('is refused as %j', (unsubscription) => {
		expect(() => unsubscribeHeaders(unsubscription)).toThrow();
	});
});

describe('headers and addresses that are refused', () => {
	const over = (name: string, value: string) => ({ headers: [{ name, value }] });
	it.each<[string, Partial<Draft>, string]>([
		['a line that cannot be folded', over('X-A', 'x'.repeat(1_000)), 'SEND_HEADER_INVALID'],
		['a value of many lines', over('X-A', 'word '.repeat(5_000)), 'SEND_HEADER_INVALID'],
		['a forged verdict', over('Authentication-Results', 'mx; dkim=pass'), 'SEND_HEADER_INVALID'],
		['a forged way', over('Resent-From', 'a@b.example'), 'SEND_HEADER_INVALID'],
		[
			'one that is there already',
			{ headers: [...over('Auto-Submitted', 'no').headers, ...over('auto-submitted', 'auto-replied').headers] },
			'SEND_HEADER_INVALID',
		],
		['a long local part', { to: [{ name: '', address: `${'x'.repeat(65)}@example.com` }] }, 'SEND_ADDRESS_INVALID'],
		['a domain that is none', { to: [{ name: '', address: 'ann@exa_mple..com' }] }, 'SEND_ADDRESS_INVALID'],
	])('%s', async (_name, change, code) => {
		await expect(composeMessage({ ...draft, ...change }, fixParts(draft.from))).rejects.toMatchObject({ code });
	});

	it('a long value with blanks is folded', async () => {
		const value = `start ${'word '.repeat(400)}end`;
		const message = await composeMessage({ ...draft, ...over('X-Long', value) }, fixParts(draft.from));
		expect(
			Math.max(
				...message
					.toString('latin1')
					.split('\r\n')
					.map((line) => line.length),
			),
		).toBeLessThanOrEqual(998);
		expect((await simpleParser(message)).headers.get('x-long')).toBe(value);
	});
});
