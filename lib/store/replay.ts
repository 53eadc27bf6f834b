import { type RawBuilder, sql } from 'kysely';
import { CLOCK_SLACK, LONGEST_CLAIM } from './clock';
import type { Database } from './database';
import type { Millis, ReplayClaim, ReplayHeld, ReplayKey, ReplayStore, ReplayTaken, ReplayTimes } from './store';
import { storedKey } from './storedText';

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
		const horizon = horizonAt(now);
		const found = [];
		// They are answered under the names they were asked by.
		const stored = keys.map((key) => [key, storedKey(key)] as const);
		for (const some of chunksOf([...new Set(stored.map(([, key]) => key))])) {
			found.push(
				...(await this.database.read((db) =>
					db
						.selectFrom('replay_keys')
						.select(['key', 'confirmed_at', 'expires_at', 'owner'])
						.select(now.as('now'))
						.where('scope', '=', scope)
						.where('key', 'in', some)
						.where('expires_at', '>', now)
						.where((e) => e.or([e('confirmed_at', 'is not', null), e('expires_at', '<=', horizon)]))
						.execute(),
				)),
			);
		}
		const held = new Map<string, ReplayHeld>(
			found.map(({ key, confirmed_at: confirmedAt, expires_at: expiresAt, owner, now: at }) => [
				key,
				confirmedAt === null
					? { state: 'in-progress', retryAfter: Math.max(1, expiresAt - at), owner }
					: { state: 'done', confirmedAt, owner },
			]),
		);
		return new Map(
			stored.flatMap(([asked, key]) => {
				const how = held.get(key);
				return how ? [[asked, how] as const] : [];
			}),
		);
	}

	/** In one order, so that of two that want the same keys one gets the first, and with it the others. */
	async take(scope: string, keys: readonly ReplayKey[], times: ReplayTimes): Promise<ReplayTaken[] | null> {
		const taken: ReplayTaken[] = [];
		const stored = new Map(keys.map((wanted) => [storedKey(wanted.key), wanted]));
		const ordered = [...stored].map(([key, wanted]) => ({ ...wanted, key }));
		for (const some of chunksOf(ordered.toSorted((a, b) => (a.key < b.key ? -1 : 1)))) {
			const got = await this.takeFree(scope, some, times);
			taken.push(...got);
			if (got.length === some.length) continue;
			// Overtaken between looking and taking: what was got is given back.
			await this.releaseAll(scope, taken);
			return null;
		}
		return taken;
	}

	/**
	 * Those of the keys that were free. One statement, for both databases. The first fence is the time, so that fences go on
	 * growing after the row of a forgotten key was purged.
	 */
	private async takeFree(
		scope: string,
		keys: readonly ReplayKey[],
		{ lease, ttl }: ReplayTimes,
	): Promise<ReplayTaken[]> {
		const now = this.database.clock;
		const horizon = horizonAt(now);
		const rows = await this.database.write((db) =>
			db
				.insertInto('replay_keys')
				.values((e) =>
					keys.map((wanted) => ({
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
						.where((e) =>
							e.or([
								e('replay_keys.expires_at', '<=', now),
								e.and([e('replay_keys.confirmed_at', 'is', null), e('replay_keys.expires_at', '>', horizon)]),
							]),
						),
				)
				.returning(['key', 'fence', 'expires_at'])
				.execute(),
		);
		return rows.map(({ key, fence, expires_at: expiresAt }) => ({ state: 'claimed', key, fence, expiresAt }));
	}

	async confirm(scope: string, key: string, fence: number): Promise<boolean> {
		return (await this.#confirm(scope, [{ key, fence }])) > 0;
	}

	async confirmAll(scope: string, taken: readonly Fenced[]): Promise<void> {
		await this.#confirm(scope, taken);
	}

	async #confirm(scope: string, taken: readonly Fenced[]): Promise<number> {
		const now = this.database.clock;
		let confirmed = 0;
		for (const { fence, keys } of byFence(taken)) {
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
					.where('key', 'in', keys)
					.where('fence', '=', fence)
					.returning('fence')
					.execute(),
			);
			confirmed += rows.length;
		}
		return confirmed;
	}

	async renew(scope: string, taken: readonly Fenced[], lease: Millis): Promise<boolean> {
		const now = this.database.clock;
		let renewed = 0;
		for (const { fence, keys } of byFence(taken)) {
			const rows = await this.database.write((db) =>
				db
					.updateTable('replay_keys')
					.set((e) => ({ expires_at: e(now, '+', lease) }))
					.where('scope', '=', scope)
					.where('key', 'in', keys)
					.where('fence', '=', fence)
					.where('confirmed_at', 'is', null)
					// What was given back stays free.
					.where('expires_at', '>', 0)
					.returning('fence')
					.execute(),
			);
			renewed += rows.length;
		}
		return renewed === taken.length;
	}

	async release(scope: string, key: string, fence: number): Promise<void> {
		await this.releaseAll(scope, [{ key, fence }]);
	}

	async releaseAll(scope: string, taken: readonly Fenced[]): Promise<void> {
		for (const { fence, keys } of byFence(taken)) {
			await this.database.write((db) =>
				db
					.updateTable('replay_keys')
					.set({ expires_at: 0 })
					.where('scope', '=', scope)
					.where('key', 'in', keys)
					.where('fence', '=', fence)
					.where('confirmed_at', 'is', null)
					.execute(),
			);
		}
	}
}

/** What is claimed for longer was claimed by a clock that was fast. */
function horizonAt(now: RawBuilder<Millis>): RawBuilder<Millis> {
	return sql<Millis>`(${now} + ${LONGEST_CLAIM + CLOCK_SLACK})`;
}

/** Keys in one statement at most: SQLite takes 32,766 parameters, PostgreSQL 65,535, and others wait for the writer meanwhile. */
const CHUNK = 250;

function chunksOf<Item>(items: readonly Item[]): Item[][] {
	return Array.from({ length: Math.ceil(items.length / CHUNK) }, (_, index) =>
		items.slice(index * CHUNK, (index + 1) * CHUNK),
	);
}

/** Keys that were taken together have one fence. */
function byFence(taken: readonly Fenced[]): Array<{ fence: number; keys: string[] }> {
	const keys = new Map<number, string[]>();
	for (const { key, fence } of taken) {
		const group = keys.get(fence);
		if (group) group.push(key);
		else keys.set(fence, [key]);
	}
	return [...keys].flatMap(([fence, all]) => chunksOf(all).map((some) => ({ fence, keys: some })));
}
