import { LedgerError } from '../../errors';

/** @param what such as `send`; @param id what was looked for: an id or a key, never an address */
export function notFound(what: string, id: string, scope: string): LedgerError {
	return new LedgerError(`The ledger has no ${what} “${id}” in the scope “${scope}”`, {
		code: 'LEDGER_NOT_FOUND',
		hint: 'Check the ID, and that Scope and Store are those of the node that made the record.',
		record: { id, scope },
	});
}
