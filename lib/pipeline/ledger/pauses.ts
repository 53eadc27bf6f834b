/** Pausing what goes wrong: Idempotent Send then defers instead of sending. */
import type { JsonObject, Millis, Pause, PauseTarget, Store } from '../../store/store';
import { InputError } from '../../errors';
import { isoTime } from './records';

/** @param until null: until it is resumed */
export async function pauseSending(
	store: Store,
	scope: string,
	target: PauseTarget,
	change: { reason: string | null; by: string; until: Millis | null },
): Promise<Pause> {
	if (change.until !== null && change.until <= Date.now()) {
		throw new InputError('The pause would end in the past', {
			code: 'INPUT_DATE_INVALID',
			hint: 'Set “Until” to a time to come, or leave it out to pause until it is resumed.',
		});
	}
	return await store.pauses.pause({ scope, ...target, ...change });
}

/** @returns whether it was paused, and what is still paused */
export async function resumeSending(
	store: Store,
	scope: string,
	target: PauseTarget,
): Promise<{ changed: boolean; pauses: Pause[] }> {
	const changed = await store.pauses.resume(scope, target);
	return { changed, pauses: await store.pauses.list(scope) };
}

export function shownPause({ kind, name, reason, by, until, createdAt }: Pause): JsonObject {
	return {
		target: kind,
		name: kind === 'all' ? null : name,
		reason,
		by,
		until: isoTime(until),
		createdAt: isoTime(createdAt),
	};
}
