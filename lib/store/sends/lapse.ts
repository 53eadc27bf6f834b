import { type SqlBool, sql } from 'kysely';
import { CLOCK_SLACK, LONGEST_SEND_LEASE } from '../clock';
import type { Dialect, Trx } from '../dialect';
import type { Millis, SendState } from '../store';
import { moveSends } from './move';

export interface Lapsed {
	id: string;
	state: SendState;
	expires_at: Millis | null;
}

/** A lapsed transmission may have been accepted and is in doubt; a lapsed lease has sent nothing. */
export async function settleLapsed(
	dialect: Dialect,
	trx: Trx,
	now: Millis,
	lapsed: readonly Lapsed[],
): Promise<{ reserved: number; inDoubt: number; expired: number }> {
	const ids = (state: SendState, expired?: boolean): string[] =>
		lapsed
			.filter((row) => row.state === state)
			.filter((row) => expired === undefined || (row.expires_at !== null && row.expires_at <= now) === expired)
			.map((row) => row.id);
	const move = async (from: SendState, to: SendState, which: string[], why: string): Promise<number> =>
		(await moveSends(dialect, trx, which, from, { to, now, detail: { why } })).length;
	return {
		inDoubt: await move('transmitting', 'in_doubt', ids('transmitting'), 'lease lapsed while transmitting'),
		reserved: await move('leased', 'reserved', ids('leased', false), 'lease lapsed'),
		expired:
			(await move('leased', 'expired', ids('leased', true), 'lease lapsed, too late to send')) +
			(await move('reserved', 'expired', ids('reserved'), 'too late to send')) +
			(await move('deferred', 'expired', ids('deferred'), 'too late to send')),
	};
}

/** What time has overtaken: leases, transmissions, and sends that have waited for too long. */
export async function lapsedSends(
	dialect: Dialect,
	trx: Trx,
	now: Millis,
	where: { scope: string; groupId?: string; limit?: number },
): Promise<Lapsed[]> {
	// Three reads, each by an index: together they would be read by none.
	const overdue = [
		// Only what is held has a lease; the index need not hold anything else.
		among(dialect, trx, where).where('lease_until', '<=', now).where('state', 'in', ['leased', 'transmitting']),
		// Written by a clock that was fast.
		among(dialect, trx, where)
			.where('lease_until', '>', now)
			.where((e) =>
				e.or([e('updated_at', '>', now + CLOCK_SLACK), e('lease_until', '>', now + LONGEST_SEND_LEASE + CLOCK_SLACK)]),
			)
			.where('state', 'in', ['leased', 'transmitting']),
		among(dialect, trx, where)
			.where('expires_at', '<=', now)
			.where(sql<SqlBool>`state in ('reserved', 'deferred')`),
	];
	const found: Lapsed[] = [];
	for (const query of overdue) found.push(...(await query.execute()));
	return found;
}

function among(
	dialect: Dialect,
	trx: Trx,
	{ scope, groupId, limit }: { scope: string; groupId?: string; limit?: number },
) {
	return trx
		.selectFrom('sends')
		.select(['id', 'state', 'expires_at'])
		.where('scope', '=', scope)
		.$if(groupId !== undefined, (query) => query.where('group_id', '=', groupId ?? ''))
		.$if(limit !== undefined, (query) => query.limit(limit ?? 0))
		.$if(dialect.locksRows, (query) => query.forUpdate());
}
