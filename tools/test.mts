/** What `npm test` runs: everything, or with arguments (`npm test -- FILTER…`) the test files that vitest finds by them. */
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPackage } from './build.mts';
import { checkout, node24 } from './checkout.mts';
import { closingLine, judgeSkipped, type Tally } from './closing-line.mts';
import { ensureN8n } from './n8n/install.mts';
import { ensurePrograms } from './programs.mts';
import { reportFailure } from './setup-error.mjs';
import type { Counts } from './vitest-counts.mts';

const COUNTS_FILE = join(checkout, 'test-results', 'counts.json');
const NOTHING: Tally = { passed: 0, failed: 0, skipped: 0 };

/** The checks besides the tests; each counts as one. */
const CHECKS = [
	{ title: 'Type check', script: 'typescript/bin/tsc', args: ['-p', 'tsconfig.json', '--noEmit'] },
	{ title: 'Lint', script: 'eslint/bin/eslint.js', args: ['.'] },
	{ title: 'Format', script: 'prettier/bin/prettier.cjs', args: ['--check', '--log-level', 'warn', '.'] },
] as const;

const filters = process.argv.slice(2);
const tallies = filters.length > 0 ? [await runTests(filters)] : await runEverything();
const tally = judgeSkipped(sum(tallies), process.env.CI === 'true');
if (tally.failed > 0) process.exitCode = 1;
console.log(closingLine(tally));

async function runEverything(): Promise<Tally[]> {
	const prepared = await counted('Preparing the tests', async () => {
		await ensurePrograms();
		await buildPackage();
		await ensureN8n();
	});
	const checks: Tally[] = [];
	for (const check of CHECKS) checks.push(await runCheck(check));
	// Apart, so that an n8n that does not start hides no other result, and idles while nobody needs it.
	const quick = await runTests(['--project', 'unit', '--project', 'servers']);
	return [prepared, ...checks, quick, await runTests(['--project', 'n8n'])];
}

/** A step that counts only when it fails. */
async function counted(title: string, work: () => Promise<void>): Promise<Tally> {
	try {
		await work();
		return NOTHING;
	} catch (error) {
		console.error(`\n${title} failed:`);
		reportFailure(error);
		return { ...NOTHING, failed: 1 };
	}
}

async function runCheck({ title, script, args }: (typeof CHECKS)[number]): Promise<Tally> {
	console.log(`\n${title} …`);
	const code = await run([join(checkout, 'node_modules', script), ...args]);
	console.log(code === 0 ? '  passed' : `  ${title} FAILED`);
	return code === 0 ? { ...NOTHING, passed: 1 } : { ...NOTHING, failed: 1 };
}

async function runTests(args: readonly string[]): Promise<Tally> {
	await rm(COUNTS_FILE, { force: true });
	const code = await run([join(checkout, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...args], {
		EMAIL_PIPELINE_TEST_COUNTS: COUNTS_FILE,
	});
	const counts = await readFile(COUNTS_FILE, 'utf8').then(
		(text) => JSON.parse(text) as Counts,
		() => ({ passed: 0, failed: 0, skipped: [] }),
	);
	if (counts.skipped.length > 0) {
		console.log(`\nSKIPPED, ${counts.skipped.length} in all:\n${counts.skipped.map((name) => `  ${name}`).join('\n')}`);
	}
	// vitest can fail without a failed test: no file found, a global set-up that threw, a crashed worker.
	const unexplained = code !== 0 && counts.failed === 0;
	if (unexplained) console.log(`\nvitest ended with code ${code} although no test failed; see its output above.`);
	return { passed: counts.passed, failed: counts.failed + (unexplained ? 1 : 0), skipped: counts.skipped.length };
}

/** Runs one of the tools under Node 24, its output shown. @returns its exit code */
async function run(args: readonly string[], env: Record<string, string> = {}): Promise<number> {
	const child = spawn(node24, args, { cwd: checkout, stdio: 'inherit', env: { ...process.env, ...env } });
	return await new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code) => resolve(code ?? 1));
	});
}

function sum(parts: readonly Tally[]): Tally {
	return parts.reduce(
		(total, part) => ({
			passed: total.passed + part.passed,
			failed: total.failed + part.failed,
			skipped: total.skipped + part.skipped,
		}),
		NOTHING,
	);
}
