import { describe, expect, it } from 'vitest';
import { readMultipart } from '../../../../lib/email/webhook/multipart';

const TYPE = 'multipart/form-data; boundary="xYz"';
const latin1 = (...lines: string[]): Buffer => Buffer.from(lines.join('\r\n'), 'latin1');

describe('readMultipart', () => {
	it('agrees with what Node writes', async () => {
		const form = new FormData();
		form.append('subject', 'Grüße\r\n--not-a-boundary');
		form.append('empty', '');
		form.append(
			'attachment1',
			new Blob([Uint8Array.from([0, 13, 10, 45, 45, 255])], { type: 'image/png' }),
			'a "b" ü.png',
		);
		const response = new Response(form);
		const contentType = response.headers.get('content-type')!;
		const read = readMultipart(Buffer.from(await response.arrayBuffer()), contentType);
		expect(read.fields.map(({ name, value }) => [name, value])).toEqual([
			['subject', 'Grüße\r\n--not-a-boundary'],
			['empty', ''],
		]);
		expect(read.files).toEqual([
			{
				name: 'attachment1',
				filename: 'a "b" ü.png',
				contentType: 'image/png',
				content: Buffer.from([0, 13, 10, 45, 45, 255]),
			},
		]);
	});

	it('keeps the bytes of a field that is not UTF-8', () => {
		const body = latin1(
			'preamble',
			'--xYz',
			'Content-Disposition: form-data; name="email"',
			'',
			'Subject: Grüße',
			'',
			'ä',
			'--xYz--',
			'epilogue',
		);
		expect(readMultipart(body, TYPE).fields[0]!.bytes).toEqual(latin1('Subject: Grüße', '', 'ä'));
	});

	it('takes a line that only begins like the boundary as content', () => {
		const body = latin1(
			'--xYz',
			'Content-Disposition: form-data; name=a',
			'',
			'--xYzz',
			'in --xYz line',
			'--xYz--',
			'',
		);
		expect(readMultipart(body, TYPE).fields).toMatchObject([{ name: 'a', value: '--xYzz\r\nin --xYz line' }]);
	});

	it('reads bare line feeds and folded, oddly written headers', () => {
		const body = Buffer.from(
			'--xYz\ncontent-disposition: FORM-DATA;\n name="f";\n filename="x.txt"\nContent-Type:text/plain\n\nhi\n--xYz--',
		);
		expect(readMultipart(body, TYPE).files).toEqual([
			{ name: 'f', filename: 'x.txt', contentType: 'text/plain', content: Buffer.from('hi') },
		]);
	});

	it.each([
		['no boundary', TYPE.split(';')[0]!, '--xYz--'],
		['another boundary', TYPE, '--abc\r\n\r\n--abc--'],
		['a cut body', TYPE, '--xYz\r\nContent-Disposition: form-data; name="a"\r\n\r\nhal'],
		['no header section', TYPE, '--xYz\r\nno header\r\n--xYz--'],
		['an empty body', TYPE, ''],
		['very many parts', TYPE, `${'--xYz\r\n\r\n\r\n'.repeat(2500)}--xYz--`],
	])('refuses %s', (_, type, body) => {
		expect(() => readMultipart(Buffer.from(body), type)).toThrow(
			expect.objectContaining({ code: 'WEBHOOK_MALFORMED' }) as Error,
		);
	});

	it('refuses or reads every truncation, without any other error', () => {
		const body = latin1(
			'--xYz',
			'Content-Disposition: form-data; name="a"',
			'',
			'one',
			'--xYz',
			'Content-Disposition: form-data; name="b"; filename="f"',
			'',
			'two',
			'--xYz--',
		);
		for (let length = 0; length < body.length; length += 1) {
			expect(() => readMultipart(body.subarray(0, length), TYPE), String(length)).toThrow(
				expect.objectContaining({ code: 'WEBHOOK_MALFORMED' }) as Error,
			);
		}
		expect(readMultipart(body, TYPE)).toMatchObject({ fields: [{ value: 'one' }], files: [{ name: 'b' }] });
	});
});
