/**
 * What `npm run score [-- NAME… [--misses FILE]]` runs: builds, and measures the readers of bench/score against the
 * corpora beside the checkout. Names are those of SCORES; all of them unless told otherwise.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildPackage } from './build.mts';
import { checkout, node24 } from './checkout.mts';
import { reportFailure, SetupError } from './setup-error.mjs';

const corpora = join(checkout, '..', 'shared', 'corpora');
const runners = join(checkout, 'bench', 'score');

interface Score {
	readonly name: string;
	readonly corpus: readonly string[];
	readonly options?: readonly string[];
}

const SCORES: readonly Score[] = [
	{
		name: 'bounce',
		corpus: ['bounce-sisimai', 'bounce-flufl'],
		options: ['--reasons', join(runners, 'bounce-reasons.json')],
	},
	{ name: 'reply', corpus: ['reply-discourse'] },
	{ name: 'mime', corpus: ['mime-mime4j'] },
	{ name: 'thread', corpus: ['thread'] },
];

async function score(args: readonly string[]): Promise<void> {
	const firstOption = args.findIndex((arg) => arg.startsWith('--'));
	const names = firstOption === -1 ? args : args.slice(0, firstOption);
	const options = firstOption === -1 ? [] : args.slice(firstOption);
	const unknown = names.find((name) => !SCORES.some((known) => known.name === name));
	if (unknown !== undefined) {
		throw new SetupError(`There is no score ${unknown}`, {
			hint: `There are ${SCORES.map(({ name }) => name).join(', ')}.`,
		});
	}
	if (!existsSync(corpora)) throw new SetupError(`The corpora are missing: ${corpora} does not exist`);
	await buildPackage();
	for (const wanted of SCORES) {
		if (names.length > 0 && !names.includes(wanted.name)) continue;
		if (!existsSync(join(runners, `${wanted.name}.mts`))) console.log(`\n${wanted.name}: no runner in bench/score`);
		else await runScorer(wanted, options);
	}
}

async function runScorer({ name, corpus, options = [] }: Score, more: readonly string[]): Promise<void> {
	console.log(`\n${name}:`);
	const folders = corpus.map((folder) => join(corpora, folder)).join(',');
	const runner = `"${node24}" "${join(runners, `${name}.mts`)}"`;
	const scorer = join(corpora, 'scorers', `score-${name}.mjs`);
	const args = [scorer, '--corpus', folders, ...options, '--run', runner, ...more];
	const child = spawn(node24, args, { cwd: checkout, stdio: 'inherit' });
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	});
	if (code !== 0) process.exitCode = 1;
}

try {
	await score(process.argv.slice(2));
} catch (error) {
	reportFailure(error);
}
