import type { IExecuteFunctions, IRun, ITriggerFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import type { ExecutionBatch } from '../../lib/pipeline/ingest/queueOptions';
import { emitMails, runBy } from '../../nodes/execution';

/** As n8n makes it. */
interface Done {
	promise: Promise<IRun | undefined>;
	resolve: (run: IRun | undefined) => void;
	reject: (error: Error) => void;
}

function createDeferredPromise(): Done {
	let settle: Pick<Done, 'resolve' | 'reject'> | undefined;
	const promise = new Promise<IRun | undefined>((resolve, reject) => (settle = { resolve, reject }));
	return { promise, ...settle! };
}

const emission: ExecutionBatch = { id: 'batch:1', records: [] };

function run(status: IRun['status'], error?: object): IRun {
	return { status, data: { resultData: { runData: { Trigger: [] }, ...(error ? { error } : {}) } } } as unknown as IRun;
}

async function outcomeOf(settle: (done: Done) => void) {
	const keys: string[] = [];
	const context = {
		helpers: { createDeferredPromise },
		getWorkflow: () => ({ id: 'workflow' }),
		getNode: () => ({ id: 'node' }),
		emit: (_data: unknown, _response: unknown, done: Done, key: string) => {
			keys.push(key);
			settle(done);
		},
	};
	const outcome = await emitMails(context as unknown as ITriggerFunctions, emission);
	expect(keys).toEqual(['workflow:node:batch:1']);
	return outcome;
}

it('the end of an execution is told as it was', async () => {
	expect(await outcomeOf(({ resolve }) => resolve(run('success')))).toBe('succeeded');
	expect(await outcomeOf(({ resolve }) => resolve(run('waiting')))).toBe('waiting');
	expect(await outcomeOf(({ resolve }) => resolve(run('error', { message: 'no' })))).toBe('failed');
	expect(await outcomeOf(({ resolve }) => resolve(run('crashed', { message: 'no' })))).toBe('failed');
	expect(await outcomeOf(({ resolve }) => resolve(run('canceled')))).toBe('canceled');
	expect(await outcomeOf(({ resolve }) => resolve(run('canceled', { reason: 'manual' })))).toBe('canceled');
	expect(await outcomeOf(({ resolve }) => resolve(run('canceled', { reason: 'timeout' })))).toBe('failed');
	// A worker that shuts down.
	expect(await outcomeOf(({ resolve }) => resolve(run('canceled', { reason: 'shutdown' })))).toBe('died');
	expect(await outcomeOf(({ resolve }) => resolve(undefined))).toBe('refused');
});

it('an execution that somebody or n8n stopped is no riddle', async () => {
	const because = (reason: string) =>
		outcomeOf(({ reject }) => reject(Object.assign(new Error('cancelled'), { reason })));
	expect(await because('shutdown')).toBe('died');
	expect(await because('manual')).toBe('canceled');
	expect(await because('timeout')).toBe('failed');
});

it('whatever else n8n rejects with means that nobody knows', async () => {
	await expect(outcomeOf(({ reject }) => reject(new Error('SQLITE_BUSY')))).rejects.toThrow('SQLITE_BUSY');
});

describe('a record', () => {
	const item = { json: { ingestion: { key: 'inbox:1:1', attempt: 1 } } };

	it('is named by the nodes of the execution that the trigger has started, by no other', () => {
		const inMode = (mode: string) =>
			({ getMode: () => mode, getExecutionId: () => '7' }) as unknown as IExecuteFunctions;
		expect(runBy(inMode('trigger'), item)).toEqual({ execution: '7', attempt: 1 });
		expect(runBy(inMode('integrated'), item)).toBeUndefined();
		expect(runBy(inMode('manual'), item)).toBeUndefined();
		expect(runBy(inMode('trigger'), { json: {} })).toBeUndefined();
	});
});
