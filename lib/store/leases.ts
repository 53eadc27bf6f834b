import { CLOCK_SLACK } from './clock';
import type { Database } from './database';
import type { Lease, LeaseStore, Millis } from './store';

interface LeaseRow {
	name: string;
	owner: string;
	fence: number;
	expires_at: number;
}

export class SqlLeases implements LeaseStore {
	constructor(private readonly database: Database) {}

	/** The first fence is the time, so that fences go on growing after the row of a long forgotten lease was purged. */
	async acquire(name: string, owner: string, ttl: Millis): Promise<Lease | null> {
		const now = this.database.clock;
		const row = await this.database.write((db) =>
			db
				.insertInto('leases')
				.values((e) => ({ name, owner, fence: now, expires_at: e(now, '+', ttl) }))
				.onConflict((conflict) =>
					conflict
						.column('name')
						.doUpdateSet((e) => ({
							owner,
							fence: e
								.case()
								.when(e.and([e('leases.owner', '=', owner), e('leases.expires_at', '>', now)]))
								.then(e.ref('leases.fence'))
								.else(e('leases.fence', '+', 1))
								.end(),
							expires_at: e(now, '+', ttl),
						}))
						.where((e) =>
							e.or([
								e('leases.expires_at', '<=', now),
								e('leases.expires_at', '>', e(now, '+', ttl + CLOCK_SLACK)),
								e('leases.owner', '=', owner),
							]),
						),
				)
				.returningAll()
				.executeTakeFirst(),
		);
		return row ? leaseOf(row) : null;
	}

	async renew(lease: Lease, ttl: Millis): Promise<Lease | null> {
		const now = this.database.clock;
		const row = await this.database.write((db) =>
			db
				.updateTable('leases')
				.set((e) => ({ expires_at: e(now, '+', ttl) }))
				.where('name', '=', lease.name)
				.where('owner', '=', lease.owner)
				.where('fence', '=', lease.fence)
				.where('expires_at', '>', now)
				.returningAll()
				.executeTakeFirst(),
		);
		return row ? leaseOf(row) : null;
	}

	async release(lease: Lease): Promise<void> {
		await this.database.write((db) =>
			db
				.updateTable('leases')
				.set({ expires_at: 0 })
				.where('name', '=', lease.name)
				.where('owner', '=', lease.owner)
				.where('fence', '=', lease.fence)
				.execute(),
		);
	}
}

function leaseOf(row: LeaseRow): Lease {
	return { name: row.name, owner: row.owner, fence: row.fence, expiresAt: row.expires_at };
}
