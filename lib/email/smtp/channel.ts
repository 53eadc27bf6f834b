/** The wire of one SMTP session: lines out, whole replies in, each within its time. */
import { type Socket, connect as connectTcp, isIP } from 'node:net';
import { type ConnectionOptions, TLSSocket, connect as connectTls, rootCertificates } from 'node:tls';
import { TransportError } from '../../errors';
import type { Secrets } from '../secrets';
import { MalformedReply, ReplyReader, type ServerReply, parseReply } from './reply';
import { PHASE_NAMES, type SmtpPhase, type SmtpServer, type SmtpTimeouts, timeoutsOf } from './server';
import { notSpoken, smtpError } from './smtpError';

/** Nagle would hold a command back until the one before it is acknowledged; keep-alive keeps a path through NAT open. */
const KEEP_ALIVE_DELAY = 30_000;
/** For each address of a host but the last. */
const ADDRESS_ATTEMPT = 2_500;

export class SmtpChannel {
	#socket: Socket;
	#reader = new ReplyReader();
	#replies: ServerReply[] = [];
	#failure: TransportError | null = null;
	#greeted = false;
	/** Told when a reply is there or the connection is lost. */
	#wake: (() => void) | null = null;
	#unlisten: () => void = () => undefined;
	readonly #timeouts: SmtpTimeouts;

	private constructor(
		private readonly server: SmtpServer,
		private readonly secrets: Secrets,
		socket: Socket,
	) {
		this.#socket = socket;
		this.#timeouts = timeoutsOf(server);
		socket.setNoDelay(true);
		socket.setKeepAlive(true, KEEP_ALIVE_DELAY);
		this.#listen();
	}

	/** @throws TransportError `SMTP_*`, `TLS_*` */
	static async open(server: SmtpServer, secrets: Secrets): Promise<SmtpChannel> {
		const { host, port } = server;
		const { connect: timeout } = timeoutsOf(server);
		try {
			const socket =
				server.security === 'tls'
					? await opened(connectTls({ ...tlsOptions(server), host, port }), 'secureConnect', timeout)
					: await opened(
							connectTcp({ host, port, autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT }),
							'connect',
							timeout,
						);
			return new SmtpChannel(server, secrets, socket);
		} catch (error) {
			throw smtpError(error, server);
		}
	}

	/** Why the session is over, or null while it lives. */
	get failure(): TransportError | null {
		return this.#failure;
	}

	/** True when the server has said something that nobody asked for, or began to. */
	get hasSpoken(): boolean {
		return this.#replies.length > 0 || this.#reader.unfinished !== '';
	}

	get encrypted(): boolean {
		return this.#socket instanceof TLSSocket;
	}

	/** Sends lines in one piece and waits for the reply to the first of them. */
	async command(lines: string | readonly string[], phase: SmtpPhase): Promise<ServerReply> {
		this.send(lines);
		return await this.reply(phase);
	}

	/**
	 * @throws TransportError when the session is over; `SMTP_OUT_OF_STEP` when a reply is there that no command asked for,
	 * which would be taken for the reply to this one
	 */
	send(lines: string | readonly string[]): void {
		this.expectSilence();
		this.#socket.write([lines, ''].flat().join('\r\n'), 'utf8');
	}

