import type { ApiAccount } from '../../email/api/provider';
import { type ApiOptions, openApiSession, providerOf } from '../../email/api/session';
import type { SendTransport } from './sendRequest';

/**
 * Sends over a provider's HTTP API; connections are kept open across several sends.
 * @throws InputError `API_ACCOUNT_INVALID`
 */
export function createApiTransport(account: ApiAccount, options: ApiOptions = {}): SendTransport & { close(): void } {
	const session = openApiSession(account, options);
	const { together, keyLifetime } = providerOf(account);
	return {
		name: account.provider,
		together,
		keyLifetime,
		session: () => Promise.resolve(session),
		close: () => session.close(),
	};
}
