import { archiveInfo, openRaw, purgeRaw } from '../../lib/pipeline/ledger/archive';
import { shownArchiveEntry } from '../../lib/pipeline/ledger/records';
import { type ItemCall, type Operation, requiredText } from './itemCall';

export const archiveOperations: Record<string, Operation> = {
	getInfo: async (call) => [{ json: shownArchiveEntry(await archiveInfo(call.store, call.scope, refOf(call))) }],
	getRaw: async (call) => {
		const field = requiredText(call, 'binaryPropertyName', 'Put Output File in Field');
		const { entry, content, fileName } = await openRaw(call.store, call.scope, refOf(call));
		const file = await call.context.helpers.prepareBinaryData(content, fileName, 'message/rfc822');
		return [{ json: shownArchiveEntry(entry), binary: { [field]: file } }];
	},
	purge: async (call) => {
		const { entry, changed } = await purgeRaw(call.store, call.scope, refOf(call));
		return [{ json: { ...shownArchiveEntry(entry), changed } }];
	},
};

function refOf(call: ItemCall): string {
	return requiredText(call, 'ref', 'Archive Reference');
}
