import { TransportError } from '../../errors';
import { accessTokenFrom } from '../accessToken';
import { closedHere } from './imapError';
import { DEFAULT_CONNECT_TIMEOUT, type ImapServer, secretsOf } from './server';

/**
 * Logs in with the access token of an account that uses OAuth2, with null for any other. A token can be revoked before it
 * expires: when the server refuses it, the provider is asked once for a fresh one.
 *
 * @throws TransportError of the provider or of `login`; `IMAP_ABORTED` when the signal fired
 */
export async function withLoginToken<T>(
	server: ImapServer,
	login: (token: string | null) => Promise<T>,
	signal?: AbortSignal,
): Promise<T> {
	try {
		return await login(await tokenOf(server, false, signal));
	} catch (error) {
		const refused = error instanceof TransportError && error.code === 'IMAP_AUTHENTICATION_FAILED';
		if (!refused || server.authentication.kind !== 'oauth2') throw error;
		return await login(await tokenOf(server, true, signal));
	}
}

/** Gives up with the signal, and when the login has no time left. */
async function tokenOf(server: ImapServer, refused: boolean, signal?: AbortSignal): Promise<string | null> {
	const { authentication, connectTimeout: timeout = DEFAULT_CONNECT_TIMEOUT } = server;
	if (signal?.aborted === true) throw closedHere();
	if (authentication.kind !== 'oauth2') return null;
	const token = await accessTokenFrom(authentication.accessToken, { refused, timeout, signal });
	secretsOf(server).learn(token);
	return token;
}
