/** How a failure reaches the user: what happened, to which item, what to do; a code to branch on; never a stack trace. */
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { PipelineError, StoreError, TransportError, messageOf } from '../lib/errors';

export interface Failure {
	code: string;
	message: string;
	hint: string | null;
	retryable: boolean;
}

export function failureOf(error: unknown): Failure {
	if (error instanceof PipelineError) {
		return { code: error.code, message: error.message, hint: error.hint, retryable: error.retryable };
	}
	return { code: 'UNEXPECTED', message: messageOf(error), hint: null, retryable: false };
}

export function toNodeError(
	context: Pick<IExecuteFunctions, 'getNode'>,
	error: unknown,
	itemIndex?: number,
): NodeOperationError {
	if (error instanceof NodeOperationError) return error;
	const { code, message, hint } = failureOf(error);
	const nodeError = new NodeOperationError(context.getNode(), message, {
		itemIndex,
		description: hint === null ? `Code: ${code}` : `${hint} (Code: ${code})`,
		type: code,
		level: 'warning',
	});
	nodeError.context.code = code;
	return nodeError;
}

/**
 * Runs one item after the other; what one throws goes to the error output when the user chose one. With “continue” the item
 * keeps its data and gains `error{code, message, hint}`. Else it ends the node, but not before the other items have had their
 * turn, unless it is of the kind that they would meet with as well.
 */
export async function eachItem(
	context: IExecuteFunctions,
	outputs: INodeExecutionData[][],
	onFailure: number,
	run: (item: INodeExecutionData, itemIndex: number, outputs: INodeExecutionData[][]) => Promise<void>,
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const failures: NodeOperationError[] = [];
	for (const [itemIndex, item] of items.entries()) {
		try {
			await run(item, itemIndex, outputs);
		} catch (error) {
			if (context.continueOnFail()) outputs[onFailure]?.push(failedItem(context, item, itemIndex, error));
			else {
				failures.push(toNodeError(context, error, itemIndex));
				if (concernsAll(error)) throw withOthers(failures, items.length - itemIndex - 1, items.length);
			}
		}
	}
	if (failures.length > 0) throw withOthers(failures, 0, items.length);
	return outputs;
}

/** The store or a server is away, which the next item finds as well. */
function concernsAll(error: unknown): boolean {
	return (error instanceof StoreError || error instanceof TransportError) && error.retryable;
}

/** The first failure, which also tells what became of the other items. */
function withOthers(failures: readonly NodeOperationError[], left: number, all: number): NodeOperationError {
	const [first] = failures as [NodeOperationError];
	if (all === 1) return first;
	const done = all - left - failures.length;
	const parts = [
		`${done} of ${all} items were done`,
		failures.length > 1 ? `${failures.length} failed` : '',
		left > 0 ? `${left} were not begun` : '',
	];
	first.description = [first.description, `${parts.filter(Boolean).join(', ')}.`].filter(Boolean).join(' ');
	return first;
}

function failedItem(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	itemIndex: number,
	error: unknown,
): INodeExecutionData {
	const shown = { error: { ...failureOf(error) } };
	// n8n moves an item whose JSON is nothing but an error to the error output, and puts the JSON of the item it
	// stems from back in front of it. An `error` beside the JSON would cost the code: n8n keeps only its message.
	const toErrorOutput = context.getNode().onError === 'continueErrorOutput';
	return {
		json: toErrorOutput ? shown : { ...item.json, ...shown },
		pairedItem: { item: itemIndex },
		...(item.binary ? { binary: item.binary } : {}),
	};
}
