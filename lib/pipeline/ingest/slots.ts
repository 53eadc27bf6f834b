/** How many executions may be under way at once, over all feeds of one trigger. */
import type { Millis } from '../../store/store';

/**
 * Why a mail runs again. Those whose execution died run one after the other, so that one which ends n8n takes no others
 * along.
 */
export type Again = 'again' | 'died';

export interface Slots {
	/** All of them, taken or not. */
	readonly places: number;
	/** Free places now, 0 when more are under way than the limit. */
	free(): number;
	/** Takes a place. @returns false when there is none; with `force` it is always given */
	take(force?: boolean): boolean;
	/** Gives a place back and tells the feeds, each in its turn first; not when `quietly`, for a place that was not used. */
	release(quietly?: boolean): void;
	/** How many more may be started again now: one place is left to what is new. */
	roomAgain(which: Again): number;
	/**
	 * One is started again.
	 *
	 * @param patience after that long it no longer keeps others from being started again; in ms
	 * @returns ends it
	 */
	enterAgain(which: Again, patience: Millis): () => void;
	/** Called whenever a place becomes free, or something may be started again. @returns ends it */
	onFree(wake: () => void): () => void;
}

export function createSlots(limit: number): Slots {
	let taken = 0;
	const feeds = new Set<() => void>();
	const startedAgain: Record<Again, number> = { again: 0, died: 0 };

	function tell(): void {
		const [first] = feeds;
		for (const wake of [...feeds]) wake();
		if (first === undefined || !feeds.delete(first)) return;
		feeds.add(first);
	}

	return {
		places: limit,
		free: () => Math.max(0, limit - taken),
		take(force = false) {
			if (!force && taken >= limit) return false;
			taken++;
			return true;
		},
		release(quietly = false) {
			taken--;
			if (!quietly) tell();
		},
		roomAgain(which) {
			const all = Math.max(1, limit - 1) - startedAgain.again - startedAgain.died;
			return Math.max(0, which === 'died' ? Math.min(all, 1 - startedAgain.died) : all);
		},
		enterAgain(which, patience) {
			startedAgain[which]++;
			let entered = true;
			const leave = (): void => {
				if (!entered) return;
				entered = false;
				startedAgain[which]--;
			};
			const timer = setTimeout(() => {
				leave();
				tell();
			}, patience).unref();
			return () => {
				clearTimeout(timer);
				leave();
			};
		},
		onFree(wake) {
			feeds.add(wake);
			return () => void feeds.delete(wake);
		},
	};
}
