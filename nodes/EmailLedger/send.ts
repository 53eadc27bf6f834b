import type { IDataObject } from 'n8n-workflow';
import { imapServerOf } from '../mailServer';
import { failureOf } from '../nodeFailure';
import { resolveBySentFolder } from '../../lib/pipeline/ledger/sentFolder';
import { shownEvent, shownSend } from '../../lib/pipeline/ledger/records';
import {
	type Decision,
	type Resolution,
	type SendLocator,
	cancelSends,
	dueSends,
	findSends,
	releaseSends,
	resolveInDoubt,
	retrySends,
	searchSends,
	timelinesOf,
} from '../../lib/pipeline/ledger/sends';
import { SENDER_FAULTS } from '../../lib/email/bounce/verdict';
import { SEND_STATES, type SendFilter } from '../../lib/store';
import {
	type ItemCall,
	type Operation,
	type Result,
	chosenOf,
	deciderOf,
	limitOf,
	optionalText,
	requiredText,
	timeOf,
} from './itemCall';

export const sendOperations: Record<string, Operation> = {
	get: async (call) => {
		const records = await findSends(call.store, call.scope, locatorOf(call));
		return records.map((record) => ({ json: shownSend(record) }));
	},
	search: async (call) => {
		const records = await searchSends(call.store, call.scope, filterOf(call), limitOf(call));
		return records.map((record) => ({ json: shownSend(record) }));
	},
	getDue: async (call) => {
		const records = await dueSends(call.store, call.scope, limitOf(call));
		return records.map((record) => ({ json: shownSend(record) }));
	},
	getTimeline: async (call) => {
		const timelines = await timelinesOf(call.store, call.scope, locatorOf(call));
		return timelines.map(({ record, events }) => ({
			json: { ...shownSend(record), timeline: events.map(shownEvent) },
		}));
	},
	resolve: async (call) => {
		const resolution = call.context.getNodeParameter('resolution', call.itemIndex) as Resolution;
		return shown(await resolveInDoubt(call.store, call.scope, locatorOf(call), resolution, deciderOf(call)));
	},
	resolveBySentFolder: async (call) => {
		const { context, itemIndex, options, scope, store } = call;
		const locator = context.getNodeParameter('which', itemIndex, 'all') === 'one' ? locatorOf(call) : null;
		const server = await imapServerOf(context);
		const wanted = optionalText(options.sentFolder);
		const { folder, decisions } = await resolveBySentFolder(store, scope, server, locator, wanted, deciderOf(call));
		return shown(decisions).map(({ json }) => ({ json: { ...json, sentFolder: folder } }));
	},
	cancel: async (call) => shown(await cancelSends(call.store, call.scope, locatorOf(call), deciderOf(call))),
	release: async (call) => {
		const since = timeOf(call, call.context.getNodeParameter('releaseSince', call.itemIndex, ''), 'Since');
		const reasons = chosenOf(SENDER_FAULTS, call.context.getNodeParameter('reasons', call.itemIndex, []));
		const filter = { ...(reasons.length > 0 ? { reasons } : {}), ...(since === null ? {} : { since }) };
		const released = await releaseSends(call.store, call.scope, filter, deciderOf(call));
		return released.map((record) => ({ json: { ...shownSend(record), changed: true } }));
	},
	retry: async (call) => {
		const allowDuplicate = call.context.getNodeParameter('allowDuplicate', call.itemIndex, false) === true;
		return shown(await retrySends(call.store, call.scope, locatorOf(call), allowDuplicate, deciderOf(call)));
	},
};

function locatorOf(call: ItemCall): SendLocator {
	const { mode } = call.context.getNodeParameter('send', call.itemIndex) as { mode?: string };
	const value = requiredText(call, 'send', 'Send');
	return mode === 'key' ? { key: value } : { id: value };
}

const TEXT_FILTERS = [
	'recipient',
	'provider',
	'providerMessageId',
	'correlationId',
	'threadId',
	'key',
	'stream',
	'tag',
	'template',
	'templateVersion',
	'reason',
] as const;

function filterOf(call: ItemCall): SendFilter {
	const filters: IDataObject = call.context.getNodeParameter('filters', call.itemIndex, {});
	const filter: SendFilter = {};
	for (const name of TEXT_FILTERS) {
		const text = optionalText(filters[name]);
		if (text !== null) filter[name] = text;
	}
	// The ledger keeps ids without angle brackets.
	const messageId = optionalText(filters.messageId)?.replace(/^<(.*)>$/, '$1');
	if (messageId !== undefined) filter.messageId = messageId;
	const since = timeOf(call, filters.since, 'Since');
	if (since !== null) filter.since = since;
	const states = chosenOf(SEND_STATES, filters.states);
	if (states.length > 0) filter.states = states;
	return filter;
}

function shown(decisions: Decision[]): Result[] {
	return decisions.map(({ record, changed, error }) => {
		const json: IDataObject = { ...shownSend(record), changed };
		if (error !== null) json.notChanged = { ...failureOf(error) };
		return { json };
	});
}
