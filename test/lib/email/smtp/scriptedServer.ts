import { once } from 'node:events';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { TLSSocket, createSecureContext } from 'node:tls';

/**
 * What the server does at a point of the conversation: answer with this line, break the connection on `drop`, or say
 * nothing ever on `silence`. After a 421 it closes the connection, as RFC 5321 3.8 says.
 */
export type Step = string;

/** The points of a conversation, in their order. */
export type Point =
	'greeting' | 'ehlo' | 'starttls' | 'tls' | 'auth' | 'mail' | 'rcpt' | 'data' | 'body' | 'dot' | 'end' | 'quit';

export interface Script {
	greeting?: Step;
	ehlo?: Step;
	starttls?: Step;
	/** What happens to the handshake that follows STARTTLS, or begins the connection. */
	tls?: 'drop' | 'silence';
	auth?: Step;
	mail?: Step;
	rcpt?: Step | ((recipient: string) => Step);
	data?: Step;
	/** After the final dot. */
	end?: Step | ((recipient: string) => Step);
	/** Breaks the connection with a part of the reply to the final dot, which is sent as it is. */
	endBrokenOff?: string;
	/** Counts as taken what no 2xx could be sent for: the server broke down after it had filed the message. */
	keepsUnanswered?: boolean;
	quit?: Step;
	/** To any other line. */
	unknown?: Step;
	/** Drops the connection once this many bytes of the body have arrived. */
	dropAfterBodyBytes?: number;
	/** Every byte by itself. */
	slow?: boolean;
	/** Told of each point when it is reached; the conversation goes on once it has settled. */
	reached?: (point: Point) => Promise<void> | void;
}

export interface ScriptedServer {
	port: number;
	/** Messages whose final dot arrived, whatever the answer was. */
	received: Array<{ recipients: string[]; message: string }>;
	/** Messages that were answered with 2xx: the copies delivered. */
	delivered: Array<{ recipients: string[]; message: string }>;
	bodyBytes: number;
	/** Verbs of the commands that came in one piece. */
	batches: string[][];
	/** Every command line, in order. */
	commands: string[];
	/** Return paths of the MAIL commands that were taken. */
	senders: string[];
	/** Connections since the start. */
	connections: number;
	script: Script;
	/** Breaks every connection. */
	dropAll(): void;
	stop(): Promise<void>;
}

export interface ScriptedServerOptions {
	/** PEM; offers STARTTLS. */
	certificate?: { cert: string; key: string };
	/** The connection begins with TLS. */
	implicitTls?: boolean;
}

