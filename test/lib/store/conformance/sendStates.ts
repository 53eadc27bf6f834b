import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEND_STATES, type SendRecord, type SendState, type Store } from '../../../../lib/store';
import type { OpenStore } from '../conformance';
import { LAPSED, LONG, freshScope, useStore } from './fixture';
import { newSend } from './sends';

/** The ledger as DESIGN.md draws it, written down once more: whoever holds the fence, or anybody (`any`). */
const HOLDER: Partial<Record<SendState, readonly SendState[]>> = {
	leased: ['transmitting', 'reserved', 'deferred', 'failed'],
	transmitting: ['accepted', 'in_doubt', 'deferred', 'failed'],
	in_doubt: ['deferred', 'failed'],
};
const ANYBODY: Partial<Record<SendState, readonly SendState[]>> = {
	reserved: ['suppressed', 'canceled', 'expired'],
	leased: ['suppressed', 'canceled', 'expired'],
	deferred: ['suppressed', 'canceled', 'expired', 'reserved'],
	bounced: ['reserved'],
	transmitting: ['accepted', 'delivered', 'bounced', 'complained'],
	accepted: ['delivered', 'bounced', 'complained'],
	delivered: ['bounced', 'complained'],
	in_doubt: ['accepted', 'needs_review', 'reserved', 'delivered', 'bounced', 'complained'],
	needs_review: ['accepted', 'reserved', 'canceled', 'delivered', 'bounced', 'complained'],
};
/** Late evidence, which there can be only of a transmission that was begun. */
const BEGUN: Partial<Record<SendState, readonly SendState[]>> = {
	reserved: ['accepted', 'delivered', 'complained'],
	leased: ['accepted', 'delivered', 'complained'],
	deferred: ['accepted', 'delivered', 'complained'],
	suppressed: ['accepted', 'delivered', 'bounced', 'complained'],
	canceled: ['accepted', 'delivered', 'bounced', 'complained'],
	expired: ['accepted', 'delivered', 'bounced', 'complained'],
};
/** What the store does by itself when a lease is taken or lapses. */
const STORE: Partial<Record<SendState, readonly SendState[]>> = {
	reserved: ['leased', 'expired'],
	deferred: ['leased', 'expired'],
	leased: ['reserved', 'expired'],
	transmitting: ['in_doubt'],
};

type Step =
	| { do: 'lease'; actor: number; lapses: boolean }
	| { do: 'transition'; actor: number | null; to: SendState }
	| { do: 'lapse'; actor: number }
	| { do: 'sweep' };

const ACTORS = 3;
const actor = fc.integer({ min: 0, max: ACTORS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 3, arbitrary: fc.record({ do: fc.constant('lease' as const), actor, lapses: fc.boolean() }) },
	{
		weight: 8,
		arbitrary: fc.record({
			do: fc.constant('transition' as const),
			actor: fc.option(actor),
			to: fc.oneof(
				fc.constantFrom<SendState>(...SEND_STATES),
				fc.constantFrom<SendState>('transmitting', 'in_doubt', 'deferred', 'reserved'),
			),
		}),
	},
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('lapse' as const), actor }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
);

/** One send, and actors who remember the last fence they got. */
class Bench {
	readonly fences = Array.from({ length: ACTORS }, () => -1);

	constructor(
		readonly store: Store,
		readonly first: SendRecord,
	) {}

	static async make(store: Store): Promise<Bench> {
		const { sends } = await store.sends.reserve(newSend(freshScope()));
		return new Bench(store, sends[0]!);
	}

	async take(action: Step): Promise<void> {
		const { scope, groupId, id } = this.first;
		if (action.do === 'lease') {
			const [leased] = await this.store.sends.lease(scope, groupId, action.lapses ? LAPSED : LONG);
			if (leased) this.fences[action.actor] = leased.fence;
		} else if (action.do === 'transition') {
			const fence = action.actor === null ? null : this.fences[action.actor]!;
			await this.store.sends.transition(scope, { ids: [id], fence, to: action.to });
		} else if (action.do === 'lapse') {
			await this.store.sends.renew(scope, [id], this.fences[action.actor]!, LAPSED);
		} else {
			await this.store.sends.sweep(scope);
		}
	}

	now(): Promise<SendRecord | null> {
		return this.store.sends.get(this.first.scope, this.first.id);
	}

	/** Every step of the history is an edge, and the history ends where the record is. */
	async checkHistory(): Promise<void> {
		const history = await this.store.sends.history(this.first.scope, this.first.id);
		const record = (await this.now())!;
		let state: SendState = 'reserved';
		expect(history[0]).toMatchObject({ from: null, to: 'reserved' });
		for (const event of history.slice(1)) {
			expect(event.from).toBe(state);
			const edges = [HOLDER, ANYBODY, BEGUN, STORE].flatMap((table) => table[state] ?? []);
			expect(edges, `from ${state}`).toContain(event.to);
			state = event.to!;
		}
		expect(record.state).toBe(state);
		expect(record.attempts).toBe(history.filter(({ to }) => to === 'transmitting').length);
		expect(record.fence).toBe(history.filter(({ to }) => to === 'leased').length);
	}
}

/** What the model says a step leads to. */
function predict(before: SendRecord, action: Step, fences: readonly number[]): SendState {
	const lapsed = before.leaseUntil !== null && before.leaseUntil < Date.now();
	const swept = !lapsed ? before.state : before.state === 'transmitting' ? 'in_doubt' : 'reserved';
	if (action.do === 'sweep') return swept;
	if (action.do === 'lapse') return before.state;
	if (action.do === 'lease') return swept === 'reserved' || swept === 'deferred' ? 'leased' : swept;
	const edges = [...(ANYBODY[before.state] ?? []), ...(before.attempts > 0 ? (BEGUN[before.state] ?? []) : [])];
	if (action.actor !== null) {
		if (fences[action.actor] !== before.fence) return before.state;
		edges.push(...(HOLDER[before.state] ?? []));
		if (lapsed && action.to === 'transmitting') return before.state;
	}
	return edges.includes(action.to) ? action.to : before.state;
}

export function sendStateConformance(open: OpenStore): void {
	describe('the state machine of sends', () => {
		const store = useStore(open);

		it('goes where the model goes, step by step, whoever acts', { timeout: 120_000 }, async () => {
			await fc.assert(
				fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
					const bench = await Bench.make(store());
					for (const action of steps) {
						const before = (await bench.now())!;
						const expected = predict(before, action, bench.fences);
						await bench.take(action);
						const after = (await bench.now())!;
						expect(after.state, `${JSON.stringify(action)} from ${before.state}`).toBe(expected);
					}
					await bench.checkHistory();
				}),
				{ numRuns: 60 },
			);
		});

		it('leaves its edges in no order of simultaneous calls', { timeout: 120_000 }, async () => {
			await fc.assert(
				fc.asyncProperty(fc.array(fc.array(step, { minLength: 2, maxLength: 8 }), { maxLength: 8 }), async (rounds) => {
					const bench = await Bench.make(store());
					for (const round of rounds) await Promise.all(round.map((action) => bench.take(action)));
					await bench.checkHistory();
				}),
				{ numRuns: 30 },
			);
		});
	});
}
