import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { InputError, StoreError } from '../../lib/errors';
import { eachItem } from '../../nodes/nodeFailure';

const items: INodeExecutionData[] = [1, 2, 3, 4].map((id) => ({ json: { id } }));

function contextOf(onError: string, given = items): IExecuteFunctions {
	return {
		getInputData: () => given,
		getNode: () => ({ name: 'Send', onError }),
		continueOnFail: () => onError !== 'stopWorkflow',
	} as unknown as IExecuteFunctions;
}

const unusable = () => new InputError('No recipient', { code: 'INPUT_NO_RECIPIENT', hint: 'Name one.' });
const away = () => new StoreError('The store is away', { code: 'STORE_UNREACHABLE', retryable: true });

/** Runs the items, of which some throw. @returns what was done, and what came of it */
async function run(context: IExecuteFunctions, failing: Record<number, () => Error>) {
	const done: unknown[] = [];
	const result = eachItem(context, [[], []], 1, (item, _index, [output]) => {
		const failure = failing[item.json.id as number];
		if (failure) return Promise.reject(failure());
		done.push(item.json.id);
		output?.push(item);
		return Promise.resolve();
	});
	return { done, result: await result.catch((error: unknown) => error) };
}

describe('an item that fails', () => {
	it('stops the workflow, and leaves none of the others undone', async () => {
		const { done, result } = await run(contextOf('stopWorkflow'), { 2: unusable });
		expect(done).toEqual([1, 3, 4]);
		expect(result).toMatchObject({
			message: 'No recipient',
			description: 'Name one. (Code: INPUT_NO_RECIPIENT) 3 of 4 items were done.',
			context: { itemIndex: 1, code: 'INPUT_NO_RECIPIENT' },
		});
	});

	it('is told of with the others that fail', async () => {
		const { done, result } = await run(contextOf('stopWorkflow'), { 2: unusable, 4: unusable });
		expect(done).toEqual([1, 3]);
		expect(result).toMatchObject({
			description: expect.stringContaining('2 of 4 items were done, 2 failed.') as string,
			context: { itemIndex: 1 },
		});
	});

	it('for a reason that all would meet with ends the node at once', async () => {
		const { done, result } = await run(contextOf('stopWorkflow'), { 2: away });
		expect(done).toEqual([1]);
		expect(result).toMatchObject({
			description: expect.stringContaining('1 of 4 items were done, 2 were not begun.') as string,
		});
	});

	it('alone says nothing of others', async () => {
		const { result } = await run(contextOf('stopWorkflow', items.slice(1, 2)), { 2: unusable });
		expect(result).toMatchObject({ description: 'Name one. (Code: INPUT_NO_RECIPIENT)' });
	});

	it('goes on with its error where the user chose so', async () => {
		const { done, result } = await run(contextOf('continueRegularOutput'), { 2: unusable });
		expect(done).toEqual([1, 3, 4]);
		expect(result).toMatchObject([[{}, {}, {}], [{ json: { id: 2, error: { code: 'INPUT_NO_RECIPIENT' } } }]]);
	});
});
