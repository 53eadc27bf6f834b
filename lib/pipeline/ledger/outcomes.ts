/** What became of sends, counted by state, and the rates of it: one definition for the overview, the dashboard and the metrics. */
import { SEND_STATES, type SendState, type StateCount } from '../../store/store';

export type StateCounts = Record<SendState, number>;

/** Shares from 0 to 1; null when there is nothing to take them of. */
export interface Rates {
	/** Of what a server answered for good: taken, and not come back. */
	delivery: number | null;
	/** Of what a server answered for good: refused at once (`failed`), or taken and come back (`bounced`). */
	bounce: number | null;
	/** Of what a server took: a person can complain only about a mail that arrived. */
	complaint: number | null;
}

/** Every state is there, also with 0, so that a condition on it always has a number. */
export function noSends(): StateCounts {
	return Object.fromEntries(SEND_STATES.map((state) => [state, 0])) as StateCounts;
}

/** By name, in the order of first appearance. */
export function countsByName<Name>(counts: ReadonlyArray<StateCount<Name>>): Map<Name, StateCounts> {
	const groups = new Map<Name, StateCounts>();
	for (const { name, state, count } of counts) {
		const states = groups.get(name) ?? noSends();
		states[state] += count;
		groups.set(name, states);
	}
	return groups;
}

export function totalOf(states: StateCounts): number {
	return SEND_STATES.reduce((sum, state) => sum + states[state], 0);
}

/** What a server has taken over, whatever it said later. */
export function takenOf(states: StateCounts): number {
	return states.accepted + states.delivered + states.bounced + states.complained;
}

/**
 * The same address that one server refuses at RCPT TO another takes and returns, and mailbox providers count both, so a
 * refusal is a bounce. What waits, is in doubt or was never handed over counts nowhere; opens and silence say nothing.
 */
export function ratesOf(states: StateCounts): Rates {
	const taken = takenOf(states);
	const answered = taken + states.failed;
	return {
		delivery: share(taken - states.bounced, answered),
		bounce: share(states.bounced + states.failed, answered),
		complaint: share(states.complained, taken),
	};
}

function share(part: number, whole: number): number | null {
	return whole === 0 ? null : part / whole;
}
