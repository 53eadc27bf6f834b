import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../../lib/email/parse/parseMessage';

const mail = (...lines: string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n`, 'utf8');
const head = ['To: desk@shop.example', 'Date: Tue, 10 Nov 2026 09:00:00 +0100', 'MIME-Version: 1.0'];

describe('the sender that clients show', () => {
	it.each([
		['Field, Nora <nora@client.example>', 'Field, Nora'],
		['Müller, Jan; Sales <nora@client.example>', 'Müller, Jan; Sales'],
		['"Field", Nora <nora@client.example>', 'Field, Nora'],
		['Field, Nora nora@client.example', 'Field, Nora'],
		['Nora Field [nora@client.example]', 'Nora Field'],
		['Nora (Sales <nora@client.example>', 'Nora Sales'],
		['=?iso-8859-1?Q?B=FCrle, =20Nora?= <nora@client.example>', 'Bürle,  Nora'],
		['Nora\u00a0Field\u00a0<nora@client.example>', 'Nora Field'],
		['"Nora Field\' <nora@client.example>', "Nora Field'"],
	])('%s', async (from, name) => {
		const message = await parseMessage(mail(`From: ${from}`, ...head, '', 'hello'));
		expect(message.from).toEqual({ name, address: 'nora@client.example' });
	});

	it('is no word without an @, and Reply-To holds no empty address', async () => {
		const message = await parseMessage(mail('From: cron', 'Reply-To: "Nora", <>', ...head, '', 'x'));
		expect(message.from).toEqual({ name: 'cron', address: '' });
		expect(message.replyTo).toEqual([]);
	});

	it('leaves a list of recipients whole', async () => {
		const message = await parseMessage(
			mail(
				'From: a@x.example',
				'To: b@x.example, Field, Nora <nora@client.example>, "c@x.example", Team: d@x.example;',
				'',
				'x',
			),
		);
		expect(message.to.map(({ address }) => address)).toEqual([
			'b@x.example',
			'nora@client.example',
			'c@x.example',
			'd@x.example',
		]);
	});
});

describe('bytes', () => {
	it.each(['à', 'Voilà', 'ТЕНДЕР', 'ОТДЕЛ Р', '上传', '𐐠', 'Şà'])('raw UTF-8 keeps every letter: %s', async (word) => {
		const message = await parseMessage(
			mail(`From: ${word} <a@x.example>`, `Subject: ${word}`, `X-Note: ${word}`, ...head, '', 'x'),
		);
		expect(message).toMatchObject({ subject: word, from: { name: word }, headers: { 'x-note': [word] } });
	});

	it.each([
		['Offer, final (2).pdf', 'Offer, final (2).pdf'],
		['Offer (a; b).pdf', 'Offer (a; b).pdf'],
		['Offer.pdf (the newest)', 'Offer.pdf'],
		['"Offer (2).pdf"', 'Offer (2).pdf'],
		['Offer (2.pdf', 'Offer (2.pdf'],
	])('an unquoted file name: %s', async (written, name) => {
		const message = await parseMessage(
			mail(
				'From: a@x.example',
				'Content-Type: application/pdf',
				`Content-Disposition: attachment; filename=${written}`,
				'',
				'%PDF-1.4',
			),
		);
		expect(message.attachments[0]?.filename).toBe(name);
	});

	it('takes comments out of other parameters still', async () => {
		const message = await parseMessage(
			mail('From: a@x.example', 'Content-Type: text/plain; charset=utf-8 (Unicode)', '', 'ö'),
		);
		expect(message.text).toBe('ö\n');
	});
});

describe('the body is there', () => {
	it.each(['in-line', 'none', 'null', 'form-data', 'in line', '=?utf-8?Q?inline?='])(
		'with Content-Disposition: %s',
		async (disposition) => {
			const message = await parseMessage(
				mail('From: a@x.example', 'Content-Type: text/plain', `Content-Disposition: ${disposition}`, '', 'the words'),
			);
			expect(message).toMatchObject({ text: 'the words\n', attachments: [] });
		},
	);

	it('as a named alternative, behind a blank plain part', async () => {
		const message = await parseMessage(
			mail(
				'From: a@x.example',
				'Content-Type: multipart/alternative; boundary=b',
				'',
				'--b',
				'Content-Type: text/plain; charset=utf-8',
				'',
				'\u200b\u200c\ufeff',
				'--b',
				'Content-Type: text/html; name="x.html"',
				'Content-Disposition: inline; filename="x.html"',
				'',
				'<p>the words</p>',
				'--b--',
			),
		);
		expect(message).toMatchObject({ text: 'the words', attachments: [] });
	});

	it('where no empty line stands before the first boundary, and encodings are encoded words', async () => {
		const message = await parseMessage(
			mail(
				'From: a@x.example',
				'Content-Type: multipart/mixed; boundary="b"',
				'MIME-Version: 1.0',
				'--b',
				'Content-Type: text/plain; charset=utf-8',
				'Content-Transfer-Encoding: =?us-ascii?Q?base64?=',
				'',
				Buffer.from('Grüße').toString('base64'),
				'--b--',
			),
		);
		expect(message.text).toBe('Grüße');
	});
});

describe('text that stands in winmail.dat only', () => {
	const u32 = (value: number): Buffer => {
		const bytes = Buffer.alloc(4);
		bytes.writeUInt32LE(value);
		return bytes;
	};
	const property = (tag: number, value: Buffer): Buffer =>
		Buffer.concat([u32(tag), u32(1), u32(value.length), value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
	const attribute = (id: number, value: Buffer): Buffer =>
		Buffer.concat([Buffer.from([1]), u32(id), u32(value.length), value, Buffer.alloc(2)]);
	const tnef = (...attributes: Buffer[]): string =>
		Buffer.concat([u32(0x223e9f78), Buffer.alloc(2), ...attributes]).toString('base64');
	const properties = (...list: Buffer[]): Buffer => attribute(0x00069003, Buffer.concat([u32(list.length), ...list]));
	// MS-OXRTFCP, 3.1.1: the example of the specification.
	const compressed = Buffer.from(
		'2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af32068656c090020627705b06c647d0a800fa0'.replace(
			' ',
			'',
		),
		'hex',
	);
	const stored = (rtf: string): Buffer =>
		Buffer.concat([u32(rtf.length + 12), u32(rtf.length), u32(0x414c454d), u32(0), Buffer.from(rtf, 'latin1')]);

	it.each([
		['plain', attribute(0x0002800c, Buffer.from('The lamp\0')), 'The lamp'],
		['wide plain', properties(property(0x1000001f, Buffer.from('Die Lämpe\0', 'utf16le'))), 'Die Lämpe'],
		['html', properties(property(0x10130102, Buffer.from('<p>The <b>lamp</b></p>'))), 'The lamp'],
		['compressed RTF', properties(property(0x10090102, compressed)), 'hello world'],
		[
			'RTF',
			properties(
				property(
					0x10090102,
					stored("{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}\\uc1 Gr\\'fc\\u223?e\\par \\b Nora\\b0}"),
				),
			),
			'Grüße\nNora',
		],
		[
			'html in RTF',
			properties(
				property(
					0x10090102,
					stored(
						'{\\rtf1\\ansi\\fromhtml1{\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 The lamp\\htmlrtf \\par}\\htmlrtf0{\\*\\htmltag72 </p>}}',
					),
				),
			),
			'The lamp',
		],
	])('%s', async (_, content, text) => {
		const message = await parseMessage(
			mail(
				'From: a@x.example',
				'Content-Type: multipart/mixed; boundary=b',
				'',
				'--b',
				'Content-Type: text/plain',
				'',
				'',
				'--b',
				'Content-Type: application/ms-tnef; name=winmail.dat',
				'Content-Transfer-Encoding: base64',
				'',
				tnef(content),
				'--b--',
			),
		);
		expect(message.text.trim()).toBe(text);
		expect(message.defects).toContainEqual(expect.objectContaining({ code: 'body-recovered' }));
	});
});
