import { describe, expect, it } from 'vitest';
import { SEND_EDGES, SEND_STATES, isFinal, statesBefore } from '../../../lib/store';

describe('the edges of the send ledger', () => {
	it('lead to every state but the first from another', () => {
		for (const state of SEND_STATES) {
			const sources = SEND_EDGES.filter(({ to }) => to === state).flatMap(({ from }) => from);
			expect(sources.length, state).toBeGreaterThan(0);
			expect(sources, state).not.toContain(state);
		}
	});

	it('name each pair once, and why', () => {
		const pairs = SEND_EDGES.flatMap(({ from, to }) => from.map((state) => `${state} → ${to}`));
		expect(new Set(pairs).size).toBe(pairs.length);
		expect(SEND_EDGES.every(({ why, by }) => why.length > 20 && by.length > 0)).toBe(true);
	});

	it('send nothing again by themselves once a byte of the body was sent', () => {
		const before = ['leased', 'reserved', 'deferred'];
		const silently = SEND_EDGES.filter(
			({ from, to, by }) =>
				from.some((state) => state === 'transmitting' || state === 'in_doubt') &&
				before.includes(to) &&
				by.includes('clock'),
		);
		expect(silently).toEqual([]);
		expect(statesBefore('leased', 'lease').sort()).toEqual(['deferred', 'reserved']);
	});

	it('leave an end only by evidence of what was begun, or by a person', () => {
		for (const edge of SEND_EDGES.filter(({ from }) => from.some(isFinal))) {
			const later = ['bounced', 'complained'].includes(edge.to);
			expect([edge.to, edge.begun === true || edge.by.join() === 'outside' || later]).toEqual([edge.to, true]);
			expect(edge.by).not.toContain('clock');
		}
	});

	it('end where nothing more can happen', () => {
		expect(SEND_STATES.filter(isFinal).sort()).toEqual([
			'bounced',
			'canceled',
			'complained',
			'expired',
			'failed',
			'suppressed',
		]);
	});
});
