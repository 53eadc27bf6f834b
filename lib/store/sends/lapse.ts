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
export function lapsedSends(
	dialect: Dialect,
	trx: Trx,
	now: Millis,
	where: { scope: string; groupId?: string; limit?: number },
): Promise<Lapsed[]> {
	const { scope, groupId, limit } = where;
	return trx
		.selectFrom('sends')
		.innerJoin('send_groups', 'send_groups.id', 'sends.group_id')
		.select(['sends.id', 'sends.state', 'send_groups.expires_at'])
		.where('sends.scope', '=', scope)
		.$if(groupId !== undefined, (query) => query.where('sends.group_id', '=', groupId ?? ''))
		.where((e) =>
			e.or([
				e.and([e('sends.state', 'in', ['leased', 'transmitting']), e('sends.lease_until', '<=', now)]),
				e.and([e('sends.state', 'in', ['reserved', 'deferred']), e('send_groups.expires_at', '<=', now)]),
			]),
		)
		.orderBy('sends.id')
		.$if(limit !== undefined, (query) => query.limit(limit ?? 0))
		.$if(dialect.locksRows, (query) => query.forUpdate('sends'))
		.execute();
}
