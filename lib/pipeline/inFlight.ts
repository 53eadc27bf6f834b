/** How many executions may be under way at once, over all feeds of one trigger. */
export interface InFlight {
	/** All of them, taken or not. */
	readonly places: number;
	/** Free places now, 0 when more are under way than the limit. */
	free(): number;
	/** Takes a place. @returns false when there is none; with `force` it is always given */
	take(force?: boolean): boolean;
	/** Gives a place back and tells the feeds, each in its turn first; not when `quietly`, for a place that was not used. */
	release(quietly?: boolean): void;
	/** Called whenever a place becomes free. @returns ends it */
	onFree(wake: () => void): () => void;
}

export function createInFlight(limit: number): InFlight {
	let taken = 0;
	const feeds = new Set<() => void>();
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
			if (quietly) return;
			const [first] = feeds;
			for (const wake of [...feeds]) wake();
			if (first === undefined || !feeds.delete(first)) return;
			feeds.add(first);
		},
		onFree(wake) {
			feeds.add(wake);
			return () => void feeds.delete(wake);
		},
	};
}
