import { type SqlBool, sql } from 'kysely';
import { admitSends } from '../admission/admit';
import type { Database } from '../database';
import type { Db } from '../dialect';
import type { AddressHasher } from '../keyring';
import { statesBefore } from '../sendStates';
import type {
	Admission,
	AdmissionTerms,
	ContentChange,
	JsonObject,
	Millis,
	NewSend,
	Reservation,
	SendChange,
	SendEvent,
	SendFilter,
	SendRecord,
	SendState,
	SendStore,
} from '../store';
import { releaseContent, replaceContent } from './content';
import { lapsedSends, settleLapsed } from './lapse';
import { ERASED, type Move, moveSends } from './move';
import { reserveSend } from './reserve';
import { searchSends } from './search';
import { byId, eventOf, groupOf, selectSends, sendOf } from './rows';

/** Sends a sweep touches in one transaction. */
const SWEEP_BATCH = 500;

export class SqlSends implements SendStore {
	constructor(
		private readonly database: Database,
		private readonly hash: AddressHasher,
	) {}

	reserve(send: NewSend, admit?: { ttl: Millis; terms: AdmissionTerms }): Promise<Reservation> {
		return reserveSend(this.database, this.hash, send, admit);
	}

	lease(scope: string, groupId: string, ttl: Millis): Promise<SendRecord[]> {
		const { dialect } = this.database;
		return this.database.transaction([`send:${groupId}`], async (trx, now) => {
			await settleLapsed(dialect, trx, now, await lapsedSends(dialect, trx, now, { scope, groupId }));
			const rows = await trx
				.selectFrom('sends')
				.select(['id', 'state', 'fence', 'not_before'])
				// As an expression: the group finds the rows, the scope is only checked.
				.where(sql`scope || ''`, '=', scope)
				.where('group_id', '=', groupId)
				.$if(dialect.locksRows, (query) => query.forUpdate())
				.execute();
			const before = statesBefore('leased', 'lease');
			const due = rows.filter((row) => before.includes(row.state) && (row.not_before ?? 0) <= now);
			const fence = Math.max(0, ...rows.map((row) => row.fence)) + 1;
			const leased: SendRecord[] = [];
			for (const from of before) {
				const ids = due.filter((row) => row.state === from).map((row) => row.id);
				const lease = { fence, until: now + ttl };
				leased.push(...(await moveSends(dialect, trx, ids, from, { to: 'leased', now, lease, detail: { fence } })));
			}
			return leased.sort(byId);
		});
	}

	admit(scope: string, sends: readonly SendRecord[], ttl: Millis, terms: AdmissionTerms): Promise<Admission> {
		return admitSends(this.database, this.hash, scope, sends, ttl, terms);
	}

	renew(scope: string, ids: string[], fence: number, ttl: Millis): Promise<boolean> {
		if (ids.length === 0) return Promise.resolve(true);
		const wanted = new Set(ids).size;
		return this.database.transaction([], async (trx, now) => {
			const renewed = await trx
				.updateTable('sends')
				.set({ lease_until: now + ttl })
				.where('scope', '=', scope)
				.where('id', 'in', ids)
				.where('fence', '=', fence)
				.where('state', 'in', ['leased', 'transmitting'])
				.returning('id')
				.execute();
			return renewed.length === wanted;
		});
	}

	transition(scope: string, { from: only, ...change }: SendChange): Promise<SendRecord[]> {
		const { ids, fence, to } = change;
		const before = new Set(
			[...(fence === null ? [] : statesBefore(to, 'holder')), ...statesBefore(to, 'outside')].filter(
				(state) => only?.includes(state) !== false,
			),
		);
		if (ids.length === 0 || before.size === 0) return Promise.resolve([]);
		const { dialect } = this.database;
		// Nobody begins to transmit on a lease that has lapsed.
		const live = to === 'transmitting';
		const [id] = ids;
		if (fence !== null && id !== undefined && ids.length === 1) {
			// Tried from one state after the other, first from those in which it is held: nothing to read before.
			const held = { scope, fence, live };
			const fromAny = async (db: Db, now: Move['now']): Promise<SendRecord[]> => {
				for (const from of [...before].sort((a, b) => +isHeld(b) - +isHeld(a))) {
					const moved = await moveSends(dialect, db, [id], from, { ...change, now, held });
					if (moved.length > 0) return moved;
				}
				return [];
			};
			// Where a move is one statement, each try is atomic by itself, and the states follow each other in this order.
			if (dialect.changesWithin) return this.database.write((db) => fromAny(db, this.database.clock));
			return this.database.transaction([], fromAny);
		}
		return this.database.transaction([], async (trx, now) => {
			const rows = await trx
				.selectFrom('sends')
				.select(['id', 'state'])
				.where('scope', '=', scope)
				.where('id', 'in', ids)
				.where('state', 'in', [...before])
				.$if(fence !== null, (query) => query.where('fence', '=', fence ?? 0))
				.$if(live, (query) => query.where('lease_until', '>', now))
				.orderBy('id')
				.$if(dialect.locksRows, (query) => query.forUpdate())
				.execute();
			const moved: SendRecord[] = [];
			for (const from of before) {
				const those = rows.filter((row) => row.state === from).map((row) => row.id);
				moved.push(...(await moveSends(dialect, trx, those, from, { ...change, now })));
			}
			return moved.sort(byId);
		});
	}

