import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { ImapServer } from '../../../../lib/email/imap/server';
import { Refusal, replyTo, shownBy, tellNews } from './scriptedCommands';
import { internalDateOf, type ScriptedMessage, type Section } from './scriptedFetch';
import { type Command, misplaced, openSession, type ScriptedSession } from './scriptedSession';

export type { ScriptedMessage } from './scriptedFetch';
export type { ScriptedSession } from './scriptedSession';

/** A message about to be told in a FETCH. */
export interface FetchRow {
	message: ScriptedMessage;
	sequence: number;
	items: readonly (string | Section)[];
	/** The body section asked for, or null; `data` are its bytes (latin1) as they should be. */
	section: Section | null;
	data: string;
	/** The response up to the body section, such as `* 1 FETCH (UID 1 FLAGS ()`. */
	head: string;
	/** How the section is named in the response, such as `BODY[]<0>`. */
	label: string;
	session: ScriptedSession;
}

/**
 * An IMAP server on loopback that behaves like a plain IMAP4rev1 server, except where the test says otherwise. It is
 * stricter than real ones: `stop` rejects when either side broke the protocol (literal lengths, tags, states, one tagged
 * reply per command), unless what the test did was sent with `raw`.
 */
export interface ScriptedServer {
	readonly port: number;
	readonly settings: ImapServer;
	/** Empty: the server accepts and says nothing. */
	greeting: string;
	capabilities: string;
	/** Capabilities after the login, when they change. */
	capabilitiesWithin: string | null;
	permanentFlags: string;
	/** Lines of the answer to LIST. */
	list: string[];
	uidNext: boolean;
	/** UIDNEXT as it is told, where that is not the truth. */
	uidNextTold: number | null;
	uidValidity: number;
	messages: ScriptedMessage[];
	/** INTERNALDATE of messages that have none of their own. */
	readonly begun: string;
	/** False hides a message, as a server does whose views of the mailbox differ for a while. */
	visible: (message: ScriptedMessage) => boolean;
	/** False: neither EXISTS in IDLE nor at NOOP; only opening the mailbox anew or asking shows new mail. */
	tellsNews: boolean;
	/** Charsets SEARCH takes. */
	charsets: string[];
	/** Mailboxes to which messages were moved or copied, with what is there by now. */
	readonly elsewhere: Map<string, ScriptedMessage[]>;
	/** Commands received so far, without tags, upper case, `DONE` included. */
	readonly received: string[];
	/** The same as they were sent. */
	readonly receivedExactly: string[];
	/** The connections that were accepted. */
	readonly sessions: ScriptedSession[];
	/** What broke the protocol. */
	readonly violations: string[];
	/**
	 * Answers a command itself and returns true, or leaves it to the server. The command comes without its tag, in upper
	 * case, then as it was sent. A later line of such a command (after `+`) comes with the tag ''.
	 */
	answer: ((command: string, tag: string, session: ScriptedSession, exactly: string) => boolean) | null;
	/** Tells a message itself and returns true, or leaves it to the server. */
	row: ((row: FetchRow) => boolean) | null;
	/** The data of BODY[]<start> asked with that length. */
	partial: (raw: Buffer, start: number, length: number) => Buffer;
	/** Adds a message, received now unless it says otherwise, and tells it to everybody who has selected the mailbox. */
	deliver(message: ScriptedMessage): void;
	/** Takes a message away and tells it (EXPUNGE). */
	expunge(uid: number): void;
	/** @throws Error what broke the protocol, if anything did */
	stop(): Promise<void>;
}

