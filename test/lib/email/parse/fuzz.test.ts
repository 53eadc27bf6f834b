import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../../lib/email/parse/parseMessage';
import { mutate, seeded } from './mutate';

/** FUZZ_MESSAGES=100000 for the long form; FUZZ_SEED to begin elsewhere. */
const messages = Number(process.env.FUZZ_MESSAGES ?? 1500);
const firstSeed = Number(process.env.FUZZ_SEED ?? 1);
const folder = join(__dirname, 'samples');
const seeds = readdirSync(folder)
	.filter((name) => name.endsWith('.eml'))
	.map((name) => readFileSync(join(folder, name)));

function nested(levels: number): Buffer {
	const lines = ['Subject: deep'];
	for (let level = 0; level < levels; level++) {
		lines.push(`Content-Type: multipart/mixed; boundary=b${level}`, '', `--b${level}`);
	}
	return Buffer.from([...lines, 'Content-Type: text/plain', '', 'bottom', ''].join('\r\n'));
}

function nestedMessages(levels: number): Buffer {
	return Buffer.from('Content-Type: message/rfc822\r\n\r\n'.repeat(levels) + 'bottom');
}

describe('whatever the bytes', () => {
	it(
		`reads ${messages} mutated messages, the same in one piece as in many`,
		async () => {
			for (let seed = firstSeed; seed < firstSeed + messages; seed++) {
				const random = seeded(seed);
				const pick = (): Buffer => seeds[Math.floor(random() * seeds.length)]!;
				const bytes = mutate(pick(), pick(), random);
				const whole = await parseMessage(bytes).catch((error: unknown) => {
					throw new Error(`seed ${seed} fails`, { cause: error });
				});
				expect(whole.raw.size).toBe(bytes.length);
				if (seed % 4 !== 0) continue;
				const size = 1 + Math.floor(random() * random() * 300);
				const pieces: Buffer[] = [];
				for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
				expect(await parseMessage(Readable.from(pieces)), `seed ${seed} in pieces of ${size}`).toEqual(whole);
			}
		},
		60_000 + messages * 50,
	);

	it.each([
		['10,000 levels of multipart', nested(10_000)],
		['10,000 levels of message/rfc822', nestedMessages(10_000)],
		[
			'100,000 empty parts',
			Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\n'.repeat(100_000)}`),
		],
		['a header line of 5 MB', Buffer.from(`Subject: ${'x'.repeat(5_000_000)}\r\n\r\nbody`)],
		['100,000 header lines', Buffer.from(`${'X-A: b\r\n'.repeat(100_000)}\r\nbody`)],
		['100,000 continuation lines', Buffer.from(`Subject: a\r\n${' b\r\n'.repeat(100_000)}\r\nbody`)],
		['50,000 recipients', Buffer.from(`To: ${'a@x.example, '.repeat(50_000)}\r\n\r\nbody`)],
		['50,000 open comments', Buffer.from(`To: ${'('.repeat(50_000)}\r\nReferences: ${'('.repeat(50_000)}\r\n\r\nbody`)],
		[
			'50,000 open quotes',
			Buffer.from(`To: ${'"\\'.repeat(50_000)}\r\nContent-Type: ${'";'.repeat(50_000)}\r\n\r\nbody`),
		],
		['50,000 open brackets', Buffer.from(`To: ${'<'.repeat(50_000)}\r\nReferences: ${'<'.repeat(50_000)}\r\n\r\nbody`)],
		['50,000 encoded words', Buffer.from(`Subject: ${'=?utf-8?Q?a?= '.repeat(50_000)}\r\n\r\nbody`)],
		['encoded words never closed', Buffer.from(`Subject: ${'=?utf-8?Q?'.repeat(20_000)}\r\n\r\nbody`)],
		['question marks', Buffer.from(`Subject: =?utf-8?Q?${'?'.repeat(200_000)}\r\n\r\nbody`)],
		['5,000 parameters', Buffer.from(`Content-Type: text/plain${'; a*0*=b'.repeat(5000)}\r\n\r\nbody`)],
		['a body line of 5 MB', Buffer.from(`Subject: s\r\n\r\n${'x'.repeat(5_000_000)}`)],
		[
			'5 MB of blanks in quoted-printable',
			Buffer.from(`Content-Transfer-Encoding: quoted-printable\r\n\r\n${' '.repeat(5_000_000)}`),
		],
		[
			'5 MB of = and blanks in quoted-printable',
			Buffer.from(`Content-Transfer-Encoding: quoted-printable\r\n\r\n${'= '.repeat(2_500_000)}`),
		],
		['5 MB of = in base64', Buffer.from(`Content-Transfer-Encoding: base64\r\n\r\n${'='.repeat(5_000_000)}`)],
		['5 MB of open tags', Buffer.from(`Content-Type: text/html\r\n\r\n${'<div>'.repeat(1_000_000)}`)],
		['1,000,000 empty lines', Buffer.from(`Subject: s\r\n\r\n${'\r\n'.repeat(1_000_000)}`)],
		['1,000,000 line feeds before anything', Buffer.from('\n'.repeat(1_000_000))],
		['begin lines', Buffer.from(`Subject: s\r\n\r\n${'begin 644 a\n'.repeat(50_000)}`)],
		['flowed blanks', Buffer.from(`Content-Type: text/plain; format=flowed\r\n\r\n${'> a \r\n'.repeat(200_000)}`)],
		['cid references', Buffer.from(`Content-Type: text/html\r\n\r\n${'<img src="cid:a">'.repeat(50_000)}`)],
		['5 MB of style never closed', Buffer.from(`Content-Type: text/html\r\n\r\n${'<style>'.repeat(700_000)}`)],
		['5 MB of < alone', Buffer.from(`Content-Type: text/html\r\n\r\n${'<'.repeat(5_000_000)}`)],
		['5 MB of <!--', Buffer.from(`Content-Type: text/html\r\n\r\n${'<!--'.repeat(1_250_000)}`)],
		['5 MB of attributes', Buffer.from(`Content-Type: text/html\r\n\r\n<a ${'b=c '.repeat(1_250_000)}`)],
		['5 MB of table cells', Buffer.from(`Content-Type: text/html\r\n\r\n<table>${'<tr><td>x'.repeat(500_000)}`)],
		[
			'5 MB of links',
			Buffer.from(`Content-Type: text/html\r\n\r\n${'<a href="https://x.example">y</a>'.repeat(150_000)}`),
		],
		...[
			'From',
			'To',
			'Subject',
			'References',
			'Content-Type',
			'Content-Disposition',
			'Content-ID',
			'Content-Transfer-Encoding',
			'Date',
			'Return-Path',
			'Authentication-Results',
			'X-Spam-Status',
			'Delivered-To',
			'Received',
		].flatMap((name): Array<[string, Buffer]> => [
			[`blanks in ${name}`, Buffer.from(`${name}: a${' '.repeat(200_000)}b@c; d\r\n\r\nbody`)],
			[`letters in ${name}`, Buffer.from(`${name}: ${'a'.repeat(200_000)}\r\n\r\nbody`)],
			[`quotes in ${name}`, Buffer.from(`${name}: x${`"'`.repeat(100_000)}y\r\n\r\nbody`)],
			[`brackets in ${name}`, Buffer.from(`${name}: x${'<>'.repeat(100_000)}y\r\n\r\nbody`)],
			[`signs in ${name}`, Buffer.from(`${name}: ${'a=;'.repeat(60_000)}\r\n\r\nbody`)],
			[`dots in ${name}`, Buffer.from(`${name}: ${'a.@'.repeat(60_000)}\r\n\r\nbody`)],
		]),
		['NUL bytes', Buffer.alloc(1_000_000)],
		['bytes 0xFF', Buffer.alloc(1_000_000, 0xff)],
	])('takes %s', async (_, bytes) => {
		const message = await parseMessage(bytes, { trustedAuthservIds: ['a', 'x'] });
		expect(message.raw.size).toBe(bytes.length);
	});

	it('reads the corpora', async () => {
		const corpora = join(__dirname, '../../../corpora');
		const files = ['mime-mime4j/testmsgs', 'bounce-sisimai'].flatMap((name) =>
			readdirSync(join(corpora, name)).map((file) => join(corpora, name, file)),
		);
		for (const file of files.filter((name) => /\.(?:eml|msg)$/.test(name))) {
			const bytes = readFileSync(file);
			expect((await parseMessage(bytes)).raw.size, file).toBe(bytes.length);
		}
	});
});
