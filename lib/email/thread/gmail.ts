/** Gmail's own conversation: an unsigned 64-bit number, X-GM-THRID in IMAP, kept as a header of that name in exports. */
import type { CanonicalMessage } from '../message';

/** The conversation's key; what the mailbox says goes before the header, which anybody can write. */
export function gmailThreadKey(message: Partial<Pick<CanonicalMessage, 'source' | 'headers'>>): string | null {
	const id = message.source?.gmailThreadId ?? message.headers?.['x-gm-thrid']?.[0]?.trim();
	return id !== undefined && /^\d{5,20}$/.test(id) ? `gmail:${id}` : null;
}