	/** @throws as `send` */
	expectSilence(): void {
		if (this.hasSpoken && this.#failure === null) {
			const stray = this.#replies[0]?.text ?? this.secrets.conceal(this.#reader.unfinished);
			this.#fail(this.#outOfStep(stray));
		}
		if (this.#failure !== null) throw this.#failure;
	}

	/**
	 * The next reply, as a whole within the time of the phase: more lines give no more time.
	 * @throws TransportError why there is none
	 */
	async reply(phase: SmtpPhase): Promise<ServerReply> {
		const timer = setTimeout(() => this.#fail(this.#late(phase)), this.#timeouts[phase]);
		try {
			while (this.#replies.length === 0 && this.#failure === null) {
				await new Promise<void>((resolve) => (this.#wake = resolve));
			}
		} finally {
			clearTimeout(timer);
			this.#wake = null;
		}
		const reply = this.#replies.shift();
		if (reply !== undefined) return reply;
		throw this.#failure ?? this.#late(phase);
	}

	/**
	 * Writes a piece of the content and waits until the system has taken it, or the server has something to say.
	 * @throws TransportError
	 */
	async write(piece: Buffer): Promise<void> {
		this.#throwIfOver();
		let taken = false as boolean;
		const timer = setTimeout(() => this.#fail(this.#late('block')), this.#timeouts.block);
		this.#socket.write(piece, () => {
			taken = true;
			this.#wake?.();
		});
		try {
			while (!taken && this.#replies.length === 0 && this.#failure === null) {
				await new Promise<void>((resolve) => (this.#wake = resolve));
			}
		} finally {
			clearTimeout(timer);
			this.#wake = null;
		}
		// A server that has refused may have gone: what it said comes first.
		if (this.#replies.length === 0) this.#throwIfOver();
	}

	/** Secures the connection (RFC 3207). @throws TransportError */
	async secure(): Promise<void> {
		// RFC 3207 section 6: what came before it is not the server's word.
		if (this.hasSpoken) this.#fail(this.#outOfStep('something before the TLS handshake'));
		this.#throwIfOver();
		const plain = this.#socket;
		this.#unlisten();
		try {
			const tls = connectTls({ ...tlsOptions(this.server), socket: plain });
			// Told by the one above it as well.
			plain.on('error', () => undefined);
			this.#socket = await opened(tls, 'secureConnect', this.#timeouts.connect);
		} catch (error) {
			plain.destroy();
			this.#fail(smtpError(error, this.server));
			throw smtpError(error, this.server);
		}
		this.#listen();
	}

	/** Says QUIT where that is polite, and closes; waits no longer than `patience` ms. */
	async quit(patience: number): Promise<void> {
		if (this.#failure === null && !this.hasSpoken) {
			const timer = setTimeout(() => this.destroy(), patience);
			await this.command('QUIT', 'reset').catch(() => undefined);
			clearTimeout(timer);
		}
		this.destroy();
	}

	/** Closes the connection now. Idempotent. */
	destroy(): void {
		this.#fail(
			new TransportError(`The session with the SMTP server ${this.server.host} is closed`, {
				code: 'SMTP_CONNECTION_LOST',
				retryable: true,
			}),
		);
	}

	#throwIfOver(): void {
		if (this.#failure !== null) throw this.#failure;
	}

	#listen(): void {
		const socket = this.#socket;
		const take = (chunk: Buffer) => this.#take(chunk);
		const lost = (error: unknown) => {
			this.#takeUnfinished();
			this.#fail(smtpError(error, this.server));
		};
		const closed = () => lost(Object.assign(new Error('The connection was closed'), { code: 'ECONNECTION' }));
		socket.on('data', take).on('error', lost).on('end', closed).on('close', closed);
		this.#unlisten = () => {
			socket.off('data', take).off('error', lost).off('end', closed).off('close', closed);
		};
	}

	#take(chunk: Buffer): void {
		if (this.#failure !== null) return;
		try {
			for (const reply of this.#reader.read(chunk)) {
				this.#greeted = true;
				this.#replies.push(this.#concealed(reply));
			}
		} catch (error) {
			if (!(error instanceof MalformedReply)) throw error;
			this.#fail(this.#malformed(error));
		}
		this.#wake?.();
	}

	/** A server that breaks off in the midst of a refusal has refused; what begins with 2xx and does not end is nothing. */
	#takeUnfinished(): void {
		if (this.#failure !== null || this.#replies.length > 0) return;
		const text = this.secrets.conceal(this.#reader.unfinished);
		const codes = text.split('\n').map((line) => /^([45]\d\d)[ -]/.exec(line)?.[1]);
		if (codes.length === 0 || codes.some((code) => code === undefined || code !== codes[0])) return;
		const lines = text.split('\n').map((line) => line.slice(4));
		this.#replies.push({ ...parseReply(text), lines, contradictory: false });
	}

	#concealed(reply: ServerReply): ServerReply {
		const conceal = (text: string) => this.secrets.conceal(text);
		return { ...reply, text: conceal(reply.text), lines: reply.lines.map(conceal) };
	}

	#fail(error: TransportError): void {
		if (this.#failure !== null) return;
		this.#failure = error;
		this.#socket.destroy();
		this.#wake?.();
	}

	#malformed({ message, line }: MalformedReply): TransportError {
		const said = this.secrets.conceal(line).slice(0, 200);
		if (!this.#greeted) return notSpoken(this.server, said);
		const { host, port } = this.server;
		return new TransportError(`The SMTP server ${host} does not keep to the protocol. ${message}: “${said}”`, {
			code: 'SMTP_REPLY_MALFORMED',
			hint: 'It is tried again; if it goes on, look into the log of the mail server.',
			retryable: true,
			record: { host, port },
		});
	}

	#outOfStep(stray: string): TransportError {
		const { host, port } = this.server;
		const closing = stray.startsWith('421');
		const said = stray.slice(0, 200);
		return new TransportError(`The SMTP server ${host} said what nothing had asked for: “${said}”`, {
			code: closing ? 'SMTP_SERVER_CLOSING' : 'SMTP_OUT_OF_STEP',
			hint: 'It is tried again in a new session; if it goes on, look into the log of the mail server.',
			retryable: true,
			record: { host, port, replyCode: /^\d{3}/.exec(stray)?.[0] ?? null },
		});
	}

	#late(phase: SmtpPhase): TransportError {
		const { host, port } = this.server;
		const seconds = Math.round(this.#timeouts[phase] / 100) / 10;
		return new TransportError(`${host}:${port} did not answer ${PHASE_NAMES[phase]} within ${seconds} s`, {
			code: 'SMTP_TIMEOUT',
			hint: 'Check the port, the firewall, and whether this port expects TLS from the start. The credential has the time-outs.',
			retryable: true,
			record: { host, port, phase },
		});
	}
}

/** The socket once it is connected. @throws what the system or TLS reports, or `CONNECT_TIMEOUT` */
function opened<T extends Socket>(socket: T, event: 'connect' | 'secureConnect', timeout: number): Promise<T> {
	const failing = (code: string) => () => socket.destroy(Object.assign(new Error('There is no connection'), { code }));
	const timer = setTimeout(failing('CONNECT_TIMEOUT'), timeout);
	const closed = failing('ECONNECTION');
	socket.once('end', closed);
	return new Promise<T>((resolve, reject) => {
		socket.once(event, () => resolve(socket));
		socket.once('error', reject);
		socket.once('close', () => reject(Object.assign(new Error('The connection was closed'), { code: 'ECONNECTION' })));
	}).finally(() => {
		clearTimeout(timer);
		socket.off('end', closed);
	});
}

function tlsOptions(server: SmtpServer): ConnectionOptions {
	return {
		minVersion: 'TLSv1.2',
		rejectUnauthorized: server.allowInvalidCertificate !== true,
		...(isIP(server.host) === 0 ? { servername: server.host } : { host: server.host }),
		...(server.ca ? { ca: [...rootCertificates, server.ca] } : {}),
	};
}
