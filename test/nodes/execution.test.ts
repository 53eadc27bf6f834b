import type { IExecuteFunctions, IRun, IRunExecutionData, ITriggerFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import type { IngestionRecord } from '../../lib/store';
import type { Emission } from '../../lib/pipeline/feedOptions';
import { emitMails, runBy, traceOf } from '../../nodes/execution';

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

const emission: Emission = { id: 'batch:1', records: [] };

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
	expect(await outcomeOf(({ resolve }) => resolve(run('waiting')))).toBe('succeeded');
	expect(await outcomeOf(({ resolve }) => resolve(run('error', { message: 'no' })))).toBe('failed');
	expect(await outcomeOf(({ resolve }) => resolve(run('canceled')))).toBe('failed');
	expect(await outcomeOf(({ resolve }) => resolve(undefined))).toBe('refused');
});

it('an execution that somebody or n8n stopped is no riddle', async () => {
	const because = (reason: string) =>
		outcomeOf(({ reject }) => reject(Object.assign(new Error('cancelled'), { reason })));
	expect(await because('shutdown')).toBe('died');
	expect(await because('manual')).toBe('failed');
	expect(await because('timeout')).toBe('failed');
});

it('whatever else n8n rejects with means that nobody knows', async () => {
	await expect(outcomeOf(({ reject }) => reject(new Error('SQLITE_BUSY')))).rejects.toThrow('SQLITE_BUSY');
});

describe('what n8n has kept of an execution', () => {
	const record = { key: 'inbox:1:1', attempt: 1 } as IngestionRecord;
	const items = [[{ json: { ingestion: { key: 'inbox:1:1', attempt: 1 } } }]];
	const waiting = [{ node: { name: 'Trigger' }, data: { main: items } }];
	const node = (executionStatus: string) => [{ executionStatus, data: { main: items } }];
	const ran = (status: string, more: object = {}) => ({
		runData: { Trigger: node('success'), Parse: node(status) },
		lastNodeExecuted: 'Parse',
		...more,
	});

	async function traceIn(data: unknown, settings: object = {}, of = record) {
		const context = {
			getNode: () => ({ name: 'Trigger' }),
			getWorkflowSettings: () => settings,
			additionalData: { getRunExecutionData: () => Promise.resolve(data as IRunExecutionData | undefined) },
		};
		return await traceOf(context as unknown as ITriggerFunctions)?.('7', [of]);
	}

	it('tells its end, and only its end', async () => {
		const end = { nodeExecutionStack: [] };
		expect(await traceIn({ resultData: ran('success'), executionData: end })).toBe('succeeded');
		const failed = { resultData: ran('error', { error: {} }), executionData: { nodeExecutionStack: [{ node: {} }] } };
		expect(await traceIn(failed)).toBe('failed');
		const begun = { resultData: { runData: {} }, executionData: { nodeExecutionStack: waiting } };
		expect(await traceIn(begun)).toBe('open');
		expect(await traceIn({ ...begun, waitTill: new Date() })).toBe('succeeded');
		// As n8n amends what a crash interrupted.
		const crashed = { resultData: ran('crashed', { error: {} }), executionData: { nodeExecutionStack: waiting } };
		expect(await traceIn(crashed)).toBe('open');
		expect(await traceIn({ ...crashed, resultData: ran('success') })).toBe('open');
	});

	it('counts for the mails and the attempt that it was started for only', async () => {
		const ended = { resultData: ran('success'), executionData: { nodeExecutionStack: [] } };
		expect(await traceIn(ended, {}, { ...record, attempt: 2 })).toBe('unknown');
		expect(await traceIn(ended, {}, { ...record, key: 'inbox:1:2' })).toBe('unknown');
		expect(await traceIn(undefined)).toBe('unknown');
	});

	it('is not asked for where the last word may not be the end', async () => {
		expect(await traceIn(undefined, { saveExecutionProgress: true })).toBeUndefined();
		const bare = { getNode: () => ({ name: 'Trigger' }), getWorkflowSettings: () => ({}) };
		expect(traceOf(bare as unknown as ITriggerFunctions)).toBeUndefined();
		const { getNode } = bare;
		const ofN8n20 = { getNode, additionalData: { getRunExecutionData: () => Promise.resolve(undefined) } };
		expect(traceOf(ofN8n20 as unknown as ITriggerFunctions)).toBeUndefined();
	});

	it('is named by the nodes of the execution that the trigger has started, by no other', () => {
		const item = items[0]![0]!;
		const inMode = (mode: string) =>
			({ getMode: () => mode, getExecutionId: () => '7' }) as unknown as IExecuteFunctions;
		expect(runBy(inMode('trigger'), item)).toEqual({ execution: '7', attempt: 1 });
		expect(runBy(inMode('integrated'), item)).toBeUndefined();
		expect(runBy(inMode('manual'), item)).toBeUndefined();
		expect(runBy(inMode('trigger'), { json: {} })).toBeUndefined();
	});
});
