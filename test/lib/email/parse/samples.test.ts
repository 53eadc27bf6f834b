import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../../lib/email/parse/parseMessage';

/**
 * A message per defect: NAME.eml, and NAME.json with what must be read of it. Fields that are left out are not judged,
 * except `defects`: its codes must be exactly those named, and none where it is left out. `content` of an attachment is
 * what the sink got, one character per byte.
 */
const folder = join(__dirname, 'samples');
const names = readdirSync(folder)
	.filter((name) => name.endsWith('.eml'))
	.map((name) => name.slice(0, -4));

interface Expected extends Record<string, unknown> {
	defects?: string[];
}

async function contentOf(stream: Readable): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of stream) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString('latin1');
}

describe('sample messages', () => {
	it('are there', () => {
		expect(names.length).toBeGreaterThan(100);
	});

	it.each(names)('%s', async (name) => {
		const expected = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Expected;
		const contents: string[] = [];
		const message = await parseMessage(readFileSync(join(folder, `${name}.eml`)), {
			onAttachment: async (attachment, content) => {
				contents[attachment.index] = await contentOf(content);
				return `binary_${attachment.index}`;
			},
		});
		const { defects, ...fields } = expected;
		const read = {
			...message,
			attachments: message.attachments.map((entry) => ({ ...entry, content: contents[entry.index] })),
		};
		expect(read).toMatchObject(fields);
		expect(message.defects.map((defect) => defect.code).sort()).toEqual([...(defects ?? [])].sort());
	});
});
