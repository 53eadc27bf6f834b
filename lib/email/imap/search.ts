import type { SearchObject } from 'imapflow';
import { TransportError } from '../../errors';
import type { ImapConnection } from './connection';

/**
 * What the server looks for (RFC 9051 section 6.4.4): `from`, `to`, `subject`, `header`, `since`, `seen: false`,
 * `keyword`, `larger`, `smaller`, `not`, `or`, … as imapflow names them. All conditions must hold.
 */
export type MailboxFilter = SearchObject;

/**
 * UIDs that match, ascending.
 *
 * @throws TransportError `IMAP_SEARCH_REFUSED` when the server does not take the criteria
 */
export async function searchUids(connection: ImapConnection, filter: MailboxFilter): Promise<number[]> {
	try {
		const found = await connection.insist((client) => client.search(asServersTakeIt(filter), { uid: true }));
		return Array.isArray(found) ? found.sort((a, b) => a - b) : [];
	} catch (error) {
		const refused = error instanceof TransportError && error.code === 'IMAP_COMMAND_REFUSED';
		if (!refused) throw error;
		throw new TransportError(error.message, {
			code: 'IMAP_SEARCH_REFUSED',
			hint: 'The server does not take these search criteria; simplify the filter.',
			cause: error,
			...(error.record === null ? {} : { record: error.record }),
		});
	}
}

/**
 * The same criteria in a form that every server takes.
 * - `since` no later than a second ago: imapflow turns it into YOUNGER (RFC 5032) where the server has it, and YOUNGER 0
 *   is an error.
 * - No NOT directly behind a NOT, which the grammar allows and Courier refuses: NOT (ALL NOT …) is the same.
 */
function asServersTakeIt(filter: MailboxFilter): MailboxFilter {
	const latest = Date.now() - 1_000;
	const { since, or, not } = filter;
	return {
		...filter,
		...(since === undefined ? {} : { since: new Date(Math.min(new Date(since).getTime(), latest)) }),
		...(or === undefined ? {} : { or: or.map(asServersTakeIt) }),
		...(not === undefined ? {} : { not: { ...(isNegation(not) ? { all: true } : {}), ...asServersTakeIt(not) } }),
	};
}

function isNegation(filter: MailboxFilter): boolean {
	const keys = Object.keys(filter);
	return keys.length === 1 && keys[0] === 'not';
}

/** The UID of the newest message; below `from`, 0 or any other number, when there is none from there on. */
export async function highestUid(connection: ImapConnection, from = 1): Promise<number> {
	if ((connection.mailbox?.exists ?? 0) === 0) return 0;
	const row = await connection.run((client) => client.fetchOne('*', { uid: true }));
	if (row !== false && row !== undefined) return row.uid;
	// It went away in this moment, or the server says nothing about it.
	return (await searchUids(connection, withinUids({}, from, '*'))).at(-1) ?? 0;
}

/** The messages of the UID range that match the filter. */
export function withinUids(filter: MailboxFilter, from: number, through: number | '*'): MailboxFilter {
	const uid = `${from}:${through}`;
	// An `or` of one operand is how imapflow nests an AND: a filter may name UIDs itself.
	return 'uid' in filter ? { uid, or: [filter] } : { uid, ...filter };
}
