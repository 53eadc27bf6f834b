/** The part of hoodiecrow-imap 2.1.0 (which has no types of its own) that the demo uses. Raw messages are binary strings. */
declare module 'hoodiecrow-imap' {
	import type { Server } from 'node:net';

	export interface StoredMessage {
		raw: string;
		uid: number;
		flags: string[];
		/** Such as `21-Nov-2026 04:00:00 +0000`. */
		internaldate: string;
	}

	export interface Mailbox {
		path: string;
		uidvalidity: number;
		uidnext: number;
		subscribed: boolean;
		messages: StoredMessage[];
		'special-use'?: string;
	}

	export interface Connection {
		server: ImapServer;
		state: 'Not Authenticated' | 'Authenticated' | 'Selected' | 'Logout';
		_notificationCallback: (notification: unknown) => void;
	}

	export interface Command {
		tag: string;
		command: string;
		attributes?: Array<{ type: string; value: string }>;
	}

	export type CommandHandler = (connection: Connection, parsed: Command, data: string, callback: () => void) => void;

	export interface FetchQuery {
		partial?: number[] | null;
	}

	export type FetchHandler = (
		connection: Connection,
		message: StoredMessage,
		query: FetchQuery,
	) => { type: string; value: string };

	export interface ImapServer extends NodeJS.EventEmitter {
		readonly server: Server;
		readonly fetchHandlers: Record<string, FetchHandler>;
		readonly folderCache: Record<string, Mailbox>;
		readonly outputHandlers: Array<
			(connection: Connection, response: { tag: string }, description: string, parsed: Command | null) => void
		>;
		getCommandHandler(command: string): CommandHandler;
		setCommandHandler(command: string, handler: CommandHandler): void;
		createMailbox(path: string, mailbox: Partial<Mailbox>): void;
		appendMessage(mailbox: string, flags: string[], internaldate: string, raw: string): { message: StoredMessage };
	}

	export interface Options {
		plugins: string[];
		users: Record<string, { password: string }>;
		storage: { INBOX: Partial<Mailbox>; '': { type: 'personal'; separator: string } };
	}

	export default function createServer(options: Options): ImapServer;
}

declare module 'hoodiecrow-imap/lib/commands/handlers/fetch.js' {
	import type { FetchHandler } from 'hoodiecrow-imap';

	const handlers: { BODY: FetchHandler };
	export default handlers;
}
