import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installPackage, packPackage, stripManifest } from '../../tools/install-package.mts';

const manifest = {
	name: 'n8n-nodes-sample',
	version: '1.2.3',
	files: ['dist'],
	n8n: { n8nNodesApiVersion: 1, nodes: ['dist/Sample.node.js'], credentials: [] },
	scripts: { install: 'exit 1' },
	devDependencies: { 'no-such-package-at-all': '1.0.0' },
	peerDependencies: { 'n8n-workflow': '*' },
	optionalDependencies: { 'no-such-package-either': '1.0.0' },
};

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'install-package-'));
	await mkdir(join(folder, 'source', 'dist'), { recursive: true });
	await writeFile(join(folder, 'source', 'dist', 'Sample.node.js'), '// one');
	await writeFile(join(folder, 'source', 'secret.txt'), 'not to be published');
	await writeFile(join(folder, 'source', 'package.json'), JSON.stringify(manifest));
});

afterEach(async () => {
	await rm(folder, { recursive: true, force: true });
});

async function packAndInstall(): Promise<void> {
	await installPackage(await packPackage(folder, join(folder, 'source')), join(folder, 'user'));
}

const installed = (...path: string[]): string => join(folder, 'user', '.n8n', 'nodes', ...path);

describe('the strip of a manifest', () => {
	it('removes what n8n removes, and nothing else', () => {
		const dependencies = { libmime: '5.4.6' };
		const { name, version, files, n8n, scripts } = manifest;
		expect(stripManifest({ ...manifest, dependencies })).toEqual({ name, version, files, n8n, scripts, dependencies });
	});
});

describe('installing a packed package into an n8n user folder', () => {
	it('puts the published files where n8n looks for them, running none of the package’s scripts', async () => {
		await packAndInstall();
		const packageFolder = ['node_modules', manifest.name] as const;
		expect(await readFile(installed(...packageFolder, 'dist', 'Sample.node.js'), 'utf8')).toBe('// one');
		expect(existsSync(installed(...packageFolder, 'secret.txt'))).toBe(false);
		const written = JSON.parse(await readFile(installed(...packageFolder, 'package.json'), 'utf8')) as object;
		expect(written).toEqual(stripManifest(manifest));
	});

	it('enters the package into n8n’s list, keeping the others, and replaces the version before', async () => {
		await mkdir(installed(), { recursive: true });
		await writeFile(installed('package.json'), JSON.stringify({ dependencies: { 'n8n-nodes-other': '9.0.0' } }));
		await packAndInstall();
		await writeFile(join(folder, 'source', 'package.json'), JSON.stringify({ ...manifest, version: '1.2.4' }));
		await rm(join(folder, 'source', 'dist', 'Sample.node.js'));
		await writeFile(join(folder, 'source', 'dist', 'Renamed.node.js'), '// two');
		await packAndInstall();

		const list = JSON.parse(await readFile(installed('package.json'), 'utf8')) as { dependencies: object };
		expect(list.dependencies).toEqual({ 'n8n-nodes-other': '9.0.0', [manifest.name]: '1.2.4' });
		expect(existsSync(installed('node_modules', manifest.name, 'dist', 'Sample.node.js'))).toBe(false);
		expect(existsSync(installed('node_modules', manifest.name, 'dist', 'Renamed.node.js'))).toBe(true);
	});
});
