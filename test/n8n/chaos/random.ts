/** A random generator with a seed: the same chaos at every run with it. */
export interface Random {
	/** In [0, 1). */
	next(): number;
	between(low: number, high: number): number;
	pick<T>(choices: readonly T[]): T;
	shuffled<T>(items: readonly T[]): T[];
}

/** Mulberry32. */
export function randomOf(seed: number): Random {
	let state = seed >>> 0;
	const next = (): number => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	return {
		next,
		between: (low, high) => low + next() * (high - low),
		pick: (choices) => choices[Math.floor(next() * choices.length)]!,
		shuffled: (items) =>
			items
				.map((item) => ({ item, order: next() }))
				.sort((a, b) => a.order - b.order)
				.map(({ item }) => item),
	};
}
