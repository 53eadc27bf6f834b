import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { parseMessage } from './parse/parseMessage';

/**
 * Tells whether two copies are one mail, whichever way each came: Message-ID, author, subject and text, decoded, with
 * white space evened out. Left out is what differs between ways: headers that servers add (Received, Authentication-Results,
 * Return-Path), line ends and encodings, and attachments, which some providers keep to themselves. Without a Message-ID
 * (RFC 5322, 3.6.4: SHOULD) the date stands in for it.
 *
 * @returns 64 hexadecimal digits; null for a mail with neither Message-ID nor date, which nothing tells from its like
 * @throws InputError `MESSAGE_UNREADABLE` when `raw` fails while it is read
 */
export async function mailFingerprint(raw: Buffer | Readable): Promise<string | null> {
	const { messageId, date, from, subject, text } = await parseMessage(raw, { analyse: false });
	const identity = messageId ?? date;
	if (identity === null) return null;
	const parts = [identity, from?.address.toLowerCase() ?? '', words(subject), words(text)];
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function words(text: string | null): string {
	return (text ?? '').normalize('NFC').replace(/\s+/gu, ' ').trim();
}