/** An SMTP server that fails where the script says, and counts what it took. */
export async function startScriptedServer(
	script: Script = {},
	options: ScriptedServerOptions = {},
): Promise<ScriptedServer> {
	const sockets = new Set<Socket>();
	const state: ScriptedServer = {
		port: 0,
		received: [],
		delivered: [],
		bodyBytes: 0,
		batches: [],
		commands: [],
		senders: [],
		connections: 0,
		script,
		dropAll: () => {
			for (const socket of sockets) socket.destroy();
		},
		stop: async () => {
			state.dropAll();
			server.close();
			await once(server, 'close');
		},
	};
	const server = createServer((socket) => {
		sockets.add(socket);
		state.connections++;
		socket.on('close', () => sockets.delete(socket));
		socket.on('error', () => undefined);
		void new Conversation(socket, state, options).begin();
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	state.port = (server.address() as AddressInfo).port;
	return state;
}

class Conversation {
	#socket: Socket;
	#recipients: string[] = [];
	#inBody = false;
	#bodyLength = 0;
	#pending = '';
	/** Chunks are handled one after the other, and replies leave in order. */
	#work: Promise<void> = Promise.resolve();

	constructor(
		private readonly connection: Socket,
		private readonly state: ScriptedServer,
		private readonly options: ScriptedServerOptions,
	) {
		this.#socket = connection;
	}

	async begin(): Promise<void> {
		if (this.options.implicitTls === true) await this.#secure();
		else this.#listen();
		await this.#reach('greeting');
		await this.#say(this.state.script.greeting, '220 scripted ESMTP');
	}

	get #gone(): boolean {
		return this.#socket.destroyed || this.connection.destroyed;
	}

	#listen(): void {
		this.#socket.on('data', (chunk: Buffer) => {
			this.#work = this.#work.then(() => this.#take(chunk));
		});
	}

	async #secure(): Promise<void> {
		await this.#reach('tls');
		const { tls } = this.state.script;
		this.connection.removeAllListeners('data');
		if (tls === 'silence') await new Promise(() => undefined);
		if (tls === 'drop') {
			// The client has begun: its first bytes are there, and get no answer.
			await once(this.connection, 'data');
			this.connection.destroy();
			return;
		}
		const secureContext = createSecureContext(this.options.certificate ?? {});
		this.#socket = new TLSSocket(this.connection, { isServer: true, secureContext });
		this.#socket.on('error', () => this.connection.destroy());
		this.#listen();
	}

	async #reach(point: Point): Promise<void> {
		await this.state.script.reached?.(point);
	}

	/** @returns whether the answer was positive */
	async #say(step: Step | undefined, fallback: string): Promise<boolean> {
		const line = step ?? fallback;
		if (this.#gone) return false;
		if (line === 'drop') {
			this.connection.destroy();
			return false;
		}
		if (line === 'silence') return false;
		await this.#write(`${line}\r\n`);
		if (line.startsWith('421')) this.#socket.end();
		return /^[23]/.test(line);
	}

	async #write(text: string): Promise<void> {
		if (this.state.script.slow !== true) {
			this.#socket.write(text);
			return;
		}
		for (const character of text) {
			this.#socket.write(character);
			await turn();
		}
	}

	async #take(chunk: Buffer): Promise<void> {
		const text = chunk.toString('latin1');
		this.#pending += text;
		if (this.#inBody) {
			await this.#countBody(chunk.length);
		} else {
			const lines = text.trimEnd().split('\r\n');
			this.state.batches.push(lines.map((line) => line.slice(0, 4)));
		}
		while (!this.#gone) {
			const end = this.#pending.indexOf('\r\n');
			if (this.#inBody) {
				if (!(await this.#takeBody())) return;
			} else {
				if (end < 0) return;
				const line = this.#pending.slice(0, end);
				this.#pending = this.#pending.slice(end + 2);
				await this.#command(line);
			}
		}
	}

	async #countBody(length: number): Promise<void> {
		this.state.bodyBytes += length;
		if (this.#bodyLength === 0) await this.#reach('body');
		this.#bodyLength += length;
		if (this.#bodyLength > (this.state.script.dropAfterBodyBytes ?? Infinity)) this.connection.destroy();
	}

	/** @returns false while the message is not complete */
	async #takeBody(): Promise<boolean> {
		const { script } = this.state;
		// A message of no line at all is the dot alone.
		const end = this.#pending.startsWith('.\r\n') ? -2 : this.#pending.indexOf('\r\n.\r\n');
		if (end === -1) return false;
		const entry = { recipients: this.#recipients, message: this.#pending.slice(0, end + 2) };
		this.#pending = this.#pending.slice(end + 5);
		this.#inBody = false;
		this.#bodyLength = 0;
		this.state.received.push(entry);
		if (script.keepsUnanswered === true) this.state.delivered.push(entry);
		await this.#reach('dot');
		if (script.endBrokenOff !== undefined) {
			this.#socket.end(script.endBrokenOff);
			return false;
		}
		const step = typeof script.end === 'function' ? script.end(entry.recipients[0] ?? '') : script.end;
		const taken = await this.#say(step, '250 2.0.0 queued as 1');
		if (taken && script.keepsUnanswered !== true) this.state.delivered.push(entry);
		await this.#reach('end');
		return true;
	}

	async #command(line: string): Promise<void> {
		const { script, senders, commands } = this.state;
		commands.push(line);
		const verb = line.slice(0, 4).toUpperCase();
		switch (verb) {
			case 'EHLO': {
				await this.#reach('ehlo');
				const offer = this.options.certificate && this.#socket === this.connection ? '250-STARTTLS\r\n' : '';
				await this.#say(
					script.ehlo,
					`250-scripted\r\n${offer}250-8BITMIME\r\n250-AUTH PLAIN LOGIN XOAUTH2\r\n250 SIZE 50000000`,
				);
				return;
			}
			case 'STAR':
				await this.#reach('starttls');
				if (this.options.certificate && (await this.#say(script.starttls, '220 2.0.0 go ahead'))) await this.#secure();
				else if (!this.options.certificate) await this.#say(undefined, '502 5.5.1 not implemented');
				return;
			case 'AUTH':
				await this.#reach('auth');
				await this.#say(script.auth, '235 2.7.0 ok');
				return;
			case 'MAIL':
				this.#recipients = [];
				await this.#reach('mail');
				if (await this.#say(script.mail, '250 2.1.0 ok')) senders.push(/<([^>]*)>/.exec(line)?.[1] ?? '');
				return;
			case 'RCPT': {
				const recipient = /<([^>]*)>/.exec(line)?.[1] ?? '';
				await this.#reach('rcpt');
				const step = typeof script.rcpt === 'function' ? script.rcpt(recipient) : script.rcpt;
				if (await this.#say(step, '250 2.1.5 ok')) this.#recipients.push(recipient);
				return;
			}
			case 'DATA':
				await this.#reach('data');
				this.#inBody = await this.#say(script.data, '354 go ahead');
				return;
			case 'QUIT':
				await this.#reach('quit');
				if (script.quit === undefined) this.#socket.end('221 bye\r\n');
				else await this.#say(script.quit, '');
				return;
			default:
				await this.#say(script.unknown, verb === 'RSET' || verb === 'NOOP' ? '250 ok' : '502 5.5.1 not implemented');
		}
	}
}
