import { expect, it } from 'vitest';
import { gatherFigures } from '../../../../lib/pipeline/ledger/dashboard/figures';
import { noSends, ratesOf } from '../../../../lib/pipeline/ledger/outcomes';
import { statistics } from '../../../../lib/pipeline/ledger/statistics';
import { freshStore, scope, sendIn } from './ledgerStore';

it('rates are shares of what a server answered for good', () => {
	const counts = { accepted: 90, delivered: 6, bounced: 2, complained: 1, failed: 1, deferred: 50, in_doubt: 3 };
	expect(ratesOf({ ...noSends(), ...counts })).toEqual({ delivery: 0.97, bounce: 0.03, complaint: 1 / 99 });
	expect(ratesOf({ ...noSends(), reserved: 5 })).toEqual({ delivery: null, bounce: null, complaint: null });
});

it('overview and dashboard tell the same bounce rate', async () => {
	const { store, dispose } = await freshStore();
	try {
		for (const key of ['a', 'b', 'c']) await sendIn(store, ['transmitting', 'accepted'], { key });
		await sendIn(store, ['failed'], { key: 'd' });
		const until = Date.now() + 1;
		const { rates } = await gatherFigures(store, scope, { since: 0, until });
		const { sends } = await statistics(store, scope, { since: 0, until }, ['sends']);
		expect(rates.bounce).toBe(0.25);
		expect(sends).toMatchObject({ bounceRate: 0.25, sent: 3, total: 4 });
	} finally {
		await dispose();
	}
});
