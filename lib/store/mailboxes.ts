import type { Database } from './database';
import type { JsonObject, Lease, MailboxCursor, MailboxKey, MailboxStore, MailboxWindow, Millis } from './store';
import type { Tables } from './tables';

export class SqlMailboxes implements MailboxStore {
	constructor(private readonly database: Database) {}

	async cursor(key: MailboxKey): Promise<MailboxCursor | null> {
		const row = await this.database.read((db) =>
			db
				.selectFrom('mailbox_cursors')
				.selectAll()
				.where('scope', '=', key.scope)
				.where('account', '=', key.account)
				.where('mailbox', '=', key.mailbox)
				.executeTakeFirst(),
		);
		return row ? cursorOf(row) : null;
	}

	saveCursor(cursor: Omit<MailboxCursor, 'updatedAt'> & { rewound?: boolean }, lease: Lease): Promise<boolean> {
		const { scope, account, mailbox } = cursor;
		return this.database.transaction([`cursor:${scope}:${account}:${mailbox}`], async (trx, now) => {
			// The row lock keeps the lease from changing hands before this is committed.
			const held = await trx
				.selectFrom('leases')
				.select('fence')
				.where('name', '=', lease.name)
				.where('owner', '=', lease.owner)
				.where('fence', '=', lease.fence)
				.where('expires_at', '>', now)
				.$if(this.database.dialect.locksRows, (query) => query.forUpdate())
				.executeTakeFirst();
			if (held === undefined) return false;
			const before = await trx
				.selectFrom('mailbox_cursors')
				.selectAll()
				.where('scope', '=', scope)
				.where('account', '=', account)
				.where('mailbox', '=', mailbox)
				.executeTakeFirst();
			const same = before?.uid_validity === cursor.uidValidity ? before : null;
			const values = {
				uid_validity: cursor.uidValidity,
				last_uid: cursor.rewound === true ? cursor.lastUid : Math.max(cursor.lastUid, same?.last_uid ?? 0),
				highest_modseq: higher(cursor.highestModseq, same?.highest_modseq ?? null),
				updated_at: now,
			};
			await trx
				.insertInto('mailbox_cursors')
				.values({ scope, account, mailbox, ...values })
				.onConflict((conflict) => conflict.columns(['scope', 'account', 'mailbox']).doUpdateSet(values))
				.execute();
			return true;
		});
	}

	async window(key: MailboxKey): Promise<MailboxWindow | null> {
		const row = await this.database.read((db) =>
			db
				.selectFrom('mailbox_windows')
				.select(['uid_validity', 'epoch', 'uids'])
				.where('scope', '=', key.scope)
				.where('account', '=', key.account)
				.where('mailbox', '=', key.mailbox)
				.executeTakeFirst(),
		);
		return row ? { uidValidity: row.uid_validity, epoch: row.epoch, uids: row.uids } : null;
	}

	async saveWindow({ scope, account, mailbox }: MailboxKey, stream: string, window: MailboxWindow): Promise<void> {
		const { uidValidity, epoch, uids } = window;
		const values = { stream, uid_validity: uidValidity, epoch, uids, updated_at: this.database.clock };
		await this.database.write((db) =>
			db
				.insertInto('mailbox_windows')
				.values({ scope, account, mailbox, ...values })
				.onConflict((conflict) => conflict.columns(['scope', 'account', 'mailbox']).doUpdateSet(values))
				.execute(),
		);
	}

	formerly(scope: string, stream: string): Promise<MailboxKey[]> {
		return this.database.read((db) =>
			db
				.selectFrom('mailbox_windows')
				.select(['scope', 'account', 'mailbox'])
				.where('scope', '=', scope)
				.where('stream', '=', stream)
				.orderBy('updated_at', 'desc')
				.limit(20)
				.execute(),
		);
	}

	async status({ scope, account, mailbox }: MailboxKey): Promise<JsonObject | null> {
		const row = await this.database.read((db) =>
			db
				.selectFrom('mailbox_statuses')
				.select('status')
				.where('scope', '=', scope)
				.where('account', '=', account)
				.where('mailbox', '=', mailbox)
				.executeTakeFirst(),
		);
		return row ? (JSON.parse(row.status) as JsonObject) : null;
	}

	async saveStatus(key: MailboxKey, status: JsonObject): Promise<void> {
		const { scope, account, mailbox } = key;
		const values = { status: JSON.stringify(status), updated_at: this.database.clock };
		await this.database.write((db) =>
			db
				.insertInto('mailbox_statuses')
				.values({ scope, account, mailbox, ...values })
				.onConflict((conflict) => conflict.columns(['scope', 'account', 'mailbox']).doUpdateSet(values))
				.execute(),
		);
	}

	async statuses(scope: string): Promise<Array<MailboxKey & { status: JsonObject; updatedAt: Millis }>> {
		const rows = await this.database.read((db) =>
			db
				.selectFrom('mailbox_statuses')
				.selectAll()
				.where('scope', '=', scope)
				.orderBy('account')
				.orderBy('mailbox')
				.execute(),
		);
		return rows.map(({ account, mailbox, status, updated_at }) => ({
			scope,
			account,
			mailbox,
			status: JSON.parse(status) as JsonObject,
			updatedAt: updated_at,
		}));
	}
}

/** HIGHESTMODSEQ has up to 63 bits (RFC 7162, 3.1.1), more than a number holds. */
function higher(one: string | null, other: string | null): string | null {
	if (one === null || other === null) return one ?? other;
	return BigInt(one) > BigInt(other) ? one : other;
}

function cursorOf(row: Tables['mailbox_cursors']): MailboxCursor {
	return {
		scope: row.scope,
		account: row.account,
		mailbox: row.mailbox,
		uidValidity: row.uid_validity,
		lastUid: row.last_uid,
		highestModseq: row.highest_modseq,
		updatedAt: row.updated_at,
	};
}
