import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Suites that wait for programs of their own more than they compute: two files at a time, and after the others. */
const waiting = { maxWorkers: 2, testTimeout: 180_000, hookTimeout: 600_000 };

/** What is awaited comes late on a busy machine. */
const expect = { poll: { timeout: 15_000 } };

/** A thread runs on Node itself, which cannot read the sources. */
const resolve = {
	alias: [{ find: /^\.\/threadFile$/, replacement: join(import.meta.dirname, 'test/built/threadFile.ts') }],
};

const elsewhere = ['test/servers/**', 'test/n8n/**', 'test/faults/**', 'test/browser/**'];

export default defineConfig({
	test: {
		reporters: ['default', './tools/vitest-counts.mts'],
		projects: [
			{
				resolve,
				test: {
					name: 'unit',
					include: ['test/**/*.test.ts'],
					exclude: elsewhere,
					testTimeout: 30_000,
					expect,
					sequence: { groupOrder: 0 },
				},
			},
			{
				resolve,
				test: {
					name: 'servers',
					include: ['test/servers/**/*.test.ts', 'test/faults/**/*.test.ts'],
					...waiting,
					expect,
					sequence: { groupOrder: 1 },
				},
			},
			{
				resolve,
				test: {
					name: 'n8n',
					include: ['test/n8n/**/*.test.ts', 'test/browser/**/*.test.ts'],
					globalSetup: ['test/n8n/driver/global-setup.ts'],
					...waiting,
					expect,
					sequence: { groupOrder: 2 },
				},
			},
		],
	},
});
