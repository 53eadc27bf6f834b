import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SetupError } from './setup-error.mjs';

/** How much of npm's output is kept to explain a failure. */
const KEPT_OUTPUT = 20_000;

/** What npm prints for the failures a user can do something about, and what to tell them. */
const KNOWN_FAILURES = [
	{
		pattern: /gyp ERR!/,
		message: 'A native module could not be built',
		hint: 'Install Python 3, make and a C++ compiler (on Debian or Ubuntu: apt-get install python3 make g++), then run the command again.',
	},
	{
		pattern: /ENOSPC|no space left on device/i,
		message: 'The disk is full',
		hint: 'Free some space (n8n alone needs about 3 GB), or point EMAIL_PIPELINE_CACHE at a folder on a larger disk.',
	},
	{
		pattern:
			/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network (?:request|connectivity|timeout)/,
		message: 'npm could not reach its registry',
		hint: 'Check the network connection and any proxy settings (`npm config get registry`), then run the command again.',
	},
	{
		pattern: /EACCES|EPERM|permission denied/i,
		message: 'npm was not allowed to write',
		hint: 'Check who owns the folder named below; nothing here needs root.',
	},
];

/**
 * Runs npm and waits for it. Its output is shown only if it fails.
 *
 * @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string | undefined> }} options
 * @returns {Promise<string>} what npm wrote to its standard output
 * @throws {SetupError} when npm is missing or fails
 */
export async function npm(args, { cwd, env = {} }) {
	const { command, prefix } = npmCommand();
	const child = spawn(command, [...prefix, ...args], {
		cwd,
		// `npm test --silent` hands its silence on, and a failure would have nothing to say.
		env: { ...inheritedEnvironment(), npm_config_loglevel: 'warn', ...env },
		stdio: ['ignore', 'pipe', 'pipe'],
		shell: process.platform === 'win32' && prefix.length === 0,
	});
	let stdout = '';
	let everything = '';
	child.stdout.on('data', (chunk) => {
		stdout += chunk;
		everything = (everything + chunk).slice(-KEPT_OUTPUT);
	});
	child.stderr.on('data', (chunk) => {
		everything = (everything + chunk).slice(-KEPT_OUTPUT);
	});
	const code = await new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (exitCode, signal) => resolve(exitCode ?? signal));
	}).catch((cause) => {
		if (cause.code !== 'ENOENT') throw cause;
		throw new SetupError('npm was not found', {
			hint: 'Install Node.js 20 or newer together with npm (https://nodejs.org), then run the command again.',
			cause,
		});
	});
	if (code !== 0) throw explain(args, cwd, code, everything);
	return stdout;
}

/** npm as the running npm script was started with, so that its version stays the same; else the one on the PATH. */
function npmCommand() {
	const running = process.env.npm_execpath;
	if (running && basename(running).startsWith('npm-cli') && existsSync(running)) {
		return { command: process.execPath, prefix: [running] };
	}
	return { command: 'npm', prefix: [] };
}

/** The environment without what an outer `npm run` says about its own package, which would mislead the inner npm. */
function inheritedEnvironment() {
	return Object.fromEntries(
		Object.entries(process.env).filter(
			([name]) => !/^npm_(?:package|lifecycle|command|config_local_prefix)/i.test(name) && name !== 'INIT_CWD',
		),
	);
}

/** @returns {SetupError} */
function explain(args, cwd, code, output) {
	const lastLines = output.trimEnd().split('\n').slice(-15).join('\n');
	const known = KNOWN_FAILURES.find(({ pattern }) => pattern.test(output));
	return new SetupError(
		`${known?.message ?? `npm failed (${code})`} while running \`npm ${args.join(' ')}\` in ${cwd}.\n${lastLines}`,
		{ hint: known?.hint },
	);
}

/**
 * The packages of `folder/package-lock.json` that are not installed as it says. npm notes what it has installed in
 * node_modules/.package-lock.json as its last step, so an interrupted install counts as missing everything.
 *
 * @param {string} folder
 * @returns {string[]} paths such as `node_modules/imapflow`; empty when all is in place
 */
export function unmetPackages(folder) {
	const installed = readLock(join(folder, 'node_modules', '.package-lock.json'));
	const wanted = readLock(join(folder, 'package-lock.json'));
	return Object.entries(wanted)
		.filter(([path, { optional, devOptional, version }]) => {
			if (path === '') return false;
			const found = installed[path];
			if (!found) return !optional && !devOptional;
			return found.version !== version || !existsSync(join(folder, path, 'package.json'));
		})
		.map(([path]) => path);
}

/** @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>} */
function readLock(file) {
	if (!existsSync(file)) return {};
	try {
		return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
	} catch (cause) {
		if (cause instanceof SyntaxError) return {};
		throw cause;
	}
}
