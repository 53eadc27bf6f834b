import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { installPackage, packPackage } from '../../../tools/install-package.mts';
import { ensureN8n, type InstalledN8n } from '../../../tools/n8n/install.mts';
import { buildPackage } from '../../../tools/build.mts';
import { startInstance } from './instance.ts';

declare module 'vitest' {
	interface ProvidedContext {
		/** The real n8n in the cache. */
		n8n: InstalledN8n;
		/** This checkout's package, built and packed. */
		packageTarball: string;
		/** The n8n that runs for all files; see `sharedN8n`. */
		sharedN8n: { url: string; userFolder: string };
	}
}

/**
 * Before the tests that need a real n8n: builds and packs the package, and starts the n8n that they share.
 * EMAIL_PIPELINE_TARBALL names a package packed before, such as a release, to be tested instead.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
	const folder = await mkdtemp(join(tmpdir(), 'email-pipeline-package-'));
	const packageTarball = process.env.EMAIL_PIPELINE_TARBALL ?? (await buildAndPack(folder));
	const n8n = await ensureN8n();
	const userFolder = await mkdtemp(join(tmpdir(), 'email-pipeline-n8n-shared-'));
	await installPackage(packageTarball, userFolder);
	const shared = await startInstance(userFolder, n8n);

	project.provide('n8n', n8n);
	project.provide('packageTarball', packageTarball);
	project.provide('sharedN8n', { url: shared.url, userFolder });
	return async () => {
		await shared.dispose();
		await rm(folder, { recursive: true, force: true });
	};
}

async function buildAndPack(into: string): Promise<string> {
	await buildPackage();
	return await packPackage(into);
}
