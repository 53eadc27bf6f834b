/** How a failure reaches the user: what happened, to which item, what to do; a code to branch on; never a stack trace. */
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { PipelineError, messageOf } from '../lib/errors';

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
 * Runs one item; what it throws goes to the error output when the user chose one, else it ends the node.
 * With “continue” the item keeps its data and gains `error{code, message, hint}`.
 */
export async function eachItem(
	context: IExecuteFunctions,
	outputs: INodeExecutionData[][],
	onFailure: number,
	run: (item: INodeExecutionData, itemIndex: number, outputs: INodeExecutionData[][]) => Promise<void>,
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	for (const [itemIndex, item] of items.entries()) {
		try {
			await run(item, itemIndex, outputs);
		} catch (error) {
			const nodeError = toNodeError(context, error, itemIndex);
			if (!context.continueOnFail()) throw nodeError;
			const shown = { error: { ...failureOf(error) } };
			// n8n moves an item whose JSON is nothing but an error to the error output, and puts the JSON of the item it
			// stems from back in front of it. An `error` beside the JSON would cost the code: n8n keeps only its message.
			const toErrorOutput = context.getNode().onError === 'continueErrorOutput';
			const failed: INodeExecutionData = {
				json: toErrorOutput ? shown : { ...item.json, ...shown },
				pairedItem: { item: itemIndex },
				...(item.binary ? { binary: item.binary } : {}),
			};
			outputs[onFailure]?.push(failed);
		}
	}
	return outputs;
}
