import { STATISTICS_SECTIONS, statistics } from '../../lib/pipeline/ledger/statistics';
import { type Operation, chosenOf, requiredTime, timeOf } from './itemCall';

export const statisticsOperations: Record<string, Operation> = {
	getOverview: async (call) => {
		const since = requiredTime(call, 'since', 'Since');
		const until = timeOf(call, call.options.before, 'Before');
		const named = chosenOf(STATISTICS_SECTIONS, call.context.getNodeParameter('sections', call.itemIndex, []));
		const sections = named.length > 0 ? named : STATISTICS_SECTIONS;
		const range = { since, ...(until === null ? {} : { until }) };
		return [{ json: await statistics(call.store, call.scope, range, sections) }];
	},
};
