/** The part of smtp-server 3.18.0 (which has no types of its own) that the demo uses. */
declare module 'smtp-server' {
	import type { Server } from 'node:net';
	import type { Readable } from 'node:stream';

	export interface Address {
		address: string;
	}

	export interface Session {
		readonly id: string;
		readonly remoteAddress: string;
		readonly hostNameAppearsAs: string | false;
		readonly envelope: { readonly mailFrom: Address | false; readonly rcptTo: readonly Address[] };
	}

	export interface Options {
		name: string;
		banner?: string;
		disabledCommands?: string[];
		authOptional?: boolean;
		allowInsecureAuth?: boolean;
		size?: number;
		disableReverseLookup?: boolean;
		closeTimeout?: number;
		onAuth(
			auth: { username?: string; password?: string },
			session: Session,
			callback: (error: Error | null, response?: { user: string }) => void,
		): void;
		onRcptTo(address: Address, session: Session, callback: (error?: Error) => void): void;
		onData(
			stream: Readable & { sizeExceeded: boolean },
			session: Session,
			callback: (error: Error | null, message?: string) => void,
		): void;
	}

	export class SMTPServer {
		constructor(options: Options);
		readonly server: Server;
		listen(port: number, host: string): Server;
		close(callback: () => void): void;
		on(event: 'error', listener: (error: Error) => void): this;
	}
}
