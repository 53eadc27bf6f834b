/**
 * Writes a made-up mailing-list archive in the form that the thread scorer reads.
 * `node bench/score/thread-archive.mts FOLDER [--seed 1] [--threads 300] [--style mailbox|pipermail]`
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mailingList } from '../../test/lib/pipeline/threads/mailingList.ts';

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		seed: { type: 'string', default: '1' },
		threads: { type: 'string', default: '300' },
		style: { type: 'string', default: 'mailbox' },
	},
});
const folder = positionals[0];
if (folder === undefined) throw new Error('Name the folder to write to');
const style = values.style === 'pipermail' ? 'pipermail' : 'mailbox';
const mails = mailingList({ seed: Number(values.seed), threads: Number(values.threads), style });
mkdirSync(join(folder, 'list'), { recursive: true });
const order = mails.map(({ raw }, at) => {
	const file = `list/${String(at + 1).padStart(5, '0')}.eml`;
	writeFileSync(join(folder, file), raw);
	return file;
});
const threads: string[][] = [];
mails.forEach(({ thread }, at) => (threads[thread] ??= []).push(order[at] ?? ''));
writeFileSync(
	join(folder, 'truth.json'),
	JSON.stringify({ form: 'thread-truth/1', cases: { list: { order, threads: threads.filter(Boolean) } } }),
);
console.log(`${mails.length} mails in ${threads.filter(Boolean).length} threads`);
