import { decide } from '../../lib/pipeline/delivery/authority';
import { addSuppression } from '../../lib/pipeline/delivery/suppress';
import { InputError } from '../../lib/errors';
import { shownSuppression } from '../../lib/pipeline/ledger/records';
import { suppressionsFromCsv, suppressionsToCsv } from '../../lib/pipeline/ledger/suppressionCsv';
import {
	addressesIn,
	checkSuppressed,
	listSuppressions,
	suppress,
	unsuppress,
} from '../../lib/pipeline/ledger/suppressions';
import { type ItemCall, type Operation, limitOf, optionalText, requiredText, timeOf } from './itemCall';

export const suppressionOperations: Record<string, Operation> = {
	add: async (call) => {
		const change = {
			stream: streamOf(call),
			reason: reasonOf(call),
			source: optionalText(call.options.source) ?? `workflow ${call.context.getWorkflow().id ?? ''}`,
			expiresAt: timeOf(call, call.options.expiresAt, 'Expires At'),
		};
		return await Promise.all(
			addressesOf(call).map(async (address) => ({
				json: shownSuppression(await suppress(call.store, call.scope, { address, ...change })),
			})),
		);
	},
	check: async (call) => {
		const checked = await checkSuppressed(call.store, call.scope, addressesOf(call), streamOf(call));
		return checked.map(({ address, suppressions }) => ({
			json: {
				email: address,
				suppressed: suppressions.length > 0,
				reason: suppressions[0]?.reason ?? null,
				suppressions: suppressions.map(shownSuppression),
			},
		}));
	},
	remove: async (call) => {
		const stream = streamOf(call);
		return await Promise.all(
			addressesOf(call).map(async (address) => {
				const { removed, remaining } = await unsuppress(call.store, call.scope, address, stream);
				return {
					json: {
						email: address,
						stream,
						removed,
						suppressed: remaining.length > 0,
						suppressions: remaining.map(shownSuppression),
					},
				};
			}),
		);
	},
	importCsv: async (call) => {
		const { context, itemIndex, item, options, scope, store } = call;
		const field = requiredText(call, 'inputBinaryField', 'Input Binary Field');
		if (!item.binary?.[field]) {
			throw new InputError(`This item has no binary field “${field}”`, {
				code: 'INPUT_BINARY_MISSING',
				hint: 'Put a node in front that reads the CSV file, and name its output field here.',
			});
		}
		const { rows, refused } = suppressionsFromCsv(
			(await context.helpers.getBinaryDataBuffer(itemIndex, field)).toString(),
		);
		const source = optionalText(options.source) ?? `import by workflow ${context.getWorkflow().id ?? ''}`;
		for (const row of rows) {
			await addSuppression(store, decide({ kind: 'operator' }), {
				...row,
				scope,
				stream: streamOf(call) ?? row.stream,
				reason: row.reason ?? 'manual',
				source: row.source ?? source,
			});
		}
		return [{ json: { imported: rows.length, refused: refused.map((row) => ({ ...row })) } }];
	},
	exportCsv: async (call) => {
		const field = requiredText(call, 'outputBinaryField', 'Put Output File in Field');
		const entries = await listSuppressions(call.store, call.scope);
		const csv = Buffer.from(suppressionsToCsv(entries));
		const file = await call.context.helpers.prepareBinaryData(csv, 'suppressions.csv', 'text/csv');
		return [{ json: { exported: entries.length }, binary: { [field]: file } }];
	},
	list: async (call) => {
		const entries = await listSuppressions(call.store, call.scope, limitOf(call));
		return entries.map((entry) => ({ json: shownSuppression(entry) }));
	},
};

function addressesOf(call: ItemCall): string[] {
	return addressesIn(requiredText(call, 'email', 'Email'));
}

function streamOf({ options }: ItemCall): string | null {
	return optionalText(options.stream);
}

function reasonOf(call: ItemCall): string {
	const reason = requiredText(call, 'reason', 'Reason');
	return reason === 'other' ? requiredText(call, 'otherReason', 'Other Reason') : reason;
}
