import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sending, startSending } from './sending';

const SENDS = 110;
const BURST = 50;
const HOUR = 3_600_000;

describe('many sends through one bucket', () => {
	let sending: Sending;
	beforeEach(async () => {
		sending = await startSending();
	});
	afterEach(async () => {
		await sending.stop();
	});

	it('have their turns at the rate, in the order of asking, and none is dropped', async () => {
		// Hours, so that the pace of this machine does not show.
		const policy = {
			account: 'smtp-1',
			rates: [{ per: 'credential' as const, amount: 50, window: HOUR, burst: BURST }],
			quotas: [{ per: 'scope' as const, amount: 10_000, window: HOUR }],
		};
		const outcomes = [];
		for (let index = 0; index < SENDS; index++) {
			outcomes.push(...(await sending.send({ key: `order-${index}`, options: { policy } })));
		}
		const dispositions = outcomes.map(({ disposition }) => disposition);
		expect(dispositions.slice(0, BURST).every((disposition) => disposition === 'sent')).toBe(true);
		expect(dispositions.slice(BURST).every((disposition) => disposition === 'deferred')).toBe(true);
		expect(sending.server.delivered).toHaveLength(BURST);

		const turns = outcomes.slice(BURST).map(({ retryAt }) => retryAt!);
		expect(turns).toEqual([...turns].sort((a, b) => a - b));
		const spacing = (turns.at(-1)! - turns[0]!) / (turns.length - 1);
		expect(Math.abs(spacing / (HOUR / 50) - 1)).toBeLessThan(0.05);
		// Whoever asks again before has the same turn, and a repeat of what went is no new mail.
		expect(await sending.send({ key: `order-${SENDS - 1}`, options: { policy } })).toMatchObject([
			{ disposition: 'deferred', retryAt: turns.at(-1) },
		]);
		expect(await sending.send({ key: 'order-0', options: { policy } })).toMatchObject([{ disposition: 'duplicate' }]);
	});
});
