import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendOnce } from '../../../../lib/pipeline/send/sendOnce';
import { createSmtpTransport } from '../../../../lib/pipeline/send/smtpTransport';
import { type Sending, draftWith, plainServer, startSending } from './sending';

const SENDS = 110;
const BURST = 50;
const HOUR = 3_600_000;
/** So many sends in real time; SEND_TURNS asks for it. SEND_TURNS_RATE is for machines that cannot send 50 a second. */
const LONG = Number(process.env.SEND_TURNS ?? 0);
const RATE = Number(process.env.SEND_TURNS_RATE ?? 50);

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

	if (LONG > 0) {
		it(`${LONG} sends go out at the rate, in real time`, { timeout: 120_000 + LONG * 100 }, async () => {
			const perSecond = RATE;
			const policy = {
				account: 'smtp-1',
				rates: [{ per: 'credential' as const, amount: perSecond, window: 1_000 }],
				quotas: [{ per: 'scope' as const, amount: LONG, window: HOUR }],
			};
			const unasked = Array.from({ length: LONG }, (_none, index) => ({ key: `order-${index}`, at: 0 }));
			/** By their turns; who asks too early has the same turn again. */
			const promised: typeof unasked = [];
			// Whoever has a turn comes at it, whether or not others have asked yet.
			const nextOne = () =>
				((promised[0]?.at ?? Infinity) <= Date.now() ? promised : unasked).shift() ?? promised.shift();
			const sent: Array<{ turn: number; at: number }> = [];
			const lane = async (): Promise<void> => {
				const transport = createSmtpTransport(plainServer(sending.server.port));
				for (let next = nextOne(); next !== undefined; next = nextOne()) {
					await pause(Math.max(0, next.at - Date.now()));
					const request = { scope: 'default', key: next.key, draft: draftWith({ subject: next.key }) };
					const [outcome] = await sendOnce(sending.store, transport, request, { policy });
					const { disposition, retryAt, record, error } = outcome!;
					if (disposition === 'sent') {
						sent.push({ turn: next.at, at: record.acceptedAt! });
						continue;
					}
					expect(error?.code).toBe('SEND_LIMITED');
					const later = promised.findIndex(({ at }) => at > retryAt!);
					promised.splice(later < 0 ? promised.length : later, 0, { key: next.key, at: retryAt! });
				}
				transport.close();
			};
			await Promise.all(Array.from({ length: 8 }, lane));

			expect(sending.server.delivered).toHaveLength(LONG);
			const at = sent.map((one) => one.at).sort((a, b) => a - b);
			const seconds = (at.at(-1)! - at[0]!) / 1_000;
			// One second's worth may go at once at first.
			const rate = (LONG - perSecond) / seconds;
			const byTurn = sent.toSorted((a, b) => a.turn - b.turn);
			// Within one second several are under way at once.
			const overtaken = byTurn.filter(
				({ at: then }, index) => (byTurn[index + perSecond]?.at ?? Infinity) < then,
			).length;
			const early = sent.filter(({ turn, at: then }) => then < turn).length;
			console.log(JSON.stringify({ sends: LONG, seconds, rate, overtaken, early }));
			expect({ overtaken, early }).toEqual({ overtaken: 0, early: 0 });
			expect(Math.abs(rate / perSecond - 1)).toBeLessThan(0.05);
		});
	}
});
