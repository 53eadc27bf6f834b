import { PipelineError, TransportError, messageOf } from '../errors';

/** Gives the OAuth2 token of an account; `refused` asks for another one than the server has just turned down. */
export type AccessTokenSource = (state: { refused: boolean }) => Promise<string>;

/**
 * Asks for a token, but not for ever.
 * @param timeout in ms
 * @throws TransportError `OAUTH2_TOKEN_FAILED`, or what the source says of the credential
 */
export async function accessTokenFrom(
	source: AccessTokenSource,
	{ refused, timeout, signal }: { refused: boolean; timeout: number; signal?: AbortSignal },
): Promise<string> {
	const timedOut = AbortSignal.timeout(timeout);
	const given = signal === undefined ? timedOut : AbortSignal.any([timedOut, signal]);
	try {
		return await new Promise<string>((resolve, reject) => {
			given.addEventListener('abort', () => reject(new Error('it did not come in time')), { once: true });
			source({ refused }).then(resolve, reject);
		});
	} catch (error) {
		if (error instanceof PipelineError) throw error;
		throw new TransportError(`There is no access token for the mail account: ${messageOf(error)}`, {
			code: 'OAUTH2_TOKEN_FAILED',
			hint: 'Open the credential and sign in with the provider again.',
			retryable: true,
			cause: error,
		});
	}
}
