import { PipelineError, StoreError, messageOf } from '../../errors';

/** SQLSTATEs after which the same transaction may well succeed (PostgreSQL manual, appendix A and 13.5). */
const ROLLED_BACK = new Set(['40001', '40P01', '55P03']);

/** The server is not there, is going away, is starting, or has no room (classes 08, 53, 57P). */
const UNAVAILABLE_STATE = /^(08|57P0[1-5]|53[03]00|25P0[34])/;
const UNAVAILABLE_SYSTEM =
	/^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT)$/;
/** pg says these without a code. */
const UNAVAILABLE_MESSAGE =
	/connection (terminated|ended)|timeout exceeded when trying to connect|not queryable|client was closed/i;

function stateOf(error: unknown): string {
	const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
	if (!(first instanceof Error) || !('code' in first)) return '';
	return typeof first.code === 'string' ? first.code : '';
}

export function wasRolledBack(error: unknown): boolean {
	return ROLLED_BACK.has(stateOf(error));
}

export function isUnavailable(error: unknown): boolean {
	const state = stateOf(error);
	if (UNAVAILABLE_STATE.test(state) || UNAVAILABLE_SYSTEM.test(state)) return true;
	return state === '' && UNAVAILABLE_MESSAGE.test(messageOf(error));
}

/** True when nobody can say what the connection will answer next. */
export function leavesConnectionUnusable(error: unknown): boolean {
	return isUnavailable(error) || /query read timeout/i.test(messageOf(error));
}

const EXPLAINED: ReadonlyArray<{ state: RegExp; code: string; what: string; hint: string; retryable: boolean }> = [
	{
		state: /^(40001|40P01|55P03)$/,
		code: 'STORE_BUSY',
		what: 'is too busy with the same records',
		hint: 'Try again.',
		retryable: true,
	},
	{
		state: /^57014$/,
		code: 'STORE_TIMEOUT',
		what: 'took too long over a statement',
		hint: 'Try again; when it lasts, look at the load of the server or raise the statement time-out.',
		retryable: true,
	},
	{
		state: /^53100$/,
		code: 'STORE_FULL',
		what: 'has no disk space left',
		hint: 'Free some space on the server; nothing that was confirmed is lost.',
		retryable: true,
	},
	{
		state: /^25006$/,
		code: 'STORE_READ_ONLY',
		what: 'is read-only',
		hint: 'Connect to the primary server, not to a standby.',
		retryable: true,
	},
	{
		state: /^28/,
		code: 'STORE_LOGIN_REFUSED',
		what: 'refused user or password',
		hint: 'Check user and password in the Email Pipeline Store credential.',
		retryable: false,
	},
	{
		state: /^3D000$/,
		code: 'STORE_CANNOT_OPEN',
		what: 'does not exist',
		hint: 'Create the database, or correct its name in the Email Pipeline Store credential.',
		retryable: false,
	},
	{
		state: /^(42501|3F000)$/,
		code: 'STORE_PERMISSION_DENIED',
		what: 'lacks a right this user needs',
		hint: 'GRANT CREATE ON DATABASE to this user, or create the schema with this user as its owner.',
		retryable: false,
	},
	{
		state: /^XX00[12]$/,
		code: 'STORE_CORRUPT',
		what: 'is damaged',
		hint: 'Restore the database from a backup.',
		retryable: false,
	},
];

/** The error a caller sees. What is not of the driver or server passes through. */
export function explain(error: unknown, location: string): unknown {
	if (error instanceof PipelineError) return error;
	const state = stateOf(error);
	const record = { location, sqlState: state === '' ? null : state };
	if (/SSL|TLS|certificate|self.signed|ERR_TLS|DEPTH_ZERO|UNABLE_TO/i.test(`${state} ${messageOf(error)}`)) {
		return new StoreError(`No secure connection to the store ${location}: ${messageOf(error)}`, {
			code: 'STORE_TLS_FAILED',
			hint: 'Give the CA certificate of the server, or choose the SSL mode that the server offers.',
			record,
			cause: error,
		});
	}
	const timedOut = state === '' && leavesConnectionUnusable(error) && !isUnavailable(error);
	const known = EXPLAINED.find((entry) => entry.state.test(timedOut ? '57014' : state));
	if (known) {
		return new StoreError(`The store ${location} ${known.what}: ${messageOf(error)}`, {
			code: known.code,
			hint: known.hint,
			retryable: known.retryable,
			record,
			cause: error,
		});
	}
	if (isUnavailable(error)) {
		return new StoreError(`The store ${location} cannot be reached: ${messageOf(error)}`, {
			code: 'STORE_UNAVAILABLE',
			hint: 'Check host and port, and that the server runs; the same call works again once it does.',
			retryable: true,
			record,
			cause: error,
		});
	}
	if (state === '') return error;
	return new StoreError(`The store refused a statement: ${messageOf(error)}`, {
		code: 'STORE_STATEMENT_FAILED',
		record,
		cause: error,
	});
}
