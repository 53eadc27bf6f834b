import { randomBytes } from 'node:crypto';
import { hashOf } from './archive/archive';
import { objectName } from './archive/write';
import type { Database } from './database';
import type { Trx } from './dialect';
import { type IdentityRow, identityRowOf, noteIdentities } from './identities';
import { EXECUTION_DIED, INGESTION_STAGES } from './store';
import type {
	IngestionRecord,
	IngestionStage,
	IngestionStore,
	JsonObject,
	Millis,
	NewIngestion,
	RunBy,
	Waiting,
} from './store';
import { fileSubjects } from './subjects';
import type { AddressHasher } from './keyring';
import { type Expression, type ExpressionBuilder, type Insertable, type Selectable, type SqlBool, sql } from 'kysely';
import type { Tables } from './tables';

/** The two ends: a record that got there stays. */
const ENDS: readonly IngestionStage[] = ['confirmed', 'dead'];

export class SqlIngestion implements IngestionStore {
	constructor(
		private readonly database: Database,
		private readonly hash: AddressHasher,
	) {}

	async record(
		entry: NewIngestion,
	): Promise<{ record: IngestionRecord; created: boolean; duplicateOf: IngestionRecord | null }> {
		const { scope, key, contentKey } = entry;
		const subjects = await this.hash.all(scope, entry.subjects ?? []);
		const mail = await identityRowOf(this.hash, scope, entry.mail);
		// Two feeds that bring the same content at the same moment must see each other.
		const names = [...(contentKey === null ? [] : [`content:${scope}:${contentKey}`]), ...rawNames([entry])];
		return this.database.transaction(names, async (trx, now) => {
			const inserted = await trx
				.insertInto('ingestion')
				.values(rowOf(entry, null, now))
				.onConflict((conflict) => conflict.columns(['scope', 'key']).doNothing())
				.returningAll()
				.executeTakeFirst();
			const row = inserted ?? (await this.#row(trx, scope, key));
			if (inserted) {
				if (mail !== null) await noteIdentities(trx, [mail], now);
				await fileSubjects(
					trx,
					subjects.map((address_hash) => ({ scope, kind: 'ingestion', ref: key, address_hash })),
				);
			}
			const duplicate =
				row.content_key === null
					? undefined
					: await trx
							.selectFrom('ingestion')
							.selectAll()
							.where('scope', '=', scope)
							.where('content_key', '=', row.content_key)
							.where('id', '<', row.id)
							.orderBy('id')
							.limit(1)
							.executeTakeFirst();
			return {
				record: recordOf(row),
				created: inserted !== undefined,
				duplicateOf: duplicate ? recordOf(duplicate) : null,
			};
		});
	}

	async recordTogether(entries: readonly NewIngestion[], apart = false): Promise<Set<string>> {
		if (entries.length === 0) return new Set();
		const subjects = await Promise.all(entries.map(({ scope, subjects }) => this.hash.all(scope, subjects ?? [])));
		const mails = await Promise.all(entries.map(({ scope, mail }) => identityRowOf(this.hash, scope, mail)));
		const batch = apart ? null : randomBytes(12).toString('hex');
		return this.database.transaction(rawNames(entries), async (trx, now) => {
			const created = new Set<string>();
			const noted: IdentityRow[] = [];
			for (const [index, entry] of entries.entries()) {
				const { scope, key } = entry;
				const inserted = await trx
					.insertInto('ingestion')
					.values(rowOf(entry, batch, now))
					.onConflict((conflict) => conflict.columns(['scope', 'key']).doNothing())
					.returning('id')
					.executeTakeFirst();
				if (!inserted) continue;
				created.add(key);
				const mail = mails[index] ?? null;
				if (mail !== null) noted.push(mail);
				const about = subjects[index] ?? [];
				await fileSubjects(
					trx,
					about.map((address_hash) => ({ scope, kind: 'ingestion', ref: key, address_hash })),
				);
			}
			await noteIdentities(trx, noted, now);
			return created;
		});
	}

	async get(scope: string, key: string): Promise<IngestionRecord | null> {
		const row = await this.database.read((db) =>
			db.selectFrom('ingestion').selectAll().where('scope', '=', scope).where('key', '=', key).executeTakeFirst(),
		);
		return row ? recordOf(row) : null;
	}

	async emit(
		scope: string,
		keys: string[],
		batch: string,
		emitter: string,
		attempt?: number,
	): Promise<IngestionRecord[]> {
		if (keys.length === 0) return [];
		const now = this.database.clock;
		const rows = await this.database.write((db) =>
			db
				.updateTable('ingestion')
				.set((e) => ({
					stage: 'emitted',
					attempt: e('attempt', '+', 1),
					batch,
					emitter,
					emitted_at: now,
					execution: null,
					error: null,
					updated_at: now,
				}))
				.where('scope', '=', scope)
				.where('key', 'in', keys)
				.where((e) =>
					e.or([
						e('stage', '=', 'received'),
						...(attempt === undefined ? [] : [e.and([e('stage', '=', 'emitted'), e('attempt', '=', attempt)])]),
					]),
				)
				.returningAll()
				.execute(),
		);
		return rows.map(recordOf).sort((a, b) => a.id - b.id);
	}

	async advance(scope: string, key: string, stage: IngestionStage, error?: string, by?: RunBy): Promise<boolean> {
		const earlier = INGESTION_STAGES.slice(0, INGESTION_STAGES.indexOf(stage)).filter(
			(before) => !ENDS.includes(before),
		);
		if (earlier.length > 0) {
			const changed = await this.database.write((db) =>
				db
					.updateTable('ingestion')
					.set({
						stage,
						updated_at: this.database.clock,
						...(error === undefined ? {} : { error }),
						...(by === undefined ? {} : { execution: firstOf(by) }),
					})
					.where('scope', '=', scope)
					.where('key', '=', key)
					.where('stage', 'in', earlier)
					.returning('id')
					.executeTakeFirst(),
			);
			if (changed) return true;
		}
		return (await this.get(scope, key)) !== null;
	}

	async confirmDuplicate(scope: string, key: string, firstKey: string): Promise<void> {
		await this.database.write((db) =>
			db
				.updateTable('ingestion')
				.set({ stage: 'confirmed', duplicate_of: firstKey, updated_at: this.database.clock })
				.where('scope', '=', scope)
				.where('key', '=', key)
				.where('stage', 'not in', ENDS)
				.execute(),
		);
	}

	async advanceAll(scope: string, keys: readonly string[], stage: IngestionStage, error?: string): Promise<number> {
		const earlier = INGESTION_STAGES.slice(0, INGESTION_STAGES.indexOf(stage)).filter(
			(before) => !ENDS.includes(before),
		);
		if (earlier.length === 0 || keys.length === 0) return 0;
		const changed = await this.database.write((db) =>
			db
				.updateTable('ingestion')
				.set({ stage, updated_at: this.database.clock, ...(error === undefined ? {} : { error }) })
				.where('scope', '=', scope)
				.where('key', 'in', keys)
				.where('stage', 'in', earlier)
				.returning('id')
				.execute(),
		);
		return changed.length;
	}

	async nameExecution(scope: string, keys: readonly string[], { execution, attempt }: RunBy): Promise<void> {
		if (keys.length === 0) return;
		await this.database.write((db) =>
			db
				.updateTable('ingestion')
				.set({ execution })
				.where('scope', '=', scope)
				.where('key', 'in', keys)
				.where('attempt', '=', attempt)
				.where('execution', 'is', null)
				.execute(),
		);
	}

	async requeue(scope: string, key: string): Promise<boolean> {
		return (await this.#putBack(scope, [key], ['received', 'confirmed'], 0)) > 0;
	}

	async requeueAll(scope: string, keys: readonly string[], delay: Millis = 0, why?: string): Promise<number> {
		return keys.length === 0 ? 0 : await this.#putBack(scope, keys, ['received', ...ENDS], delay, why);
	}

	async #putBack(
		scope: string,
		keys: readonly string[],
		except: readonly IngestionStage[],
		delay: Millis,
		why: string | null = null,
	): Promise<number> {
		const { clock } = this.database;
		const changed = await this.database.write((db) =>
			db
				.updateTable('ingestion')
				.set({
					stage: 'received',
					error: why,
					not_before: delay > 0 ? sql<number>`${clock} + ${sql.lit(Math.round(delay))}` : null,
					updated_at: clock,
				})
				.where('scope', '=', scope)
				.where('key', 'in', keys)
				.where('stage', 'not in', except)
				.returning('id')
				.execute(),
		);
		return changed.length;
	}

	async adopt(
		scope: string,
		keys: readonly string[],
		batch: string,
		from: string,
		emitter: string,
	): Promise<IngestionRecord[]> {
		if (keys.length === 0) return [];
		const rows = await this.database.write((db) =>
			db
				.updateTable('ingestion')
				.set({ emitter, updated_at: this.database.clock })
				.where('scope', '=', scope)
				.where('key', 'in', keys)
				.where('batch', '=', batch)
				.where('emitter', '=', from)
				.where('stage', 'not in', ['received', ...ENDS])
				.returningAll()
				.execute(),
		);
		return rows.map(recordOf).sort((a, b) => a.id - b.id);
	}

	async waiting(scope: string, feed: string, which: Waiting, limit: number): Promise<IngestionRecord[]> {
		const { clock } = this.database;
		const rows = await this.database.read((db) =>
			db
				.selectFrom('ingestion')
				.selectAll()
				.where('scope', '=', scope)
				.where('feed', '=', feed)
				.where((e) =>
					which === 'fresh'
						? isFresh(e)
						: e.and([
								isPutBack(e),
								e('error', which === 'died' ? 'is not distinct from' : 'is distinct from', EXECUTION_DIED),
								e.or([e('not_before', 'is', null), e('not_before', '<=', clock)]),
							]),
				)
				.orderBy('id')
				.limit(limit)
				.execute(),
		);
		return rows.map(recordOf);
	}

	async countFresh(scope: string, feed: string): Promise<number> {
		const row = await this.database.read((db) =>
			db
				.selectFrom('ingestion')
				.select((e) => e.fn.countAll<number>().as('count'))
				.where('scope', '=', scope)
				.where('feed', '=', feed)
				.where(isFresh)
				.executeTakeFirstOrThrow(),
		);
		return row.count;
	}

	async owed(scope: string, feed: string, limit: number, afterId = 0): Promise<IngestionRecord[]> {
		const rows = await this.database.read((db) =>
			db
				.selectFrom('ingestion')
				.selectAll()
				.where('scope', '=', scope)
				.where('feed', '=', feed)
				// As a literal, so that the index of what is owed serves it.
				.where('care', '=', sql.lit('owed'))
				.where('stage', '=', 'confirmed')
				.where('id', '>', afterId)
				.orderBy('id')
				.limit(limit)
				.execute(),
		);
		return rows.map(recordOf);
	}

	async settleCare(scope: string, key: string, care: 'done' | 'failed', error?: string): Promise<boolean> {
		const changed = await this.database.write((db) =>
			db
				.updateTable('ingestion')
				.set({ care, updated_at: this.database.clock, ...(error === undefined ? {} : { error }) })
				.where('scope', '=', scope)
				.where('key', '=', key)
				.where('care', '=', 'owed')
				.returning('id')
				.executeTakeFirst(),
		);
		return changed !== undefined;
	}

	async list(
		scope: string,
		feed: string,
		stages: readonly IngestionStage[],
		limit: number,
		afterId = 0,
	): Promise<IngestionRecord[]> {
		if (stages.length === 0) return [];
		const rows = await this.database.read((db) =>
			db
				.selectFrom('ingestion')
				.selectAll()
				.where('scope', '=', scope)
				.where('feed', '=', feed)
				.where('stage', 'in', stages)
				.where('id', '>', afterId)
				.orderBy('id')
				.limit(limit)
				.execute(),
		);
		return rows.map(recordOf);
	}

	async count(scope: string, feed: string, stages: readonly IngestionStage[]): Promise<number> {
		if (stages.length === 0) return 0;
		const row = await this.database.read((db) =>
			db
				.selectFrom('ingestion')
				.select((e) => e.fn.countAll<number>().as('count'))
				.where('scope', '=', scope)
				.where('feed', '=', feed)
				.where('stage', 'in', stages)
				.executeTakeFirstOrThrow(),
		);
		return row.count;
	}

	async knowsContent(scope: string, contentKey: string): Promise<boolean> {
		const row = await this.database.read((db) =>
			db
				.selectFrom('ingestion')
				.select('id')
				.where('scope', '=', scope)
				.where('content_key', '=', contentKey)
				.limit(1)
				.executeTakeFirst(),
		);
		return row !== undefined;
	}

	#row(trx: Trx, scope: string, key: string): Promise<Selectable<Tables['ingestion']>> {
		return trx
			.selectFrom('ingestion')
			.selectAll()
			.where('scope', '=', scope)
			.where('key', '=', key)
			.executeTakeFirstOrThrow();
	}
}

