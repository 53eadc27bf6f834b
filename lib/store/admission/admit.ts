/** Leasing a group of sends, in one transaction with everything that has to be asked before. */
import { sql } from 'kysely';
import { CLOCK_SLACK } from '../clock';
import type { Database } from '../database';
import type { Dialect, Trx } from '../dialect';
import type { AddressHasher } from '../keyring';
import { SHORTEST_PROBE } from '../limits';
import { lapsedSends, settleLapsed } from '../sends/lapse';
import { moveSends } from '../sends/move';
import { byId, selectSends, sendOf } from '../sends/rows';
import type { Admission, AdmissionTerms, HeldSend, Millis, SendRecord } from '../store';
import { suppressionOf } from '../suppressions';
import type { Tables } from '../tables';
import { longestOf, pausesAmong } from './pauses';
import { lockOf, passLimits } from './turns';

/** When to ask again while something is paused without an end, in ms. */
const PAUSE_RECHECK: Millis = 300_000;
const NOBODY: Admission = { leased: [], suppressed: [], held: [], breakerUneasy: false };
/** Hashes looked up in one statement. */
const BATCH = 500;

type Hold = Pick<HeldSend, 'retryAt' | 'cause' | 'name' | 'reason'>;
type AdmitRow = Pick<Tables['sends'], 'id' | 'recipient' | 'state' | 'fence' | 'not_before' | 'updated_at'>;

interface Desk {
	dialect: Dialect;
	trx: Trx;
	now: Millis;
	scope: string;
}

interface Asked {
	ttl: Millis;
	terms: AdmissionTerms;
	hashes: ReadonlyMap<string, string>;
}

export async function admitSends(
	database: Database,
	hash: AddressHasher,
	scope: string,
	sends: readonly SendRecord[],
	ttl: Millis,
	terms: AdmissionTerms,
): Promise<Admission> {
	const [first] = sends;
	if (!first) return NOBODY;
	const { groupId } = first;
	const recipients = sends.map(({ recipient }) => recipient);
	const hashes = await hashesFor(hash, scope, recipients, terms);
	const { dialect } = database;
	const names = [`send:${groupId}`, ...admissionLocks(scope, recipients, terms)];
	return database.transaction(names, async (trx, now) => {
		await settleLapsed(dialect, trx, now, await lapsedSends(dialect, trx, now, { scope, groupId }));
		const rows = await trx
			.selectFrom('sends')
			.innerJoin('send_groups', 'send_groups.id', 'sends.group_id')
			.select(['sends.id', 'recipient', 'state', 'fence', 'not_before', 'updated_at', 'fingerprint'])
			// As an expression: the group finds the rows, the scope is only checked.
			.where(sql`sends.scope || ''`, '=', scope)
			.where('group_id', '=', groupId)
			.orderBy('sends.id')
			.$if(dialect.locksRows, (query) => query.forUpdate('sends'))
			.execute();
		// Somebody replaced the content: what the caller has is not what the ledger says goes out.
		if (rows[0]?.fingerprint !== first.fingerprint) return NOBODY;
		return await admitRows({ dialect, trx, now, scope }, rows, { ttl, terms, hashes });
	});
}

/** What has to be held while limits are read and then written. */
export function admissionLocks(scope: string, recipients: readonly string[], { limits }: AdmissionTerms): string[] {
	return [...new Set(recipients.flatMap((recipient) => limits(recipient).map((limit) => lockOf(scope, limit))))];
}

/** Keyed hashes of those whose suppression counts. */
export async function hashesFor(
	hash: AddressHasher,
	scope: string,
	recipients: readonly string[],
	{ suppression }: AdmissionTerms,
): Promise<Map<string, string>> {
	const hashes = new Map<string, string>();
	if (suppression.ignored === 'all') return hashes;
	for (const recipient of recipients) hashes.set(recipient, await hash.one(scope, recipient));
	return hashes;
}

