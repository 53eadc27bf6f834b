import { defineConfig } from 'vitest/config';

/** Suites that share the machine's two cores with nothing else come last, one file at a time. */
const alone = { fileParallelism: false, testTimeout: 180_000, hookTimeout: 600_000 };

export default defineConfig({
	test: {
		projects: [
			{ test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/servers/**', 'test/n8n/**', 'test/faults/**', 'test/browser/**'], testTimeout: 30_000 } },
			{ test: { name: 'servers', include: ['test/servers/**/*.test.ts'], ...alone } },
			{ test: { name: 'n8n', include: ['test/n8n/**/*.test.ts', 'test/browser/**/*.test.ts'], ...alone } },
		],
	},
});
