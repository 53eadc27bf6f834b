import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import MailComposer from 'nodemailer/lib/mail-composer';
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../../lib/email/parse/parseMessage';

const runs = Number(process.env.ROUND_TRIP_RUNS ?? 150);

/** Text as people write it: letters of several scripts, punctuation, emoji; no control characters. */
const words = fc
	.array(
		fc.stringMatching(/^[a-zA-Z0-9äöüßéèçñøåłžčřışğАБВабвгдαβγ你好日本語한국어שלוםعربية,.;:!?'()/@#$%&*+=~-]{1,12}$/),
		{ minLength: 1, maxLength: 12 },
	)
	.map((list) => list.join(' '));
const line = fc.oneof(
	words,
	fc.constant(''),
	fc.constant('From the start'),
	fc.constant('.'),
	fc.constant('--b'),
	fc.constant('=?utf-8?Q?x?='),
	fc.constant('> quoted  '),
);
const body = fc.array(line, { minLength: 1, maxLength: 12 }).map((lines) => lines.join('\n'));
/** Of several blanks in an unquoted phrase one is meant (RFC 5322, 3.2.2). */
const name = fc
	.stringMatching(/^[A-Za-zäöüéАБВабв你好日本ا][A-Za-z0-9äöüéАБВабв你好日本ا'. _-]{0,20}[A-Za-z0-9é好]$/)
	.map((text) => text.replace(/ +/g, ' '));
const address = fc
	.tuple(
		name,
		fc.stringMatching(/^[a-z0-9]{1,10}(?:[.+_-][a-z0-9]{1,8})?$/),
		fc.stringMatching(/^[a-z0-9]{1,10}\.example$/),
	)
	.map(([display, local, domain]) => ({ name: display, address: `${local}@${domain}` }));
const attachment = fc.record({
	filename: name.map((stem) => `${stem}.bin`),
	content: fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
	contentType: fc.constantFrom('application/octet-stream', 'image/png', 'application/pdf'),
});
const mail = fc.record({
	from: address,
	to: fc.array(address, { minLength: 1, maxLength: 4 }),
	subject: words,
	text: body,
	html: fc.option(
		words.map((text) => `<p>${text.replace(/[&<>]/g, '')}</p>`),
		{ nil: undefined },
	),
	attachments: fc.array(attachment, { maxLength: 3 }),
	textEncoding: fc.constantFrom('quoted-printable' as const, 'base64' as const),
	references: fc.array(fc.stringMatching(/^<[a-z0-9]{1,12}@[a-z]{1,8}\.example>$/), { maxLength: 4 }),
});

/** Built by nodemailer, which shares no code with the parser under test. */
async function build(parts: typeof mail extends fc.Arbitrary<infer T> ? T : never): Promise<Buffer> {
	return new MailComposer({ ...parts, date: new Date('2026-03-03T09:00:00Z'), newline: '\r\n' }).compile().build();
}

const endings = (text: string): string => text.replace(/\r\n/g, '\n').replace(/\n+$/, '');

describe('a generated message', () => {
	it('comes back exactly', async () => {
		await fc.assert(
			fc.asyncProperty(mail, async (parts) => {
				const message = await parseMessage(await build(parts));
				expect(message.subject).toBe(parts.subject.trim());
				expect(message.from).toEqual(parts.from);
				expect(message.to).toEqual(parts.to);
				expect(message.references).toEqual([...new Set(parts.references.map((id) => id.slice(1, -1)))]);
				expect(message.date).toBe('2026-03-03T09:00:00.000Z');
				expect(message.html === null ? undefined : endings(message.html)).toBe(parts.html);
				const written = endings(parts.text);
				if (/\S/.test(written) || parts.html === undefined) expect(endings(message.text)).toBe(written);
				expect(message.attachments.map(({ filename, sha256, size }) => ({ filename, sha256, size }))).toEqual(
					parts.attachments.map(({ filename, content }) => ({
						filename,
						sha256: createHash('sha256').update(content).digest('hex'),
						size: content.length,
					})),
				);
				expect(message.defects).toEqual([]);
			}),
			{ numRuns: runs },
		);
	});

	it('reads the same however its bytes arrive', async () => {
		await fc.assert(
			fc.asyncProperty(
				mail,
				fc.array(fc.integer({ min: 1, max: 97 }), { minLength: 1, maxLength: 20 }),
				async (parts, sizes) => {
					const bytes = await build(parts);
					const pieces: Buffer[] = [];
					for (let at = 0, i = 0; at < bytes.length; i++) {
						const size = sizes[i % sizes.length]!;
						pieces.push(bytes.subarray(at, at + size));
						at += size;
					}
					expect(await parseMessage(Readable.from(pieces))).toEqual(await parseMessage(bytes));
				},
			),
			{ numRuns: runs },
		);
	});
});
