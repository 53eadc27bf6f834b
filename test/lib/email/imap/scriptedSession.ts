/** One client of the scripted server: reads commands with their literals, keeps the state, and checks what goes out. */
import type { Socket } from 'node:net';

export type SessionState = 'not authenticated' | 'authenticated' | 'selected' | 'logout';

/** One client of the server. */
export interface ScriptedSession {
	/** Sends lines, each ended with CRLF; what breaks the protocol is noted in `violations` of the server. */
	send(...lines: string[]): void;
	/** Sends the bytes as they are, unchecked: for lies about a literal, half an answer, another protocol. */
	raw(bytes: string): void;
	close(): void;
	/** Cuts the connection without a farewell. */
	destroy(): void;
	readonly selected: boolean;
	state: SessionState;
	/** The tag of the IDLE under way. */
	idle: string | null;
	/** Messages in the mailbox as this client was told last. */
	told: number;
}

export interface Command {
	tag: string;
	/** Without its tag, as it was sent; literals stand behind their length. */
	text: string;
}

export interface SessionEvents {
	command(command: Command, session: ScriptedSession): void;
	done(session: ScriptedSession): void;
	/** A line that belongs to a command which the server answered with `+`. */
	continuation(line: string, session: ScriptedSession): boolean;
	violation(text: string): void;
	/** LITERAL+ is announced. */
	nonSynchronising(): boolean;
}

/** In which state a command may come (RFC 9051 section 6); any other word is no command. */
const ALLOWED: Readonly<Record<string, readonly SessionState[]>> = {
	...of(['CAPABILITY', 'NOOP', 'LOGOUT', 'ID'], ['not authenticated', 'authenticated', 'selected']),
	...of(['LOGIN', 'AUTHENTICATE', 'STARTTLS'], ['not authenticated']),
	...of(
		['ENABLE', 'SELECT', 'EXAMINE', 'CREATE', 'DELETE', 'RENAME', 'SUBSCRIBE', 'UNSUBSCRIBE', 'LIST', 'LSUB'],
		['authenticated', 'selected'],
	),
	...of(['NAMESPACE', 'STATUS', 'APPEND', 'IDLE'], ['authenticated', 'selected']),
	...of(['CHECK', 'CLOSE', 'UNSELECT', 'EXPUNGE', 'SEARCH', 'FETCH', 'STORE', 'COPY', 'MOVE', 'UID'], ['selected']),
};

function of(names: readonly string[], states: readonly SessionState[]): Record<string, readonly SessionState[]> {
	return Object.fromEntries(names.map((name) => [name, states]));
}

/** Why the command must not come now, or null. */
export function misplaced(name: string, session: ScriptedSession): string | null {
	const states = ALLOWED[name];
	if (states === undefined) return `${name} is no command`;
	if (session.idle !== null) return `${name} in the middle of IDLE`;
	return states.includes(session.state) ? null : `${name} in the state “${session.state}”`;
}

export function openSession(socket: Socket, events: SessionEvents): ScriptedSession {
	const pending = new Map<string, string>();
	const used = new Set<string>();
	const session: ScriptedSession = {
		state: 'not authenticated',
		idle: null,
		told: 0,
		get selected() {
			return session.state === 'selected';
		},
		send(...lines) {
			const text = lines.map((line) => `${line}\r\n`).join('');
			checkReply(text);
			session.raw(text);
		},
		raw(bytes) {
			if (!socket.destroyed) socket.write(bytes, 'latin1');
		},
		close: () => socket.end(),
		destroy: () => socket.destroy(),
	};

	/** Each response starts with `*`, `+` or a tag that waits for its answer, and its literals are as long as they say. */
	function checkReply(text: string): void {
		for (let at = 0; at < text.length;) {
			const word = text.slice(at, text.indexOf('\r\n', at)).split(' ')[0] ?? '';
			if (pending.has(word)) answered(word, text.slice(at + word.length + 1, text.indexOf('\r\n', at)));
			else if (word !== '*' && word !== '+') events.violation(`server: “${text.slice(at, at + 60)}” is no response`);
			for (let open = true; open;) {
				const end = text.indexOf('\r\n', at);
				const literal = /\{(\d+)\}$/.exec(text.slice(at, end));
				at = end + 2 + Number(literal?.[1] ?? 0);
				open = literal !== null;
				if (open && text.indexOf('\r\n', at) < 0) {
					events.violation(`server: a literal of ${literal?.[1] ?? ''} bytes is longer than what follows`);
					return;
				}
			}
		}
	}

	function answered(tag: string, reply: string): void {
		const name = pending.get(tag) ?? '';
		pending.delete(tag);
		if (session.idle === tag) session.idle = null;
		if (!/^(OK|NO|BAD)( |$)/.test(reply)) events.violation(`server: ${name} is answered “${reply}”`);
		const ok = reply.startsWith('OK');
		if (ok && (name === 'LOGIN' || name === 'AUTHENTICATE')) session.state = 'authenticated';
		if (name === 'SELECT' || name === 'EXAMINE') session.state = ok ? 'selected' : 'authenticated';
		if (ok && (name === 'CLOSE' || name === 'UNSELECT')) session.state = 'authenticated';
		if (name === 'LOGOUT') session.state = 'logout';
	}

	function take(line: string): void {
		if (line === 'DONE') {
			events.done(session);
			return;
		}
		if (events.continuation(line, session)) return;
		const [, tag, text] = /^([^\s()*%+{"\\]+) ([\s\S]+)$/.exec(line) ?? [];
		if (tag === undefined || text === undefined) {
			events.violation(`client: “${line}” is no command`);
			return;
		}
		if (used.has(tag)) events.violation(`client: the tag ${tag} comes twice`);
		used.add(tag);
		pending.set(tag, (text.split(' ')[0] ?? '').toUpperCase());
		events.command({ tag, text }, session);
	}

	let buffered = '';
	let begun = '';
	let missing = 0;
	socket.on('data', (bytes) => {
		buffered += bytes.toString('latin1');
		for (;;) {
			if (buffered.length < missing) return;
			begun += buffered.slice(0, missing);
			buffered = buffered.slice(missing);
			missing = 0;
			const end = buffered.indexOf('\r\n');
			if (end < 0) return;
			const line = begun + buffered.slice(0, end);
			const literal = /\{(\d+)(\+?)\}$/.exec(buffered.slice(0, end));
			buffered = buffered.slice(end + 2);
			begun = '';
			if (literal === null) {
				take(line);
				continue;
			}
			begun = `${line}\r\n`;
			missing = Number(literal[1]);
			if (literal[2] === '') session.send('+ go on');
			else if (!events.nonSynchronising()) events.violation('client: a literal nobody agreed to (LITERAL+)');
		}
	});
	return session;
}
