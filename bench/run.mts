/**
 * Runs all of bench/ one after the other and writes docs/benchmarks.md: `npm run bench -- [--short] [--only queue,store]
 * [--out FILE]`. `--short` takes some minutes instead of twenty, and its numbers are good for nothing but to see
 * that everything runs; it writes to test-results/ unless told otherwise.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type as systemType } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPackage } from '../tools/build.mts';
import { checkout, node24 } from '../tools/checkout.mts';
import { ensureN8n } from '../tools/n8n/install.mts';
import { ensurePrograms } from '../tools/programs.mts';
import { ratiosIn } from './ratios.mts';

const { values } = parseArgs({
	options: {
		short: { type: 'boolean', default: false },
		only: { type: 'string', default: '' },
		out: { type: 'string' },
	},
});
const out = values.out ?? join(checkout, values.short ? 'test-results/benchmarks.md' : 'docs/benchmarks.md');

/** Arguments of benches that are run more than once, or have a short form. A bench that is not here runs as it is. */
const ARGUMENTS: Readonly<Record<string, { runs?: readonly string[][]; short: readonly string[] }>> = {
	store: {
		runs: [
			['--driver', 'sqlite', '--messages', '10000'],
			['--driver', 'postgres', '--messages', '10000'],
		],
		short: ['--messages', '2000', '--seconds', '1'],
	},
	thread: {
		runs: [
			['--driver', 'sqlite'],
			['--driver', 'postgres'],
		],
		short: ['--messages', '1000,2000', '--matches', '50', '--thread', '2000'],
	},
	parse: { short: ['--seconds', '1', '--megabytes', '5'] },
	imap: {
		runs: [
			['--parts', 'latency,burst'],
			['--parts', 'memory'],
			['--parts', 'faults'],
		],
		short: ['--parts', 'latency', '--mails', '1', '--pause', '1'],
	},
	webhook: { runs: [['--seconds', '5']], short: ['--seconds', '2', '--rounds', '1', '--engines', 'legacy'] },
	send: { short: ['--seconds', '1', '--rounds', '1'] },
	queue: {
		runs: [
			['--server', 'near', '--messages', '150'],
			['--server', 'far', '--messages', '60'],
		],
		short: ['--messages', '30', '--rounds', '1'],
	},
};

/** A bench that takes longer is ended, so that the others come to their turn. */
const PATIENCE_MS = 10 * 60_000;

/** Not benches: this file and what it needs. */
const OTHER_FILES = ['run.mts', 'ratios.mts', 'mailExecutions.mts', 'n8n.mts'];

interface Section {
	title: string;
	command: string;
	about: string;
	report: unknown;
	failure: string | null;
}

await ensurePrograms();
await buildPackage();
const n8n = await ensureN8n();
const load = loadavg()[0] ?? 0;
const sections: Section[] = [];
for (const name of benches()) {
	const { runs = [[]], short = [] } = ARGUMENTS[name] ?? {};
	for (const args of runs) sections.push(await runBench(name, [...args, ...(values.short ? short : [])]));
}
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, pageOf(sections));
execFileSync(node24, [join(checkout, 'node_modules/prettier/bin/prettier.cjs'), '--write', out], { cwd: checkout });
console.log(`Written: ${out}`);
if (sections.some(({ failure }) => failure !== null)) process.exitCode = 1;

function benches(): string[] {
	const names = readdirSync(import.meta.dirname)
		.filter((file) => file.endsWith('.mts') && !OTHER_FILES.includes(file))
		.map((file) => file.replace(/\.mts$/, ''))
		.sort();
	const only = values.only.split(',').filter(Boolean);
	return only.length === 0 ? names : names.filter((name) => only.includes(name));
}

async function runBench(name: string, args: readonly string[]): Promise<Section> {
	const file = join('bench', `${name}.mts`);
	const command = ['node', file, ...args].join(' ');
	console.log(`${command} …`);
	const child = spawn(node24, ['--no-warnings', file, ...args], {
		cwd: checkout,
		stdio: ['ignore', 'pipe', 'inherit'],
		timeout: PATIENCE_MS,
	});
	let printed = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	});
	const about = /^\/\*\*?\s*([\s\S]*?)\*\//.exec(readFileSync(join(checkout, file), 'utf8'))?.[1] ?? '';
	const title = [name, ...args.filter((arg) => !arg.startsWith('--') && Number.isNaN(Number(arg)))].join(', ');
	const report = jsonAtEnd(printed);
	const failure = code === 0 && report !== null ? null : `ended with code ${code ?? 'none'}`;
	console.log(failure === null ? '  done' : `  FAILED: ${failure}`);
	return { title, command, about: firstSentences(about), report, failure };
}

/** What a bench prints last; tools may have said something before. */
function jsonAtEnd(printed: string): unknown {
	for (let at = printed.indexOf('{'); at >= 0; at = printed.indexOf('\n{', at + 1)) {
		try {
			return JSON.parse(printed.slice(at)) as unknown;
		} catch {
			continue;
		}
	}
	return null;
}

/** The first paragraph of a file's comment. */
function firstSentences(comment: string): string {
	const text = comment.replace(/^\s*\* ?/gm, '').trim();
	return (text.split(/\n\s*\n/)[0] ?? '').replace(/\s+/g, ' ');
}

function pageOf(parts: readonly Section[]): string {
	const cpu = cpus();
	const dependencies = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
		dependencies: Record<string, string>;
	};
	const compared = ['imapflow', 'mailparser', 'nodemailer', 'pg'].map(
		(name) => `${name} ${dependencies.dependencies[name] ?? '?'}`,
	);
	return [
		'# Benchmarks',
		'',
		'Written by `npm run bench`. A ratio is ours divided by the other side’s, both measured in one run on one machine;',
		'absolute numbers are worth little elsewhere.',
		'',
		`- Machine: ${cpu.length} × ${cpu[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${systemType()} ${release()}`,
		`- Versions: Node.js ${process.version}, n8n ${n8n.version}, ${compared.join(', ')}`,
		`- Load when it began: ${load.toFixed(1)} on ${cpu.length} cores${load > 0.5 ? ': **the machine had other work**, so numbers, ratios too, are rough' : ''}`,
		...(values.only === '' ? [] : [`- Run in part: ${benches().join(', ')}`]),
		`- Date: ${new Date().toISOString().slice(0, 10)}${values.short ? ' — **short form: not a measurement**' : ''}`,
		'',
		'To repeat it: `npm run bench` in a clone, on a machine that does nothing else; `npm run bench -- --only queue` for one',
		'of them, `npm run bench -- --short` to see that all of them run. Each can be run alone, and prints JSON.',
		'',
		...parts.flatMap(sectionOf),
	].join('\n');
}

function sectionOf({ title, command, about, report, failure }: Section): string[] {
	const heading = [`## ${title}`, '', about, '', '```sh', command, '```', ''];
	if (failure !== null) return [...heading, `This one could not be run: ${failure}.`, ''];
	const ratios = ratiosIn(report);
	const table = ratios.map(
		({ place, measure, ours, other, theirs, ratio }) =>
			`| ${place} | ${measure} | ${ours} | ${theirs} (${other}) | ${ratio} |`,
	);
	return [
		...heading,
		...(table.length > 0
			? ['| Where | Measure | Ours | Other | Ratio |', '| --- | --- | --- | --- | --- |', ...table, '']
			: []),
		'<details><summary>All numbers</summary>',
		'',
		'```json',
		JSON.stringify(report, null, 2),
		'```',
		'',
		'</details>',
		'',
	];
}
