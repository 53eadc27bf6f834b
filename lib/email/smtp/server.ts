/** How an SMTP server is reached, and how long it may take. */
import type { AccessTokenSource } from '../accessToken';

export interface SmtpServer {
	host: string;
	port: number;
	/** Implicit TLS, STARTTLS required (never opportunistic), or plaintext because the user said so. */
	security: 'tls' | 'starttls' | 'none';
	authentication:
		| { kind: 'none' }
		| { kind: 'password'; user: string; password: string }
		| { kind: 'oauth2'; user: string; accessToken: AccessTokenSource };
	/** PEM, in addition to the system's authorities. */
	ca?: string;
	allowInvalidCertificate?: boolean;
	/** Name for EHLO; the machine's host name unless set. */
	clientName?: string;
	/** Until the greeting, in ms: to connect (20 s unless set), and to say it where `timeouts` says nothing else. */
	connectTimeout?: number;
	/** For each phase after that which `timeouts` says nothing of, in ms. */
	socketTimeout?: number;
	timeouts?: Partial<SmtpTimeouts>;
}

/** Milliseconds that a whole reply may take by the phase it belongs to; for `block`, that the server takes the next piece. */
export interface SmtpTimeouts {
	/** TCP, and the TLS handshake. */
	connect: number;
	greeting: number;
	/** EHLO, STARTTLS, AUTH. */
	command: number;
	mail: number;
	rcpt: number;
	data: number;
	block: number;
	/** The reply to the final dot. */
	dot: number;
	/** RSET between two mails: a session that is this slow is replaced. */
	reset: number;
}

export type SmtpPhase = keyof SmtpTimeouts;

const MINUTE = 60_000;

/** RFC 5321 4.5.3.2, which says nothing of EHLO, STARTTLS and AUTH, nor of TCP. */
export const SMTP_TIMEOUTS: Readonly<SmtpTimeouts> = {
	connect: MINUTE / 3,
	greeting: 5 * MINUTE,
	command: 5 * MINUTE,
	mail: 5 * MINUTE,
	rcpt: 5 * MINUTE,
	data: 2 * MINUTE,
	block: 3 * MINUTE,
	dot: 10 * MINUTE,
	reset: MINUTE / 2,
};

export function timeoutsOf({ connectTimeout, socketTimeout, timeouts = {} }: SmtpServer): SmtpTimeouts {
	const { connect, greeting, reset, ...later } = SMTP_TIMEOUTS;
	const shared = socketTimeout === undefined ? later : mapped(later, () => socketTimeout);
	return {
		connect: connectTimeout ?? connect,
		greeting: connectTimeout ?? greeting,
		reset: Math.min(reset, socketTimeout ?? reset),
		...shared,
		...timeouts,
	};
}

function mapped<T extends object>(record: T, value: () => number): T {
	return Object.fromEntries(Object.keys(record).map((key) => [key, value()])) as T;
}

/** What the phases are called in an error. */
export const PHASE_NAMES: Readonly<Record<SmtpPhase, string>> = {
	connect: 'the connection attempt',
	greeting: 'the connection with its greeting',
	command: 'the opening of the session',
	mail: 'MAIL FROM',
	rcpt: 'RCPT TO',
	data: 'DATA',
	block: 'the content',
	dot: 'the end of the content',
	reset: 'RSET',
};
