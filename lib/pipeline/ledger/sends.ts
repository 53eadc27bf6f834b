/** Finding sends in the ledger, and what a person may decide about them. */
import { LedgerError } from '../../errors';
import type { Reason } from '../../email/bounce/reasons';
import { SENDER_FAULTS, verdictOf } from '../../email/bounce/verdict';
import { type SendEvent, type SendFilter, type SendRecord, type SendState, type Store, isFinal } from '../../store';
import type { Millis } from '../../store/store';
import { notFound } from './notFound';
import { collected, rowsOf } from './paging';

/** One record by its id, or the records of all recipients by the idempotency key. */
export type SendLocator = { id: string } | { key: string };

/** What was decided about one record; `error` says why nothing could be. */
export interface Decision {
	record: SendRecord;
	changed: boolean;
	error: LedgerError | null;
}

/** Whoever decides, as it stands in the history. */
export interface Decider {
	/** Such as `workflow 12, execution 345`. */
	by: string;
	note: string | null;
}

/** How a send in doubt ends. `accepted`: it has arrived; `reserved`: to be sent again; `canceled`: never again. */
export type Resolution = 'accepted' | 'needs_review' | 'reserved' | 'canceled';

/** Sends that are released in one transaction. */
const RELEASE_BATCH = 200;

const UNDECIDED: readonly SendState[] = ['in_doubt', 'needs_review'];

/** @throws LedgerError `LEDGER_NOT_FOUND` */
export async function findSends(store: Store, scope: string, locator: SendLocator): Promise<SendRecord[]> {
	await store.sends.sweep(scope);
	return await knownSends(store, scope, locator);
}

/** Newest first. */
export async function searchSends(
	store: Store,
	scope: string,
	filter: SendFilter,
	limit?: number,
): Promise<SendRecord[]> {
	await store.sends.sweep(scope);
	return await collected(everySend(store, scope, filter, limit));
}

/** Sends that may go out now and wait for a run of Idempotent Send, those first that have been due the longest. */
export async function dueSends(store: Store, scope: string, limit?: number): Promise<SendRecord[]> {
	await store.sends.sweep(scope);
	return await collected(
		rowsOf<SendRecord>(
			(size, last) => store.sends.due(scope, { limit: size, ...(last ? { after: last } : {}) }),
			limit,
		),
	);
}

export function everySend(store: Store, scope: string, filter: SendFilter, limit?: number): AsyncGenerator<SendRecord> {
	return rowsOf<SendRecord>(
		(size, last) => store.sends.search(scope, filter, { limit: size, ...(last ? { before: last.id } : {}) }),
		limit,
	);
}

/** Every send found, with all that has happened to it, oldest event first. */
export async function timelinesOf(
	store: Store,
	scope: string,
	locator: SendLocator,
): Promise<Array<{ record: SendRecord; events: SendEvent[] }>> {
	const records = await findSends(store, scope, locator);
	return await Promise.all(
		records.map(async (record) => ({ record, events: await store.sends.history(scope, record.id) })),
	);
}

/**
 * Ends the doubt about sends whose connection broke after the mail was handed over.
 * @throws LedgerError `LEDGER_NOT_FOUND`, `LEDGER_STATE` it is not in doubt, `LEDGER_CHANGED` somebody was faster
 */
export async function resolveInDoubt(
	store: Store,
	scope: string,
	locator: SendLocator,
	resolution: Resolution,
	decider: Decider,
): Promise<Decision[]> {
	return await decide(store, scope, locator, async (record) => {
		if (record.state === resolution) return record;
		if (!UNDECIDED.includes(record.state)) throw wrongState(record, 'resolved');
		// The machine knows no way from in_doubt to canceled: a person has reviewed it.
		const reviewed =
			resolution === 'canceled' && record.state === 'in_doubt'
				? await move(store, scope, record, 'needs_review', decider)
				: record;
		return await move(store, scope, reviewed, resolution, decider);
	});
}

