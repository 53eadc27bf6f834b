import { DatabaseSync } from 'node:sqlite';

/** A mailbox (folder) as it is kept on disk. */
export interface KeptMailbox {
	readonly path: string;
	readonly uidValidity: number;
	readonly uidNext: number;
	readonly specialUse: string | null;
}

/** A message as it is kept on disk; `raw` is a binary string, one character per byte. */
export interface KeptMessage {
	readonly uid: number;
	readonly flags: readonly string[];
	readonly internalDate: string;
	readonly raw: string;
}

/** Keeps the demo's mailboxes, so that a restart finds the same mail under the same UIDs. */
export class MailStore {
	private readonly database: DatabaseSync;

	/** @param file created if it does not exist */
	constructor(file: string) {
		this.database = new DatabaseSync(file);
		this.database.exec(`
			PRAGMA journal_mode = WAL;
			CREATE TABLE IF NOT EXISTS mailbox (
				account TEXT, path TEXT, uid_validity INTEGER NOT NULL, uid_next INTEGER NOT NULL, special_use TEXT,
				PRIMARY KEY (account, path)
			);
			CREATE TABLE IF NOT EXISTS message (
				account TEXT, path TEXT, uid INTEGER, flags TEXT NOT NULL, internal_date TEXT NOT NULL, raw BLOB NOT NULL,
				PRIMARY KEY (account, path, uid)
			);
		`);
	}

	mailboxes(account: string): KeptMailbox[] {
		const rows = this.database
			.prepare('SELECT path, uid_validity, uid_next, special_use FROM mailbox WHERE account = ? ORDER BY path')
			.all(account) as Array<{ path: string; uid_validity: number; uid_next: number; special_use: string | null }>;
		return rows.map((row) => ({
			path: row.path,
			uidValidity: row.uid_validity,
			uidNext: row.uid_next,
			specialUse: row.special_use,
		}));
	}

	messages(account: string, path: string): KeptMessage[] {
		const rows = this.database
			.prepare('SELECT uid, flags, internal_date, raw FROM message WHERE account = ? AND path = ? ORDER BY uid')
			.all(account, path) as Array<{ uid: number; flags: string; internal_date: string; raw: Uint8Array }>;
		return rows.map((row) => ({
			uid: row.uid,
			flags: JSON.parse(row.flags) as string[],
			internalDate: row.internal_date,
			raw: Buffer.from(row.raw).toString('latin1'),
		}));
	}

	/** Makes the account on disk what `mailboxes` and `messagesIn` say, in one transaction. */
	replaceAccount(
		account: string,
		mailboxes: readonly KeptMailbox[],
		messagesIn: (path: string) => readonly KeptMessage[],
	): void {
		this.database.exec('BEGIN IMMEDIATE');
		try {
			this.database.prepare('DELETE FROM mailbox WHERE account = ?').run(account);
			for (const mailbox of mailboxes) {
				this.database
					.prepare('INSERT INTO mailbox VALUES (?, ?, ?, ?, ?)')
					.run(account, mailbox.path, mailbox.uidValidity, mailbox.uidNext, mailbox.specialUse);
				this.replaceMessages(account, mailbox.path, messagesIn(mailbox.path));
			}
			const paths = JSON.stringify(mailboxes.map(({ path }) => path));
			this.database
				.prepare('DELETE FROM message WHERE account = ? AND path NOT IN (SELECT value FROM json_each(?))')
				.run(account, paths);
			this.database.exec('COMMIT');
		} catch (error) {
			this.database.exec('ROLLBACK');
			throw error;
		}
	}

	/** A message's bytes never change under one UID, so only new ones are written. */
	private replaceMessages(account: string, path: string, messages: readonly KeptMessage[]): void {
		const uids = JSON.stringify(messages.map(({ uid }) => uid));
		this.database
			.prepare('DELETE FROM message WHERE account = ? AND path = ? AND uid NOT IN (SELECT value FROM json_each(?))')
			.run(account, path, uids);
		const known = this.flagsByUid(account, path);
		const insert = this.database.prepare('INSERT INTO message VALUES (?, ?, ?, ?, ?, ?)');
		const update = this.database.prepare('UPDATE message SET flags = ? WHERE account = ? AND path = ? AND uid = ?');
		for (const message of messages) {
			const flags = JSON.stringify(message.flags);
			const before = known.get(message.uid);
			if (before === undefined) {
				insert.run(account, path, message.uid, flags, message.internalDate, Buffer.from(message.raw, 'latin1'));
			} else if (before !== flags) {
				update.run(flags, account, path, message.uid);
			}
		}
	}

	private flagsByUid(account: string, path: string): Map<number, string> {
		const rows = this.database
			.prepare('SELECT uid, flags FROM message WHERE account = ? AND path = ?')
			.all(account, path) as Array<{ uid: number; flags: string }>;
		return new Map(rows.map(({ uid, flags }) => [uid, flags]));
	}

	close(): void {
		this.database.close();
	}
}
