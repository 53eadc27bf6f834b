/** One SMTP session (RFC 5321) and one transmission over it, on nodemailer's smtp-connection. */
import { Readable } from 'node:stream';
import { rootCertificates } from 'node:tls';
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { TransportError, messageOf } from '../../errors';
import type { AccessTokenSource } from '../accessToken';
import type { BounceType } from '../bounce/classification';
import type { Reason } from '../bounce/reasons';
import { authenticate } from './authenticate';
import { smtpError } from './smtpError';
import { needsSmtpUtf8 } from './wireAddress';

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
	/** Until the greeting, in ms. Default 20 s. */
	connectTimeout?: number;
	/** Silence after which the connection counts as dead, in ms. RFC 5321 4.5.3.2.6 allows a server 10 minutes after the final dot. */
	socketTimeout?: number;
}

/** What became of one transmission to one recipient. An explicit reply always wins over a broken stream. */
export type Transmission =
	| { outcome: 'accepted'; reply: SmtpReply; serverMessageId: string | null }
	/** The server said 4xx or 5xx: it has not taken the message. */
	| {
			outcome: 'refused';
			reply: SmtpReply;
			stage: string;
			error: TransportError;
			/** Whether it is for good, where the code is not SMTP's; 5xx unless set. */
			permanent?: boolean;
			/** What it means, where more is known than the reply tells. */
			verdict?: { reason: Reason; bounceType: BounceType };
			/** How long to wait at least, in ms, when the server says so. */
			retryAfter?: number;
	  }
	/** It broke before the first byte of the body left: nothing was sent. */
	| { outcome: 'not-sent'; error: TransportError }
	/** Nothing was sent, and nothing ever will be over this transport: it cannot carry this mail. */
	| { outcome: 'unsendable'; error: TransportError }
	/** It broke after that, without a reply, and the provider sends it once however often it is asked. */
	| { outcome: 'repeatable'; error: TransportError }
	/** It broke after that, without a reply: nobody knows. */
	| { outcome: 'in-doubt'; error: TransportError };

export interface SmtpReply {
	replyCode: string;
	/** RFC 3463 enhanced status, null when the server gives none. */
	status: string | null;
	/** The whole reply as one line. */
	text: string;
}

export interface OutgoingEnvelope {
	/** '' is the null return path. */
	mailFrom: string;
	rcptTo: string;
}

export interface SmtpSession {
	/**
	 * Sends the message to one recipient. `beforeBody` is called when the server has answered DATA with 354 and before
	 * the first byte of the message; when it throws, no byte is sent and the outcome is `not-sent`.
	 */
	transmit(envelope: OutgoingEnvelope, message: Buffer, beforeBody: () => Promise<void>): Promise<Transmission>;
	/** False once the connection has broken or a transmission left it in an unknown state. */
	readonly usable: boolean;
	close(): void;
}

/**
 * Connects, secures and authenticates.
 * @throws TransportError `SMTP_*`, `TLS_*`; nothing was sent
 */
export async function openSmtpSession(server: SmtpServer): Promise<SmtpSession> {
	const connection = new SMTPConnection(connectionOptions(server));
	let broken: unknown = null;
	const failed = new Promise<never>((_resolve, reject) => {
		connection.on('error', (error: unknown) => {
			broken = error;
			reject(error instanceof Error ? error : new Error(messageOf(error)));
		});
		connection.once('end', () => {
			broken ??= new Error('The connection was closed');
			reject(new Error('The connection was closed'));
		});
	});
	// Waited for only while connecting; later the callback of each transmission tells.
	failed.catch(() => undefined);

	try {
		await Promise.race([handshake(connection), failed]);
		await Promise.race([authenticate(connection, server), failed]);
	} catch (error) {
		connection.close();
		throw error instanceof TransportError ? error : smtpError(error, server);
	}

	return {
		get usable() {
			return broken === null;
		},
		async transmit(envelope, message, beforeBody) {
			if (!extensionsOf(connection).includes('SMTPUTF8') && isInternational(envelope, message)) {
				return { outcome: 'unsendable', error: withoutUtf8(server) };
			}
			const limit = sizeLimitOf(connection);
			if (limit > 0 && message.length > limit) {
				return { outcome: 'unsendable', error: tooLarge(server, message.length, limit) };
			}
			const transmission = await transmitOnce(connection, server, envelope, message, beforeBody);
			// After a refusal the session is reset by the next MAIL (RFC 5321 4.1.1.2); after a break it is gone.
			if (transmission.outcome === 'not-sent' || transmission.outcome === 'in-doubt') broken ??= transmission.error;
			return transmission;
		},
		close: () => {
			if (broken === null) connection.quit();
			else connection.close();
		},
	};
}

/** RFC 6531: an address whose local part is not ASCII stands unencoded in the envelope and in the header. */
function isInternational(envelope: OutgoingEnvelope, message: Buffer): boolean {
	const end = message.indexOf('\r\n\r\n');
	const header = message.subarray(0, end < 0 ? message.length : end);
	return needsSmtpUtf8(envelope.mailFrom + envelope.rcptTo) || header.some((byte) => byte > 0x7f);
}

