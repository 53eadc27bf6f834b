import { sql } from 'kysely';
import type { Database } from './database';
import type { AddressHasher } from './keyring';
import { newRecordId } from './recordId';
import type { NewSuppression, Suppression, SuppressionStore } from './store';
import type { Tables } from './tables';

/** Addresses looked up in one statement. */
const BATCH = 500;

/**
 * Only a keyed hash of the address is indexed and needed. Beside it stands a mask (`j***@example.com`) for people who
 * read the list, or the address itself when the store was opened with `keepSuppressedAddresses`.
 */
export class SqlSuppressions implements SuppressionStore {
	constructor(
		private readonly database: Database,
		private readonly hash: AddressHasher,
		private readonly keepAddresses: boolean,
	) {}

	/** The same address and stream again replaces reason, source and expiry. */
	async add(entry: NewSuppression): Promise<Suppression> {
		const { scope, reason, source } = entry;
		const content = {
			address: this.keepAddresses ? entry.address : maskAddress(entry.address),
			reason,
			source,
			expires_at: entry.expiresAt,
		};
		const addressHash = await this.hash.one(scope, entry.address);
		return this.database.transaction([], async (trx, now) => {
			const row = await trx
				.insertInto('suppressions')
				.values({
					id: newRecordId(now),
					scope,
					address_hash: addressHash,
					stream: entry.stream ?? '',
					created_at: now,
					...content,
				})
				.onConflict((conflict) => conflict.columns(['scope', 'address_hash', 'stream']).doUpdateSet(content))
				.returningAll()
				.executeTakeFirstOrThrow();
			return { ...suppressionOf(row), address: entry.address };
		});
	}

	async check(scope: string, addresses: string[], stream: string | null): Promise<Suppression[]> {
		const asked = new Map<string, string>();
		for (const address of addresses) asked.set(await this.hash.one(scope, address), address);
		const hashes = [...asked.keys()];
		const found: Suppression[] = [];
		for (let from = 0; from < hashes.length; from += BATCH) {
			const rows = await this.database.read((db) =>
				db
					.selectFrom('suppressions')
					.selectAll()
					.where('scope', '=', scope)
					.where('address_hash', 'in', hashes.slice(from, from + BATCH))
					.where('stream', 'in', stream === null ? [''] : ['', stream])
					.where((e) => e.or([e('expires_at', 'is', null), e('expires_at', '>', this.database.clock)]))
					// As an expression: SQLite would walk all of the scope for the sake of the order.
					.orderBy(sql`id || ''`)
					.execute(),
			);
			found.push(
				...rows.map((row) => ({ ...suppressionOf(row), address: asked.get(row.address_hash) ?? row.address })),
			);
		}
		return found;
	}

	async remove(scope: string, address: string, stream: string | null): Promise<number> {
		const addressHash = await this.hash.one(scope, address);
		const rows = await this.database.write((db) =>
			db
				.deleteFrom('suppressions')
				.where('scope', '=', scope)
				.where('address_hash', '=', addressHash)
				.where('stream', '=', stream ?? '')
				.returning(sql<number>`1`.as('one'))
				.execute(),
		);
		return rows.length;
	}

	async list(scope: string, page: { limit: number; after?: string }): Promise<Suppression[]> {
		const rows = await this.database.read((db) =>
			db
				.selectFrom('suppressions')
				.selectAll()
				.where('scope', '=', scope)
				.where('id', '>', page.after ?? '')
				.orderBy('id')
				.limit(page.limit)
				.execute(),
		);
		return rows.map(suppressionOf);
	}
}

/** `jane@example.com` → `j***@example.com`. */
export function maskAddress(address: string): string {
	const at = address.lastIndexOf('@');
	return at < 1 ? '***' : `${address.slice(0, 1)}***${address.slice(at)}`;
}

export function suppressionOf(row: Tables['suppressions']): Suppression {
	return {
		id: row.id,
		scope: row.scope,
		address: row.address,
		addressHash: row.address_hash,
		stream: row.stream === '' ? null : row.stream,
		reason: row.reason,
		source: row.source,
		expiresAt: row.expires_at,
		createdAt: row.created_at,
	};
}
