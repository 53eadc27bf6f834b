import type { IRun } from 'n8n-workflow';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => {
	vi.unstubAllEnvs();
	vi.resetModules();
});

/** As n8n 2.41 reports the end of an execution to the trigger that started it. */
function run(status: IRun['status'], resultData: object): IRun {
	return { status, mode: 'trigger', data: { resultData } } as unknown as IRun;
}

describe('the end of an execution in queue mode', () => {
	it('is none when the worker died: n8n knows of no node that ran', async () => {
		const { isLost } = await import('../../nodes/queueMode.ts');
		const error = { message: 'This execution failed to be processed too many times and will no longer retry.' };
		expect(isLost(run('error', { runData: {}, error }))).toBe(true);
		expect(isLost(run('crashed', { runData: {} }))).toBe(true);
	});

	it('is one when the workflow itself failed, succeeded, waits, or is not told', async () => {
		const { isLost } = await import('../../nodes/queueMode.ts');
		const error = { message: 'The store is away' };
		// From a worker: the node's name, and no data.
		expect(isLost(run('error', { runData: {}, error, lastNodeExecuted: 'MIME Parse' }))).toBe(false);
		expect(isLost(run('success', { runData: {}, lastNodeExecuted: 'Reply' }))).toBe(false);
		expect(isLost(run('waiting', { runData: {} }))).toBe(false);
		expect(isLost(undefined)).toBe(false);
	});
});

describe('an execution of a process that is gone', () => {
	it('is dead at once in regular mode, and after a time in queue mode', async () => {
		const ageIn = async (env: Record<string, string>) => {
			vi.resetModules();
			for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
			return (await import('../../nodes/queueMode.ts')).abandonedAfter();
		};
		expect(await ageIn({ EXECUTIONS_MODE: 'regular', EMAIL_PIPELINE_ABANDONED_AFTER_SECONDS: '60' })).toBe(0);
		expect(await ageIn({ EXECUTIONS_MODE: 'queue', EMAIL_PIPELINE_ABANDONED_AFTER_SECONDS: '60' })).toBe(60_000);
		expect(await ageIn({ EXECUTIONS_MODE: 'queue', EMAIL_PIPELINE_ABANDONED_AFTER_SECONDS: 'an hour' })).toBe(
			3_600_000,
		);
	});
});
