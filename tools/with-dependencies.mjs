/**
 * Runs one of the project's own scripts, on a machine that may have nothing but Node 20 and npm:
 *
 *     node tools/with-dependencies.mjs SCRIPT.mts [ARGUMENT…]
 *
 * Installs the dependencies if node_modules is not what package-lock.json says, then runs the script with the Node 24
 * that is one of them (n8n needs it, and it runs TypeScript as it is). Plain JavaScript, because it runs on Node 20.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm, unmetPackages } from './npm.mjs';
import { step } from './progress.mjs';
import { reportFailure, SetupError } from './setup-error.mjs';

const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const node24 = join(checkout, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

async function ensureDependencies() {
	if (unmetPackages(checkout).length > 0) {
		// Scripts are left out because only one package needs its own: `node`, which fetches the Node for this platform.
		await step('Installing the dependencies (a minute or two the first time)', () =>
			npm(['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: checkout }),
		);
	}
	if (!existsSync(node24)) {
		await step('Installing Node 24', () => npm(['rebuild', 'node'], { cwd: checkout }));
	}
	if (!existsSync(node24)) {
		throw new SetupError(`Node 24 could not be installed for ${process.platform}-${process.arch}`, {
			hint: 'Remove the node_modules folder and try again.',
		});
	}
}

function run([script, ...args]) {
	const path = [join(checkout, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
	const child = spawn(node24, [join(checkout, script), ...args], {
		stdio: 'inherit',
		env: { ...process.env, PATH: path },
	});
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
	child.once('error', reportFailure);
	child.once('exit', (code, signal) => {
		process.exitCode = code ?? 128 + constants.signals[signal];
	});
}

try {
	await ensureDependencies();
	run(process.argv.slice(2));
} catch (error) {
	reportFailure(error);
}
