/** Which addresses get no more mail: what is dead or complained at once, what keeps failing after some times. */
import type { Reason } from '../../email/bounce/reasons';
import { type Verdict, verdictOf } from '../../email/bounce/verdict';
import { PipelineError } from '../../errors';
import type { Millis, SendRecord, Store, Suppression } from '../../store/store';
import { AUTHORITY, type Grounds, type Permit } from './authority';

const DAY: Millis = 86_400_000;
/** Bounces of one recipient that are read at most. */
const MOST_SENDS = 500;
/** How long before its bounce a mail may have been sent, in ms. */
const LONGEST_WAY: Millis = 30 * DAY;

export interface SuppressionPolicy {
	/** Suppress an address that will never work at its first bounce. */
	hard: boolean;
	/** Suppress who complained or unsubscribed. */
	complaints: boolean;
	/** Suppress after that many bounced sends within so many days, for `expireAfterDays` (null: for good). Null: never. */
	soft: { bounces: number; days: number; expireAfterDays: number | null } | null;
}

export const DEFAULT_POLICY = {
	hard: true,
	complaints: true,
	soft: { bounces: 3, days: 7, expireAfterDays: 30 },
} satisfies SuppressionPolicy;

export interface Offence {
	address: string;
	kind: 'bounce' | 'complaint' | 'unsubscribe';
	reason: Reason | null;
	/** The verdict's, unless something speaks against it. */
	suppress: Verdict['suppress'];
	/** Stream of the send; only an unsubscription stays within it. */
	stream: string | null;
	/** What caused it: the notice's or event's reference. */
	source: string;
}

/** What was added to the list. */
export interface AddedSuppression {
	address: string;
	stream: string | null;
	reason: string;
	/** ISO 8601 UTC; null never expires. */
	expiresAt: string | null;
}

/**
 * The one way onto the list.
 * @throws StateError `SUPPRESSION_NOT_PERMITTED`
 */
export async function addSuppression(
	store: Store,
	permit: Permit,
	entry: Parameters<Store['suppressions']['add']>[0],
): Promise<Suppression> {
	if (!permit.suppresses) {
		throw new PipelineError('What was told is no proof, so no address is suppressed for it', {
			code: 'SUPPRESSION_NOT_PERMITTED',
			hint: 'Suppress the address by the node Email Ledger if you know better.',
			record: { grounds: permit.grounds },
		});
	}
	return await store.suppressions.add(entry);
}

/**
 * Adds the suppression that the policy asks for. Call it when the bounced send has its state: soft bounces are counted
 * by the bounced sends of the address, so that one send counts once, however often it is reported.
 *
 * @returns null when the evidence permits none, the policy asks for none, or the address is suppressed as long already
 */
export async function suppressByPolicy(
	store: Store,
	scope: string,
	permit: Permit,
	offence: Offence,
	policy: SuppressionPolicy = DEFAULT_POLICY,
): Promise<AddedSuppression | null> {
	if (!permit.suppresses) return null;
	const until = await suppressedUntil(store, scope, offence, policy);
	if (until === 'not') return null;
	const expiresAt = until === 'for-good' ? null : until;
	const stream = offence.kind === 'unsubscribe' ? offence.stream : null;
	const standing = await store.suppressions.check(scope, [offence.address], stream);
	if (standing.some((one) => one.expiresAt === null || (expiresAt !== null && one.expiresAt >= expiresAt))) return null;
	const reason = offence.kind === 'unsubscribe' ? 'unsubscribed' : (offence.reason ?? offence.kind);
	await addSuppression(store, permit, {
		scope,
		address: offence.address,
		stream,
		reason,
		source: offence.source,
		expiresAt,
	});
	return {
		address: offence.address,
		stream,
		reason,
		expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
	};
}

async function suppressedUntil(
	store: Store,
	scope: string,
	{ address, kind, suppress }: Offence,
	policy: SuppressionPolicy,
): Promise<'not' | 'for-good' | Millis> {
	if (kind !== 'bounce') return policy.complaints ? 'for-good' : 'not';
	if (suppress === 'never') return 'not';
	if (suppress === 'always') return policy.hard ? 'for-good' : 'not';
	if (policy.soft === null) return 'not';
	const { bounces, days, expireAfterDays } = policy.soft;
	const last = await lastOfRepeated(store, scope, address, bounces, days * DAY);
	if (last === null) return 'not';
	if (expireAfterDays === null) return 'for-good';
	// Counted from the bounce, so that the same notice some time later does not make it longer.
	const expiresAt = last + expireAfterDays * DAY;
	return expiresAt > Date.now() ? expiresAt : 'not';
}

/** When the latest of at least `bounces` sends bounced within `window`; null when they are fewer. */
async function lastOfRepeated(
	store: Store,
	scope: string,
	address: string,
	bounces: number,
	window: Millis,
): Promise<Millis | null> {
	const from = Date.now() - window;
	const filter = { recipient: address, states: ['bounced' as const], since: from - LONGEST_WAY };
	const counting = (await store.sends.search(scope, filter, { limit: MOST_SENDS })).filter(
		({ reason, updatedAt }) => verdictOf(reason).suppress !== 'never' && updatedAt >= from,
	);
	if (counting.length < bounces) return null;
	const proven = await Promise.all(counting.map(async (send) => ((await isProven(store, scope, send)) ? send : null)));
	const times = proven.filter((send) => send !== null).map(({ updatedAt }) => updatedAt);
	return times.length >= bounces ? Math.max(...times) : null;
}

/** Whether what bounced the send may suppress its recipient, too. */
async function isProven(store: Store, scope: string, { id }: SendRecord): Promise<boolean> {
	const history = await store.sends.history(scope, id);
	const { grounds } = history.findLast(({ to }) => to === 'bounced')?.detail ?? {};
	return typeof grounds !== 'string' || (Object.hasOwn(AUTHORITY, grounds) && AUTHORITY[grounds as Grounds].suppresses);
}
