import type { IRunExecutionData, ITriggerFunctions } from 'n8n-workflow';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { IngestionRecord } from '../../lib/store';
import { executionStatusOf } from '../../nodes/executionStatus';

const record = { key: 'inbox:1:1', attempt: 1, execution: '7' } as IngestionRecord;
const unnamed = { ...record, execution: null } as IngestionRecord;

interface N8n {
	settings?: object;
	data?: unknown;
	/** n8n 2.0 gives its triggers no settings. */
	without?: 'settings' | 'data';
}

function contextOf({ settings = {}, data, without }: N8n = {}): ITriggerFunctions {
	const getRunExecutionData = () => Promise.resolve(data as IRunExecutionData | undefined);
	return {
		getNode: () => ({ id: 'node', name: 'Trigger' }),
		getWorkflow: () => ({ id: 'workflow' }),
		emit: { length: 4 },
		...(without === 'settings' ? {} : { getWorkflowSettings: () => settings }),
		...(without === 'data' ? {} : { additionalData: { getRunExecutionData } }),
	} as unknown as ITriggerFunctions;
}

afterEach(() => {
	vi.unstubAllEnvs();
});

describe('asked by the key of an emission, n8n', () => {
	/** Rows as they are found one after the other. */
	async function ask(
		rows: Array<string | null>,
		n8n: N8n & { active?: boolean; age?: number; of?: IngestionRecord } = {},
	) {
		const { active = false, age = 0, of = unnamed } = n8n;
		const keys: string[] = [];
		const executions = {
			find: (key: string) => {
				keys.push(key);
				const status = rows.length > 1 ? rows.shift() : rows[0];
				return Promise.resolve(status ? { id: '9', status, createdAt: new Date(Date.now() - age) } : null);
			},
			isActive: () => active,
			takeUp: 1,
		};
		const answer = await executionStatusOf(contextOf(n8n), executions)?.({ id: 'batch:1', records: [of] });
		expect(new Set(keys)).toEqual(new Set(['workflow:node:batch:1']));
		return answer;
	}

	it.each([
		['success', 'succeeded'],
		['waiting', 'waiting'],
		['error', 'failed'],
		['canceled', 'canceled'],
		['crashed', 'crashed'],
		['unknown', 'unknown'],
	])('says of %s: %s', async (status, expected) => {
		expect(await ask([status])).toEqual({ status: expected, execution: '9' });
	});

	it('tells what ran out of time from what somebody stopped', async () => {
		const because = (reason: string) => ({ resultData: { error: { reason }, runData: {} } });
		expect(await ask(['canceled'], { data: because('timeout') })).toMatchObject({ status: 'failed' });
		expect(await ask(['canceled'], { data: because('manual') })).toMatchObject({ status: 'canceled' });
		expect(await ask(['canceled'], { data: because('shutdown') })).toMatchObject({ status: 'crashed' });
	});

	it('works at what its process has, or is about to; what it has not died with another process', async () => {
		expect(await ask(['running'], { active: true })).toMatchObject({ status: 'running' });
		expect(await ask(['new'])).toMatchObject({ status: 'running' });
		expect(await ask(['running', 'success'])).toMatchObject({ status: 'succeeded' });
		expect(await ask(['running', 'running'])).toMatchObject({ status: 'crashed' });
		// Nobody begins it any more, and a repetition under its key takes its place.
		expect(await ask(['new'], { age: 120_000 })).toMatchObject({ status: 'none' });
	});

	it('has had none, or has not kept it', async () => {
		expect(await ask([null])).toEqual({ status: 'none', execution: null });
		expect(await ask([null], { of: record })).toEqual({ status: 'gone', execution: '7' });
		const settings = { saveDataSuccessExecution: 'none' };
		expect(await ask([null], { of: record, settings })).toEqual({ status: 'succeeded', execution: '7' });
		expect(await ask([null], { of: record, settings: { ...settings, saveDataErrorExecution: 'none' } })).toMatchObject({
			status: 'gone',
		});
		vi.stubEnv('EXECUTIONS_DATA_SAVE_ON_SUCCESS', 'none');
		expect(await ask([null], { of: record })).toMatchObject({ status: 'succeeded' });
	});
});

describe('where n8n cannot be asked by the key, what it has kept of a named execution', () => {
	const items = [[{ json: { ingestion: { key: 'inbox:1:1', attempt: 1 } } }]];
	const waiting = [{ node: { name: 'Trigger' }, data: { main: items } }];
	const node = (executionStatus: string) => [{ executionStatus, data: { main: items } }];
	const ran = (status: string, more: object = {}) => ({
		runData: { Trigger: node('success'), Parse: node(status) },
		lastNodeExecuted: 'Parse',
		...more,
	});

	async function statusIn(data: unknown, settings: object = {}, of = record) {
		const ask = executionStatusOf(contextOf({ data, settings }), null);
		return (await ask?.({ id: 'batch:1', records: [of] }))?.status;
	}

	it('tells its end, and only its end', async () => {
		const end = { nodeExecutionStack: [] };
		expect(await statusIn({ resultData: ran('success'), executionData: end })).toBe('succeeded');
		const failed = { resultData: ran('error', { error: {} }), executionData: { nodeExecutionStack: [{ node: {} }] } };
		expect(await statusIn(failed)).toBe('failed');
		const begun = { resultData: { runData: {} }, executionData: { nodeExecutionStack: waiting } };
		expect(await statusIn(begun)).toBe('unfinished');
		expect(await statusIn({ ...begun, waitTill: new Date() })).toBe('waiting');
		// As n8n amends what a crash interrupted.
		const crashed = { resultData: ran('crashed', { error: {} }), executionData: { nodeExecutionStack: waiting } };
		expect(await statusIn(crashed)).toBe('unfinished');
		expect(await statusIn({ ...crashed, resultData: ran('success') })).toBe('unfinished');
	});

	it('counts for the mails and the attempt that it was started for only', async () => {
		const ended = { resultData: ran('success'), executionData: { nodeExecutionStack: [] } };
		expect(await statusIn(ended, {}, { ...record, attempt: 2 })).toBe('unknown');
		expect(await statusIn(ended, {}, { ...record, key: 'inbox:1:2' })).toBe('unknown');
		expect(await statusIn(ended, {}, unnamed)).toBe('unknown');
		expect(await statusIn(undefined)).toBe('unknown');
	});

	it('is not asked for where the last word may not be the end', () => {
		expect(executionStatusOf(contextOf({ settings: { saveExecutionProgress: true } }), null)).toBeUndefined();
		expect(executionStatusOf(contextOf({ without: 'data' }), null)).toBeUndefined();
		expect(executionStatusOf(contextOf({ without: 'settings' }), null)).toBeUndefined();
	});
});
