import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Classification } from '../../../../lib/email/bounce/classification';
import { classifyMessage } from '../../../../lib/email/bounce/classifyMessage';

interface Wording {
	name: string;
	from: string;
	subject: string;
	kind: string;
	recipients: string[];
	text: string;
}

/** Made-up mails in the forms of many mail systems and languages: `=== name | From | Subject | kind | recipients`, text. */
function read(file: string): Array<[string, Wording]> {
	const blocks = readFileSync(resolve(__dirname, 'samples', file), 'utf8')
		.split(/^=== /m)
		.slice(1);
	return blocks.map((block) => {
		const end = block.indexOf('\n');
		const [name = '', from = '', subject = '', kind = '', list = ''] = block
			.slice(0, end)
			.split('|')
			.map((cell) => cell.trim());
		const recipients = list === '' ? [] : list.split(',');
		return [name, { name, from, subject, kind, recipients, text: block.slice(end + 1) }];
	});
}

const encoded = (text: string) =>
	/^[ -~]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;

function classify({ from, subject, text }: Wording, before: string[]): Classification {
	const [, name = '', address = ''] = /^(.*?)((?: ?<[^>]*>)?)$/.exec(from) ?? [];
	const lines = [
		...before,
		`From: ${encoded(name)}${address}`,
		'To: sender@own.example',
		`Subject: ${encoded(subject)}`,
		'MIME-Version: 1.0',
		'Content-Type: text/plain; charset=utf-8',
		'Content-Transfer-Encoding: 8bit',
		'',
		text,
	];
	return classifyMessage(Buffer.from(lines.join('\n')));
}

describe('notices in many words', () => {
	it.each(read('notices.txt'))('%s', (_, wording) => {
		for (const before of [['Return-Path: <>'], []]) {
			const { kind, recipients } = classify(wording, before);
			expect(kind).toBe(wording.kind);
			expect(recipients.map(({ address }) => address).sort()).toEqual([...wording.recipients].sort());
		}
	});
});

describe('ordinary mail about failures', () => {
	it.each(read('ordinary.txt'))('%s', (_, wording) => {
		expect(classify(wording, []).kind).toBe(wording.kind);
	});
});

/**
 * Machines that are no mail systems send with a null return path, too (RFC 3834 section 3.3). Header fields of the mail's
 * own stand before the blank line.
 */
describe('mail with a null return path that is no notice', () => {
	it.each(read('null-path.txt'))('%s', (_, wording) => {
		const blank = wording.text.startsWith('\n') ? 0 : wording.text.indexOf('\n\n') + 1;
		const fields = wording.text.slice(0, blank).split('\n').filter(Boolean);
		const mail = { ...wording, text: wording.text.slice(blank + 1) };
		expect(classify(mail, ['Return-Path: <>', ...fields]).kind).toBe(wording.kind);
		expect(classify(mail, fields).kind).toMatch(/^(?:human|auto-reply)$/);
	});
});