type IngestionExpressions = ExpressionBuilder<Tables, 'ingestion'>;

/** Literals, here and below, so that the partial indexes serve them. */
function isFresh(e: IngestionExpressions): Expression<SqlBool> {
	return e.and([e('stage', '=', sql.lit('received')), e('attempt', '=', sql.lit(0))]);
}

function isPutBack(e: IngestionExpressions): Expression<SqlBool> {
	return e.and([e('stage', '=', sql.lit('received')), e('attempt', '>', sql.lit(0))]);
}

/** Whoever purges or reduces the raw content meanwhile sees the record, or comes before it. */
function rawNames(entries: readonly NewIngestion[]): string[] {
	return entries.flatMap(({ scope, rawRef }) => {
		const sha256 = rawRef === null ? null : hashOf(rawRef);
		return sha256 === null ? [] : [objectName(scope, sha256)];
	});
}

/** An execution of an earlier attempt may still run: it does not have the mail any more. */
function firstOf({ execution, attempt }: RunBy) {
	return sql<
		string | null
	>`CASE WHEN attempt = ${sql.lit(attempt)} THEN coalesce(execution, ${execution}) ELSE execution END`;
}

function rowOf(entry: NewIngestion, batch: string | null, now: Millis): Insertable<Tables['ingestion']> {
	return {
		scope: entry.scope,
		key: entry.key,
		kind: entry.kind ?? 'message',
		feed: entry.feed,
		raw_ref: entry.rawRef,
		content_key: entry.contentKey,
		metadata: JSON.stringify(entry.metadata),
		stage: 'received',
		attempt: 0,
		batch,
		emitter: null,
		emitted_at: null,
		execution: null,
		error: null,
		keep: entry.keep ?? 'full',
		care: entry.owesCare === true ? 'owed' : 'none',
		not_before: null,
		duplicate_of: null,
		created_at: now,
		updated_at: now,
	};
}

function recordOf(row: Selectable<Tables['ingestion']>): IngestionRecord {
	return {
		id: row.id,
		scope: row.scope,
		key: row.key,
		kind: row.kind,
		feed: row.feed,
		rawRef: row.raw_ref,
		contentKey: row.content_key,
		metadata: JSON.parse(row.metadata) as JsonObject,
		stage: row.stage,
		attempt: row.attempt,
		batch: row.batch,
		emitter: row.emitter,
		emittedAt: row.emitted_at,
		execution: row.execution,
		error: row.error,
		keep: row.keep,
		care: row.care,
		notBefore: row.not_before,
		duplicateOfKey: row.duplicate_of,
		createdAt: row.created_at,
		updatedAt: row.updated_at,
	};
}
