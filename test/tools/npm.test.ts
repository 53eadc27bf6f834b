import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { npm, unmetPackages } from '../../tools/npm.mjs';
import { SetupError } from '../../tools/setup-error.mjs';

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'npm-'));
});

afterEach(async () => {
	await rm(folder, { recursive: true, force: true });
});

const lock = (packages: Record<string, object>): string => JSON.stringify({ lockfileVersion: 3, packages });

async function installPackages(...names: string[]): Promise<void> {
	for (const name of names) {
		await mkdir(join(folder, 'node_modules', name), { recursive: true });
		await writeFile(join(folder, 'node_modules', name, 'package.json'), '{}');
	}
}

describe('the packages that are not installed as the lock file says', () => {
	const locked = {
		'': { name: 'root' },
		'node_modules/a': { version: '1.0.0' },
		'node_modules/b': { version: '2.0.0' },
		'node_modules/for-another-platform': { version: '1.0.0', optional: true },
	};

	beforeEach(async () => {
		await writeFile(join(folder, 'package-lock.json'), lock(locked));
	});

	const noteInstalled = (packages: Record<string, object>): Promise<void> =>
		writeFile(join(folder, 'node_modules', '.package-lock.json'), lock(packages));

	it('are none when all are there', async () => {
		await installPackages('a', 'b');
		await noteInstalled({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' } });
		expect(unmetPackages(folder)).toEqual([]);
	});

	it('are all when npm was interrupted before its last step', async () => {
		await installPackages('a', 'b');
		expect(unmetPackages(folder)).toEqual(['node_modules/a', 'node_modules/b']);
	});

	it('are those of another version, and those that have been removed since', async () => {
		await installPackages('a');
		await noteInstalled({ 'node_modules/a': { version: '0.9.0' }, 'node_modules/b': { version: '2.0.0' } });
		expect(unmetPackages(folder)).toEqual(['node_modules/a', 'node_modules/b']);
	});
});

describe('running npm', () => {
	const fails = (args: string[], env: Record<string, string | undefined> = {}): Promise<SetupError> =>
		npm(args, { cwd: folder, env }).then(
			() => expect.unreachable('npm should have failed'),
			(error: unknown) => error as SetupError,
		);

	it('says that the network is missing', async () => {
		const error = await fails(['view', 'left-pad', '--fetch-retries=0', '--registry=http://127.0.0.1:9/']);
		expect(error).toBeInstanceOf(SetupError);
		expect(error.message).toContain('npm could not reach its registry');
		expect(error.hint).toContain('network');
	});

	it.each([
		['the disk is full', 'npm error code ENOSPC', /disk is full/, /EMAIL_PIPELINE_CACHE/],
		['there is no compiler', 'gyp ERR! find Python', /native module could not be built/, /make and a C\+\+ compiler/],
		['it may not write', 'npm error code EACCES', /not allowed to write/, /root/],
		['anything else, by its last lines', 'npm error something rare', /npm error something rare/, /^$/],
	])('says when %s', async (_what, printed, message, hint) => {
		await writeFile(
			join(folder, 'package.json'),
			JSON.stringify({ scripts: { fail: `node -e "console.error('${printed}'); process.exit(1)"` } }),
		);
		const error = await fails(['run', '--silent', 'fail']);
		expect(error.message).toMatch(message);
		expect(error.hint ?? '').toMatch(hint);
	});

	it('says that npm is missing', async () => {
		const saved = { path: process.env.PATH, npm: process.env.npm_execpath };
		process.env.PATH = folder;
		delete process.env.npm_execpath;
		try {
			const error = await fails(['--version']);
			expect(error.message).toBe('npm was not found');
			expect(error.hint).toContain('Node.js 20');
		} finally {
			process.env.PATH = saved.path;
			if (saved.npm !== undefined) process.env.npm_execpath = saved.npm;
		}
	});
});
