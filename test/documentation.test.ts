import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classifyMessage } from '../lib/email/bounce/classifyMessage';
import { boxes } from './markdown';

const root = resolve(__dirname, '..');
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');
const under = (folder: string, ending: string) =>
	readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith(ending))
		.map((name) => join(folder, name));

const pages = ['README.md', ...under('docs', '.md')];

describe('links lead somewhere', () => {
	it.each(pages)('%s', (page) => {
		const links = [...proseOf(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
		const broken = links
			.filter((link) => !/^[a-z]+:/.test(link))
			.filter((link) => {
				const [path = '', anchor] = link.split('#');
				const target = path === '' ? page : join(dirname(page), path);
				if (!existsSync(join(root, target))) return true;
				return anchor !== undefined && !anchorsOf(textOf(target)).includes(anchor);
			});
		expect(broken).toEqual([]);
	});
});

describe('error codes', () => {
	// That page names variables of the tests.
	const told = pages.filter((page) => !page.endsWith('reliability.md'));
	const documented = new Set(told.flatMap((page) => codesIn(textOf(page), /`([^`\s]+)`/g)));
	const sources = ['lib', 'nodes'].flatMap((folder) => under(folder, '.ts'));
	const thrown = new Set([
		// As a text, or as the key of a table.
		...sources.flatMap((file) => codesIn(textOf(file), /'([^'\s]+)'|^\s*([A-Z_]+):/gm)),
		// `*` stands for the protocol there.
		...[...textOf('lib/email/connectionError.ts').matchAll(/'\*(_[A-Z_]+)'/g)].flatMap((match) =>
			['IMAP', 'SMTP', 'API'].map((protocol) => protocol + match[1]!),
		),
	]);

	it('are all documented', () => {
		expect([...thrown].filter((code) => !documented.has(code))).toEqual([]);
	});

	it('that are documented exist', () => {
		expect(documented.size).toBeGreaterThan(150);
		expect([...documented].filter((code) => !thrown.has(code))).toEqual([]);
	});

	/** What is named like a code of ours. */
	function codesIn(text: string, quoted: RegExp): string[] {
		const family =
			/^(?:STORE|ARCHIVE|IMAP|SMTP|API|TLS|OAUTH2|SEND|REPLY|INPUT|MESSAGE|PATTERN|WEBHOOK|LEDGER|EXECUTION|SPF|DKIM|DMARC|MX|DNS|CLAMD)_[A-Z0-9_]+$|^(?:IN_PROGRESS|IDEMPOTENCY_CONFLICT|LOOP_GUARD|LEASE_LOST|FEED_STOPPED|BUSINESS_KEY_INVALID|UNEXPECTED)$/;
		return [...text.matchAll(quoted)].map(([, text, key]) => text ?? key!).filter((word) => family.test(word));
	}
});

it('the example of Bounce Classifier is what it finds', () => {
	const [example = ''] = boxes(textOf('docs/nodes/bounce-classifier.md'), 'Outputs', 'json');
	const { classification } = JSON.parse(example) as { classification: Record<string, unknown> };
	// Of the store, which is not asked here.
	delete classification.ledger;
	const mail = readFileSync(join(root, 'test/lib/email/bounce/samples/bounce/postfix-user-unknown.eml'));
	expect(classifyMessage(mail)).toEqual(shortened(classification));
});

/** Matches what an example stands for: `…` among the entries of a list or an object is for those that are left out. */
function shortened(example: unknown): unknown {
	if (Array.isArray(example)) {
		const kept = example.filter((entry) => entry !== '…').map(shortened);
		return kept.length === example.length ? kept : (expect.arrayContaining(kept) as unknown);
	}
	if (typeof example !== 'object' || example === null) return example;
	const kept = Object.entries(example).filter(([name]) => name !== '…');
	const pattern = Object.fromEntries(kept.map(([name, value]) => [name, shortened(value)]));
	return kept.length === Object.keys(example).length ? pattern : (expect.objectContaining(pattern) as unknown);
}

/** Without the code, in which brackets mean other things. */
function proseOf(markdown: string): string {
	return markdown.replace(/^ *```[^]*?^ *```/gm, '').replace(/`[^`\n]*`/g, '');
}

/** As GitHub makes them of headings. */
function anchorsOf(markdown: string): string[] {
	return [...markdown.matchAll(/^#+ +(.+)$/gm)].map((match) =>
		match[1]!
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\s_-]/gu, '')
			.trim()
			.replace(/\s/g, '-'),
	);
}
