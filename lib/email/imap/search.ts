import type { SearchObject } from 'imapflow';
import { TransportError } from '../../errors';
import { needsCharset, searchWithoutCharset } from './charsetSearch';
import type { ImapConnection } from './connection';
import { UidSet } from './uidSet';

/**
 * What the server looks for (RFC 9051 section 6.4.4): `from`, `to`, `subject`, `header`, `since`, `seen: false`,
 * `keyword`, `larger`, `smaller`, `not`, `or`, … as imapflow names them. All conditions must hold.
 */
export type MailboxFilter = SearchObject;

const DAY = 24 * 3_600_000;
/** Messages that a server is asked about at once. */
const NUMBERS_AT_ONCE = 10_000;
const DATES_AT_ONCE = 500;

/**
 * UIDs that match, ascending. `since` holds to the second: servers compare days in the zone that each message was
 * received in (RFC 9051 section 6.4.4, "disregarding time and timezone"), so they are asked for one day more, and the
 * messages about the limit are looked at here. One without a readable INTERNALDATE matches.
 *
 * Text beyond ASCII is compared here, where the server takes no such criteria.
 *
 * @throws TransportError `IMAP_SEARCH_REFUSED` when the server does not take the criteria
 */
export async function searchUids(connection: ImapConnection, filter: MailboxFilter): Promise<number[]> {
	const since = sinceOf(filter);
	if (since === null) return await search(connection, filter);
	const wide = await search(connection, { ...filter, since: new Date(since - DAY) });
	if (wide.length === 0) return wide;
	const later = since + 2 * DAY;
	const sure = new Set(later < Date.now() ? await search(connection, { ...filter, since: new Date(later) }) : []);
	const near = wide.filter((uid) => !sure.has(uid));
	const early = new Set<number>();
	for (let index = 0; index < near.length; index += DATES_AT_ONCE) {
		const set = near.slice(index, index + DATES_AT_ONCE).join(',');
		const query = { uid: true, internalDate: true };
		for (const row of await connection.run((client) => client.fetchAll(set, query, { uid: true }))) {
			if (new Date(row.internalDate ?? Number.NaN).getTime() < since) early.add(row.uid);
		}
	}
	return wide.filter((uid) => !early.has(uid));
}

/** The limit in whole seconds, as INTERNALDATE counts. */
function sinceOf({ since }: MailboxFilter): number | null {
	const time = since === undefined ? Number.NaN : new Date(since).getTime();
	return Number.isNaN(time) ? null : Math.floor(time / 1_000) * 1_000;
}

async function search(connection: ImapConnection, filter: MailboxFilter): Promise<number[]> {
	try {
		const found = await connection.insist((client) => client.search(asServersTakeIt(filter), { uid: true }));
		return Array.isArray(found) ? found.sort((a, b) => a - b) : [];
	} catch (error) {
		const refused = error instanceof TransportError && error.code === 'IMAP_COMMAND_REFUSED';
		if (!refused) throw error;
		if (needsCharset(filter))
			return await searchWithoutCharset(connection, filter, (one) => searchUids(connection, one));
		throw new TransportError(error.message, {
			code: 'IMAP_SEARCH_REFUSED',
			hint: 'The server does not take these search criteria; simplify the filter.',
			cause: error,
			...(error.record === null ? {} : { record: error.record }),
		});
	}
}

/** All UIDs of the mailbox; as ranges where the server has ESEARCH (RFC 4731), else in several answers when there are many. */
export async function presentUids(connection: ImapConnection): Promise<UidSet> {
	const count = (): number => connection.mailbox?.exists ?? 0;
	if (count() === 0) return UidSet.empty();
	if (connection.capabilities.has('ESEARCH') || connection.capabilities.has('IMAP4REV2')) {
		const options = { uid: true, returnOptions: ['ALL'] };
		const found: unknown = await connection.run((client) => client.search({ all: true }, options));
		const ranges = found !== null && typeof found === 'object' && 'all' in found ? found.all : undefined;
		if (typeof ranges === 'string') return UidSet.ofSequence(ranges);
	}
	if (count() <= NUMBERS_AT_ONCE) return UidSet.of(await search(connection, {}));
	const uids = UidSet.empty();
	for (let from = 1; from <= count(); from += NUMBERS_AT_ONCE) {
		const through = Math.min(from + NUMBERS_AT_ONCE - 1, count());
		for (const uid of await search(connection, { seq: `${from}:${through}` })) uids.add(uid);
	}
	return uids;
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
	return combined({ uid: `${from}:${through}` }, filter);
}

/** Both; the later `since` of the two stays where `searchUids` sees it. */
export function combined(one: MailboxFilter, other: MailboxFilter): MailboxFilter {
	const { since, ...rest } = other;
	const times = [one.since, since].flatMap((date) => (date === undefined ? [] : [new Date(date).getTime()]));
	const clash = Object.keys(rest).some((key) => key in one);
	return {
		...one,
		// An `or` of one operand is how imapflow nests an AND: a filter may name UIDs itself.
		...(clash ? { or: [rest] } : rest),
		...(times.length === 0 ? {} : { since: new Date(Math.max(...times)) }),
	};
}
