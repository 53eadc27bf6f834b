import type { IExecuteFunctions } from 'n8n-workflow';
import { afterEach, expect, it, vi } from 'vitest';
import { EmailLedger } from '../../nodes/EmailLedger/EmailLedger.node';

afterEach(() => vi.unstubAllEnvs());

it('Deliverability opens no store: it runs in queue mode without one', async () => {
	vi.stubEnv('EXECUTIONS_MODE', 'queue');
	const parameters: Record<string, unknown> = {
		resource: 'deliverability',
		operation: 'checkDomain',
		domain: 'no domain',
		options: {},
	};
	const context = {
		getInputData: () => [{ json: {} }],
		getNodeParameter: (name: string, _item: number, fallback: unknown) => parameters[name] ?? fallback,
		getNode: () => ({ name: 'Email Ledger' }),
		continueOnFail: () => true,
	} as unknown as IExecuteFunctions;
	const [[item]] = (await new EmailLedger().execute.call(context)) as [[{ json: object }]];
	expect(item.json).toMatchObject({ error: { code: 'INPUT_DOMAIN_INVALID' } });
});
