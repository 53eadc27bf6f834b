import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { PipelineError, TransportError } from '../../errors';
import { type AccessTokenSource, accessTokenFrom } from '../accessToken';
import type { SmtpServer } from './connection';

/** How long the OAuth2 provider may take, in ms. */
const TOKEN_TIMEOUT = 20_000;

/**
 * Logs in. A token that the server turns down is replaced once: it may have been revoked, or be older than it says.
 * @throws what smtp-connection reports; TransportError `OAUTH2_*`
 */
export async function authenticate(connection: SMTPConnection, { authentication }: SmtpServer): Promise<void> {
	switch (authentication.kind) {
		case 'none':
			return;
		case 'password':
			await login(connection, { user: authentication.user, pass: authentication.password });
			return;
		case 'oauth2':
			await loginByToken(connection, authentication.user, authentication.accessToken);
	}
}

async function loginByToken(connection: SMTPConnection, user: string, source: AccessTokenSource): Promise<void> {
	const state: { renewed: boolean; failure: unknown } = { renewed: false, failure: null };
	const token = async (renew: boolean): Promise<string> => {
		state.renewed ||= renew;
		try {
			return await accessTokenFrom(source, { refused: renew, timeout: TOKEN_TIMEOUT });
		} catch (error) {
			state.failure = credentialError(error);
			throw state.failure;
		}
	};
	const attempt = async (first: string): Promise<void> => {
		try {
			await login(
				connection,
				xoauth2(user, first, () => token(true)),
			);
		} catch (error) {
			throw state.failure ?? error;
		}
	};
	try {
		await attempt(await token(false));
	} catch (error) {
		// Where the refusal comes as a challenge (334), smtp-connection has asked for another token by itself.
		if (state.renewed || (error as { responseCode?: unknown }).responseCode !== 535) throw error;
		await attempt(await token(true));
	}
}

function login(connection: SMTPConnection, auth: Parameters<SMTPConnection['login']>[0]): Promise<void> {
	return new Promise((resolve, reject) => {
		connection.login(auth, (error) => {
			if (error) reject(error);
			else resolve();
		});
	});
}

/** https://developers.google.com/workspace/gmail/imap/xoauth2-protocol#the_sasl_xoauth2_mechanism */
function xoauth2(user: string, token: string, another: () => Promise<string>) {
	return {
		method: 'XOAUTH2',
		user,
		oauth2: {
			getToken: (renew: boolean, done: (error: Error | null, token?: string) => void) => {
				if (!renew) {
					done(null, token);
					return;
				}
				another().then(
					(value) => done(null, value),
					// smtp-connection writes a code of its own into the error it is given.
					() => done(new Error('There is no other token')),
				);
			},
			buildXOAuth2Token: (value: string) =>
				Buffer.from(`user=${user}\x01auth=Bearer ${value}\x01\x01`).toString('base64'),
		} as never,
	};
}

/** What is wrong with the credential is wrong with the way out, not with the mail. */
function credentialError(error: unknown): unknown {
	if (error instanceof TransportError || !(error instanceof PipelineError)) return error;
	const { message, code, hint } = error;
	return new TransportError(message, { code, hint: hint ?? undefined, cause: error });
}
