import { statistics } from '../../lib/pipeline/ledger/statistics';
import { type Operation, requiredTime } from './itemCall';

export const statisticsOperations: Record<string, Operation> = {
	getOverview: async (call) => [
		{ json: await statistics(call.store, call.scope, requiredTime(call, 'since', 'Since')) },
	],
};