export async function startScriptedServer(): Promise<ScriptedServer> {
	const sockets = new Set<Socket>();
	const listener = createServer((socket) => serve(socket));
	listener.listen(0, '127.0.0.1');
	await once(listener, 'listening');
	const { port } = listener.address() as { port: number };

	const server: ScriptedServer = {
		port,
		settings: {
			host: '127.0.0.1',
			port,
			security: 'none',
			authentication: { kind: 'password', user: 'alice', password: 'secret' },
		},
		greeting: '* OK ready',
		capabilities: 'IMAP4rev1 IDLE UIDPLUS MOVE',
		capabilitiesWithin: null,
		permanentFlags: '\\Seen \\Deleted \\*',
		list: ['* LIST () "/" INBOX'],
		uidNext: true,
		uidNextTold: null,
		uidValidity: 7,
		messages: [],
		begun: internalDateOf(new Date()),
		visible: () => true,
		tellsNews: true,
		charsets: ['UTF-8', 'US-ASCII'],
		elsewhere: new Map(),
		received: [],
		receivedExactly: [],
		sessions: [],
		violations: [],
		answer: null,
		row: null,
		partial: (raw, start, length) => raw.subarray(start, start + length),
		deliver(message) {
			server.messages.push({ date: internalDateOf(new Date()), ...message });
			if (server.tellsNews) for (const session of server.sessions) tellNews(server, session);
		},
		expunge(uid) {
			const sequence = shownBy(server).findIndex((message) => message.uid === uid) + 1;
			server.messages = server.messages.filter((message) => message.uid !== uid);
			if (sequence === 0) return;
			for (const session of server.sessions) {
				if (!session.selected || sequence > session.told) continue;
				session.told--;
				session.send(`* ${sequence} EXPUNGE`);
			}
		},
		async stop() {
			for (const socket of sockets) socket.destroy();
			listener.close();
			await once(listener, 'close');
			if (server.violations.length > 0) throw new Error(`The protocol was broken: ${server.violations.join('; ')}`);
		},
	};

	function serve(socket: Socket): void {
		sockets.add(socket);
		socket.on('error', () => undefined);
		const session = openSession(socket, {
			command: (command) => answer(command, session),
			done() {
				note('DONE');
				// The server may have ended the IDLE at the same moment.
				if (session.idle !== null) session.send(`${session.idle} OK IDLE ended`);
			},
			continuation(line) {
				const open = line === '' || /^[A-Za-z0-9+/=*]+$/.test(line);
				return open && server.answer?.(line.toUpperCase(), '', session, line) === true;
			},
			violation: (text) => server.violations.push(text),
			nonSynchronising: () => capabilitiesFor(session).split(' ').includes('LITERAL+'),
		});
		socket.on('close', () => {
			sockets.delete(socket);
			session.state = 'logout';
			session.idle = null;
		});
		server.sessions.push(session);
		if (server.greeting.startsWith('* PREAUTH')) session.state = 'authenticated';
		if (/^\* (OK|PREAUTH|BYE)( |$)/.test(server.greeting)) session.send(server.greeting);
		else if (server.greeting !== '') session.raw(`${server.greeting}\r\n`);
	}

	function note(text: string): void {
		server.received.push(text.toUpperCase());
		server.receivedExactly.push(text);
	}

	function capabilitiesFor({ state }: ScriptedSession): string {
		return state === 'not authenticated' ? server.capabilities : (server.capabilitiesWithin ?? server.capabilities);
	}

	function answer({ tag, text }: Command, session: ScriptedSession): void {
		note(text);
		const [word = ''] = text.toUpperCase().split(' ');
		const wrong = misplaced(word, session);
		if (wrong !== null) {
			server.violations.push(`client: ${wrong}`);
			session.send(`${tag} BAD ${wrong}`);
			return;
		}
		if (word === 'IDLE') session.idle = tag;
		if (server.answer?.(text.toUpperCase(), tag, session, text) === true) return;
		try {
			const lines = replyTo(server, text, session);
			if (lines !== null) session.send(...lines, `${tag} OK done`);
			if (word === 'LOGOUT') session.close();
		} catch (error) {
			if (error instanceof Refusal) {
				session.send(`${tag} NO ${error.message}`);
				return;
			}
			server.violations.push(`client: ${text}: ${String(error)}`);
			session.send(`${tag} BAD ${String(error)}`);
		}
	}

	return server;
}
