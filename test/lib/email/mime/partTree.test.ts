import { describe, expect, it } from 'vitest';
import { header, rawHeader, readHeaderBlock } from '../../../../lib/email/mime/headerBlock';
import { PART_LIMITS, readPartTree, walkParts } from '../../../../lib/email/mime/partTree';

const tree = (text: string) => readPartTree(Buffer.from(text, 'latin1'));
const bodies = (text: string) =>
	[...walkParts(tree(text))].map((part) => [part.path, part.contentType, part.body.toString('latin1')]);

describe('readPartTree', () => {
	it('reads a message without MIME as one text part', () => {
		const part = tree('From: a@b.example\r\n\r\nhello\r\n');
		expect(part).toMatchObject({ path: '', contentType: 'text/plain', encoding: '7bit', children: [], complete: true });
		expect(part.body.toString()).toBe('hello\r\n');
	});

	it('reads nested multiparts and an enclosed message, and numbers them as IMAP does', () => {
		const text = [
			'Content-Type: multipart/mixed; boundary="a"',
			'',
			'preamble',
			'--a',
			'Content-Type: multipart/alternative; boundary=b',
			'',
			'--b',
			'',
			'one',
			'--b',
			'Content-Type: TEXT/HTML; charset=UTF-8',
			'',
			'two',
			'--b--',
			'--a',
			'Content-Type: message/rfc822',
			'',
			'Subject: inner',
			'',
			'three',
			'--a--',
			'epilogue',
		].join('\r\n');
		expect(
			bodies(text)
				.slice(1)
				.map(([path, type]) => [path, type]),
		).toEqual([
			['1', 'multipart/alternative'],
			['1.1', 'text/plain'],
			['1.2', 'text/html'],
			['2', 'message/rfc822'],
			['2.1', 'text/plain'],
		]);
		const [, , plain, html, , inner] = [...walkParts(tree(text))];
		expect([plain!.body.toString(), html!.body.toString(), inner!.body.toString()]).toEqual(['one', 'two', 'three']);
		expect(html!.params.charset).toBe('UTF-8');
		expect(header(inner!.headers, 'subject')).toBe('inner');
	});

	it('ends a part without closing boundary at the end of what encloses it, and says so', () => {
		const part = tree('Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a\nContent-Type: text/html\n\ntwo');
		expect(part.complete).toBe(false);
		expect(part.children.map((child) => child.body.toString())).toEqual(['one', 'two']);
	});

	it('takes a multipart without boundary for a leaf', () => {
		const part = tree('Content-Type: multipart/report\n\nReporting-MTA: dns; x\n');
		expect(part).toMatchObject({ children: [], complete: false });
		expect(part.body.toString()).toBe('Reporting-MTA: dns; x\n');
	});

	it('does not take a longer boundary, or one within a line, for its own', () => {
		const text = 'Content-Type: multipart/mixed; boundary=a\n\n--a\n\nx --a\n--ab\n--a--';
		expect(tree(text).children.map((child) => child.body.toString())).toEqual(['x --a\n--ab']);
	});

	it('keeps an enclosed message that is cut in its header', () => {
		const part = tree('Content-Type: message/rfc822\n\nSubject: cut');
		expect(header(part.children[0]!.headers, 'subject')).toBe('cut');
		expect(part.children[0]!.complete).toBe(true);
	});

	it('skips an mbox From line', () => {
		expect(header(tree('From x@y Thu Jan  1 00:00:00 2026\nSubject: s\n\nb').headers, 'subject')).toBe('s');
	});

	it('does not follow nesting or parts without end', () => {
		const deep = 'Content-Type: message/rfc822\n\n'.repeat(100);
		expect([...walkParts(tree(deep))].length).toBe(PART_LIMITS.depth + 1);
		const wide = `Content-Type: multipart/mixed; boundary=a\n\n${'--a\n\nx\n'.repeat(5000)}--a--`;
		expect([...walkParts(tree(wide))].length).toBeLessThanOrEqual(PART_LIMITS.parts + 1);
	});
});

describe('readHeaderBlock', () => {
	const read = (text: string) => readHeaderBlock(text, 0, text.length);

	it('unfolds and lower-cases names', () => {
		const { fields } = read('Subject: one\r\n  two\r\nX-Y : z\r\n\r\nbody');
		expect(fields).toEqual([
			{ name: 'subject', value: 'one two' },
			{ name: 'x-y', value: 'z' },
		]);
	});

	it('stops before a line that is no field', () => {
		const text = 'A: 1\nno field here\nB: 2\n';
		const { fields, bodyStart, closed } = read(text);
		expect(fields).toHaveLength(1);
		expect(closed).toBe(false);
		expect(text.slice(bodyStart)).toBe('no field here\nB: 2\n');
	});

	it('decodes encoded words and bare UTF-8, and keeps what it cannot decode', () => {
		const { fields } = read(
			`A: =?utf-8?q?gr=C3=BCn?=\nB: ${Buffer.from('grün').toString('latin1')}\nC: =?x-none?q?=FF?=\n\n`,
		);
		expect(header(fields, 'a')).toBe('grün');
		expect(header(fields, 'b')).toBe('grün');
		expect(header(fields, 'c')).toEqual(expect.any(String));
		expect(rawHeader(fields, 'd')).toBeNull();
	});
});
