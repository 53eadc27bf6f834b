import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { cachedFolder } from './cached-folder.mts';
import { cacheFolder, checkout } from './checkout.mts';
import { npm } from './npm.mjs';

const run = promisify(execFile);

/** The part of a package.json that an installation looks at. */
export interface PackageManifest {
	readonly name: string;
	readonly version: string;
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly [field: string]: unknown;
}

/** The options n8n 2.41 itself gives to npm for a community package (community-packages.service.js, downloadPackage). */
const NPM_INSTALL = [
	'install',
	'--audit=false',
	'--fund=false',
	'--bin-links=false',
	'--install-strategy=shallow',
	'--ignore-scripts=true',
	'--package-lock=false',
];

/**
 * Packs a built package as `npm publish` would.
 *
 * @param packageFolder the package's root; this checkout unless told otherwise
 * @returns the tarball's path
 */
export async function packPackage(into: string, packageFolder = checkout): Promise<string> {
	await mkdir(into, { recursive: true });
	const printed = await npm(['pack', '--ignore-scripts', '--json', '--pack-destination', resolve(into)], {
		cwd: packageFolder,
	});
	const [packed] = Object.values(JSON.parse(printed) as Record<string, { filename: string }>);
	if (packed === undefined) throw new Error(`npm pack printed no file name: ${printed}`);
	return join(into, packed.filename);
}

/**
 * Installs a packed package into an n8n user folder the way n8n does: unpacked into `.n8n/nodes/node_modules/<name>`,
 * stripped of dev, peer and optional dependencies, its own dependencies installed inside it without running scripts.
 * n8n loads what it finds there when it starts; no entry in its database is needed.
 *
 * @returns the package's manifest as installed
 */
export async function installPackage(tarball: string, userFolder: string): Promise<PackageManifest> {
	const nodesFolder = join(userFolder, '.n8n', 'nodes');
	const manifest = stripManifest(await readManifestIn(tarball));
	const packageFolder = join(nodesFolder, 'node_modules', manifest.name);
	await rm(packageFolder, { recursive: true, force: true });
	await mkdir(packageFolder, { recursive: true });
	await run('tar', ['-xzf', resolve(tarball), '-C', packageFolder, '--strip-components=1']);
	await writeJson(join(packageFolder, 'package.json'), manifest);
	if (Object.keys(manifest.dependencies ?? {}).length > 0) {
		const dependencies = await installedDependencies(manifest);
		await cp(join(dependencies, 'node_modules'), join(packageFolder, 'node_modules'), { recursive: true });
	}
	await noteInstalled(nodesFolder, manifest);
	return manifest;
}

/** What n8n removes from a community package's manifest before it installs the rest. */
export function stripManifest(manifest: PackageManifest): PackageManifest {
	const removed = ['devDependencies', 'peerDependencies', 'optionalDependencies'];
	return Object.fromEntries(Object.entries(manifest).filter(([field]) => !removed.includes(field))) as PackageManifest;
}

/** The manifest's dependencies, installed once per list of dependencies. */
async function installedDependencies({ name, version, dependencies }: PackageManifest): Promise<string> {
	const list = JSON.stringify(dependencies);
	const hash = createHash('sha256').update(list).digest('hex').slice(0, 12);
	return await cachedFolder({
		path: join(cacheFolder(), `dependencies-${hash}`),
		title: `Installing the dependencies of ${name} as n8n does`,
		make: async (folder) => {
			await writeJson(join(folder, 'package.json'), { name, version, dependencies });
			await npm(NPM_INSTALL, { cwd: folder });
		},
		findFault: (folder) => {
			const missing = Object.keys(dependencies ?? {}).find(
				(dependency) => !existsSync(join(folder, 'node_modules', dependency, 'package.json')),
			);
			return Promise.resolve(missing === undefined ? null : `${missing} is missing`);
		},
	});
}

/** Adds the package to `.n8n/nodes/package.json`, n8n's list of the packages it manages. */
async function noteInstalled(nodesFolder: string, { name, version }: PackageManifest): Promise<void> {
	const file = join(nodesFolder, 'package.json');
	const before = await readFile(file, 'utf8').then(
		(text) => JSON.parse(text) as { dependencies?: Record<string, string> },
		() => ({ dependencies: {} }),
	);
	await writeJson(file, {
		name: 'installed-nodes',
		private: true,
		...before,
		dependencies: { ...before.dependencies, [name]: version },
	});
}

async function readManifestIn(tarball: string): Promise<PackageManifest> {
	const { stdout } = await run('tar', ['-xzOf', resolve(tarball), 'package/package.json']);
	return JSON.parse(stdout) as PackageManifest;
}

async function writeJson(file: string, value: unknown): Promise<void> {
	await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}
