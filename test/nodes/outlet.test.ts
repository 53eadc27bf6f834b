import type { IExecuteFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { openOutlet } from '../../nodes/IdempotentSend/outlet';

describe('the way out of Idempotent Send', () => {
	it.each([
		['password', 'smtpServerApi'],
		['oAuth2', 'mailOAuth2Api'],
	])('keeps to the sandbox of its credential, with %s too', async (authentication, type) => {
		const parameters: Record<string, unknown> = { transport: 'smtp', authentication };
		const credential = { sandbox: true, sandboxAllow: 'qa@ours.test', host: 'localhost', provider: 'google' };
		const context = {
			getNodeParameter: (name: string, _item: number, fallback?: unknown) => parameters[name] ?? fallback,
			getCredentials: (asked: string) =>
				asked === type ? Promise.resolve(credential) : Promise.reject(new Error(`${asked} is not set`)),
		};
		const outlet = await openOutlet(context as unknown as IExecuteFunctions);
		expect(outlet.settings.sandbox).toEqual({ allow: ['qa@ours.test'], redirectTo: null });
		outlet.close();
	});
});
