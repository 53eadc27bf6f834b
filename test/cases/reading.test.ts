import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { classifyMessage } from '../../lib/email/bounce/classifyMessage';
import { parseMessage } from '../../lib/email/parse/parseMessage';
import { extractReply } from '../../lib/email/reply/extractReply';
import { matchThread, openStore } from '../../lib/index';

interface Case {
	what: string;
	mails: string[];
	sequence?: boolean;
	options?: Record<string, unknown>;
	expected: Record<string, unknown>;
}

const folder = join(__dirname, 'reading');
const cases = readdirSync(folder)
	.filter((name) => name.endsWith('.json'))
	.map((name): [string, Case] => [name.slice(0, -5), JSON.parse(readFileSync(join(folder, name), 'utf8')) as Case]);
const work = mkdtempSync(join(tmpdir(), 'reading-'));
afterAll(() => {
	rmSync(work, { recursive: true, force: true });
});

const at = (value: unknown, path: string): unknown =>
	path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null | undefined)?.[key], value);

function met(want: unknown, got: unknown): boolean {
	if (want !== null && typeof want === 'object' && !Array.isArray(want)) {
		const rule = want as { has?: string | string[]; hasnot?: string | string[]; in?: unknown[]; not?: unknown };
		const { has, hasnot } = rule;
		if (has !== undefined) return typeof got === 'string' && [has].flat().every((part) => got.includes(part));
		if (hasnot !== undefined) return typeof got === 'string' && [hasnot].flat().every((part) => !got.includes(part));
		if (rule.in !== undefined) return rule.in.some((one) => met(one, got));
		if ('not' in rule) return !met(rule.not, got);
	}
	return JSON.stringify(want) === JSON.stringify(got);
}

async function threadsOf(id: string, { options }: Case, mails: readonly Buffer[]): Promise<unknown> {
	const store = await openStore({ driver: 'sqlite', file: join(work, `${id}.sqlite`), linger: 0 });
	const matches = [];
	for (const raw of mails)
		matches.push(await matchThread(store, await parseMessage(raw), { scope: 'default', ...options }));
	await store.close();
	const ids = [...new Set(matches.map(({ threadId }) => threadId))];
	return {
		thread: matches,
		groups: matches.map(({ threadId }) => ids.indexOf(threadId)).join(''),
		flags: matches.map(({ isNew }) => (isNew ? 'N' : 'E')).join(''),
	};
}

async function read(raw: Buffer): Promise<unknown> {
	const parse = await parseMessage(raw);
	return { parse, class: classifyMessage(raw), reply: extractReply({ text: parse.text, html: parse.html }) };
}

describe('mail as the best client reads it', () => {
	it.each(cases)('%s', async (id, one) => {
		const mails = one.mails.map((name) => readFileSync(join(folder, name)));
		const seen = one.sequence ? await threadsOf(id, one, mails) : await read(mails[0] ?? Buffer.alloc(0));
		for (const [path, want] of Object.entries(one.expected)) {
			const got = at(seen, path);
			expect(met(want, got), `${one.what}: ${path} is ${JSON.stringify(got)}, not ${JSON.stringify(want)}`).toBe(true);
		}
	});
});
