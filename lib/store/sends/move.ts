import { type ExpressionBuilder, type QueryCreator, type RawBuilder, sql } from 'kysely';
import type { Db, Dialect } from '../dialect';
import { wantsBegun } from '../sendStates';
import type { JsonObject, Millis, SendPatch, SendRecord, SendState } from '../store';
import type { Tables } from '../tables';
import { GROUP_COLUMNS, selectSends, sendOf } from './rows';

/** What every move of a send changes, besides its state. */
export interface Move {
	to: SendState;
	/** The time, or the database's clock where no transaction has read it. */
	now: Millis | RawBuilder<Millis>;
	/** Set only by the lease. */
	lease?: { fence: number; until: Millis };
	/** Only those that are held under this fence; `live`: by a lease that has not lapsed. */
	held?: { scope: string; fence: number; live: boolean };
	patch?: SendPatch;
	detail?: JsonObject;
}

/** States on the way to a transmission, which a send to an erased recipient never takes. */
const TOWARDS_SENDING: readonly SendState[] = ['reserved', 'leased', 'transmitting'];
/** What stands in place of an erased recipient begins so. */
export const ERASED = 'erased:';

/** States after which a send counts as taken over by the server. */
const TAKEN_OVER: readonly SendState[] = ['accepted', 'delivered', 'bounced', 'complained'];
const EVENT_COLUMNS = ['scope', 'send_id', 'type', 'from_state', 'to_state', 'at', 'detail'] as const;

/**
 * Compare-and-set of sends from one state to another, and the line in their history; the caller has checked the edge.
 * @returns those that were in that state, as they are now
 */
export async function moveSends(
	dialect: Dialect,
	db: Db,
	ids: readonly string[],
	from: SendState,
	move: Move,
): Promise<SendRecord[]> {
	if (ids.length === 0) return [];
	if (dialect.changesWithin) {
		const rows = await db
			.with('moved', (within) => update(within, ids, from, move).returningAll())
			.with('told', (within) =>
				within
					.insertInto('send_events')
					.columns(EVENT_COLUMNS)
					.expression((e) => e.selectFrom('moved').select((s) => ['scope', 'id', ...eventOf(s, from, move)])),
			)
			.selectFrom('moved')
			.innerJoin('send_groups', 'send_groups.id', 'moved.group_id')
			.selectAll('moved')
			.select(GROUP_COLUMNS)
			.orderBy('moved.id')
			.execute();
		return rows.map(sendOf);
	}
	const moved = (await update(db, ids, from, move).returning('id').execute()).map(({ id }) => id);
	if (moved.length === 0) return [];
	await db
		.insertInto('send_events')
		.columns(EVENT_COLUMNS)
		.expression((e) =>
			e
				.selectFrom('sends')
				.select((s) => ['scope', 'id', ...eventOf(s, from, move)])
				.where('id', 'in', moved),
		)
		.execute();
	return (await selectSends(db).where('sends.id', 'in', moved).orderBy('sends.id').execute()).map(sendOf);
}

function update(db: QueryCreator<Tables>, ids: readonly string[], from: SendState, move: Move) {
	const { to, now, lease, held, patch = {} } = move;
	return db
		.updateTable('sends')
		.set((e) => ({
			state: to,
			updated_at: now,
			...(lease ? { fence: lease.fence, lease_until: lease.until, not_before: null } : {}),
			...(to === 'leased' || to === 'transmitting' ? {} : { lease_until: null }),
			...(to === 'transmitting' ? { attempts: e('attempts', '+', 1) } : {}),
			...(to === 'deferred' ? { not_before: now } : {}),
			...(to === 'reserved' ? { not_before: null, accepted_at: null } : {}),
			...(TAKEN_OVER.includes(to) ? { accepted_at: e.fn.coalesce('accepted_at', timeOf(now)) } : {}),
			...columnsOf(patch, now),
		}))
		.where('id', 'in', ids)
		.where('state', '=', from)
		.$if(wantsBegun(from, to), (query) => query.where('attempts', '>', 0))
		.$if(TOWARDS_SENDING.includes(to), (query) => query.where('recipient', 'not like', `${ERASED}%`))
		.$if(held !== undefined, (query) =>
			query.where('scope', '=', held?.scope ?? '').where('fence', '=', held?.fence ?? -1),
		)
		.$if(held?.live === true, (query) => query.where('lease_until', '>', now));
}

function eventOf<Db, Table extends keyof Db>(
	e: ExpressionBuilder<Db, Table>,
	from: SendState,
	{ to, now, detail = {} }: Move,
) {
	return [
		e.val(to).as('type'),
		e.val(from).as('from_state'),
		e.val(to).as('to_state'),
		timeOf(now).as('at'),
		e.val(JSON.stringify(detail)).as('detail'),
	] as const;
}

function columnsOf(patch: SendPatch, now: Move['now']) {
	return {
		...(patch.delay === undefined ? {} : { not_before: later(now, patch.delay) }),
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

function timeOf(now: Move['now']): RawBuilder<Millis> {
	return typeof now === 'number' ? sql.val(now) : now;
}

function later(now: Move['now'], delay: Millis): Move['now'] {
	return typeof now === 'number' ? now + delay : sql<Millis>`${now} + cast(${delay} as bigint)`;
}
