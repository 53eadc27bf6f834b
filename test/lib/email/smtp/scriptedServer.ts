import { once } from 'node:events';
import { type AddressInfo, type Socket, createServer } from 'node:net';

/** What the server does at a point of the conversation: answer with this line, or break the connection on `drop`. */
export type Step = string;

export interface Script {
	greeting?: Step;
	ehlo?: Step;
	auth?: Step;
	mail?: Step;
	rcpt?: Step | ((recipient: string) => Step);
	data?: Step;
	/** After the final dot. */
	end?: Step;
	/** Drops the connection once this many bytes of the body have arrived. */
	dropAfterBodyBytes?: number;
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
	stop(): Promise<void>;
}

/** An SMTP server that fails where the script says, and counts what it took. */
export async function startScriptedServer(script: Script = {}): Promise<ScriptedServer> {
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
		stop: async () => {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	};
	const server = createServer((socket) => {
		sockets.add(socket);
		state.connections++;
		socket.on('close', () => sockets.delete(socket));
		socket.on('error', () => undefined);
		converse(socket, state);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	state.port = (server.address() as AddressInfo).port;
	return state;
}

function converse(socket: Socket, state: ScriptedServer): void {
	const say = (step: Step | undefined, fallback: string): boolean => {
		const line = step ?? fallback;
		if (line === 'drop') {
			socket.destroy();
			return false;
		}
		socket.write(`${line}\r\n`);
		return /^[23]/.test(line);
	};
	let recipients: string[] = [];
	let inBody = false;
	let pending = '';
	let bodyLength = 0;
	say(state.script.greeting, '220 scripted ESMTP');

	const command = (line: string): void => {
		const { script } = state;
		state.commands.push(line);
		const verb = line.slice(0, 4).toUpperCase();
		if (verb === 'EHLO') say(script.ehlo, '250-scripted\r\n250-8BITMIME\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 50000000');
		else if (verb === 'AUTH') say(script.auth, '235 2.7.0 ok');
		else if (verb === 'MAIL') {
			recipients = [];
			if (say(script.mail, '250 2.1.0 ok')) state.senders.push(/<([^>]*)>/.exec(line)?.[1] ?? '');
		} else if (verb === 'RCPT') {
			const recipient = /<([^>]*)>/.exec(line)?.[1] ?? '';
			const step = typeof script.rcpt === 'function' ? script.rcpt(recipient) : script.rcpt;
			if (say(step, '250 2.1.5 ok')) recipients.push(recipient);
		} else if (verb === 'DATA') inBody = say(script.data, '354 go ahead');
		else if (verb === 'QUIT') socket.end('221 bye\r\n');
		else say(undefined, verb === 'RSET' || verb === 'NOOP' ? '250 ok' : '502 5.5.1 not implemented');
	};

	socket.on('data', (chunk) => {
		pending += chunk.toString('latin1');
		if (!inBody)
			state.batches.push(
				chunk
					.toString('latin1')
					.trimEnd()
					.split('\r\n')
					.map((line) => line.slice(0, 4)),
			);
		if (inBody) {
			state.bodyBytes += chunk.length;
			bodyLength += chunk.length;
			if (bodyLength > (state.script.dropAfterBodyBytes ?? Infinity)) {
				socket.destroy();
				return;
			}
		}
		while (!socket.destroyed) {
			if (inBody) {
				// A message of no line at all is the dot alone.
				const end = pending.startsWith('.\r\n') ? -2 : pending.indexOf('\r\n.\r\n');
				if (end === -1) return;
				const entry = { recipients, message: pending.slice(0, end + 2) };
				pending = pending.slice(end + 5);
				inBody = false;
				bodyLength = 0;
				state.received.push(entry);
				if (say(state.script.end, '250 2.0.0 queued as 1')) state.delivered.push(entry);
			} else {
				const end = pending.indexOf('\r\n');
				if (end < 0) return;
				const line = pending.slice(0, end);
				pending = pending.slice(end + 2);
				command(line);
			}
		}
	});
}
