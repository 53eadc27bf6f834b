/** Between the record and the wire: who may go now, who has to wait, and who is tried once more. */
import { LedgerError, TransportError } from '../../errors';
import type { HeldSend, Millis, Reservation, SendRecord, Store } from '../../store/store';
import { serverWorks, worthAnotherTry } from './failureClass';
import { AUTHENTICATION_PAUSE, DEFAULT_RETRIES, type SendPolicy, breakerOf, termsOf } from './sendLimits';
import { type RecipientOutcome, heldOutcome, outcomeOf } from './sendOutcome';
import type { SendRequest } from './sendRequest';
import { fullJitter, pause } from '../../retry';

/** Transmits what was leased. */
export type Transmit = (leased: SendRecord[]) => Promise<RecipientOutcome[]>;

/**
 * Leases the sends of one group that nothing speaks against, transmits them, and tries again within this call what may
 * pass in seconds.
 * @returns outcomes by record id, of those records that this call did something about
 * @throws what `transmit` throws
 */
export async function sendAdmitted(
	store: Store,
	request: SendRequest,
	{ sends, ...reserved }: Reservation,
	ttl: Millis,
	policy: SendPolicy,
	transmit: Transmit,
): Promise<Map<string, RecipientOutcome>> {
	const terms = termsOf(request, policy);
	const retries = policy.retries ?? DEFAULT_RETRIES;
	const known = new Map<string, RecipientOutcome>();
	// New ones were leased with their reservation.
	let first = reserved.outcome === 'created' ? reserved.admission : null;
	let early: string[] = [];
	for (let attempt = 0; ; attempt++) {
		if (policy.whenInDoubt === 'resend' && !first) early = [...early, ...(await resend(store, request.scope, sends))];
		const admission = first ?? (await store.sends.admit(request.scope, sends, ttl, { ...terms, early }));
		first = null;
		for (const { record } of admission.suppressed) known.set(record.id, outcomeOf(record, false));
		for (const held of admission.held) known.set(held.record.id, heldOutcome(held, reached(held, known)));
		if (admission.leased.length === 0) return known;
		const outcomes = await transmitWatched(store, request.scope, policy, admission, transmit);
		for (const outcome of outcomes) known.set(outcome.record.id, outcome);
		early = outcomes
			.map(({ record }) => record)
			.filter((record) => again(record, policy))
			.map(({ id }) => id);
		if (early.length === 0 || attempt >= retries.attempts) return known;
		await pause(fullJitter(attempt, retries));
	}
}

function again(record: SendRecord, { whenInDoubt }: SendPolicy): boolean {
	return worthAnotherTry(record) || (whenInDoubt === 'resend' && record.state === 'in_doubt');
}

/** A limit that stops the second attempt does not hide why the first one failed. */
function reached({ record }: HeldSend, known: ReadonlyMap<string, RecipientOutcome>): RecipientOutcome['error'] {
	return known.get(record.id)?.error ?? null;
}

/** Somebody decided that a second copy is better than none. */
async function resend(store: Store, scope: string, sends: readonly SendRecord[]): Promise<string[]> {
	const ids = sends.map(({ id }) => id);
	const detail = { by: 'policy', note: 'Send Again when in doubt' };
	const from = ['in_doubt', 'needs_review'] as const;
	const released = await store.sends.transition(scope, { ids, fence: null, to: 'reserved', from, detail });
	return released.map(({ id }) => id);
}

async function transmitWatched(
	store: Store,
	scope: string,
	policy: SendPolicy,
	{ leased, breakerUneasy }: { leased: SendRecord[]; breakerUneasy: boolean },
	transmit: Transmit,
): Promise<RecipientOutcome[]> {
	const name = breakerOf(policy);
	const tell = async (works: boolean, rules = policy.breaker): Promise<void> => {
		// A server that works and was thought to work is no news.
		if (name === null || !rules || (works && !breakerUneasy)) return;
		await store.limits.report(scope, name, works, rules);
	};
	let outcomes: RecipientOutcome[];
	try {
		outcomes = await transmit(leased);
	} catch (error) {
		if (error instanceof TransportError && /^(?:SMTP_AUTHENTICATION|OAUTH2)_/.test(error.code)) {
			await tell(false, policy.breaker && AUTHENTICATION_PAUSE);
		} else if (error instanceof TransportError || error instanceof LedgerError) {
			await tell(false);
		}
		throw error;
	}
	const signs = outcomes.map(({ record }) => serverWorks(record)).filter((works) => works !== null);
	const last = signs.at(-1);
	if (last !== undefined) await tell(last);
	return outcomes;
}
