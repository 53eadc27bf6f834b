import { hashOf } from './archive/archive';
import { objectName } from './archive/write';
import type { Database } from './database';
import type { AddressHasher } from './keyring';
import { newRecordId } from './recordId';
import type { DeadLetter, DeadLetterStore, JsonObject, NewDeadLetter } from './store';
import { fileSubjects } from './subjects';
import type { Tables } from './tables';

export class SqlDeadLetters implements DeadLetterStore {
	constructor(
		private readonly database: Database,
		private readonly hash: AddressHasher,
	) {}

	async add(letter: NewDeadLetter): Promise<DeadLetter> {
		const { scope, key } = letter;
		const subjects = await this.hash.all(scope, letter.subjects ?? []);
		const sha256 = letter.rawRef === null ? null : hashOf(letter.rawRef);
		// Whoever purges the content meanwhile sees the letter, or comes before it.
		const names = [letterName(scope, key), ...(sha256 === null ? [] : [objectName(scope, sha256)])];
		return this.database.transaction(names, async (trx, now) => {
			const content = {
				feed: letter.feed,
				reason: letter.reason,
				message: letter.message,
				raw_ref: letter.rawRef,
				item: JSON.stringify(letter.item),
				state: 'waiting' as const,
				updated_at: now,
			};
			const row = await trx
				.insertInto('dead_letters')
				.values({ id: newRecordId(now), scope, key, attempts: 1, created_at: now, ...content })
				.onConflict((conflict) =>
					conflict
						.columns(['scope', 'key'])
						.doUpdateSet((e) => ({ ...content, attempts: e('dead_letters.attempts', '+', 1) })),
				)
				.returningAll()
				.executeTakeFirstOrThrow();
			// It is about whom the record of the same key is about, and who adds it need not know them any more.
			const recorded = await trx
				.selectFrom('subjects')
				.select('address_hash')
				.where('scope', '=', scope)
				.where('kind', '=', 'ingestion')
				.where('ref', '=', key)
				.execute();
			const about = new Set([...subjects, ...recorded.map(({ address_hash }) => address_hash)]);
			await fileSubjects(
				trx,
				[...about].map((address_hash) => ({ scope, kind: 'dead_letter', ref: row.id, address_hash })),
			);
			return letterOf(row);
		});
	}

	async get(scope: string, id: string): Promise<DeadLetter | null> {
		const row = await this.database.read((db) =>
			db.selectFrom('dead_letters').selectAll().where('scope', '=', scope).where('id', '=', id).executeTakeFirst(),
		);
		return row ? letterOf(row) : null;
	}

	async list(
		scope: string,
		filter: { state?: DeadLetter['state']; feed?: string },
		page: { limit: number; after?: string },
	): Promise<DeadLetter[]> {
		const { state, feed } = filter;
		const { after } = page;
		const rows = await this.database.read((db) =>
			db
				.selectFrom('dead_letters')
				.selectAll()
				.where('scope', '=', scope)
				.$if(state !== undefined, (query) => query.where('state', '=', state ?? 'waiting'))
				.$if(feed !== undefined, (query) => query.where('feed', '=', feed ?? ''))
				.$if(after !== undefined, (query) => query.where('id', '>', after ?? ''))
				.orderBy('id')
				.limit(page.limit)
				.execute(),
		);
		return rows.map(letterOf);
	}

	async settle(scope: string, id: string, state: 'replayed' | 'discarded'): Promise<boolean> {
		const changed = await this.database.write((db) =>
			db
				.updateTable('dead_letters')
				.set({ state, updated_at: this.database.clock })
				.where('scope', '=', scope)
				.where('id', '=', id)
				.where('state', '=', 'waiting')
				.returning('id')
				.executeTakeFirst(),
		);
		return changed !== undefined;
	}

	async count(scope: string, state: DeadLetter['state']): Promise<number> {
		const row = await this.database.read((db) =>
			db
				.selectFrom('dead_letters')
				.select((e) => e.fn.countAll<number>().as('count'))
				.where('scope', '=', scope)
				.where('state', '=', state)
				.executeTakeFirstOrThrow(),
		);
		return row.count;
	}
}

/** The lock under which the letter of a key is written. */
export function letterName(scope: string, key: string): string {
	return `letter:${scope}:${key}`;
}

function letterOf(row: Tables['dead_letters']): DeadLetter {
	return {
		id: row.id,
		scope: row.scope,
		key: row.key,
		feed: row.feed,
		reason: row.reason,
		message: row.message,
		rawRef: row.raw_ref,
		item: JSON.parse(row.item) as JsonObject,
		attempts: row.attempts,
		state: row.state,
		createdAt: row.created_at,
		updatedAt: row.updated_at,
	};
}
