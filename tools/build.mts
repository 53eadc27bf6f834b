import { npm } from './npm.mjs';
import { checkout } from './checkout.mts';
import { step } from './progress.mjs';

/** Builds the package into dist/, quickly when little has changed. */
export async function buildPackage(): Promise<void> {
	await step('Building the package', () => npm(['run', 'build'], { cwd: checkout }));
}
