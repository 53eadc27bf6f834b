import type { Readable } from 'node:stream';
import type { FetchMessageObject, FetchQueryObject } from 'imapflow';
import { TransportError } from '../../errors';
import type { ImapConnection } from './connection';

/** Bytes of a message fetched at once; up to this size it arrives as a Buffer, beyond it as a stream. */
export const CHUNK = 256 * 1024;

/** A message of the mailbox, flags untouched (BODY.PEEK). */
export interface MailboxMessage {
	uid: number;
	/** Decimal: 32 bits, unsigned. */
	uidValidity: string;
	/** System flags with their backslash, and keywords. */
	flags: string[];
	/** When the server received it (INTERNALDATE). */
	internalDate: Date | null;
	/** RFC822.SIZE in bytes, as the server says it. */
	size: number;
	/** Gmail's conversation, a decimal number of 64 bits (X-GM-THRID); null on other servers. */
	gmailThreadId: string | null;
	/** The raw bytes; a stream, to be read once, when the message is larger than 256 KiB. */
	source: Buffer | Readable;
	/** What was odd about the fetching; complete once the source was read. */
	defects?: readonly FetchDefect[];
}

/** `size-mismatch`: the server tells another size, and gave the same bytes twice. */
export interface FetchDefect {
	code: 'size-mismatch';
	message: string;
}

export type WholeMessage = MailboxMessage & { source: Buffer };

/** A message with its first bytes. */
export interface Head {
	uid: number;
	flags: string[];
	internalDate: Date | null;
	/** As the server tells it; the number of bytes where it tells none. */
	size: number;
	gmailThreadId: string | null;
	bytes: Buffer;
	/**
	 * `whole`: these are all bytes. `begun`: there are more, as many as the server told. `doubtful`: the server gave
	 * fewer than it was asked for, or more, and neither is what it told.
	 */
	extent: 'whole' | 'begun' | 'doubtful';
	/** A stream may add to them until its end. */
	defects: FetchDefect[];
}

/** No more than this is asked for in one piece, where a server gives none in part: it is held in memory. */
export const LARGEST_PIECE = 60 * 1024 * 1024;

/**
 * Fetches metadata and the first chunk of each message in one command.
 *
 * @returns by UID; a message that is gone, or that the server did not render, is missing
 */
export async function fetchHeads(connection: ImapConnection, uids: readonly number[]): Promise<Map<number, Head>> {
	const rows = await rowsOf(connection, uids, { source: { start: 0, maxLength: CHUNK } });
	const heads = new Map<number, Head>();
	for (const row of rows) {
		// Servers also tell flag changes of other messages meanwhile: rows without a body.
		// A message that is deleted at this moment may have NIL for a body (RFC 2180, 4.1.3).
		if (!uids.includes(row.uid) || !Buffer.isBuffer(row.source)) continue;
		heads.set(row.uid, headOf(connection, row, row.source, extentOf(row.source.length, row.size)));
	}
	return heads;
}

/**
 * Fetches one message without asking for a part of it: some servers cannot do that. A message that is larger than the
 * limit comes without its bytes, `begun`.
 *
 * @returns null when the server answers without the message
 */
export async function fetchWhole(connection: ImapConnection, uid: number, limit: number): Promise<Head | null> {
	const [told] = (await rowsOf(connection, [uid], {})).filter((row) => row.uid === uid);
	if (told === undefined) return null;
	if ((told.size ?? 0) > limit) return headOf(connection, told, Buffer.alloc(0), 'begun');
	const bytes = await wholeBytes(connection, uid);
	if (bytes === null) return null;
	const extent = told.size === undefined || told.size === bytes.length ? 'whole' : 'doubtful';
	return headOf(connection, told, bytes, extent);
}

/** All bytes of one message in one piece. @returns null when the server answers without them */
export async function wholeBytes(connection: ImapConnection, uid: number): Promise<Buffer | null> {
	return await bytesOf(connection, uid, true);
}

/** Up to a chunk of one message from an offset on. @returns null when the server answers without it */
export async function bytesFrom(connection: ImapConnection, uid: number, start: number): Promise<Buffer | null> {
	return await bytesOf(connection, uid, { start, maxLength: CHUNK });
}

async function bytesOf(
	connection: ImapConnection,
	uid: number,
	source: NonNullable<FetchQueryObject['source']>,
): Promise<Buffer | null> {
	const rows = await connection.run((client) => client.fetchAll(String(uid), { uid: true, source }, { uid: true }));
	for (const row of rows) if (row.uid === uid && Buffer.isBuffer(row.source)) return row.source;
	return null;
}

async function rowsOf(connection: ImapConnection, uids: readonly number[], query: FetchQueryObject) {
	const metadata = { uid: true, flags: true, internalDate: true, size: true, threadId: tellsGmailThread(connection) };
	return await connection.run((client) => client.fetchAll(uids.join(','), { ...metadata, ...query }, { uid: true }));
}

/** Where there is OBJECTID (RFC 8474) too, the answer would be its THREADID. */
function tellsGmailThread({ capabilities }: ImapConnection): boolean {
	return capabilities.has('X-GM-EXT-1') && !capabilities.has('OBJECTID');
}

function extentOf(length: number, told: number | undefined): Head['extent'] {
	// Longer than asked for: a server that ignores the partial specifier, which has then sent all of it.
	if (length === told || (told === undefined && length !== CHUNK)) return 'whole';
	return length === CHUNK ? 'begun' : 'doubtful';
}

function headOf(connection: ImapConnection, row: FetchMessageObject, bytes: Buffer, extent: Head['extent']): Head {
	const date = row.internalDate === undefined ? null : new Date(row.internalDate);
	return {
		uid: row.uid,
		flags: [...(row.flags ?? [])],
		internalDate: date === null || Number.isNaN(date.getTime()) ? null : date,
		size: row.size ?? bytes.length,
		gmailThreadId: tellsGmailThread(connection) ? (row.threadId ?? null) : null,
		bytes,
		extent,
		defects: [],
	};
}

/** What a message is without what was needed to fetch it. */
export function messageOfHead(head: Head, uidValidity: string): Omit<MailboxMessage, 'source'> {
	const { uid, flags, internalDate, size, gmailThreadId, defects } = head;
	return { uid, uidValidity, flags, internalDate, size, gmailThreadId, defects };
}

/** What the server gave is not what it told, and asking again did not mend it. */
export function incomplete(uid: number, told: number, came: number): TransportError {
	return new TransportError(`The mail server says that this message has ${told} bytes, and gives ${came} of them.`, {
		code: 'IMAP_ANSWER_INCOMPLETE',
		hint: 'It is asked again; if it goes on, look at the message with another mail program.',
		retryable: true,
		record: { uid, size: told, received: came },
	});
}
