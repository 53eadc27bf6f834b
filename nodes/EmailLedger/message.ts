import { getMessage, searchMessages } from '../../lib/pipeline/ledger/messages';
import { messageTimeline } from '../../lib/pipeline/ledger/messageTimeline';
import { shownMessage } from '../../lib/pipeline/ledger/records';
import { INGESTION_STAGES } from '../../lib/store';
import { type Operation, chosenOf, limitOf, requiredText } from './itemCall';

export const messageOperations: Record<string, Operation> = {
	get: async (call) => {
		const key = requiredText(call, 'key', 'Ingestion Key');
		return [{ json: shownMessage(await getMessage(call.store, call.scope, key)) }];
	},
	getTimeline: async (call) => {
		const key = requiredText(call, 'key', 'Ingestion Key');
		const { record, threadId, sends, timeline } = await messageTimeline(call.store, call.scope, key);
		return [{ json: { ...shownMessage(record), threadId, sends, timeline } }];
	},
	search: async (call) => {
		const feed = requiredText(call, 'feed', 'Mailbox');
		const named = chosenOf(INGESTION_STAGES, call.context.getNodeParameter('stages', call.itemIndex, []));
		const stages = named.length > 0 ? named : INGESTION_STAGES;
		const records = await searchMessages(call.store, call.scope, feed, stages, limitOf(call));
		return records.map((record) => ({ json: shownMessage(record) }));
	},
};