/**
 * Calls off sends of which no byte was sent, and those that wait for review.
 * @throws LedgerError `LEDGER_NOT_FOUND`, `LEDGER_STATE` it can no longer be called off
 */
export async function cancelSends(
	store: Store,
	scope: string,
	locator: SendLocator,
	decider: Decider,
): Promise<Decision[]> {
	return await decide(store, scope, locator, async (record) => {
		if (record.state === 'canceled') return record;
		// Without a fence: whoever holds it then fails to begin transmitting.
		const change = { ids: [record.id], fence: null, to: 'canceled' as const, detail: detailOf(decider) };
		const [canceled] = await store.sends.transition(scope, change);
		if (canceled) return canceled;
		throw wrongState((await store.sends.get(scope, record.id)) ?? record, 'canceled');
	});
}

/**
 * Makes sends ready for the next run of Idempotent Send with their key. The ledger does not hold the mail itself, so
 * nothing goes out before that run.
 * @param allowDuplicate also those in doubt, which may have arrived
 * What was refused for the sending side's sake is due at once: whoever retries it has mended that.
 * @throws LedgerError `LEDGER_NOT_FOUND`, `LEDGER_IN_DOUBT`, `LEDGER_NOT_DUE`, `LEDGER_STATE`, `LEDGER_CHANGED`
 */
export async function retrySends(
	store: Store,
	scope: string,
	locator: SendLocator,
	allowDuplicate: boolean,
	decider: Decider,
): Promise<Decision[]> {
	return await decide(store, scope, locator, async (record) => {
		if (UNDECIDED.includes(record.state)) {
			if (!allowDuplicate) throw maybeDuplicate(record);
			return await move(store, scope, record, 'reserved', decider);
		}
		if (record.state === 'reserved') return record;
		const { state, reason, notBefore } = record;
		// It was not taken, or came back, for something that ends no send: a person may have mended it.
		const mendable = verdictOf(reason).fault === 'sender';
		if (mendable && (state === 'deferred' || state === 'bounced')) {
			return await move(store, scope, record, 'reserved', decider);
		}
		if (state !== 'deferred') throw wrongState(record, 'sent again');
		if ((notBefore ?? 0) > Date.now()) throw notDue(record);
		return record;
	});
}

/** What is released: refused for one of these reasons, and made since then. */
export interface ReleaseFilter {
	/** Matters of the sending side; all of them unless given. */
	reasons?: readonly Reason[];
	since?: Millis;
}

/**
 * Makes the sends due that were refused for what the sending side was or did, also those that came back for it: nobody
 * has these mails. Closes the breakers, which such refusals open. What was released goes out as every send that is due.
 * @returns the sends released, newest first
 */
export async function releaseSends(
	store: Store,
	scope: string,
	{ reasons = SENDER_FAULTS, since }: ReleaseFilter,
	decider: Decider,
	limit = Infinity,
): Promise<SendRecord[]> {
	await store.sends.sweep(scope);
	const from = ['deferred', 'bounced'] as const;
	const released: SendRecord[] = [];
	for (const reason of reasons) {
		const filter = { reason, states: [...from], ...(since === undefined ? {} : { since }) };
		const found = await collected(everySend(store, scope, filter, limit - released.length));
		for (let at = 0; at < found.length; at += RELEASE_BATCH) {
			const ids = found.slice(at, at + RELEASE_BATCH).map(({ id }) => id);
			const change = { ids, fence: null, to: 'reserved' as const, from, detail: detailOf(decider) };
			released.push(...(await store.sends.transition(scope, change)));
		}
	}
	await store.limits.closeBreakers(scope);
	return released.sort((one, other) => (one.id < other.id ? 1 : -1));
}

async function knownSends(store: Store, scope: string, locator: SendLocator): Promise<SendRecord[]> {
	if ('key' in locator) {
		const records = await collected(everySend(store, scope, { key: locator.key }));
		if (records.length === 0) throw notFound('send with the key', locator.key, scope);
		return records.reverse();
	}
	const record = await store.sends.get(scope, locator.id);
	if (!record) throw notFound('send', locator.id, scope);
	return [record];
}

