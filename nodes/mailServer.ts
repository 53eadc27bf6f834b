/** Credentials of a mail server, as the library wants them. */
import type { IAllExecuteFunctions, ICredentialDataDecryptedObject, INodeProperties } from 'n8n-workflow';
import type { ImapServer } from '../lib/email/imap/connection';
import type { SmtpServer, SmtpTimeouts } from '../lib/email/smtp/connection';
import { InputError } from '../lib/errors';
import { rememberedCredential } from './rememberedCredential';

type Protocol = 'imap' | 'smtp';

/** Where the presets of `MailOAuth2Api` live. */
const presets = {
	// https://developers.google.com/workspace/gmail/imap/imap-smtp
	google: { imap: ['imap.gmail.com', 993, 'tls'], smtp: ['smtp.gmail.com', 465, 'tls'] },
	// https://support.microsoft.com/office/pop-imap-and-smtp-settings-8361e398-8af4-4e97-b147-6c6c4ac95353
	microsoft: { imap: ['outlook.office365.com', 993, 'tls'], smtp: ['smtp.office365.com', 587, 'starttls'] },
} as const;

/** n8n's editor shows it as part of the choice of the credential. A condition on it would hide the fields that it names. */
export const authenticationProperty: INodeProperties = {
	displayName: 'Authentication',
	name: 'authentication',
	type: 'options',
	options: [
		{ name: 'Password', value: 'password' },
		{ name: 'OAuth2 (Google, Microsoft, …)', value: 'oAuth2' },
	],
	default: 'password',
};

/** Which credential shows goes with `authentication`. */
export const withPassword = { displayOptions: { show: { authentication: ['password'] } } };
export const withOAuth2 = { displayOptions: { show: { authentication: ['oAuth2'] } } };

interface CredentialContext {
	getCredentials(type: string, itemIndex?: number): Promise<ICredentialDataDecryptedObject>;
	getNodeParameter(name: string, itemIndex: number, fallback?: unknown): unknown;
}

export async function smtpServerOf(context: CredentialContext): Promise<SmtpServer> {
	if (context.getNodeParameter('authentication', 0, 'password') === 'oAuth2')
		return await oauth2Server(context, 'smtp');
	return passwordSmtpServer(await rememberedCredential(context, 'smtpServerApi'));
}

export function passwordSmtpServer(credential: ICredentialDataDecryptedObject): SmtpServer {
	const user = text(credential.user);
	const clientName = text(credential.clientName);
	return {
		...endpoint(credential, 465),
		...timeoutsOf(credential),
		authentication: user === '' ? { kind: 'none' } : { kind: 'password', user, password: secret(credential.password) },
		...(clientName === '' ? {} : { clientName }),
	};
}

export async function imapServerOf(context: CredentialContext): Promise<ImapServer> {
	if (context.getNodeParameter('authentication', 0, 'password') === 'oAuth2')
		return await oauth2Server(context, 'imap');
	return passwordImapServer(await context.getCredentials('imapMailboxApi'));
}

export function passwordImapServer(credential: ICredentialDataDecryptedObject): ImapServer {
	const cert = text(credential.clientPem);
	const key = text(credential.clientKey);
	const passphrase = secret(credential.clientKeyPassphrase);
	if ((cert === '') !== (key === '')) {
		throw new InputError('A client certificate goes with its private key, and one of them is missing', {
			code: 'INPUT_CLIENT_CERTIFICATE',
			hint: 'Give both in the credential, or neither.',
		});
	}
	return {
		...endpoint(credential, 993),
		...(cert === '' ? {} : { clientCertificate: { cert, key, ...(passphrase === '' ? {} : { passphrase }) } }),
		authentication: { kind: 'password', user: text(credential.user), password: secret(credential.password) },
	};
}

function endpoint(credential: ICredentialDataDecryptedObject, defaultPort: number) {
	const ca = text(credential.ca);
	return {
		host: text(credential.host),
		port: Number(credential.port ?? defaultPort),
		security: securityOf(credential.security),
		...(ca === '' ? {} : { ca }),
		allowInvalidCertificate: credential.allowInvalidCertificate === true,
	};
}

async function oauth2Server(context: CredentialContext, protocol: Protocol) {
	const credential = await context.getCredentials('mailOAuth2Api');
	let first = true;
	const provider = text(credential.provider);
	const [host, port, security] =
		provider === 'google' || provider === 'microsoft'
			? presets[provider][protocol]
			: ([
					text(credential[`${protocol}Host`]),
					Number(credential[`${protocol}Port`]),
					securityOf(credential.security),
				] as const);
	return {
		host,
		port,
		security,
		...(protocol === 'smtp' ? timeoutsOf(credential) : {}),
		authentication: {
			kind: 'oauth2' as const,
			user: text(credential.user),
			// The stored token, until it expires or a server refuses it.
			accessToken: async ({ refused }: { refused: boolean } = { refused: false }) => {
				// A session may last for days: whoever refreshed the token meanwhile has stored it.
				const current = first ? credential : await context.getCredentials('mailOAuth2Api');
				first = false;
				const stored = tokenOf(refused || expired(current) ? null : current.oauthTokenData);
				if (stored !== null) return stored;
				const all = context as unknown as IAllExecuteFunctions;
				const fresh = tokenOf(await all.helpers.refreshOAuth2Token.call(all, 'mailOAuth2Api'));
				if (fresh !== null) return fresh;
				throw new InputError('The OAuth2 credential is not connected', {
					code: 'OAUTH2_NOT_CONNECTED',
					hint: 'Open the credential and sign in with the provider.',
				});
			},
		},
	};
}

/** The fields of `smtpTimeoutFields`, in seconds. */
const timeoutFields = {
	connect: 'timeoutConnect',
	greeting: 'timeoutGreeting',
	command: 'timeoutLogin',
	mail: 'timeoutMail',
	rcpt: 'timeoutRecipient',
	data: 'timeoutData',
	block: 'timeoutContent',
	dot: 'timeoutEnd',
} as const;

/** @throws InputError `INPUT_INVALID` */
function timeoutsOf(credential: ICredentialDataDecryptedObject): { timeouts?: Partial<SmtpTimeouts> } {
	if (credential.changeTimeouts !== true) return {};
	const timeouts: Partial<SmtpTimeouts> = {};
	for (const [phase, field] of Object.entries(timeoutFields) as Array<[keyof typeof timeoutFields, string]>) {
		const value = credential[field];
		if (value === undefined || value === '') continue;
		const seconds = Number(value);
		if (!(seconds > 0 && seconds <= 3600)) {
			throw new InputError('A time-out of the credential is not a number of seconds', {
				code: 'INPUT_INVALID',
				hint: 'Give 1 to 3600 seconds, or switch off Change Time-Outs.',
			});
		}
		timeouts[phase] = seconds * 1000;
	}
	return { timeouts };
}

function securityOf(value: unknown): 'tls' | 'starttls' | 'none' {
	return value === 'starttls' || value === 'none' ? value : 'tls';
}

function expired(credential: ICredentialDataDecryptedObject): boolean {
	const data = credential.oauthTokenData as { expires_at?: unknown } | undefined;
	return typeof data?.expires_at === 'number' && data.expires_at < Date.now() / 1000 + 60;
}

function tokenOf(data: unknown): string | null {
	if (data === null || typeof data !== 'object') return null;
	const { access_token: snake, accessToken: camel } = data as { access_token?: unknown; accessToken?: unknown };
	const token = snake ?? camel;
	return typeof token === 'string' && token !== '' ? token : null;
}

function text(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}

function secret(value: unknown): string {
	return typeof value === 'string' ? value : '';
}
