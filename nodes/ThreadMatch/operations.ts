/** What each operation does with one item: which output it leaves on, and what becomes of `thread`. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { BusinessKeyPattern } from '../../lib/email/thread/businessKeys';
import { InputError } from '../../lib/errors';
import { type MatchOptions, matchThread } from '../../lib/pipeline/threads/matchThread';
import {
	forgetThread,
	linkThread,
	lookUpThread,
	mergeThread,
	splitThread,
	type ThreadName,
} from '../../lib/pipeline/threads/threadOperations';
import type { JsonObject, Store } from '../../lib/store';
import { canonicalMessageOf } from '../canonicalInput';
import { advanceMail } from '../execution';

export const EXISTING = 0;
export const NEW = 1;

const DAY = 86_400_000;

export interface Call {
	context: IExecuteFunctions;
	item: INodeExecutionData;
	itemIndex: number;
	store: Store;
	scope: string;
	options: IDataObject;
}

export type Operation = (call: Call) => Promise<{ output: number; thread: IDataObject | null }>;

export const operations: Readonly<Record<string, Operation>> = {
	async match({ context, item, store, scope, options }) {
		const message = canonicalMessageOf(item);
		if (message === null) {
			throw new InputError('This item is not a parsed email', {
				code: 'INPUT_NOT_A_MESSAGE',
				hint: 'Put a MIME Parse node in front.',
			});
		}
		const thread = await matchThread(store, message, { scope, ...matchOptionsOf(options) });
		await advanceMail(context, item, () => Promise.resolve(store), scope, 'matched');
		return { output: thread.isNew ? NEW : EXISTING, thread: { ...thread } };
	},
	async link(call) {
		const { store, scope } = call;
		const [name, value] = [text(call, 'keyName'), text(call, 'keyValue')];
		const data = dataOf(call);
		const key = value === '' ? undefined : { name, value };
		return existing(await linkThread(store, scope, required(call, 'threadId', 'Thread ID'), { key, data }));
	},
	async lookUp(call) {
		const found = await lookUpThread(call.store, call.scope, nameOf(call));
		return found === null ? { output: NEW, thread: null } : existing(found);
	},
	async merge(call) {
		const [into, other] = [required(call, 'threadId', 'Thread ID'), required(call, 'otherThreadId', 'Other Thread ID')];
		return existing(await mergeThread(call.store, call.scope, into, other));
	},
	async split(call) {
		return existing(await splitThread(call.store, call.scope, required(call, 'messageId', 'Message-ID')));
	},
	async forget(call) {
		const threadId = required(call, 'threadId', 'Thread ID');
		return { output: EXISTING, thread: { threadId, forgotten: await forgetThread(call.store, call.scope, threadId) } };
	},
};

function existing(thread: object): { output: number; thread: IDataObject } {
	return { output: EXISTING, thread: { ...thread } };
}

function nameOf(call: Call): ThreadName {
	switch (text(call, 'lookUpBy')) {
		case 'message':
			return { by: 'message', messageId: required(call, 'messageId', 'Message-ID') };
		case 'key':
			return {
				by: 'key',
				name: required(call, 'keyName', 'Key Name'),
				value: required(call, 'keyValue', 'Key Value'),
			};
		default:
			return { by: 'thread', threadId: required(call, 'threadId', 'Thread ID') };
	}
}

function matchOptionsOf(options: IDataObject): MatchOptions {
	const keys = (options.businessKeys as { key?: BusinessKeyPattern[] } | undefined)?.key ?? [];
	const own = typeof options.ownAddresses === 'string' ? options.ownAddresses : '';
	return {
		subject: options.subject === true,
		...(typeof options.subjectWindow === 'number' && { subjectWindow: options.subjectWindow * DAY }),
		ownAddresses: own.split(/[\s,;]+/).filter(Boolean),
		requireParticipant: options.requireParticipant === true,
		businessKeys: keys,
	};
}

function dataOf({ context, itemIndex }: Call): JsonObject {
	const given: unknown = context.getNodeParameter('data', itemIndex, {});
	try {
		const data: unknown = typeof given === 'string' ? JSON.parse(given.trim() || '{}') : given;
		if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as JsonObject;
	} catch {
		// Said below: what is wrong with it is the same.
	}
	throw new InputError('“Data” is not a JSON object', {
		code: 'INPUT_INVALID',
		hint: 'Write it as {"owner": "Ann"}.',
	});
}

function text({ context, itemIndex }: Call, name: string): string {
	const value: unknown = context.getNodeParameter(name, itemIndex, '');
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

function required(call: Call, name: string, displayName: string): string {
	const value = text(call, name);
	if (value !== '') return value;
	throw new InputError(`“${displayName}” is empty`, {
		code: 'INPUT_MISSING',
		hint: 'Fill it in; if it is an expression, check that the item carries what it asks for.',
	});
}
