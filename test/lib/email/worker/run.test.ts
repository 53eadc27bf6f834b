import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../../lib/email/parse/parseMessage';
import { runTask } from '../../../../lib/email/worker/run';

/** A pattern of the user's that would run for years on this text, were it not ended. */
const forEver = { name: 'n', pattern: '(a+)+$' };
const message = {
	...{ subject: '', text: `${'a'.repeat(50)}!`, html: null, headers: {}, to: [], cc: [] },
	envelope: { mailFrom: null, rcptTo: [] },
};
const present = { message, extract: [], patterns: [], markdown: false, sanitize: false };

describe('a task', () => {
	it('gives the same in a thread as at once', async () => {
		const markdown = '# Hello *you*\n\n- one\n- two';
		const atOnce = await runTask('renderMarkdown', { markdown, allowHtml: false }, markdown.length);
		expect(atOnce?.html).toContain('<h1>');
		expect(await runTask('renderMarkdown', { markdown, allowHtml: false }, Infinity)).toEqual(atOnce);
	});

	it('fails in a thread with the error that it throws', async () => {
		const markdown = '>'.repeat(300) + 'x';
		await expect(runTask('renderMarkdown', { markdown, allowHtml: false }, Infinity)).rejects.toMatchObject({
			name: 'InputError',
			code: 'MARKDOWN_TOO_DEEP',
		});
	});

	it('leaves the event loop free while a thread works', async () => {
		let turns = 0;
		const timer = setInterval(() => turns++, 1);
		const { problems } = (await runTask('presentBody', { ...present, patterns: [forEver] }, Infinity))?.extracted ?? {};
		clearInterval(timer);
		expect(problems).toMatchObject([{ code: 'PATTERN_TIMEOUT' }]);
		expect(turns).toBeGreaterThan(20);
	});

	it('is given up when its time is over, and the next ones are done', async () => {
		const costly = { ...present, patterns: [forEver] };
		const small = { ...present, message: { ...message, html: '<p>a <b>b</b>' }, markdown: true };
		const asked = [costly, small, costly, small, small];
		const all = asked.map((input) => runTask('presentBody', input, Infinity, input === costly ? 50 : undefined));
		const [first, second, third, fourth, fifth] = await Promise.all(all);
		expect([first, third]).toEqual([null, null]);
		expect([second, fourth, fifth].map((found) => found?.markdown)).toEqual(['a **b**', 'a **b**', 'a **b**']);
	});
});

describe('what a process was started with', () => {
	const preload = join(__dirname, 'preload.cjs');
	const task = join(__dirname, '../../../../dist/lib/email/worker/run.js');
	const script = `require(${JSON.stringify(task)}).runTask('renderMarkdown', { markdown: 'x', allowHtml: false }, Infinity)
		.then(({ html }) => console.log(html.trim()))`;

	it.each([
		['--require', ['--require', preload], ''],
		['NODE_OPTIONS', [], `--require ${preload}`],
	])('is not loaded a second time by a thread: %s', async (_, options, NODE_OPTIONS) => {
		const { stdout } = await promisify(execFile)(process.execPath, [...options, '--eval', script], {
			env: { ...process.env, NODE_OPTIONS },
		});
		expect(stdout.trim().split('\n')).toEqual(['loaded', '<p>x</p>']);
	});
});

it('a large email reads as a small one does', async () => {
	const lines = [
		'Hello Ann,',
		'',
		'thank you.',
		'',
		'On Mon, 30 Nov 2026 at 10:00 Bob <bob@example.com> wrote:',
		'> when?',
	];
	const raw = (filler: string) =>
		Buffer.from(['From: a@x.example', 'Subject: Re: x', '', ...lines, filler].join('\r\n'));
	const [small, large] = [await parseMessage(raw('> ok?')), await parseMessage(raw('> ok?\r\n'.repeat(10_000).trim()))];
	expect(large.reply.text).toBe(small.reply.text);
	expect(large.automation).toEqual(small.automation);
	expect(large.defects).toEqual(small.defects);
	expect(large.text.length).toBeGreaterThan(60_000);
});
