/** How many automatic replies one correspondent gets: the last guard against a loop that no header gives away. */
import type { LoopRefusal } from '../../email/smtp/loopGuard';
import type { Millis, Store } from '../../store/store';
import { hashOf } from './sendLimits';
import type { SendRequest } from './sendRequest';

export interface ReplyThrottle {
	/** At most so many automatic replies to one address in `window` ms. */
	amount: number;
	window: Millis;
}

export const DEFAULT_REPLY_THROTTLE: ReplyThrottle = { amount: 10, window: 3_600_000 };

/**
 * Counts an automatic reply. A repeat of one that the ledger knows is not counted.
 * @returns why it is refused, or null
 */
export async function throttleRefusal(
	store: Store,
	{ scope, key, draft }: Pick<SendRequest, 'scope' | 'key' | 'draft'>,
	{ amount, window }: ReplyThrottle,
): Promise<LoopRefusal | null> {
	const known = await store.sends.group(scope, draft.from.address.toLowerCase(), key);
	if (known.length > 0) return null;
	for (const { address } of draft.to) {
		const verdict = await store.limits.count(scope, `auto-reply:${hashOf(scope, address)}`, { limit: amount, window });
		if (verdict.allowed) continue;
		return {
			code: 'LOOP_GUARD',
			message: `This correspondent got ${amount} automatic replies already within ${describeWindow(window)}`,
			hint: 'It may be a loop. Raise “Automatic Reply Limit” if it is not, or switch “Automatic Reply” off where a person approved the reply.',
		};
	}
	return null;
}

function describeWindow(window: Millis): string {
	const hours = window / 3_600_000;
	return hours === 1 ? 'an hour' : `${hours} hours`;
}
