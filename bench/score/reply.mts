/**
 * Runner for the reply scorer: reads paths of plain text bodies from stdin, one a line, and prints a line of JSON,
 * `{"file", "replyText"}`, for each. Needs the compiled package: `npm run build`, then
 * `node ../shared/corpora/scorers/score-reply.mjs --corpus ../shared/corpora/reply-discourse --run 'node bench/score/reply.mts'`.
 * The environment variable REPLY_DIST names another folder of compiled output than dist.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

type ExtractReply = typeof import('../../lib/email/reply/extractReply.ts').extractReply;

const dist = path.resolve(process.env.REPLY_DIST ?? path.join(import.meta.dirname, '../../dist'));
const compiled = pathToFileURL(path.join(dist, 'lib/email/reply/extractReply.js')).href;
const { extractReply } = (await import(compiled)) as { extractReply: ExtractReply };

for await (const line of createInterface({ input: process.stdin })) {
	const file = line.trim();
	if (file === '') continue;
	const { text } = extractReply({ text: readFileSync(file, 'utf8') });
	process.stdout.write(`${JSON.stringify({ file, replyText: text })}\n`);
}
