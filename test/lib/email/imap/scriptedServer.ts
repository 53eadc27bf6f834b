import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { ImapServer } from '../../../../lib/email/imap/server';

export interface ScriptedMessage {
	uid: number;
	raw: string;
	flags?: string;
	/** X-GM-THRID, told when it is asked for. */
	gmailThreadId?: string;
}

/** One client of the server. */
export interface ScriptedSession {
	/** Sends lines, each ended with CRLF. */
	send(...lines: string[]): void;
	close(): void;
	selected: boolean;
	/** The tag of the IDLE under way. */
	idle: string | null;
}

/** An IMAP server on loopback that behaves like a plain IMAP4rev1 server, except where the test says otherwise. */
export interface ScriptedServer {
	readonly port: number;
	readonly settings: ImapServer;
	greeting: string;
	capabilities: string;
	permanentFlags: string;
	uidNext: boolean;
	uidValidity: number;
	messages: ScriptedMessage[];
	/** Commands received so far, without tags, `DONE` included. */
	readonly received: string[];
	/** The connections that were accepted. */
	readonly sessions: ScriptedSession[];
	/** Answers a command itself and returns true, or leaves it to the server. The command comes without its tag, upper case. */
	answer: ((command: string, tag: string, session: ScriptedSession) => boolean) | null;
	/** The data of BODY[]<start> asked with that length. */
	partial: (raw: Buffer, start: number, length: number) => Buffer;
	/** Adds a message and tells it to everybody who has selected the mailbox. */
	deliver(message: ScriptedMessage): void;
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
		permanentFlags: '\\Seen \\Deleted \\*',
		uidNext: true,
		uidValidity: 7,
		messages: [],
		received: [],
		sessions: [],
		answer: null,
		partial: (raw, start, length) => raw.subarray(start, start + length),
		deliver(message) {
			server.messages.push(message);
			for (const session of server.sessions) if (session.selected) session.send(`* ${server.messages.length} EXISTS`);
		},
		async stop() {
			for (const socket of sockets) socket.destroy();
			listener.close();
			await once(listener, 'close');
		},
	};

	function serve(socket: Socket): void {
		sockets.add(socket);
		socket.on('error', () => undefined);
		const session: ScriptedSession = {
			selected: false,
			idle: null,
			send: (...lines) => {
				if (!socket.destroyed) socket.write(lines.map((line) => `${line}\r\n`).join(''), 'latin1');
			},
			close: () => socket.end(),
		};
		socket.on('close', () => {
			sockets.delete(socket);
			session.selected = false;
		});
		server.sessions.push(session);
		session.send(server.greeting);
		let buffered = '';
		socket.on('data', (bytes) => {
			buffered += bytes.toString('latin1');
			for (let end = buffered.indexOf('\r\n'); end >= 0; end = buffered.indexOf('\r\n')) {
				const line = buffered.slice(0, end);
				buffered = buffered.slice(end + 2);
				command(line, session);
			}
		});
	}

	function command(line: string, session: ScriptedSession): void {
		if (line === 'DONE') {
			server.received.push('DONE');
			session.send(`${session.idle ?? '*'} OK IDLE ended`);
			session.idle = null;
			return;
		}
		const [, tag = '', rest = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
		const text = rest.toUpperCase();
		server.received.push(text);
		if (server.answer?.(text, tag, session) === true) return;
		const ok = (...lines: string[]) => session.send(...lines, `${tag} OK done`);
		const [name = ''] = text.split(' ');
		if (name === 'CAPABILITY') {
			ok(`* CAPABILITY ${server.capabilities}`);
			return;
		}
		if (name === 'NAMESPACE') {
			ok('* NAMESPACE (("" "/")) NIL NIL');
			return;
		}
		if (name === 'LIST') {
			ok('* LIST () "/" INBOX');
			return;
		}
		if (name === 'LOGOUT') {
			ok('* BYE bye');
			session.close();
			return;
		}
		if (name === 'SELECT' || name === 'EXAMINE') {
			session.selected = true;
			const next = (server.messages.at(-1)?.uid ?? 0) + 1;
			ok(
				'* FLAGS (\\Seen \\Deleted)',
				`* OK [PERMANENTFLAGS (${server.permanentFlags})] flags`,
				`* ${server.messages.length} EXISTS`,
				`* OK [UIDVALIDITY ${server.uidValidity}] valid`,
				...(server.uidNext ? [`* OK [UIDNEXT ${next}] next`] : []),
			);
			return;
		}
		if (name === 'IDLE') {
			session.idle = tag;
			session.send('+ idling');
			return;
		}
		if (text.startsWith('UID SEARCH')) {
			ok(`* SEARCH ${matching(/UID ([\d:*,]+)/.exec(text.slice(10))?.[1] ?? '1:*').join(' ')}`);
			return;
		}
		if (/^(UID )?FETCH/.test(text)) {
			fetch(text, session, ok);
			return;
		}
		ok();
	}

	function matching(set: string): number[] {
		const last = server.messages.at(-1)?.uid ?? 0;
		const uids = server.messages.map(({ uid }) => uid);
		return uids.filter((uid) =>
			set.split(',').some((range) => {
				const ends = range.split(':').map((end) => (end === '*' ? last : Number(end)));
				return uid >= Math.min(...ends) && uid <= Math.max(...ends);
			}),
		);
	}

	function fetch(text: string, session: ScriptedSession, ok: () => void): void {
		const [, byUid, set = ''] = /^(UID )?FETCH (\S+)/.exec(text) ?? [];
		const uids =
			byUid === undefined ? set.split(',').map((n) => server.messages[Number(n) - 1]?.uid ?? 0) : matching(set);
		const partial = /BODY\.PEEK\[\]<(\d+)\.(\d+)>/.exec(text);
		for (const [index, { uid, raw, flags, gmailThreadId }] of server.messages.entries()) {
			if (!uids.includes(uid)) continue;
			const all = Buffer.from(raw, 'latin1');
			const thread = text.includes('X-GM-THRID') ? ` X-GM-THRID ${gmailThreadId ?? '0'}` : '';
			const head = `* ${index + 1} FETCH (UID ${uid} FLAGS (${flags ?? ''}) RFC822.SIZE ${all.length}${thread}`;
			if (partial === null) {
				session.send(`${head})`);
				continue;
			}
			const [, start, length] = partial;
			const data = server.partial(all, Number(start), Number(length)).toString('latin1');
			session.send(`${head} BODY[]<${start ?? 0}> {${data.length}}`, `${data})`);
		}
		ok();
	}

	return server;
}
