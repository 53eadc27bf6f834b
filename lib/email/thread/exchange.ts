/** Outlook and Exchange name a conversation in Thread-Index ([MS-OXOMSG] 2.2.1.3, PidTagConversationIndex). */

/** One reserved byte, five of the time and sixteen of a GUID; every answer appends five more. */
const HEADER_BYTES = 22;

/** The conversation's key, the same in every answer; null when the header is missing or no such index. */
export function exchangeThreadKey(headers: Readonly<Record<string, string[]>>): string | null {
	const written = headers['thread-index']?.[0]?.replace(/\s+/g, '') ?? '';
	if (!/^[\w+/-]{30,}={0,2}$/.test(written)) return null;
	const bytes = Buffer.from(written, 'base64');
	if (bytes.length < HEADER_BYTES || bytes[0] !== 1) return null;
	const header = bytes.subarray(0, HEADER_BYTES);
	// A client that fills it with one byte over and over names no conversation.
	return new Set(header.subarray(6)).size < 4 ? null : `exchange:${header.toString('base64')}`;
}
