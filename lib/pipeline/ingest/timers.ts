import type { Millis } from '../../store/store';

/** What is to be done later, and is not once everything is stopped. */
export interface Timers {
	later(delay: Millis, what: () => void): void;
	clear(): void;
	/** How many are set. */
	pending(): number;
}

export function createTimers(isStopped: () => boolean): Timers {
	const timers = new Set<NodeJS.Timeout>();
	return {
		later(delay, what) {
			if (isStopped()) return;
			const timer = setTimeout(() => {
				timers.delete(timer);
				what();
			}, delay);
			timers.add(timer);
		},
		clear() {
			for (const timer of timers) clearTimeout(timer);
			timers.clear();
		},
		pending: () => timers.size,
	};
}
