/** What a server says first tells whether it speaks IMAP, and whether it wants to (RFC 9051 section 7.1). */
import { TransportError } from '../../errors';
import type { Peer } from '../connectionError';
import { refusalError } from './imapError';

interface Other {
	/** The line such a server begins with. */
	greeting: RegExp;
	speaks: string;
}

const HINT = 'Use the IMAP port of the mail server: 993 for TLS, 143 for STARTTLS.';

const others: readonly Other[] = [
	// "220 mail.example.com ESMTP Postfix", "554 5.7.1 Service unavailable", "421 Too many connections"
	{ greeting: /^(220|421|521|554)[ -]/, speaks: 'SMTP' },
	// "+OK Dovecot ready.", "-ERR Too many connections"
	{ greeting: /^(\+OK|-ERR)\b/, speaks: 'POP3' },
	// "HTTP/1.1 400 Bad Request", "HTTP/1.1 408 Request Timeout"
	{ greeting: /^HTTP\/\d/, speaks: 'HTTP' },
	{ greeting: /^SSH-\d/, speaks: 'SSH' },
	// ManageSieve, RFC 5804: `"IMPLEMENTATION" "Dovecot Pigeonhole"`
	{ greeting: /^"?IMPLEMENTATION"?/, speaks: 'ManageSieve' },
];

/**
 * What is wrong with the first line of a server; null when it is an IMAP greeting. imapflow waits for another one until
 * the time for the login is over, although this is the answer.
 */
export function greetingError(line: string, peer: Peer): TransportError | null {
	if (/^\* (OK|PREAUTH)\b/i.test(line)) return null;
	// IceWarp: "* NO LOGOUT Intrusion prevention active for 198.51.100.7"
	const refused = /^\* (?:NO|BAD|BYE)\b\s*(?:\[([A-Z-]+)[^\]]*\]\s*)?(.*)$/is.exec(line);
	if (refused !== null) {
		return refusalError(
			{ status: 'BYE', responseCode: refused[1]?.toUpperCase() ?? null, text: refused[2] ?? '' },
			peer,
		);
	}
	const speaks = others.find(({ greeting }) => greeting.test(line))?.speaks;
	const said = line
		.replace(/[^\x20-\x7e]+/g, ' ')
		.trim()
		.slice(0, 200);
	return new TransportError(
		`${peer.host}:${peer.port} speaks ${speaks ?? 'something else'}, not IMAP (the server said: ${said}).`,
		{ code: 'IMAP_NOT_SPOKEN', hint: HINT, record: { host: peer.host, port: peer.port } },
	);
}
