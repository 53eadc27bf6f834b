/**
 * Messages a second on one core over the corpora of the tests, and the time to load the classifier. Prints JSON. Needs a
 * build (`npm run build`); another build's classifyMessage.js may be given as the argument.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Classification } from '../lib/email/bounce/classification.ts';

/** The first rounds warm the compiler up and are not counted. */
const WARM_UP = 4;
const ROUNDS = 9;
const folders = ['bounce-sisimai', 'bounce-flufl'].map((name) => join(import.meta.dirname, '../test/corpora', name));

const messages = folders.flatMap((folder) =>
	readdirSync(folder)
		.filter((name) => /\.(?:eml|txt)$/.test(name) && name !== 'LICENSE.txt')
		.map((name) => readFileSync(join(folder, name))),
);

const beforeLoad = process.hrtime.bigint();
const { classifyMessage } = (await import(process.argv[2] ?? '../dist/lib/email/bounce/classifyMessage.js')) as {
	classifyMessage: (raw: Buffer) => Classification;
};
const loadMs = Number(process.hrtime.bigint() - beforeLoad) / 1e6;

/** Messages a second over the whole corpus, once. */
function round(): number {
	const start = process.hrtime.bigint();
	for (const message of messages) classifyMessage(message);
	return messages.length / (Number(process.hrtime.bigint() - start) / 1e9);
}

const cold = round();
for (let n = 1; n < WARM_UP; n++) round();
const rates = Array.from({ length: ROUNDS }, round).sort((one, other) => one - other);
process.stdout.write(
	`${JSON.stringify({
		messages: messages.length,
		bytes: messages.reduce((sum, message) => sum + message.length, 0),
		loadMs: Math.round(loadMs),
		firstPassPerSecond: Math.round(cold),
		messagesPerSecond: Math.round(rates[Math.floor(ROUNDS / 2)] ?? 0),
		node: process.version,
	})}\n`,
);
