import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../../lib/email/parse/parseMessage';
import { assembleMessage } from '../../../../lib/email/webhook/assemble';

const FIELDS = {
	headers: [
		['Received', 'from a by b'],
		['Received', 'from c by d'],
		['Subject', 'Grüße 🎉'],
		['Message-ID', '<m1@example.com>'],
		['References', '<a@x>\r\n <b@x>'],
		['Content-Type', 'text/plain; charset=koi8-r'],
		['Content-Transfer-Encoding', 'quoted-printable'],
	],
	fallback: { From: '"Müller, Änne" <ann@example.com>', To: 'bob@example.com', Subject: 'not this', Cc: null },
	text: 'Hallo\n\nWelt – schön.',
	html: '<p>Hallo <img src="cid:logo@x"></p>',
	attachments: [
		{
			filename: 'Rechnung Übersicht (1).pdf',
			contentType: 'application/pdf; name=x',
			content: Buffer.from('%PDF-1.4 …'),
		},
		{
			filename: 'logo.png',
			contentType: 'image/png',
			content: Buffer.from([1, 2, 3]),
			contentId: '<logo@x>',
			inline: true,
		},
	],
} as const;

describe('assembleMessage', () => {
	it('is read by the parser as what the provider took apart', async () => {
		const message = await parseMessage(assembleMessage(FIELDS));
		expect(message).toMatchObject({
			subject: 'Grüße 🎉',
			messageId: 'm1@example.com',
			references: ['a@x', 'b@x'],
			from: { name: 'Müller, Änne', address: 'ann@example.com' },
			to: [{ address: 'bob@example.com' }],
			cc: [],
		});
		expect(message.text.trim()).toBe('Hallo\n\nWelt – schön.');
		expect(message.html).toContain('cid:logo@x');
		expect(message.headers.received).toEqual(['from a by b', 'from c by d']);
		expect(
			message.attachments.map(({ filename, contentType, contentId, inline }) => [
				filename,
				contentType,
				contentId,
				inline,
			]),
		).toEqual(
			expect.arrayContaining([
				['logo.png', 'image/png', 'logo@x', true],
				['Rechnung Übersicht (1).pdf', 'application/pdf', null, false],
			]),
		);
	});

	it('gives the same bytes again', () => {
		expect(assembleMessage(FIELDS).equals(assembleMessage({ ...FIELDS, headers: [...FIELDS.headers] }))).toBe(true);
	});

	it('lets no value add a header or end the header section', async () => {
		const raw = assembleMessage({
			headers: [
				['Subject', 'a\r\nBcc: x@evil.example\r\n\r\nbody'],
				['X-Bad\r\nName', 'x'],
				['', 'y'],
			],
			text: 'real',
		});
		const message = await parseMessage(raw);
		expect(message.bcc).toEqual([]);
		expect(message.subject).toBe('a Bcc: x@evil.example body');
		expect(message.text.trim()).toBe('real');
	});

	it('keeps a report a report, and an attached message unencoded', () => {
		const raw = assembleMessage({
			headers: [['Content-Type', 'multipart/report; report-type=delivery-status; boundary="b"']],
			text: 'failed',
			attachments: [
				{
					filename: null,
					contentType: 'message/delivery-status',
					content: Buffer.from(
						'Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; a@b\r\nAction: failed\r\nStatus: 5.1.1\r\n',
					),
				},
				{ filename: null, contentType: 'message/rfc822', content: Buffer.from('Subject: inner\r\n\r\ninner body\r\n') },
			],
		});
		const text = raw.toString();
		expect(text).toMatch(/^Content-Type: multipart\/report; report-type=delivery-status;/m);
		expect(text).toContain('Status: 5.1.1');
		expect(text).toContain('Subject: inner');
	});

	it.each([{}, { text: '' }, { html: '' }, { text: null, html: null }])(
		'writes a message also of nothing: %j',
		async (bodies) => {
			const message = await parseMessage(assembleMessage({ headers: [], ...bodies }));
			expect(message.text.trim()).toBe('');
			expect(message.attachments).toEqual([]);
		},
	);
});
