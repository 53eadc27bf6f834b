import { buffer } from 'node:stream/consumers';
import { ImapConnection } from './connection';
import { fetchHeads, messageOfHead, type MailboxMessage } from './fetch';
import { searchUids, type MailboxFilter } from './search';
import type { ImapServer } from './server';
import { settled, streamMessage } from './wholeMessage';

/** One mailbox of the account, as a folder picker shows it. */
export interface MailboxListing {
	/** What `watchMailbox` wants as mailbox. */
	path: string;
	/** The path without what the server puts before the account's own mailboxes (`INBOX.`), as people may write it. */
	ownPath: string;
	/** The last part of the path. */
	name: string;
	/** What separates the parts of a path, such as `/` or `.`; empty where there are no levels. */
	delimiter: string;
	/** `\Inbox`, `\Sent`, `\Junk`, `\Trash`, `\Drafts`, `\Archive`, `\All`, `\Flagged` (RFC 6154), or null. */
	specialUse: string | null;
	/** False for a mere node of the hierarchy that holds no messages. */
	selectable: boolean;
}

/** What a credential test found. */
export interface ConnectionReport {
	greeting: string | null;
	/** Announced after the login, sorted. */
	capabilities: string[];
	/** How new mail is noticed: pushed (IDLE) or polled. */
	push: boolean;
	mailboxes: number;
}

async function withConnection<T>(server: ImapServer, use: (connection: ImapConnection) => Promise<T>): Promise<T> {
	const connection = await ImapConnection.open(server);
	try {
		return await use(connection);
	} finally {
		await connection.logout();
	}
}

/**
 * Every mailbox of the account, the inbox first, then those with a special use, then by name.
 *
 * @throws TransportError
 */
export function listMailboxes(server: ImapServer): Promise<MailboxListing[]> {
	return withConnection(server, mailboxesOf);
}

/** The same over a connection that is there. */
export async function mailboxesOf(connection: ImapConnection): Promise<MailboxListing[]> {
	const folders = await connection.run((client) => client.list());
	// Without LIST-EXTENDED, imapflow mixes in what LSUB says, where \Noselect means that only something below is subscribed.
	const extended = connection.capabilities.has('LIST-EXTENDED');
	const listed = extended ? folders : await connection.run((client) => client.list({ listOnly: true }));
	const selectable = new Set(
		listed.filter(({ flags }) => !flags.has('\\Noselect') && !flags.has('\\NonExistent')).map(({ path }) => path),
	);
	const rank = ({ path, specialUse }: MailboxListing) => (path.toUpperCase() === 'INBOX' ? 0 : specialUse ? 1 : 2);
	return folders
		.map(({ path, name, delimiter, specialUse, flags }) => ({
			path,
			ownPath: connection.paths.ownPathOf(path),
			name,
			delimiter,
			specialUse: markedUse(flags) ?? specialUse ?? null,
			selectable: selectable.has(path),
		}))
		.sort((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path));
}

const SPECIAL_USES = ['\\All', '\\Archive', '\\Drafts', '\\Flagged', '\\Junk', '\\Sent', '\\Trash'];

/** The server's mark (RFC 6154), in whatever case: Cyrus may write `\junk`, which imapflow does not know. */
function markedUse(flags: ReadonlySet<string>): string | undefined {
	const marks = [...flags].map((flag) => flag.toLowerCase());
	return SPECIAL_USES.find((use) => marks.includes(use.toLowerCase()));
}

/**
 * The selectable mailboxes that somebody means: by path (`INBOX` in any case), by special use (`\Junk`, `\Sent`), or by
 * pattern as in LIST (RFC 9051 section 6.3.9.6: `*` is anything, `%` anything within one level). What the server puts
 * before the account's own mailboxes may be left out.
 *
 * @returns paths without repetition, in the order of the listing
 */
export function matchMailboxes(listing: readonly MailboxListing[], wanted: readonly string[]): string[] {
	const means = ({ path, ownPath, specialUse, delimiter }: MailboxListing, name: string) => {
		if (name.startsWith('\\')) return specialUse?.toLowerCase() === name.toLowerCase();
		if (path.toUpperCase() === 'INBOX') return patternOf(name.toUpperCase(), delimiter).test('INBOX');
		const pattern = patternOf(name, delimiter);
		return pattern.test(path) || pattern.test(ownPath);
	};
	return listing.filter((one) => one.selectable && wanted.some((name) => means(one, name))).map(({ path }) => path);
}

/** The path that a plain name stands for (see `MailboxPaths`); the name itself where the server lists no such mailbox. */
export function pathMeant(listing: readonly MailboxListing[], name: string): string {
	if (listing.some(({ path }) => path === name)) return name;
	return listing.find(({ ownPath }) => ownPath === name)?.path ?? name;
}

function patternOf(name: string, delimiter: string): RegExp {
	const level = delimiter === '' ? '.*' : `(?:(?!${escaped(delimiter)}).)*`;
	const parts = name.split(/([*%])/).map((part) => (part === '*' ? '.*' : part === '%' ? level : escaped(part)));
	return new RegExp(`^${parts.join('')}$`, 'su');
}

function escaped(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/**
 * Logs in, looks at the folder list and logs out: the test of a credential.
 *
 * @throws TransportError that says what to change
 */
export function testConnection(server: ImapServer): Promise<ConnectionReport> {
	return withConnection(server, async (connection) => {
		const mailboxes = (await mailboxesOf(connection)).filter(({ selectable }) => selectable).length;
		const capabilities = [...connection.capabilities].sort();
		return { greeting: connection.greeting, capabilities, push: connection.capabilities.has('IDLE'), mailboxes };
	});
}

/**
 * The newest message that matches, for a manual test; changes no flag (EXAMINE, BODY.PEEK) and no cursor.
 *
 * @returns null when nothing matches
 * @throws TransportError
 */
export function fetchNewest(
	server: ImapServer,
	mailbox: string,
	filter: MailboxFilter = {},
): Promise<(MailboxMessage & { source: Buffer }) | null> {
	return withConnection(server, async (connection) => {
		const { uidValidity, exists } = await connection.select(mailbox, true);
		if (exists === 0) return null;
		for (const uid of (await searchUids(connection, filter)).reverse()) {
			const given = (await fetchHeads(connection, [uid])).get(uid);
			// Deleted since the search, or unreadable: the next one does as well.
			if (given === undefined) continue;
			const head = await settled(connection, given);
			const source = head.extent === 'whole' ? head.bytes : await buffer(streamMessage(connection, head));
			return { ...messageOfHead(head, String(uidValidity)), source };
		}
		return null;
	});
}
