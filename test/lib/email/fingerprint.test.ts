import { describe, expect, it } from 'vitest';
import { mailFingerprint } from '../../../lib/email/fingerprint';
import { assembleMessage } from '../../../lib/email/webhook/assemble';

const text = 'Grüße, the invoice\u00a0is attached.  \r\n\r\n-- \r\nAnn\r\n';
const headers = [
	'From: =?utf-8?q?Ann_M=C3=BCller?= <Ann@Customer.example>',
	'To: support@shop.example',
	'Subject: =?utf-8?b?UmVjaG51bmcgw7xiZXI=?= 12',
	'Date: Wed, 4 Mar 2026 09:14:58 +0000',
	'Message-ID: <c1@customer.example>',
];
const encoded = [
	'MIME-Version: 1.0',
	'Content-Type: text/plain; charset=utf-8',
	'Content-Transfer-Encoding: base64',
	'',
	...Buffer.from(text)
		.toString('base64')
		.match(/.{1,76}/g)!,
	'',
];
const mail = (...lines: string[]) => Buffer.from(lines.join('\r\n'));
const original = mail(...headers, ...encoded);
const print = (raw: Buffer) => mailFingerprint(raw);

describe('a mail’s fingerprint', () => {
	it.each<[string, Buffer]>([
		[
			'servers added headers to',
			mail(
				'Return-Path: <ann@customer.example>',
				'Delivered-To: support@shop.example',
				'Received: from mx.customer.example by mx.shop.example; Wed, 4 Mar 2026 09:15:00 +0000',
				'Authentication-Results: mx.shop.example; spf=pass',
				...headers,
				...encoded,
			),
		],
		['came with bare line feeds', Buffer.from(original.toString().replaceAll('\r\n', '\n'))],
		[
			'a relay encoded anew',
			mail(...headers, 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', '', text.trimEnd()),
		],
		[
			'a provider took apart',
			assembleMessage({
				headers: [
					['From', 'Ann Müller <ann@customer.example>'],
					['Subject', 'Rechnung über 12'],
					['Message-ID', '<c1@customer.example>'],
				],
				text: text.replaceAll('\r\n', '\n'),
			}),
		],
	])('is that of a copy that %s', async (_how, copy) => {
		expect(await print(copy)).toBe(await print(original));
	});

	it.each<[string, string, string]>([
		['Message-ID', '<c1@', '<c2@'],
		['author', 'Ann@Customer', 'Bob@Customer'],
		['subject', '12\r\n', '13\r\n'],
		['text', 'R3LDvMOfZS', 'R3LDvMOfZT'],
	])('is another for another %s', async (_what, from, to) => {
		const other = Buffer.from(original.toString().replace(from, to));
		expect(other.equals(original)).toBe(false);
		expect(await print(other)).not.toBe(await print(original));
	});

	it('goes by the date where there is no Message-ID, and is none where there is neither', async () => {
		const [from, to, subject, date] = headers as [string, string, string, string];
		const dated = mail(from, to, subject, date, '', 'Hi');
		expect(await print(dated)).toBe(await print(mail('Received: by mx', from, to, subject, date, '', 'Hi', '')));
		expect(await print(dated)).not.toBe(await print(mail(from, to, subject, date.replace('09:14', '09:15'), '', 'Hi')));
		expect(await print(mail(from, to, subject, '', 'Hi'))).toBeNull();
		expect(await print(Buffer.alloc(0))).toBeNull();
	});
});
