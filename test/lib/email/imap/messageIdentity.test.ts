import { describe, expect, it } from 'vitest';
import { IDENTITY_BYTES, identityOf, isCutShort } from '../../../../lib/email/imap/messageIdentity';

const received = new Date('2026-11-30T10:00:00Z');
const mail = (lines: string[], body = 'x') => Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}\r\n`, 'latin1');
const lines = [
	'Message-ID: <m1@shop.example>',
	'Date: Mon, 30 Nov 2026 10:00:00 +0000',
	'From: shop@shop.example',
	'To: alice@example.test',
	'Subject: A long subject that a server folds anew',
];
const of = (head: Buffer, date: Date | null = received) => identityOf(head, date).identity;

describe('the identity of a message stays', () => {
	it.each([
		['a migration marks it', ['X-Moved: yes', 'X-Mailbox-Line: From x', ...lines]],
		[
			'it is delivered another way',
			['Return-Path: <a@b.example>', 'Delivered-To: c@d.example', 'Received: by e', ...lines],
		],
		[
			'its provider checks it',
			['Authentication-Results: mx; dkim=pass', 'ARC-Seal: i=1', 'Received-SPF: pass', ...lines],
		],
		['a mail program keeps a state in it', [...lines, 'Status: RO', 'X-Status: A', 'Content-Length: 3', 'Lines: 1']],
		['its content is rendered anew', [...lines, 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b2']],
		['its fields are sorted', [...lines].reverse()],
		['its fields are folded', lines.map((line) => line.replace('subject that', 'subject\r\n\tthat'))],
		['its field names are written in another case', lines.map((line) => line.replace('Subject', 'SUBJECT'))],
	])('when %s', (_name, changed) => {
		expect(of(mail(changed))).toBe(of(mail(lines)));
	});

	it('when another size, other line ends or another time of receipt is told', () => {
		expect(of(mail(lines, 'x'.repeat(100)), null)).toBe(of(mail(lines)));
		expect(of(Buffer.from(mail(lines).toString('latin1').replaceAll('\r\n', '\n')))).toBe(of(mail(lines)));
	});
});

describe('two messages are two', () => {
	it.each([
		['with another Message-ID', lines.map((line) => line.replace('m1@', 'm2@'))],
		['with one Message-ID and another Date', lines.map((line) => line.replace('10:00:00', '11:00:00'))],
		['with one Message-ID and another subject', lines.map((line) => line.replace('folds', 'cuts'))],
		['with one Message-ID and another recipient', lines.map((line) => line.replace('alice', 'bob'))],
		['when one was sent on by a person', ['Resent-From: bob@example.test', ...lines]],
	])('%s', (_name, other) => {
		expect(of(mail(other))).not.toBe(of(mail(lines)));
	});

	it('without a Message-ID when they came at another second, or have other content', () => {
		const scan = ['From: scanner@example.test', 'Subject: Scan', 'Content-Type: application/pdf; name=1.pdf'];
		const other = ['From: scanner@example.test', 'Subject: Scan', 'Content-Type: application/pdf; name=2.pdf'];
		expect(of(mail(scan))).toBe(of(mail(scan)));
		expect(of(mail(scan), new Date('2026-11-30T10:00:01Z'))).not.toBe(of(mail(scan)));
		expect(of(mail(other))).not.toBe(of(mail(scan)));
		expect(of(mail(scan), new Date(Number.NaN))).toBe(of(mail(scan), null));
	});
});

it('is never changed: it is compared to what was written years ago', () => {
	expect(of(mail(lines))).toBe('58488af4997c3a8a3a4779989bd2bad8');
});

it('reads a Message-ID without its angle brackets, folded or bare', () => {
	const id = (field: string) => identityOf(Buffer.from(`${field}\r\n\r\n`), null).messageId;
	expect(id('Message-ID:\r\n <a@b>')).toBe('a@b');
	expect(id('Message-Id: a@b')).toBe('a@b');
	expect(id('Message-ID: <>')).toBeNull();
	expect(id('Subject: x')).toBeNull();
});

it('comes from the header section alone: a longer first part tells the same, and a shorter one that it is cut', () => {
	const long = [...lines, `References: ${'<r@x> '.repeat(3_000)}`];
	const whole = mail(long, 'body '.repeat(50_000));
	expect(isCutShort(whole.subarray(0, 8_192))).toBe(true);
	expect(isCutShort(whole.subarray(0, 32_768))).toBe(false);
	expect(of(whole.subarray(0, 32_768))).toBe(of(whole));
	const endless = mail([`X: ${'y'.repeat(2 * IDENTITY_BYTES)}`]);
	expect(isCutShort(endless.subarray(0, IDENTITY_BYTES))).toBe(false);
	expect(of(endless.subarray(0, IDENTITY_BYTES))).toBe(of(endless));
});
