/** What went wrong while preparing something, in words for the person at the terminal, and what to do about it. */
export class SetupError extends Error {
	/**
	 * @param {string} message what happened
	 * @param {{ hint?: string, cause?: unknown }} [details] `hint` says what to do; `cause` keeps the original error
	 */
	constructor(message, { hint, cause } = {}) {
		super(message, { cause });
		this.name = 'SetupError';
		this.hint = hint;
	}
}

/**
 * Prints an error the way a terminal user needs it — no stack trace for what we foresaw — and sets exit code 1.
 *
 * @param {unknown} error
 */
export function reportFailure(error) {
	process.exitCode = 1;
	if (!(error instanceof SetupError)) {
		console.error(error);
		return;
	}
	console.error(`\n${error.message}`);
	if (error.hint) console.error(error.hint);
}