function extensionsOf(connection: SMTPConnection): readonly string[] {
	// smtp-connection would leave the keyword out by itself and send all the same.
	return (connection as unknown as { _supportedExtensions: string[] })._supportedExtensions;
}

/** RFC 1870: what the server announced; 0 when it set no limit. */
function sizeLimitOf(connection: SMTPConnection): number {
	return (connection as unknown as { _maxAllowedSize: number })._maxAllowedSize;
}

function tooLarge({ host, port }: SmtpServer, size: number, limit: number): TransportError {
	const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`;
	return new TransportError(
		`The mail has ${megabytes(size)}, and the SMTP server ${host} takes no more than ${megabytes(limit)}`,
		{
			code: 'SMTP_MESSAGE_TOO_LARGE',
			hint: 'Send large attachments as links (Options → Attachments as Links), or fewer of them.',
			record: { host, port, size, limit },
		},
	);
}

function withoutUtf8({ host, port }: SmtpServer): TransportError {
	return new TransportError(`The SMTP server ${host} does not take addresses that are not ASCII before the @`, {
		code: 'SMTP_UTF8_UNSUPPORTED',
		hint: 'Send through a server that offers SMTPUTF8 (RFC 6531), or use another address of that person.',
		record: { host, port },
	});
}

function connectionOptions(server: SmtpServer): SMTPConnectionOptions {
	const connectTimeout = server.connectTimeout ?? 20_000;
	return {
		host: server.host,
		port: server.port,
		secure: server.security === 'tls',
		requireTLS: server.security === 'starttls',
		ignoreTLS: server.security === 'none',
		name: server.clientName,
		connectionTimeout: connectTimeout,
		greetingTimeout: connectTimeout,
		dnsTimeout: connectTimeout,
		socketTimeout: server.socketTimeout ?? 600_000,
		tls: {
			minVersion: 'TLSv1.2',
			rejectUnauthorized: server.allowInvalidCertificate !== true,
			...(server.ca ? { ca: [...rootCertificates, server.ca] } : {}),
		},
	};
}

function handshake(connection: SMTPConnection): Promise<void> {
	return new Promise((resolve, reject) => {
		connection.connect((error) => {
			if (error) reject(error);
			else resolve();
		});
	});
}

function transmitOnce(
	connection: SMTPConnection,
	server: SmtpServer,
	envelope: OutgoingEnvelope,
	message: Buffer,
	beforeBody: () => Promise<void>,
): Promise<Transmission> {
	let bodyBegun = false;
	let refusedByCaller: unknown = null;
	// smtp-connection pulls the body only after 354, so the first pull is the last moment before a byte leaves.
	const body = Readable.from(
		(async function* () {
			try {
				await beforeBody();
			} catch (error) {
				refusedByCaller = error;
				throw error;
			}
			bodyBegun = true;
			yield message;
		})(),
		{ objectMode: false },
	);
	return new Promise<Transmission>((resolve) => {
		connection.send(
			{ from: envelope.mailFrom, to: [envelope.rcptTo], size: message.length, use8BitMime: true },
			body,
			(error, info) => {
				if (error === null) {
					resolve({
						outcome: 'accepted',
						reply: parseReply(info.response),
						serverMessageId: info.serverMessageId?.replace(/^<|>$/g, '') ?? null,
					});
					return;
				}
				const cause: unknown = refusedByCaller ?? error;
				const transportError = smtpError(cause, server);
				const reply = replyOf(error);
				if (reply && refusedByCaller === null) {
					resolve({ outcome: 'refused', reply, stage: commandOf(error), error: transportError });
				} else {
					resolve({ outcome: bodyBegun ? 'in-doubt' : 'not-sent', error: transportError });
				}
			},
		);
	});
}

/** Reads `550 5.1.1 …`, also over several lines. */
export function parseReply(text: string): SmtpReply {
	const match = /^(\d{3})[ -]?(?:([245]\.\d{1,3}\.\d{1,3})\b)?/.exec(text.trim());
	return {
		replyCode: match?.[1] ?? '',
		status: match?.[2] ?? null,
		text: text.replace(/\r?\n(?:\d{3}[ -])?(?:[245]\.\d{1,3}\.\d{1,3} )?/g, ' ').trim(),
	};
}

function replyOf(error: unknown): SmtpReply | null {
	if (!(error instanceof Error)) return null;
	const { rejectedErrors, response } = error as { rejectedErrors?: unknown[]; response?: unknown };
	if (rejectedErrors?.[0] !== undefined) return replyOf(rejectedErrors[0]);
	if (typeof response !== 'string') return null;
	const reply = parseReply(response);
	return /^[45]/.test(reply.replyCode) ? reply : null;
}

function commandOf(error: unknown): string {
	const { command } = error as { command?: unknown };
	return typeof command === 'string' ? command : 'CONN';
}
