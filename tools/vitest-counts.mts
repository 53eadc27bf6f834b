import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** What a run of vitest came to. */
export interface Counts {
	readonly passed: number;
	/** Failed tests, files that could not be loaded or set up, and errors outside any test. */
	readonly failed: number;
	/** Full names of the tests that did not run. */
	readonly skipped: readonly string[];
}

/** A vitest reporter that writes the counts of the run, as JSON, to the file EMAIL_PIPELINE_TEST_COUNTS names. */
export default class CountsReporter implements Reporter {
	onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
		const file = process.env.EMAIL_PIPELINE_TEST_COUNTS;
		if (file === undefined) return;
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, JSON.stringify(count(modules, unhandledErrors)));
	}
}

function count(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): Counts {
	let passed = 0;
	let failed = unhandledErrors.length;
	const skipped: string[] = [];
	for (const module of modules) {
		for (const test of module.children.allTests()) {
			const { state } = test.result();
			if (state === 'passed') passed++;
			else if (state === 'failed') failed++;
			else skipped.push(`${module.relativeModuleId} > ${test.fullName}`);
		}
		// A file that does not load, and a failing beforeAll, fail no test of their own.
		failed += module.errors().length;
		for (const suite of module.children.allSuites()) failed += suite.errors().length;
	}
	return { passed, failed, skipped };
}