/**
 * @param one decides about one record and returns it as it is then
 * @throws what `one` throws, when that is so for every record
 */
async function decide(
	store: Store,
	scope: string,
	locator: SendLocator,
	one: (record: SendRecord) => Promise<SendRecord>,
): Promise<Decision[]> {
	const decisions: Decision[] = [];
	for (const before of await findSends(store, scope, locator)) {
		try {
			const record = await one(before);
			decisions.push({ record, changed: record.state !== before.state, error: null });
		} catch (error) {
			if (!(error instanceof LedgerError)) throw error;
			decisions.push({ record: before, changed: false, error });
		}
	}
	const [first] = decisions;
	if (first?.error && decisions.every(({ error }) => error !== null)) throw first.error;
	return decisions;
}

/** The fence of the record as it was read: what has been taken up since is left alone. */
async function move(
	store: Store,
	scope: string,
	record: SendRecord,
	to: SendState,
	decider: Decider,
): Promise<SendRecord> {
	const [moved] = await store.sends.transition(scope, {
		ids: [record.id],
		fence: record.fence,
		to,
		from: [record.state],
		detail: detailOf(decider),
	});
	if (moved) return moved;
	const now = await store.sends.get(scope, record.id);
	if (to === 'reserved' && now?.recipient.startsWith('erased:')) {
		throw new LedgerError('The recipient of this mail was erased: it can never be sent', {
			code: 'LEDGER_STATE',
			hint: 'Resolve it as “Do Not Send Again”.',
			record: { sendId: record.id, state: now.state },
		});
	}
	throw new LedgerError(`The send changed meanwhile: it is now “${now?.state ?? 'gone'}”`, {
		code: 'LEDGER_CHANGED',
		hint: 'Look at it again before deciding.',
		record: { sendId: record.id, state: now?.state ?? null },
	});
}

function detailOf({ by, note }: Decider): { by: string; note?: string } {
	return { by, ...(note === null ? {} : { note }) };
}

function maybeDuplicate(record: SendRecord): LedgerError {
	return new LedgerError('This mail may have arrived: sending it again may make a duplicate', {
		code: 'LEDGER_IN_DOUBT',
		hint: 'Look for it at the recipient or in the server’s log. To send it again all the same, turn on “Accept a Possible Duplicate”.',
		record: { sendId: record.id, messageId: record.messageId },
	});
}

function notDue(record: SendRecord): LedgerError {
	const dueAt = new Date(record.notBefore ?? 0).toISOString();
	return new LedgerError(`This mail was put off and is due at ${dueAt}`, {
		code: 'LEDGER_NOT_DUE',
		hint: 'Run Idempotent Send again at that time. The server, or its absence, asked for the pause.',
		record: { sendId: record.id, dueAt },
		retryable: true,
	});
}

function wrongState({ id, state }: SendRecord, deed: string): LedgerError {
	return new LedgerError(`A send in the state “${state}” cannot be ${deed}`, {
		code: 'LEDGER_STATE',
		hint: hintFor(state),
		record: { sendId: id, state },
	});
}

function hintFor(state: SendState): string {
	switch (state) {
		case 'in_doubt':
		case 'needs_review':
			return 'It may have arrived: use Resolve In Doubt to decide.';
		case 'leased':
		case 'transmitting':
			return 'It is being sent right now: look at it again in two minutes.';
		case 'reserved':
		case 'deferred':
			return 'Nothing was sent yet: use Cancel to call it off, or run Idempotent Send again.';
		case 'accepted':
		case 'delivered':
			return 'The server has taken the mail over. To send another, use another idempotency key.';
		default:
			return isFinal(state)
				? 'It is over. To send the mail all the same, use another idempotency key or template version.'
				: 'See its timeline for what has happened.';
	}
}
