import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { type Draft, composeMessage, fingerprintOf, fixParts } from '../../../../lib/email/smtp/compose';

const draft: Draft = {
	from: { name: 'Support Ünit', address: 'support@example.com' },
	to: [{ name: '', address: 'ann@example.com' }],
	cc: [],
	bcc: [{ name: '', address: 'archive@example.com' }],
	replyTo: [],
	subject: 'Grüße – 你好',
	text: 'Hello Ann,\n.\nthis line follows a dot\n',
	html: '<p>Hello <img src="cid:logo"></p>',
	attachments: [
		{ filename: 'rechnung–7.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF-1.7 fake') },
		{ filename: 'logo.png', contentType: 'image/png', content: Buffer.from([1, 2, 3]), contentId: 'logo' },
	],
	inReplyTo: 'q1@customer.test',
	references: ['q0@customer.test', 'q1@customer.test'],
	headers: [{ name: 'X-Ticket', value: '42' }],
};

describe('composeMessage', () => {
	it('says the same to a parser as the draft does', async () => {
		const fixed = fixParts(draft.from);
		const parsed = await simpleParser(await composeMessage(draft, fixed));
		expect(parsed.subject).toBe(draft.subject);
		expect(parsed.from?.value[0]).toMatchObject({ name: 'Support Ünit', address: 'support@example.com' });
		expect(parsed.messageId).toBe(`<${fixed.messageId}>`);
		expect(parsed.inReplyTo).toBe('<q1@customer.test>');
		expect(parsed.references).toEqual(['<q0@customer.test>', '<q1@customer.test>']);
		expect(parsed.text).toContain('this line follows a dot');
		expect(parsed.headers.get('x-ticket')).toBe('42');
		expect(parsed.attachments.map(({ filename }) => filename)).toEqual(['logo.png', 'rechnung–7.pdf']);
	});

	it('is the same bytes each time, without the blind copy', async () => {
		const fixed = fixParts(draft.from);
		const [first, second] = [await composeMessage(draft, fixed), await composeMessage(draft, fixed)];
		expect(first.equals(second)).toBe(true);
		expect(first.toString('latin1')).not.toContain('archive@example.com');
	});

	it.each<[string, Partial<Draft>, string]>([
		[
			'a line break in a header',
			{ headers: [{ name: 'X-A', value: 'a\r\nBcc: evil@example.com' }] },
			'SEND_HEADER_INVALID',
		],
		['a colon in a header name', { headers: [{ name: 'X:A', value: '1' }] }, 'SEND_HEADER_INVALID'],
		['a header the node sets', { headers: [{ name: 'From', value: 'x@example.com' }] }, 'SEND_HEADER_INVALID'],
		['a line break in the subject', { subject: 'a\nBcc: evil@example.com' }, 'SEND_SUBJECT_INVALID'],
		['no recipient', { to: [], bcc: [] }, 'SEND_RECIPIENT_MISSING'],
		['a broken address', { to: [{ name: '', address: 'ann' }] }, 'SEND_ADDRESS_INVALID'],
		['a command in an address', { to: [{ name: '', address: 'a@b>\r\nRCPT TO:<c@d' }] }, 'SEND_ADDRESS_INVALID'],
	])('refuses %s', async (_name, change, code) => {
		await expect(composeMessage({ ...draft, ...change }, fixParts(draft.from))).rejects.toMatchObject({ code });
	});

	it('never lets a name or a header value start a header of its own', async () => {
		await fc.assert(
			fc.asyncProperty(fc.string({ unit: 'binary' }), async (name) => {
				const bytes = await composeMessage({ ...draft, from: { ...draft.from, name } }, fixParts(draft.from));
				const head = bytes.toString('latin1').split('\r\n\r\n')[0]!;
				const names = head
					.split('\r\n')
					.filter((line) => !/^\s/.test(line))
					.map((line) => line.split(':')[0]!.toLowerCase());
				expect(names.filter((header) => header === 'bcc' || header === 'x-injected')).toEqual([]);
				expect(new Set(names).size).toBe(names.length);
			}),
			{ numRuns: 200, examples: [['x\r\nBcc: evil@example.com'], ['x\nX-Injected: 1']] },
		);
	});
});

describe('fingerprintOf', () => {
	it('changes with what the receiver would notice, and with nothing else', () => {
		const same = fingerprintOf({ ...draft, to: [{ name: '', address: 'ANN@example.com' }] });
		expect(same).toBe(fingerprintOf(draft));
		for (const change of [{ text: 'x' }, { subject: 'x' }, { html: null }, { attachments: [] }, { inReplyTo: null }]) {
			expect(fingerprintOf({ ...draft, ...change })).not.toBe(fingerprintOf(draft));
		}
	});
});