/** @param rows all of one group, which nobody else changes meanwhile */
export async function admitRows(
	desk: Desk,
	rows: readonly AdmitRow[],
	{ ttl, terms, hashes }: Asked,
): Promise<Admission> {
	const { dialect, trx, now, scope } = desk;
	const open = rows.filter(({ state }) => state === 'reserved' || state === 'deferred');
	const { suppressions, pauses, breaker } = await standingAgainst(desk, open, hashes, terms);
	const suppressed = await suppressAmong(desk, open, hashes, suppressions);
	const ended = new Set(suppressed.map(({ record }) => record.id));
	const due = open.filter(
		({ id, not_before, updated_at }) =>
			!ended.has(id) &&
			// Put off by a clock that was fast: its time has come, as far as anybody can tell.
			((not_before ?? 0) <= now || updated_at > now + CLOCK_SLACK || (terms.early ?? []).includes(id)),
	);
	const holds = new Map<string, Hold>();

	const halted = pausedHold(pauses, now) ?? openHold(breaker, now);
	for (const { id, recipient } of due) {
		if (halted) {
			holds.set(id, halted);
			continue;
		}
		const turn = await passLimits(trx, scope, id, terms.limits(recipient), now);
		if (turn) holds.set(id, { retryAt: turn.at, cause: 'limit', name: turn.name, reason: null });
	}
	const admitted = due.filter(({ id }) => !holds.has(id));
	if (breaker?.open_until != null && admitted.length > 0) {
		const refused = await takeProbe(trx, breaker, now);
		if (refused) for (const { id } of admitted.splice(0)) holds.set(id, refused);
	}
	const breakerUneasy = breaker !== undefined && (breaker.failures > 0 || breaker.open_until !== null);

	const held: HeldSend[] = [];
	for (const row of due) {
		const hold = holds.get(row.id);
		if (hold) held.push(...(await holdBack(desk, row, hold)).map((record) => ({ record, ...hold })));
	}
	const fence = Math.max(0, ...rows.map((row) => row.fence)) + 1;
	const lease = { fence, until: now + ttl };
	const leased: SendRecord[] = [];
	for (const from of ['reserved', 'deferred'] as const) {
		const ids = admitted.filter(({ state }) => state === from).map(({ id }) => id);
		leased.push(...(await moveSends(dialect, trx, ids, from, { to: 'leased', now, lease, detail: { fence } })));
	}
	leased.sort(byId);
	return { leased, suppressed, held, breakerUneasy };
}

/** Everything in the store that may speak against sending now. */
async function standingAgainst(
	{ dialect, trx, now, scope }: Desk,
	open: readonly AdmitRow[],
	addressHashes: ReadonlyMap<string, string>,
	{ suppression: { stream, ignored }, pausedBy, breaker: breakerName }: AdmissionTerms,
): Promise<{
	suppressions: Array<Tables['suppressions']>;
	pauses: Array<Tables['pauses']>;
	breaker: Tables['breakers'] | undefined;
}> {
	const hashes = [...new Set(open.flatMap(({ recipient }) => addressHashes.get(recipient) ?? []))];
	const among = (part: readonly string[]) =>
		trx
			.selectFrom('suppressions')
			.selectAll()
			.where('scope', '=', scope)
			.where((e) => (part.length === 0 ? e.lit(false) : e('address_hash', 'in', part)))
			.where('stream', 'in', stream === null ? [''] : ['', stream])
			.where((e) => e.or([e('expires_at', 'is', null), e('expires_at', '>', now)]))
			// As an expression: SQLite would walk all of the scope for the sake of the order.
			.orderBy(sql`id || ''`);
	const [suppressions, pauses, [breaker]] = await dialect.readTogether(trx, [
		among(hashes.slice(0, BATCH)),
		pausesAmong(trx, scope, pausedBy, now),
		trx.selectFrom('breakers').selectAll().where('scope', '=', scope).where('breaker', '=', breakerName),
	]);
	for (let from = BATCH; from < hashes.length; from += BATCH) {
		suppressions.push(...(await among(hashes.slice(from, from + BATCH)).execute()));
	}
	const counted = suppressions.filter(({ reason }) => !Array.isArray(ignored) || !ignored.includes(reason));
	return { suppressions: counted, pauses, breaker };
}

