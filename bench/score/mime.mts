/**
 * Runs MIME Parse for a scorer: absolute paths on standard input, one JSON line a file on standard output. Runs on the
 * build: `tsc -p tsconfig.build.json --outDir DIR`, then `node bench/score/mime.mts DIR` (default `dist`).
 * `--simple-parser` runs mailparser's simpleParser instead, for comparison.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { simpleParser } from 'mailparser';
import type { ParsedMessage } from '../../lib/email/parse/parseMessage.ts';

interface Row {
	file: string;
	subject: string | null;
	from: Array<{ name: string; address: string }>;
	text: string | null;
	html: string | null;
	attachments: Array<{ filename: string | null; contentType: string; size: number; sha256: string }>;
}

const arguments_ = process.argv.slice(2);
const folder = arguments_.find((argument) => !argument.startsWith('--')) ?? 'dist';

async function own(file: string): Promise<Row> {
	const { parseWithContent } = createRequire(import.meta.url)(resolve(folder, 'lib/email/parse/parseMessage.js')) as {
		parseWithContent: (raw: Buffer) => Promise<ParsedMessage>;
	};
	const { message, content, from } = await parseWithContent(readFileSync(file));
	// The scorer's convention: plain and html parts each by themselves with nothing made from the other, a text part with
	// a file name as attachment, and what is packed within a part (uuencode, TNEF) not counted.
	const of = (type: string): string | null => {
		const parts = content.parts.filter((part) => part.contentType === type && part.filename === null);
		return parts.length === 0 ? null : parts.map((part) => part.text).join('\n');
	};
	const named = content.parts
		.filter((part) => part.filename !== null)
		.map(({ filename, contentType, bytes }) => ({
			filename,
			contentType,
			size: bytes.length,
			sha256: createHash('sha256').update(bytes).digest('hex'),
		}));
	const attachments = [...named, ...content.attachments.filter((attachment) => attachment.packedIn === undefined)];
	return { file, subject: message.subject, from, text: of('text/plain'), html: of('text/html'), attachments };
}

async function theirs(file: string): Promise<Row> {
	const mail = await simpleParser(readFileSync(file), {
		skipHtmlToText: true,
		skipTextToHtml: true,
		skipImageLinks: true,
	});
	return {
		file,
		subject: mail.subject ?? null,
		from: (mail.from?.value ?? []).map(({ name, address }) => ({ name, address: address ?? '' })),
		text: mail.text ?? null,
		html: mail.html || null,
		attachments: mail.attachments.map(({ filename, contentType, size, content }) => ({
			filename: filename ?? null,
			contentType,
			size,
			sha256: createHash('sha256').update(content).digest('hex'),
		})),
	};
}

const run = arguments_.includes('--simple-parser') ? theirs : own;
for (const file of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
	process.stdout.write(`${JSON.stringify(await run(file))}\n`);
}
