import { PipelineError, StoreError, messageOf } from '../../errors';

/** What node:sqlite throws: `errcode` is SQLite's extended result code (https://sqlite.org/rescode.html). */
interface SqliteFailure extends Error {
	code: 'ERR_SQLITE_ERROR';
	errcode: number;
}

const RESULT = { perm: 3, busy: 5, locked: 6, readonly: 8, ioerr: 10, corrupt: 11, full: 13, cantopen: 14, notadb: 26 };

function resultOf(error: unknown): number | null {
	if (!(error instanceof Error) || !('errcode' in error)) return null;
	const { errcode } = error as SqliteFailure;
	return typeof errcode === 'number' ? errcode & 0xff : null;
}

/** True while another connection holds a lock this one needs. */
export function isBusy(error: unknown): boolean {
	const result = resultOf(error);
	return result === RESULT.busy || result === RESULT.locked;
}

const EXPLAINED: Record<number, { code: string; what: string; hint: string; retryable?: boolean }> = {
	[RESULT.busy]: {
		code: 'STORE_BUSY',
		what: 'is held by another process for too long',
		hint: 'Try again; when it lasts, look for a process that keeps the file open in a transaction, or use Postgres.',
		retryable: true,
	},
	[RESULT.full]: {
		code: 'STORE_FULL',
		what: 'cannot grow: the disk or the quota is full',
		hint: 'Free some space; nothing that was confirmed is lost, and work goes on by itself after that.',
		retryable: true,
	},
	[RESULT.readonly]: {
		code: 'STORE_READ_ONLY',
		what: 'cannot be written',
		hint: 'Give the user that runs this process the right to write to the file and to its folder.',
	},
	[RESULT.cantopen]: {
		code: 'STORE_CANNOT_OPEN',
		what: 'cannot be opened',
		hint: 'Check that the folder exists and that the user that runs this process may read and write in it.',
	},
	[RESULT.corrupt]: {
		code: 'STORE_CORRUPT',
		what: 'is damaged',
		hint: 'The file was left as it is. Restore it from a backup, or repair a copy with `sqlite3 FILE .recover`.',
	},
	[RESULT.notadb]: {
		code: 'STORE_CORRUPT',
		what: 'is not an SQLite database',
		hint: 'The file was left as it is. Choose another file name, or restore this one from a backup.',
	},
	[RESULT.ioerr]: {
		code: 'STORE_IO',
		what: 'could not be read or written',
		hint: 'Look at the health of the disk. A network share is no place for this file.',
		retryable: true,
	},
};
Object.assign(EXPLAINED, { [RESULT.locked]: EXPLAINED[RESULT.busy], [RESULT.perm]: EXPLAINED[RESULT.cantopen] });

/** The error a caller sees. What is not SQLite's passes through. */
export function explain(error: unknown, file: string): unknown {
	const result = resultOf(error);
	if (error instanceof PipelineError || result === null) return error;
	const known = EXPLAINED[result];
	if (known === undefined) {
		return new StoreError(`The store refused a statement: ${messageOf(error)}`, {
			code: 'STORE_STATEMENT_FAILED',
			record: { file },
			cause: error,
		});
	}
	return new StoreError(`The store file ${file} ${known.what}: ${messageOf(error)}`, {
		code: known.code,
		hint: known.hint,
		retryable: known.retryable ?? false,
		record: { file },
		cause: error,
	});
}
