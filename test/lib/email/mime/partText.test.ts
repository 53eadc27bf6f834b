import { describe, expect, it } from 'vitest';
import { decodeCharset, decodeTransfer, htmlToPlain, partText } from '../../../../lib/email/mime/partText';
import { readPartTree } from '../../../../lib/email/mime/partTree';

describe('partText', () => {
	it.each([
		['quoted-printable', 'utf-8', 'gr=C3=BC=\r\nn  \r\nx=3D1', 'grün\nx=1'],
		['base64', 'iso-8859-1', Buffer.from('grün', 'latin1').toString('base64'), 'grün'],
		['7bit', 'iso-2022-jp', '\x1b$B%(%i!<\x1b(B', 'エラー'],
		['x-unknown', 'x-unknown', 'plain', 'plain'],
	])('undoes %s in %s', (encoding, charset, body, expected) => {
		const raw = `Content-Type: text/plain; charset=${charset}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`;
		expect(partText(readPartTree(Buffer.from(raw, 'latin1')))).toBe(expected);
	});

	it('reads at most the limit', () => {
		expect(partText(readPartTree(Buffer.from(`\r\n${'x'.repeat(500)}`)), 100)).toHaveLength(100);
	});
});

describe('decodeCharset', () => {
	it('guesses where the declared charset is wrong or unknown', () => {
		expect(decodeCharset(Buffer.from('grün'), 'x-klingon')).toBe('grün');
		expect(decodeCharset(Buffer.from('grün', 'latin1'), 'us-ascii')).toBe('grün');
		expect(decodeCharset(Buffer.from('\x1b$B%(%i!<\x1b(B', 'latin1'), '')).toBe('エラー');
	});

	it('reads the Asian charsets that bounces come in', () => {
		expect(decodeCharset(Buffer.from([0xcd, 0xcb, 0xd0, 0xc5]), 'gb2312')).toBe('退信');
		expect(decodeCharset(Buffer.from([0x83, 0x81, 0x81, 0x5b, 0x83, 0x8b]), 'Shift_JIS')).toBe('メール');
	});
});

describe('decodeTransfer', () => {
	it('never fails on broken encodings', () => {
		expect(decodeTransfer(Buffer.from('=ZZ=4'), 'quoted-printable').toString()).toBe('=ZZ=4');
		expect(decodeTransfer(Buffer.from('!!!'), 'base64')).toBeInstanceOf(Buffer);
	});
});

describe('htmlToPlain', () => {
	it('keeps the text and drops the rest', () => {
		const html =
			'<html><head><title>t</title><style>p{}</style></head><body><p>One &amp; <b>two</b><br>a&#64;b.example</p><!-- c --><td>x</td><td>y</td></body></html>';
		expect(htmlToPlain(html).trim().split('\n')).toEqual(['One & two', 'a@b.example', 'x y']);
	});

	it('keeps an address in angle brackets that was not escaped', () => {
		expect(htmlToPlain('<p><user@example.com>: rejected</p>').trim()).toBe('<user@example.com>: rejected');
	});

	it('shows the body of a page whose head is never closed', () => {
		expect(htmlToPlain('<head><title>t<body>text').trim()).toBe('text');
	});

	it('takes a lone bracket as text, and an unfinished tag as the end', () => {
		expect(htmlToPlain('1 < 2 <').trim()).toBe('1 < 2 <');
		expect(htmlToPlain('text <a href="').trim()).toBe('text');
	});
});
