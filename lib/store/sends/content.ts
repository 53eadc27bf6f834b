/** The content that a send waits with: replaced while nobody can have got any of it, kept until the send is over. */
import { sql } from 'kysely';
import { hashOf } from '../archive/archive';
import { deleteBlob } from '../archive/write';
import type { Database } from '../database';
import type { Trx } from '../dialect';
import { PENDING } from '../sendStates';
import type { ContentChange, SendRecord, SendState } from '../store';
import { lapsedSends, settleLapsed } from './lapse';
import { byId, selectSends, sendOf } from './rows';

/** States in which a send waits and nobody holds it. */
const WAITING: readonly SendState[] = ['reserved', 'deferred'];

export async function replaceContent(
	database: Database,
	scope: string,
	{ groupId, from, fingerprint, fixed }: ContentChange,
): Promise<{ replaced: boolean; sends: SendRecord[] }> {
	const { dialect } = database;
	return database.transaction([`send:${groupId}`], async (trx, now) => {
		await settleLapsed(dialect, trx, now, await lapsedSends(dialect, trx, now, { scope, groupId }));
		const group = selectSends(trx)
			.where(sql`sends.scope || ''`, '=', scope)
			.where('sends.group_id', '=', groupId);
		const before = (await group.$if(dialect.locksRows, (query) => query.forUpdate('sends')).execute()).map(sendOf);
		const [first] = before.sort(byId);
		const unsent = before.every(({ state, attempts }) => WAITING.includes(state) && attempts === 0);
		if (first?.fingerprint !== from || !unsent) return { replaced: false, sends: before };
		await trx
			.updateTable('send_groups')
			.set({ fingerprint, fixed: JSON.stringify(fixed) })
			.where('id', '=', groupId)
			.execute();
		await giveUp(trx, scope, groupId, first.contentRef);
		const detail = JSON.stringify({ from, to: fingerprint });
		for (const { id } of before) {
			const event = { type: 'content-replaced', from_state: null, to_state: null, at: now, detail };
			await trx
				.insertInto('send_events')
				.values({ scope, send_id: id, ...event })
				.execute();
		}
		return { replaced: true, sends: (await group.execute()).map(sendOf).sort(byId) };
	});
}

export function releaseContent(database: Database, scope: string, groupId: string): Promise<boolean> {
	return database.transaction([`send:${groupId}`], async (trx) => {
		const pending = await trx
			.selectFrom('sends')
			.select('id')
			.where('group_id', '=', groupId)
			.where('state', 'in', PENDING)
			.limit(1)
			.executeTakeFirst();
		if (pending) return false;
		const group = await trx
			.selectFrom('send_groups')
			.select('content_ref')
			.where('id', '=', groupId)
			.where('scope', '=', scope)
			.executeTakeFirst();
		await giveUp(trx, scope, groupId, group?.content_ref ?? null);
		return group?.content_ref != null;
	});
}

/** {@link releaseContent} in all scopes, of what ended elsewhere than in a run. @returns how many */
export async function releaseEnded(database: Database, batch: number): Promise<number> {
	let released = 0;
	for (let after = ''; ;) {
		const last = after;
		const rows = await database.read((db) =>
			db
				.selectFrom('send_groups')
				.select(['id', 'scope', 'content_ref'])
				.where('content_ref', '>', last)
				.orderBy('content_ref')
				.limit(batch)
				.execute(),
		);
		for (const { id, scope } of rows) if (await releaseContent(database, scope, id)) released++;
		after = rows.at(-1)?.content_ref ?? '';
		if (after === '') return released;
	}
}

async function giveUp(trx: Trx, scope: string, groupId: string, ref: string | null): Promise<void> {
	if (ref === null) return;
	await trx.updateTable('send_groups').set({ content_ref: null }).where('id', '=', groupId).execute();
	await dropContent(trx, scope, ref);
}

/** Without a tombstone, and without the object's lock: no other reference leads to it, and nobody else writes it. */
export async function dropContent(trx: Trx, scope: string, ref: string | null): Promise<void> {
	const sha256 = ref === null ? null : hashOf(ref);
	if (sha256 === null) return;
	const gone = await trx
		.deleteFrom('archive_objects')
		.where('scope', '=', scope)
		.where('sha256', '=', sha256)
		.returning('blob_id')
		.execute();
	for (const { blob_id: blobId } of gone) if (blobId !== null) await deleteBlob(trx, blobId);
}
