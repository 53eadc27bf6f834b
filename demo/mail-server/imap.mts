import { once } from 'node:events';
import type { Socket } from 'node:net';
import createServer, { type Connection, type ImapServer, type Mailbox } from 'hoodiecrow-imap';
import type { MailStore } from './mail-store.mts';
import { repairPartialFetch } from './partial-fetch.mts';

export interface Account {
	/** The address, which is also the name to log in with. */
	readonly address: string;
	readonly password: string;
}

/** AUTHENTICATE is left out: LOGIN is enough on loopback, and is where `adopt` can hook in. */
const PLUGINS = ['ID', 'IDLE', 'ENABLE', 'LITERALPLUS', 'NAMESPACE', 'UNSELECT', 'SPECIAL-USE', 'UIDPLUS', 'MOVE'];

const CHANGING_COMMANDS = /STORE|EXPUNGE|CLOSE|APPEND|COPY|MOVE|CREATE|DELETE|RENAME/i;

const SPECIAL_FOLDERS: ReadonlyArray<readonly [path: string, specialUse: string]> = [
	['Sent', '\\Sent'],
	['Trash', '\\Trash'],
];

/**
 * IMAP with IDLE for several accounts on one port. A hoodiecrow server knows only one set of mailboxes, so there is one
 * per account, and one more that listens and hands each connection over to its account's when it has logged in.
 */
export class ImapService {
	private readonly accounts: ReadonlyMap<string, ImapServer>;
	private readonly gate: ImapServer;
	private readonly sockets = new Set<Socket>();
	private readonly store: MailStore;

	constructor(accounts: readonly Account[], store: MailStore) {
		this.store = store;
		this.accounts = new Map(accounts.map(({ address }) => [address, this.openAccount(address)]));
		this.gate = createServer({
			plugins: PLUGINS,
			users: Object.fromEntries(accounts.map(({ address, password }) => [address, { password }])),
			storage: { INBOX: {}, '': { type: 'personal', separator: '/' } },
		});
		const logIn = this.gate.getCommandHandler('LOGIN');
		this.gate.setCommandHandler('LOGIN', (connection, parsed, data, callback) => {
			logIn(connection, parsed, data, callback);
			if (connection.state === 'Authenticated') this.adopt(connection, parsed.attributes?.[0]?.value ?? '');
		});
		this.gate.server.on('connection', (socket) => {
			this.sockets.add(socket);
			socket.on('close', () => this.sockets.delete(socket));
		});
	}

	async listen(port: number, host: string): Promise<void> {
		this.gate.server.listen(port, host);
		await once(this.gate.server, 'listening');
	}

	/** Puts a message into an account's INBOX, on disk when this returns, and tells every client that is watching it. */
	deliver(address: string, raw: Buffer): void {
		const account = this.accounts.get(address);
		if (account === undefined) throw new Error(`The demo has no account ${address}`);
		account.appendMessage('INBOX', [], internalDate(new Date()), raw.toString('latin1'));
		this.save(address, account);
	}

	async close(): Promise<void> {
		const closed = once(this.gate.server, 'close');
		this.gate.server.close();
		for (const socket of this.sockets) socket.destroy();
		await closed;
	}

	private adopt(connection: Connection, address: string): void {
		const account = this.accounts.get(address);
		if (account === undefined) return;
		connection.server.removeListener('notify', connection._notificationCallback);
		connection.server = account;
		account.on('notify', connection._notificationCallback);
	}

	private openAccount(address: string): ImapServer {
		const kept = this.store.mailboxes(address);
		const inbox = kept.find(({ path }) => path === 'INBOX');
		const account = createServer({
			plugins: PLUGINS,
			users: {},
			storage: {
				INBOX: inbox === undefined ? newMailbox() : this.loadMailbox(address, inbox.path),
				'': { type: 'personal', separator: '/' },
			},
		});
		account.setMaxListeners(0);
		repairPartialFetch(account);
		for (const { path } of kept) if (path !== 'INBOX') account.createMailbox(path, this.loadMailbox(address, path));
		if (kept.length === 0) {
			for (const [path, specialUse] of SPECIAL_FOLDERS) {
				account.createMailbox(path, { ...newMailbox(), subscribed: true, 'special-use': specialUse });
			}
		}
		// What a command has changed is on disk before the client hears that it is done.
		account.outputHandlers.push((_connection, response, _description, command) => {
			if (response.tag !== '*' && CHANGING_COMMANDS.test(command?.command ?? '')) this.save(address, account);
		});
		this.save(address, account);
		return account;
	}

	private loadMailbox(address: string, path: string): Partial<Mailbox> {
		const kept = this.store.mailboxes(address).find((mailbox) => mailbox.path === path);
		return {
			...newMailbox(),
			...(kept && { uidvalidity: kept.uidValidity, uidnext: kept.uidNext }),
			...(kept?.specialUse != null && { 'special-use': kept.specialUse }),
			subscribed: true,
			messages: this.store.messages(address, path).map(({ raw, uid, flags, internalDate }) => ({
				raw,
				uid,
				flags: [...flags],
				internaldate: internalDate,
			})),
		};
	}

	private save(address: string, account: ImapServer): void {
		const mailboxes = Object.values(account.folderCache);
		this.store.replaceAccount(
			address,
			mailboxes.map((mailbox) => ({
				path: mailbox.path,
				uidValidity: mailbox.uidvalidity,
				uidNext: mailbox.uidnext,
				specialUse: mailbox['special-use'] ?? null,
			})),
			(path) =>
				(account.folderCache[path]?.messages ?? []).map(({ raw, uid, flags, internaldate }) => ({
					raw,
					uid,
					flags,
					internalDate: internaldate,
				})),
		);
	}
}

/** UIDVALIDITY is the time of creation, so that a mailbox made anew is never taken for the old one (RFC 9051, 2.3.1.1). */
function newMailbox(): Partial<Mailbox> {
	return { uidvalidity: Math.floor(Date.now() / 1000), uidnext: 1 };
}

/** The date-time of RFC 9051, section 9, in UTC. */
function internalDate(date: Date): string {
	const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/.exec(date.toUTCString()) ?? [];
	return `${day ?? ''}-${month ?? ''}-${year ?? ''} ${time ?? ''} +0000`;
}
