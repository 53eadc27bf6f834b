import type { Database } from './database';
import type { Millis, ReplayClaim, ReplayStore } from './store';

export class SqlReplay implements ReplayStore {
	constructor(private readonly database: Database) {}

	async claim(scope: string, key: string, times: { lease: Millis; ttl: Millis }): Promise<ReplayClaim> {
		// Looking first spares a repeat the write. Whoever finds the key free and is overtaken looks again.
		for (;;) {
			const answer = (await this.#held(scope, key)) ?? (await this.#take(scope, key, times));
			if (answer) return answer;
		}
	}

	/** What keeps the key from being taken; null when nothing does. */
	async #held(scope: string, key: string): Promise<ReplayClaim | null> {
		const now = this.database.clock;
		const row = await this.database.read((db) =>
			db
				.selectFrom('replay_keys')
				.select(['confirmed_at', 'expires_at'])
				.select(now.as('now'))
				.where('scope', '=', scope)
				.where('key', '=', key)
				.where('expires_at', '>', now)
				.executeTakeFirst(),
		);
		if (!row) return null;
		if (row.confirmed_at !== null) return { state: 'done', confirmedAt: row.confirmed_at };
		return { state: 'in-progress', retryAfter: Math.max(1, row.expires_at - row.now) };
	}

	/** The first fence is the time, so that fences go on growing after the row of a forgotten key was purged. */
	async #take(scope: string, key: string, times: { lease: Millis; ttl: Millis }): Promise<ReplayClaim | null> {
		const now = this.database.clock;
		const row = await this.database.write((db) =>
			db
				.insertInto('replay_keys')
				.values((e) => ({
					scope,
					key,
					fence: now,
					ttl: times.ttl,
					expires_at: e(now, '+', times.lease),
					confirmed_at: null,
				}))
				.onConflict((conflict) =>
					conflict
						.columns(['scope', 'key'])
						.doUpdateSet((e) => ({
							fence: e('replay_keys.fence', '+', 1),
							ttl: times.ttl,
							expires_at: e(now, '+', times.lease),
							confirmed_at: null,
						}))
						.where('replay_keys.expires_at', '<=', now),
				)
				.returning(['fence', 'expires_at'])
				.executeTakeFirst(),
		);
		return row ? { state: 'claimed', fence: row.fence, expiresAt: row.expires_at } : null;
	}

	async confirm(scope: string, key: string, fence: number): Promise<boolean> {
		const now = this.database.clock;
		const row = await this.database.write((db) =>
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
				.where('key', '=', key)
				.where('fence', '=', fence)
				.returning('fence')
				.executeTakeFirst(),
		);
		return row !== undefined;
	}

	async release(scope: string, key: string, fence: number): Promise<void> {
		await this.database.write((db) =>
			db
				.updateTable('replay_keys')
				.set({ expires_at: 0 })
				.where('scope', '=', scope)
				.where('key', '=', key)
				.where('fence', '=', fence)
				.where('confirmed_at', 'is', null)
				.execute(),
		);
	}
}
