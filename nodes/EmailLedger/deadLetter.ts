import {
	type LetterFilter,
	addDeadLetter,
	discardDeadLetter,
	getDeadLetter,
	listDeadLetters,
	replayDeadLetter,
} from '../../lib/pipeline/ledger/deadLetters';
import { shownLetter } from '../../lib/pipeline/ledger/records';
import type { JsonObject } from '../../lib/store';
import { type ItemCall, type Operation, limitOf, optionalText, requiredText } from './itemCall';

export const deadLetterOperations: Record<string, Operation> = {
	add: async ({ context, item, options, scope, store }) => {
		const letter = await addDeadLetter(store, scope, {
			// As n8n would store it: dates and the like become text.
			item: JSON.parse(JSON.stringify(item.json)) as JsonObject,
			key: optionalText(options.key),
			feed: optionalText(options.feed) ?? `workflow:${context.getWorkflow().id ?? ''}`,
			reason: optionalText(options.reason),
			message: optionalText(options.message),
		});
		return [{ json: shownLetter(letter) }];
	},
	get: async (call) => [{ json: shownLetter(await getDeadLetter(call.store, call.scope, idOf(call))) }],
	list: async (call) => {
		const letters = await listDeadLetters(call.store, call.scope, filterOf(call), limitOf(call));
		return letters.map((letter) => ({ json: shownLetter(letter) }));
	},
	replay: async (call) => [{ json: await replayDeadLetter(call.store, call.scope, idOf(call)) }],
	discard: async (call) => {
		const { letter, changed } = await discardDeadLetter(call.store, call.scope, idOf(call));
		return [{ json: { ...shownLetter(letter), changed } }];
	},
};

function idOf(call: ItemCall): string {
	return requiredText(call, 'letter', 'Dead Letter');
}

function filterOf({ context, itemIndex, options }: ItemCall): LetterFilter {
	const state = context.getNodeParameter('state', itemIndex, 'waiting') as 'any' | NonNullable<LetterFilter['state']>;
	const feed = optionalText(options.feed);
	return { ...(state === 'any' ? {} : { state }), ...(feed === null ? {} : { feed }) };
}
