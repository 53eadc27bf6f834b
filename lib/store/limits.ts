import { StoreError } from '../errors';
import { CLOCK_SLACK } from './clock';
import type { Database } from './database';
import type { LimitStore, LimitVerdict, Millis } from './store';

/** How long a probe of an open breaker may take before another is let through, at least, in ms. */
export const SHORTEST_PROBE = 1_000;

export class SqlLimits implements LimitStore {
	constructor(private readonly database: Database) {}

	take(
		scope: string,
		bucket: string,
		limit: { ratePerSecond: number; burst: number },
		tokens = 1,
	): Promise<LimitVerdict> {
		const { ratePerSecond, burst } = limit;
		if (!(ratePerSecond > 0) || tokens > burst || !(tokens > 0)) {
			return Promise.reject(
				new StoreError(`The bucket "${bucket}" can never give ${tokens} tokens: it holds ${burst}.`, {
					code: 'STORE_LIMIT_INVALID',
					hint: 'Set a rate above 0 and a burst of at least what is taken at once.',
					record: { scope, bucket },
				}),
			);
		}
		return this.database.transaction([`bucket:${scope}:${bucket}`], async (trx, now) => {
			const row = await trx
				.selectFrom('token_buckets')
				.select(['tokens', 'updated_at'])
				.where('scope', '=', scope)
				.where('bucket', '=', bucket)
				.executeTakeFirst();
			const ahead = row !== undefined && row.updated_at > now + CLOCK_SLACK;
			const refilled = row && !ahead ? row.tokens + (Math.max(0, now - row.updated_at) / 1000) * ratePerSecond : burst;
			const held = Math.min(burst, refilled);
			if (held < tokens) {
				return { allowed: false, retryAt: now + Math.ceil(((tokens - held) / ratePerSecond) * 1000) };
			}
			const values = { tokens: held - tokens, updated_at: now };
			await trx
				.insertInto('token_buckets')
				.values({ scope, bucket, ...values })
				.onConflict((conflict) => conflict.columns(['scope', 'bucket']).doUpdateSet(values))
				.execute();
			return { allowed: true };
		});
	}

	/** Each use is kept until its window has passed, so that the limit holds in every window and not only on average. */
	count(scope: string, quota: string, limit: { limit: number; window: Millis }): Promise<LimitVerdict> {
		return this.database.transaction([`quota:${scope}:${quota}`], async (trx, now) => {
			await trx
				.deleteFrom('quota_hits')
				.where('scope', '=', scope)
				.where('quota', '=', quota)
				.where('until', '<=', now)
				.execute();
			const hits = trx
				.selectFrom('quota_hits')
				.where('scope', '=', scope)
				.where('quota', '=', quota)
				.where('at', '>', now - limit.window);
			// The use that must leave the window before there is room for one more.
			const blocking =
				limit.limit > 0
					? await hits
							.select('at')
							.orderBy('at', 'desc')
							.orderBy('id', 'desc')
							.offset(limit.limit - 1)
							.limit(1)
							.executeTakeFirst()
					: { at: now };
			if (blocking) return { allowed: false, retryAt: blocking.at + limit.window };
			await trx
				.insertInto('quota_hits')
				.values({ scope, quota, at: now, until: now + limit.window })
				.execute();
			return { allowed: true };
		});
	}

	pass(scope: string, breaker: string): Promise<LimitVerdict> {
		return this.database.transaction([`breaker:${scope}:${breaker}`], async (trx, now) => {
			const row = await trx
				.selectFrom('breakers')
				.selectAll()
				.where('scope', '=', scope)
				.where('breaker', '=', breaker)
				.executeTakeFirst();
			if (!row || row.open_until === null) return { allowed: true };
			const ahead = row.open_until > now + Math.max(row.open_for, SHORTEST_PROBE) + CLOCK_SLACK;
			if (row.open_until > now && !ahead) return { allowed: false, retryAt: row.open_until };
			// Until the probe reports, or for as long as the breaker was open, nobody else goes through.
			await trx
				.updateTable('breakers')
				.set({ probing: 1, open_until: now + Math.max(row.open_for, SHORTEST_PROBE), updated_at: now })
				.where('scope', '=', scope)
				.where('breaker', '=', breaker)
				.execute();
			return { allowed: true };
		});
	}

	async closeBreakers(scope: string): Promise<number> {
		const closed = await this.database.write((db) =>
			db.deleteFrom('breakers').where('scope', '=', scope).returning('open_until').execute(),
		);
		return closed.filter(({ open_until }) => open_until !== null).length;
	}

	async report(
		scope: string,
		breaker: string,
		success: boolean,
		policy: { threshold: number; openFor: Millis; longest?: Millis },
	): Promise<void> {
		await this.database.transaction([`breaker:${scope}:${breaker}`], async (trx, now) => {
			const row = await trx
				.selectFrom('breakers')
				.selectAll()
				.where('scope', '=', scope)
				.where('breaker', '=', breaker)
				.executeTakeFirst();
			const open = row !== undefined && row.open_until !== null;
			const probing = row?.probing === 1;
			// Late news of work begun before the breaker opened: only the probe's word counts.
			if (open && !probing) return;
			if (success && (row === undefined || (row.failures === 0 && !open))) return;
			const failures = success ? 0 : (row?.failures ?? 0) + 1;
			const opens = !success && (probing || failures >= policy.threshold);
			const openFor = probing
				? Math.min(Math.max(row.open_for * 2, policy.openFor), policy.longest ?? policy.openFor)
				: policy.openFor;
			const values = {
				failures,
				open_until: opens ? now + openFor : null,
				open_for: openFor,
				probing: 0,
				updated_at: now,
			};
			await trx
				.insertInto('breakers')
				.values({ scope, breaker, ...values })
				.onConflict((conflict) => conflict.columns(['scope', 'breaker']).doUpdateSet(values))
				.execute();
		});
	}
}
