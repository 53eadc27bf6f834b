import { gatherFigures } from '../../lib/pipeline/ledger/dashboard/figures';
import { METRICS_CONTENT_TYPE, prometheusMetrics } from '../../lib/pipeline/ledger/dashboard/metrics';
import { attention, dashboardPage } from '../../lib/pipeline/ledger/dashboard/page';
import { InputError } from '../../lib/errors';
import { type ItemCall, type Operation, requiredTime } from './itemCall';

const DAY = 86_400_000;
/** The page has a bar for each hour, or for some. */
const LONGEST = 92 * DAY;

export const dashboardOperations: Record<string, Operation> = {
	getDashboard: async (call) => {
		const figures = await gatherFigures(call.store, call.scope, rangeOf(call));
		return [
			{
				json: { html: dashboardPage(figures), contentType: 'text/html; charset=utf-8', attention: attention(figures) },
			},
		];
	},
	getMetrics: async (call) => {
		const figures = await gatherFigures(call.store, call.scope, rangeOf(call));
		return [{ json: { text: prometheusMetrics(figures), contentType: METRICS_CONTENT_TYPE } }];
	},
};

/** @throws InputError `INPUT_MISSING`, `INPUT_DATE_INVALID` */
function rangeOf(call: ItemCall): { since: number; until: number } {
	const until = Date.now();
	const since = requiredTime(call, 'since', 'Since');
	if (since < until && until - since <= LONGEST) return { since, until };
	throw new InputError('“Since” must lie in the past, and at most 92 days back', {
		code: 'INPUT_DATE_INVALID',
		hint: 'The default, {{ $now.minus({ days: 1 }).toISO() }}, is a day.',
	});
}
