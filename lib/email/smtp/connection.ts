/** One SMTP session (RFC 5321): opened, secured, logged in; several mail transactions, each after a reset. */
import { hostname } from 'node:os';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { TransportError } from '../../errors';
import { Secrets } from '../secrets';
import { authenticate } from './authenticate';
import { SmtpChannel } from './channel';
import { NO_EXTENSIONS, type SmtpExtensions, extensionsOf } from './extensions';
import type { SmtpServer } from './server';
import { conversationError, sessionRefused, smtpError, starttlsRefused } from './smtpError';
import { transact, unsafeAddress } from './transaction';
import type { OutgoingEnvelope, Transmission } from './transmission';
import { isInternational } from './wireAddress';

export { type SmtpReply, parseReply } from './reply';
export type { SmtpServer, SmtpTimeouts } from './server';
export type { OutgoingEnvelope, Transmission } from './transmission';

export interface SmtpSession {
	/**
	 * Sends the message to one recipient. `beforeBody` is called when the server has answered DATA with 354 and before
	 * the first byte of the message; when it throws, no byte is sent and the outcome is `not-sent`.
	 */
	transmit(envelope: OutgoingEnvelope, message: Buffer, beforeBody: () => Promise<void>): Promise<Transmission>;
	/**
	 * Whether another mail may go over it: after each one the server is told RSET, and has to answer it with 2xx. A server
	 * that has refused one holds its transaction open until then (Postfix: 503 nested MAIL command).
	 */
	ready(): Promise<boolean>;
	/** False once the connection has broken or a transmission left it in an unknown state. */
	readonly usable: boolean;
	close(): void;
}

/** How long a server may take to say goodbye, in ms. */
const FAREWELL = 2_000;

/**
 * Connects, secures and authenticates.
 * @throws TransportError `SMTP_*`, `TLS_*`; nothing was sent
 */
export async function openSmtpSession(server: SmtpServer): Promise<SmtpSession> {
	const { authentication } = server;
	const secrets =
		authentication.kind === 'password' ? new Secrets([authentication.password], authentication.user) : new Secrets();
	const channel = await SmtpChannel.open(server, secrets);
	try {
		const greeting = await channel.reply('greeting');
		if (!/^[45]/.test(greeting.replyCode) && greeting.replyCode !== '220') {
			throw conversationError(server, greeting, 'the greeting');
		}
		if (greeting.replyCode !== '220') throw sessionRefused(server, greeting, 'the greeting');
		let extensions = await hello(channel, server);
		if (server.security === 'starttls') {
			const reply = await channel.command('STARTTLS', 'command');
			if (reply.replyCode === '421') throw conversationError(server, reply, 'STARTTLS');
			if (reply.replyCode !== '220') throw starttlsRefused(server, reply);
			await channel.secure();
			// RFC 3207 4.2: what was said before does not count.
			extensions = await hello(channel, server);
		}
		await authenticate(channel, server, extensions.mechanisms, secrets);
		return new Session(channel, server, extensions);
	} catch (error) {
		channel.destroy();
		throw smtpError(error, server);
	}
}

/** EHLO, or HELO where the server does not know it. */
async function hello(channel: SmtpChannel, server: SmtpServer): Promise<SmtpExtensions> {
	const name = clientNameOf(server);
	const reply = await channel.command(`EHLO ${name}`, 'command');
	if (reply.replyCode.startsWith('2')) return extensionsOf(reply);
	if (!reply.replyCode.startsWith('5')) throw sessionRefused(server, reply, 'EHLO');
	// HELO has no STARTTLS.
	if (server.security === 'starttls' && !channel.encrypted) throw sessionRefused(server, reply, 'EHLO');
	const old = await channel.command(`HELO ${name}`, 'command');
	if (old.replyCode.startsWith('2')) return NO_EXTENSIONS;
	throw sessionRefused(server, old, 'HELO');
}

/** RFC 5321 4.1.1.1: a domain, or an address literal where there is none. */
function clientNameOf({ clientName }: SmtpServer): string {
	const name = domainToASCII((clientName ?? hostname()).trim());
	if (/^\[[\w.:]+\]$/.test(clientName ?? '')) return clientName ?? '';
	if (isIP(name) === 4) return `[${name}]`;
	return clientName === undefined && !name.includes('.') ? '[127.0.0.1]' : name || '[127.0.0.1]';
}

class Session implements SmtpSession {
	#busy = false;
	/** Null while nothing has been sent over it. */
	#reset: Promise<boolean> | null = null;

	constructor(
		private readonly channel: SmtpChannel,
		private readonly server: SmtpServer,
		private readonly extensions: SmtpExtensions,
	) {}

	get usable(): boolean {
		return this.channel.failure === null;
	}

	async ready(): Promise<boolean> {
		const answered = await (this.#reset ?? true);
		return answered && this.channel.failure === null && !this.channel.hasSpoken;
	}

	async transmit(envelope: OutgoingEnvelope, message: Buffer, beforeBody: () => Promise<void>): Promise<Transmission> {
		const unsafe = unsafeAddress(envelope);
		if (unsafe !== null) return { outcome: 'unsendable', error: unsafe };
		const obstacle = this.#obstacle(envelope, message);
		// What HELO does not tell may be there after the next EHLO.
		if (obstacle !== null) return { outcome: this.extensions.announced ? 'unsendable' : 'not-sent', error: obstacle };
		await this.#reset;
		this.#busy = true;
		try {
			return await transact(this.channel, this.server, this.extensions, envelope, message, beforeBody);
		} finally {
			this.#busy = false;
			this.#reset = this.#begin();
		}
	}

	close(): void {
		if (this.#busy) this.channel.destroy();
		else void this.#leave();
	}

	/** RFC 5321 4.1.1.5. At once, so that the answer is there when the next mail is. */
	async #begin(): Promise<boolean> {
		if (this.channel.failure !== null) return false;
		try {
			const { replyCode } = await this.channel.command('RSET', 'reset');
			if (replyCode.startsWith('2')) return true;
		} catch {
			// The session is over, and its successor begins anew.
		}
		this.channel.destroy();
		return false;
	}

	async #leave(): Promise<void> {
		const timer = setTimeout(() => this.channel.destroy(), FAREWELL);
		await this.#reset;
		clearTimeout(timer);
		await this.channel.quit(FAREWELL);
	}

	/** Why this server cannot carry this mail, as far as it has told. */
	#obstacle(envelope: OutgoingEnvelope, message: Buffer): TransportError | null {
		const { keywords, sizeLimit } = this.extensions;
		if (!keywords.has('SMTPUTF8') && isInternational(envelope, message)) return withoutUtf8(this.server);
		if (sizeLimit > 0 && message.length > sizeLimit) return tooLarge(this.server, message.length, sizeLimit);
		return null;
	}
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
