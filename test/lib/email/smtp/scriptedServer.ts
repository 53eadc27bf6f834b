import { once } from 'node:events';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { Conversation } from './scriptedConversation';

/**
 * What the server does at a point of the conversation: answer with this text (lines of its own are whole replies or parts
 * of one), break the connection on `drop`, or say nothing ever on `silence`. After a 421 it closes the connection, as
 * RFC 5321 3.8 says.
 */
export type Step =
	| string
	/** As it is, without CRLF at its end; then it breaks the connection if asked to. */
	| { raw: string; drop?: boolean }
	/** The same line again and again, until the client has gone. */
	| { drip: string };

/** The points of a conversation, in their order. */
export type Point =
	| 'greeting'
	| 'ehlo'
	| 'starttls'
	| 'tls'
	| 'auth'
	| 'mail'
	| 'rcpt'
	| 'data'
	| 'body'
	| 'dot'
	| 'end'
	| 'rset'
	| 'quit';

export interface Script {
	greeting?: Step;
	ehlo?: Step;
	helo?: Step;
	starttls?: Step;
	/** What happens to the handshake that follows STARTTLS, or begins the connection. */
	tls?: 'drop' | 'silence';
	auth?: Step | ((line: string) => Step);
	mail?: Step | ((line: string) => Step | undefined);
	rcpt?: Step | ((recipient: string) => Step);
	data?: Step;
	/** As soon as content arrives, before its end. */
	body?: Step;
	/** After the final dot. */
	end?: Step | ((recipient: string) => Step);
	/** Breaks the connection with a part of the reply to the final dot, which is sent as it is. */
	endBrokenOff?: string;
	/** Counts as taken what no 2xx could be sent for: the server broke down after it had filed the message. */
	keepsUnanswered?: boolean;
	rset?: Step;
	quit?: Step;
	/** To any other line. */
	unknown?: Step | ((line: string) => Step);
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
	/** What the client did against the protocol; see `StrictClient`. */
	violations: string[];
	/** Breaks every connection. */
	dropAll(): void;
	/** Says something that nobody asked for, on every connection. */
	sayUnasked(text: string): void;
	/** @throws when the client broke the protocol */
	stop(): Promise<void>;
}

export interface ScriptedServerOptions {
	/** PEM; offers STARTTLS. */
	certificate?: { cert: string; key: string };
	/** The connection begins with TLS. */
	implicitTls?: boolean;
}

/**
 * An SMTP server that fails where the script says, counts what it took, and is stricter than real ones: it holds a refused
 * transaction open until RSET (as Postfix does), and every client that breaks the protocol fails the test on `stop`.
 */
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
		violations: [],
		script,
		dropAll: () => {
			for (const socket of sockets) socket.destroy();
		},
		sayUnasked: (text) => {
			for (const socket of sockets) socket.write(text);
		},
		stop: async () => {
			state.dropAll();
			server.close();
			await once(server, 'close');
			if (state.violations.length > 0) throw new Error(`The client broke SMTP: ${state.violations.join('; ')}`);
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
