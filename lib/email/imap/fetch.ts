import { Readable } from 'node:stream';
import type { FetchMessageObject } from 'imapflow';
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
}

export type WholeMessage = MailboxMessage & { source: Buffer };

/** A message with its first bytes: all of them when there are fewer than a chunk. */
export interface Head {
	uid: number;
	flags: string[];
	internalDate: Date | null;
	size: number;
	gmailThreadId: string | null;
	bytes: Buffer;
	complete: boolean;
}

/**
 * Fetches metadata and the first chunk of each message in one command.
 *
 * @returns by UID; a message that is gone, or that the server did not render, is missing
 */
export async function fetchHeads(connection: ImapConnection, uids: readonly number[]): Promise<Map<number, Head>> {
	const source = { start: 0, maxLength: CHUNK };
	// Where there is OBJECTID (RFC 8474) too, the answer would be its THREADID.
	const threadId = connection.capabilities.has('X-GM-EXT-1') && !connection.capabilities.has('OBJECTID');
	const query = { uid: true, flags: true, internalDate: true, size: true, threadId, source };
	const rows = await connection.run((client) => client.fetchAll(uids.join(','), query, { uid: true }));
	const wanted = new Set(uids);
	const heads = new Map<number, Head>();
	for (const row of rows) {
		// Servers also tell flag changes of other messages meanwhile: rows without a body.
		// A message that is deleted at this moment may have NIL for a body (RFC 2180, 4.1.3).
		if (!wanted.has(row.uid) || !Buffer.isBuffer(row.source)) continue;
		heads.set(row.uid, headOf(row, row.source, threadId));
	}
	return heads;
}

function headOf(row: FetchMessageObject, bytes: Buffer, gmail: boolean): Head {
	const date = row.internalDate === undefined ? null : new Date(row.internalDate);
	const size = row.size ?? bytes.length;
	return {
		uid: row.uid,
		flags: [...(row.flags ?? [])],
		internalDate: date === null || Number.isNaN(date.getTime()) ? null : date,
		size,
		gmailThreadId: gmail ? (row.threadId ?? null) : null,
		bytes,
		// Longer than asked for: a server that ignores the partial specifier, which has then sent all of it.
		complete: bytes.length !== CHUNK || size === CHUNK,
	};
}

/**
 * The whole message, the first chunk being here already; one partial FETCH for each further chunk, made when the reader
 * wants it. Fails with `IMAP_MESSAGE_EXPUNGED` when the message disappears meanwhile.
 *
 * @param progress counts the bytes that came
 */
export function streamMessage(connection: ImapConnection, head: Head, progress = { bytes: 0 }): Readable {
	return Readable.from(chunks(connection, head, progress), { objectMode: false, highWaterMark: CHUNK });
}

async function* chunks(connection: ImapConnection, head: Head, progress: { bytes: number }): AsyncGenerator<Buffer> {
	progress.bytes = head.bytes.length;
	yield head.bytes;
	// Twice the size that the server told, and a chunk: the end for servers that answer every partial with the same bytes.
	const limit = head.size * 2 + CHUNK;
	while (progress.bytes < limit) {
		const source = { start: progress.bytes, maxLength: CHUNK };
		const row = await connection.run((client) =>
			client.fetchOne(String(head.uid), { uid: true, source }, { uid: true }),
		);
		const bytes = row ? row.source : undefined;
		if (!Buffer.isBuffer(bytes) && progress.bytes >= head.size) return;
		if (!Buffer.isBuffer(bytes)) {
			throw new TransportError('The message was deleted while it was fetched.', {
				code: 'IMAP_MESSAGE_EXPUNGED',
				record: { uid: head.uid },
			});
		}
		progress.bytes += bytes.length;
		if (bytes.length > 0) yield bytes;
		if (bytes.length < CHUNK) return;
	}
	throw new TransportError('The server goes on sending beyond the size of the message.', {
		code: 'IMAP_MESSAGE_UNREADABLE',
		hint: 'Look at the message with another mail program; it may have to be delivered again.',
		record: { uid: head.uid, size: head.size },
	});
}
