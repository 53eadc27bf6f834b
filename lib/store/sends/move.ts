import type { Trx } from '../dialect';
import type { JsonObject, Millis, SendPatch, SendState } from '../store';

/** What every move of a send changes, besides its state. */
export interface Move {
	to: SendState;
	now: Millis;
	/** Set only by the lease. */
	lease?: { fence: number; until: Millis };
	patch?: SendPatch;
	detail?: JsonObject;
}

/** States after which a send counts as taken over by the server. */
const TAKEN_OVER: readonly SendState[] = ['accepted', 'delivered', 'bounced', 'complained'];

/**
 * Compare-and-set of sends from one state to another, and the line in their history; the caller has checked the edge.
 * @returns ids of those that were in that state
 */
export async function moveSends(trx: Trx, ids: readonly string[], from: SendState, move: Move): Promise<string[]> {
	if (ids.length === 0) return [];
	const { to, now, lease, patch = {} } = move;
	const moved = await trx
		.updateTable('sends')
		.set((e) => ({
			state: to,
			updated_at: now,
			...(lease ? { fence: lease.fence, lease_until: lease.until, not_before: null } : {}),
			...(to === 'leased' || to === 'transmitting' ? {} : { lease_until: null }),
			...(to === 'transmitting' ? { attempts: e('attempts', '+', 1) } : {}),
			...(to === 'deferred' ? { not_before: now } : {}),
			...(TAKEN_OVER.includes(to) ? { accepted_at: e.fn.coalesce('accepted_at', e.val(now)) } : {}),
			...columnsOf(patch, now),
		}))
		.where('id', 'in', ids)
		.where('state', '=', from)
		.returning('id')
		.execute();
	if (moved.length > 0) {
		await trx
			.insertInto('send_events')
			.columns(['scope', 'send_id', 'type', 'from_state', 'to_state', 'at', 'detail'])
			.expression((e) =>
				e
					.selectFrom('sends')
					.select((s) => [
						'scope',
						'id',
						s.val(to).as('type'),
						s.val(from).as('from_state'),
						s.val(to).as('to_state'),
						s.val(now).as('at'),
						s.val(JSON.stringify(move.detail ?? {})).as('detail'),
					])
					.where(
						'id',
						'in',
						moved.map(({ id }) => id),
					),
			)
			.execute();
	}
	return moved.map(({ id }) => id);
}

function columnsOf(patch: SendPatch, now: Millis) {
	return {
		...(patch.delay === undefined ? {} : { not_before: now + patch.delay }),
		...(patch.notBefore === undefined ? {} : { not_before: patch.notBefore }),
		...(patch.providerMessageId === undefined ? {} : { provider_message_id: patch.providerMessageId }),
		...(patch.provider === undefined ? {} : { provider: patch.provider }),
		...(patch.sandbox === undefined ? {} : { sandbox: patch.sandbox }),
		...(patch.response === undefined ? {} : { response: patch.response }),
		...(patch.replyCode === undefined ? {} : { reply_code: patch.replyCode }),
		...(patch.status === undefined ? {} : { status: patch.status }),
		...(patch.reason === undefined ? {} : { reason: patch.reason }),
	};
}