	replaceContent(scope: string, change: ContentChange): Promise<{ replaced: boolean; sends: SendRecord[] }> {
		return replaceContent(this.database, scope, change);
	}

	releaseContent(scope: string, groupId: string): Promise<boolean> {
		return releaseContent(this.database, scope, groupId);
	}

	async note(scope: string, sendId: string, type: string, detail: JsonObject): Promise<void> {
		await this.database.write((db) =>
			db
				.insertInto('send_events')
				.columns(['scope', 'send_id', 'type', 'from_state', 'to_state', 'at', 'detail'])
				.expression((e) =>
					e
						.selectFrom('sends')
						.select((s) => [
							'scope',
							'id',
							s.val(type).as('type'),
							s.lit(null).as('from_state'),
							s.lit(null).as('to_state'),
							this.database.clock.as('at'),
							s.val(JSON.stringify(detail)).as('detail'),
						])
						.where('scope', '=', scope)
						.where('id', '=', sendId),
				)
				.execute(),
		);
	}

	async get(scope: string, id: string): Promise<SendRecord | null> {
		const row = await this.database.read((db) =>
			selectSends(db).where('sends.scope', '=', scope).where('sends.id', '=', id).executeTakeFirst(),
		);
		return row ? sendOf(row) : null;
	}

	group(scope: string, sender: string, key: string): Promise<SendRecord[]> {
		return this.database.read((db) => groupOf(db, scope, sender, key));
	}

	async search(scope: string, filter: SendFilter, page: { limit: number; before?: string }): Promise<SendRecord[]> {
		const { recipient } = filter;
		// However it is spelled; what stands in place of an erased one is no address.
		const person =
			recipient === undefined || recipient.startsWith(ERASED) ? null : await this.hash.one(scope, recipient);
		return await this.database.read((db) => searchSends(db, scope, filter, person, page));
	}

	async due(scope: string, page: { limit: number; after?: SendRecord }): Promise<SendRecord[]> {
		const dueAt = sql<Millis>`coalesce(sends.not_before, sends.created_at)`;
		const rows = await this.database.read((db) => {
			let query = selectSends(db)
				.where('sends.scope', '=', scope)
				// As a literal, so that the index of whose turn it is serves it.
				.where(sql<SqlBool>`sends.state in ('reserved', 'deferred')`)
				.where(dueAt, '<=', this.database.clock);
			if (page.after !== undefined) {
				const { notBefore, createdAt, id } = page.after;
				const last = notBefore ?? createdAt;
				query = query
					.where(dueAt, '>=', last)
					.where((e) => e.or([e(dueAt, '>', last), e.and([e(dueAt, '=', last), e('sends.id', '>', id)])]));
			}
			return query.orderBy(dueAt).orderBy('sends.id').limit(page.limit).execute();
		});
		return rows.map(sendOf);
	}

	async messageIdsOf(scope: string, ids: string[]): Promise<string[]> {
		if (ids.length === 0) return [];
		const rows = await this.database.read((db) =>
			db
				.selectFrom('send_groups')
				.select('message_id')
				.where('scope', '=', scope)
				.where('message_id', 'in', ids)
				.union((e) =>
					e
						.selectFrom('sends')
						.innerJoin('send_groups', 'send_groups.id', 'sends.group_id')
						.select('send_groups.message_id')
						.where('sends.scope', '=', scope)
						.where('sends.provider_message_id', 'in', ids),
				)
				.execute(),
		);
		return rows.map((row) => row.message_id);
	}

	async history(scope: string, sendId: string): Promise<SendEvent[]> {
		const rows = await this.database.read((db) =>
			db
				.selectFrom('send_events')
				.selectAll()
				.where('scope', '=', scope)
				.where('send_id', '=', sendId)
				.orderBy('id')
				.execute(),
		);
		return rows.map(eventOf);
	}

	async sweep(scope: string): Promise<{ reserved: number; inDoubt: number; expired: number }> {
		const total = { reserved: 0, inDoubt: 0, expired: 0 };
		const { dialect } = this.database;
		for (;;) {
			const { found, swept } = await this.database.transaction([], async (trx, now) => {
				const lapsed = await lapsedSends(dialect, trx, now, { scope, limit: SWEEP_BATCH });
				return { found: lapsed.length, swept: await settleLapsed(dialect, trx, now, lapsed) };
			});
			total.reserved += swept.reserved;
			total.inDoubt += swept.inDoubt;
			total.expired += swept.expired;
			if (found === 0) return total;
		}
	}
}

function isHeld(state: SendState): boolean {
	return state === 'leased' || state === 'transmitting';
}
