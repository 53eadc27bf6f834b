import { InputError } from '../../lib/errors';
import { statistics } from '../../lib/pipeline/ledger/statistics';
import { type Operation, timeOf } from './itemCall';

export const statisticsOperations: Record<string, Operation> = {
	getOverview: async (call) => {
		const since = timeOf(call, call.context.getNodeParameter('since', call.itemIndex), 'Since');
		if (since === null) {
			throw new InputError('“Since” is empty', {
				code: 'INPUT_MISSING',
				hint: 'Set it to the time from which sends are to be counted.',
			});
		}
		return [{ json: await statistics(call.store, call.scope, since) }];
	},
};
