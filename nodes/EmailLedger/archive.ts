import type { IDataObject } from 'n8n-workflow';
import { parseMessage } from '../../lib/email/parse/parseMessage';
import { archiveInfo, openRaw, purgeRaw } from '../../lib/pipeline/ledger/archive';
import { shownArchiveEntry } from '../../lib/pipeline/ledger/records';
import { addressesIn } from '../../lib/pipeline/ledger/suppressions';
import { type ItemCall, type Operation, requiredText } from './itemCall';

export const archiveOperations: Record<string, Operation> = {
	getInfo: async (call) => [{ json: shownArchiveEntry(await archiveInfo(call.store, call.scope, refOf(call))) }],
	getRaw: async (call) => {
		const field = requiredText(call, 'binaryPropertyName', 'Put Output File in Field');
		const { entry, content, fileName } = await openRaw(call.store, call.scope, refOf(call));
		const file = await call.context.helpers.prepareBinaryData(content, fileName, 'message/rfc822');
		return [{ json: shownArchiveEntry(entry), binary: { [field]: file } }];
	},
	reparse: async (call) => {
		const { entry, content } = await openRaw(call.store, call.scope, refOf(call));
		const message = await parseMessage(content, { rawRef: entry.ref });
		return [{ json: message as unknown as IDataObject }];
	},
	eraseAddress: async (call) => {
		const results = [];
		for (const email of addressesIn(requiredText(call, 'erasedEmail', 'Email'))) {
			results.push({ json: { email, erased: { ...(await call.store.maintenance.eraseAddress(call.scope, email)) } } });
		}
		return results;
	},
	purge: async (call) => {
		const { entry, changed } = await purgeRaw(call.store, call.scope, refOf(call));
		return [{ json: { ...shownArchiveEntry(entry), changed } }];
	},
};

function refOf(call: ItemCall): string {
	return requiredText(call, 'ref', 'Archive Reference');
}