/** Ends the sends whose recipient is suppressed. @returns what suppresses each of them */
async function suppressAmong(
	{ dialect, trx, now }: Desk,
	open: readonly AdmitRow[],
	addressHashes: ReadonlyMap<string, string>,
	counted: ReadonlyArray<Tables['suppressions']>,
): Promise<Admission['suppressed']> {
	const found: Admission['suppressed'] = [];
	for (const { id, recipient, state } of counted.length === 0 ? [] : open) {
		const row = counted.find(({ address_hash }) => address_hash === addressHashes.get(recipient));
		if (!row) continue;
		const patch = { reason: row.reason };
		const detail = { suppression: row.id, source: row.source };
		const moved = await moveSends(dialect, trx, [id], state, { to: 'suppressed', now, patch, detail });
		const suppression = { ...suppressionOf(row), address: recipient };
		found.push(...moved.map((record) => ({ record, suppression })));
	}
	return found;
}

function pausedHold(pauses: ReadonlyArray<Tables['pauses']>, now: Millis): Hold | null {
	const pause = longestOf(pauses);
	if (!pause) return null;
	const { kind, name, reason, until } = pause;
	return {
		cause: 'paused',
		name: name === '' ? kind : `${kind}:${name}`,
		reason,
		retryAt: until ?? now + PAUSE_RECHECK,
	};
}

function openHold(breaker: Tables['breakers'] | undefined, now: Millis): Hold | null {
	if (breaker?.open_until == null || breaker.open_until <= now) return null;
	// Opened by a clock that was fast.
	if (breaker.open_until > now + Math.max(breaker.open_for, SHORTEST_PROBE) + CLOCK_SLACK) return null;
	return { cause: 'breaker', name: breaker.breaker, reason: null, retryAt: breaker.open_until };
}

/** Compare-and-set: of several who find the breaker half-open, one becomes the probe. */
async function takeProbe(
	trx: Trx,
	{ scope, breaker, open_for, open_until }: Tables['breakers'],
	now: Millis,
): Promise<Hold | null> {
	const retryAt = now + Math.max(open_for, SHORTEST_PROBE);
	const taken = await trx
		.updateTable('breakers')
		.set({ probing: 1, open_until: retryAt, updated_at: now })
		.where('scope', '=', scope)
		.where('breaker', '=', breaker)
		.where('open_until', '=', open_until)
		.returning('breaker')
		.execute();
	return taken.length > 0 ? null : { cause: 'breaker', name: breaker, reason: null, retryAt };
}

async function holdBack(
	{ dialect, trx, now }: Desk,
	{ id, state }: AdmitRow,
	{ retryAt, cause, name, reason }: Hold,
): Promise<SendRecord[]> {
	const detail = { cause, name, retryAt: new Date(retryAt).toISOString(), ...(reason === null ? {} : { reason }) };
	const patch = { notBefore: retryAt, reason: HOLD_REASONS[cause], response: null, replyCode: null, status: null };
	if (state === 'reserved') {
		return await moveSends(dialect, trx, [id], state, { to: 'deferred', now, patch, detail });
	}
	await trx
		.updateTable('sends')
		.set({ not_before: retryAt, reason: HOLD_REASONS[cause], updated_at: now })
		.where('id', '=', id)
		.execute();
	await trx
		.insertInto('send_events')
		.columns(['scope', 'send_id', 'type', 'from_state', 'to_state', 'at', 'detail'])
		.expression((e) =>
			e
				.selectFrom('sends')
				.select((s) => [
					'scope',
					'id',
					s.val('held').as('type'),
					s.lit(null).as('from_state'),
					s.lit(null).as('to_state'),
					s.val(now).as('at'),
					s.val(JSON.stringify(detail)).as('detail'),
				])
				.where('id', '=', id),
		)
		.execute();
	return (await selectSends(trx).where('sends.id', '=', id).execute()).map(sendOf);
}

/** What the record says while it waits. */
const HOLD_REASONS = { paused: 'PAUSED', breaker: 'BREAKER_OPEN', limit: 'LIMITED' } as const;
