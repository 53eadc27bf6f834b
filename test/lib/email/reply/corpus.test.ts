import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { extractReply } from '../../../../lib/email/reply/extractReply';

const corpus = path.join(__dirname, '../../../corpora/reply-discourse');

const norm = (text: string): string =>
	text
		.replace(/\r\n?/g, '\n')
		.split('\n')
		.map((line) => line.trimEnd())
		.join('\n')
		.replace(/\n{2,}/g, '\n\n')
		.trim();

describe('the reply corpus', () => {
	it('is read exactly in at least 95 of 100 files', () => {
		const { files } = JSON.parse(readFileSync(path.join(corpus, 'truth.json'), 'utf8')) as {
			files: Record<string, { replyText: string }>;
		};
		const names = Object.keys(files);
		const wrong = names.filter((name) => {
			const { text } = extractReply({ text: readFileSync(path.join(corpus, name), 'utf8') });
			return norm(text) !== norm(files[name]!.replyText);
		});
		expect(names.length).toBeGreaterThan(20);
		expect(wrong.length / names.length, wrong.join(', ')).toBeLessThanOrEqual(0.05);
	});
});
