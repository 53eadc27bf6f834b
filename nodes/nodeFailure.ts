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
			const failed: INodeExecutionData = {
				json: { ...item.json, error: { ...failureOf(error) } },
				pairedItem: { item: itemIndex },
				...(item.binary ? { binary: item.binary } : {}),
			};
			// n8n moves items that carry an error object to the error output, whatever output they stand on.
			if (context.getNode().onError === 'continueErrorOutput') failed.error = nodeError;
			outputs[onFailure]?.push(failed);
		}
	}
	return outputs;
}
