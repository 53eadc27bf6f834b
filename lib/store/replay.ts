import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Database } from './database';
import type { ReplayClaim, ReplayHeld, ReplayKey, ReplayStore, ReplayTaken, ReplayTimes } from './store';
import type { Tables } from './tables';

type Fenced = Pick<ReplayTaken, 'key' | 'fence'>;

export class SqlReplay implements ReplayStore {
	constructor(private readonly database: Database) {}

	async claim(scope: string, key: string, { owner, ...times }: ReplayTimes & { owner?: string }): Promise<ReplayClaim> {
		// Looking first spares a repeat the write. Whoever finds the key free and is overtaken looks again.
		for (;;) {
			const held = (await this.held(scope, [key])).get(key);
			if (held) return held;
			const [taken] = (await this.take(scope, [{ key, ...(owner === undefined ? {} : { owner }) }], times)) ?? [];
			if (taken) return taken;
		}
	}

	async held(scope: string, keys: readonly string[]): Promise<Map<string, ReplayHeld>> {
		const now = this.database.clock;
		if (keys.length === 0) return new Map();
		const rows = await this.database.read((db) =>
			db
				.selectFrom('replay_keys')
				.select(['key', 'confirmed_at', 'expires_at', 'owner'])
				.select(now.as('now'))
				.where('scope', '=', scope)
				.where('key', 'in', keys)
				.where('expires_at', '>', now)
				.execute(),
		);
		return new Map(
			rows.map(({ key, confirmed_at: confirmedAt, expires_at: expiresAt, owner, now: at }) => [
				key,
				confirmedAt === null
					? { state: 'in-progress', retryAfter: Math.max(1, expiresAt - at), owner }
					: { state: 'done', confirmedAt, owner },
			]),
		);
	}

	/**
	 * One statement, for both databases. The first fence is the time, so that fences go on growing after the row of a
	 * forgotten key was purged.
	 */
	async take(scope: string, keys: readonly ReplayKey[], { lease, ttl }: ReplayTimes): Promise<ReplayTaken[] | null> {
		if (keys.length === 0) return [];
		const now = this.database.clock;
		// In one order, so that two that want the same keys do not block one another.
		const ordered = keys.toSorted((a, b) => (a.key < b.key ? -1 : 1));
		const rows = await this.database.write((db) =>
			db
				.insertInto('replay_keys')
				.values((e) =>
					ordered.map((wanted) => ({
						scope,
						key: wanted.key,
						fence: now,
						ttl: wanted.ttl ?? ttl,
						expires_at: e(now, '+', lease),
						confirmed_at: null,
						owner: wanted.owner ?? null,
					})),
				)
				.onConflict((conflict) =>
					conflict
						.columns(['scope', 'key'])
						.doUpdateSet((e) => ({
							fence: e('replay_keys.fence', '+', 1),
							ttl: e.ref('excluded.ttl'),
							expires_at: e.ref('excluded.expires_at'),
							confirmed_at: null,
							owner: e.ref('excluded.owner'),
						}))
						.where('replay_keys.expires_at', '<=', now),
				)
				.returning(['key', 'fence', 'expires_at'])
				.execute(),
		);
		if (rows.length === keys.length) {
			return rows.map(({ key, fence, expires_at: expiresAt }) => ({ state: 'claimed', key, fence, expiresAt }));
		}
		// Overtaken between looking and taking: what was got is given back.
		await this.releaseAll(scope, rows);
		return null;
	}

	async confirm(scope: string, key: string, fence: number): Promise<boolean> {
		return (await this.#confirm(scope, [{ key, fence }])) > 0;
	}

	async confirmAll(scope: string, taken: readonly Fenced[]): Promise<void> {
		await this.#confirm(scope, taken);
	}

	async #confirm(scope: string, taken: readonly Fenced[]): Promise<number> {
		if (taken.length === 0) return 0;
		const now = this.database.clock;
		const rows = await this.database.write((db) =>
			db
				.updateTable('replay_keys')
				.set((e) => ({
					confirmed_at: e.fn.coalesce('confirmed_at', now),
					expires_at: e
						.case()
						.when('confirmed_at', 'is', null)
						.then(e(now, '+', e.ref('ttl')))
						.else(e.ref('expires_at'))
						.end(),
				}))
				.where('scope', '=', scope)
				.where((e) => heldBy(e, taken))
				.returning('fence')
				.execute(),
		);
		return rows.length;
	}

	async release(scope: string, key: string, fence: number): Promise<void> {
		await this.releaseAll(scope, [{ key, fence }]);
	}

	async releaseAll(scope: string, taken: readonly Fenced[]): Promise<void> {
		if (taken.length === 0) return;
		await this.database.write((db) =>
			db
				.updateTable('replay_keys')
				.set({ expires_at: 0 })
				.where('scope', '=', scope)
				.where((e) => heldBy(e, taken))
				.where('confirmed_at', 'is', null)
				.execute(),
		);
	}
}

function heldBy(e: ExpressionBuilder<Tables, 'replay_keys'>, taken: readonly Fenced[]): Expression<SqlBool> {
	return e.or(taken.map(({ key, fence }) => e.and([e('key', '=', key), e('fence', '=', fence)])));
}
