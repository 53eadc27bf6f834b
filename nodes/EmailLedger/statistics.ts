import { InputError } from '../../lib/errors';
import { STATISTICS_SECTIONS, statistics } from '../../lib/pipeline/ledger/statistics';
import { type Operation, chosenOf, timeOf } from './itemCall';

export const statisticsOperations: Record<string, Operation> = {
	getOverview: async (call) => {
		const since = timeOf(call, call.context.getNodeParameter('since', call.itemIndex), 'Since');
		if (since === null) {
			throw new InputError('“Since” is empty', {
				code: 'INPUT_MISSING',
				hint: 'Set it to the time from which sends are to be counted.',
			});
		}
		const until = timeOf(call, call.options.before, 'Before');
		const named = chosenOf(STATISTICS_SECTIONS, call.context.getNodeParameter('sections', call.itemIndex, []));
		const sections = named.length > 0 ? named : STATISTICS_SECTIONS;
		const range = { since, ...(until === null ? {} : { until }) };
		return [{ json: await statistics(call.store, call.scope, range, sections) }];
	},
};
