/** How many checks came to what. */
export interface Tally {
	readonly passed: number;
	readonly failed: number;
	readonly skipped: number;
}

/** The last line of a test run, as read by people and by CI: `12 passed, 0 failed`, and `, 3 skipped` if any were. */
export function closingLine({ passed, failed, skipped }: Tally): string {
	return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Where every test must run, as in CI, one that did not is a failure. */
export function judgeSkipped(tally: Tally, mustRunAll: boolean): Tally {
	return mustRunAll ? { ...tally, failed: tally.failed + tally.skipped, skipped: 0 } : tally;
}
