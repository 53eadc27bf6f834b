import { pauseSending, resumeSending, shownPause } from '../../lib/pipeline/ledger/pauses';
import { PAUSE_KINDS, type PauseTarget } from '../../lib/store';
import { type ItemCall, type Operation, chosenOf, deciderOf, optionalText, requiredText, timeOf } from './itemCall';

export const controlOperations: Record<string, Operation> = {
	list: async (call) => (await call.store.pauses.list(call.scope)).map((pause) => ({ json: shownPause(pause) })),
	pause: async (call) => {
		const pause = await pauseSending(call.store, call.scope, targetOf(call), {
			reason: optionalText(call.context.getNodeParameter('pauseReason', call.itemIndex, '')),
			by: deciderOf(call).by,
			until: timeOf(call, call.options.until, 'Until'),
		});
		return [{ json: shownPause(pause) }];
	},
	resume: async (call) => {
		const target = targetOf(call);
		const { changed, pauses } = await resumeSending(call.store, call.scope, target);
		const name = target.kind === 'all' ? null : target.name;
		return [{ json: { target: target.kind, name, changed, stillPaused: pauses.map(shownPause) } }];
	},
};

function targetOf(call: ItemCall): PauseTarget {
	const [kind = 'all'] = chosenOf(PAUSE_KINDS, [call.context.getNodeParameter('target', call.itemIndex)]);
	return { kind, name: kind === 'all' ? '' : requiredText(call, 'targetName', 'Name') };
}
