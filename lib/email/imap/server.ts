import { rootCertificates } from 'node:tls';
import type { ImapFlowOptions } from 'imapflow';
import type { AccessTokenSource } from '../accessToken';
import type { Peer } from '../connectionError';
import { Secrets } from '../secrets';

export type ConnectionSecurity =
	/** TLS from the first byte (port 993). */
	| 'tls'
	/** STARTTLS before anything else (port 143); the connection fails where the server does not offer it. */
	| 'starttls'
	/** No encryption at all: the password crosses the network in the clear. */
	| 'none';

export type ImapAuthentication =
	| { kind: 'password'; user: string; password: string }
	/**
	 * XOAUTH2 or OAUTHBEARER: asked for a token at every login, and once more with `refused: true` when the server did
	 * not take the first one.
	 */
	| { kind: 'oauth2'; user: string; accessToken: AccessTokenSource };

/** One line per event; never a body, a password or a token among the fields. */
export interface ImapLogger {
	debug(message: string, fields?: Record<string, unknown>): void;
	info(message: string, fields?: Record<string, unknown>): void;
	warn(message: string, fields?: Record<string, unknown>): void;
	error(message: string, fields?: Record<string, unknown>): void;
}

/** An IMAP account and how to reach it. */
export interface ImapServer {
	host: string;
	port: number;
	security: ConnectionSecurity;
	authentication: ImapAuthentication;
	/** PEM, in addition to the authorities that Node trusts. */
	ca?: string;
	/** PEM, for servers that want a client certificate. */
	clientCertificate?: { cert: string; key: string; passphrase?: string };
	/** The name the certificate must carry, where it differs from the host. */
	servername?: string;
	/** Accepts any certificate: only when the user has chosen so. */
	allowInvalidCertificate?: boolean;
	/** Milliseconds until the login must be through; default 30 000. */
	connectTimeout?: number;
	/** Milliseconds a command may go without a byte from the server; default 60 000. A sign of life has 15 000 at most. */
	commandTimeout?: number;
	/** Tells what the server wants a person to read (`[ALERT]`, RFC 9051 section 7.1). */
	onAlert?: (text: string) => void;
	logger?: ImapLogger;
}

export const DEFAULT_CONNECT_TIMEOUT = 30_000;
export const DEFAULT_COMMAND_TIMEOUT = 60_000;

/** No single literal is larger than a chunk we ask for, unless a server ignores partial FETCH; beyond this it is refused. */
const MAX_LITERAL = 64 * 1024 * 1024;

export function peerOf(server: ImapServer): Peer {
	return { protocol: 'IMAP', host: server.host, port: server.port, secrets: secretsOf(server) };
}

const secretsByServer = new WeakMap<ImapServer, Secrets>();

/** What this server is told in confidence; it learns each access token. */
export function secretsOf(server: ImapServer): Secrets {
	const known = secretsByServer.get(server);
	if (known !== undefined) return known;
	const { authentication, clientCertificate } = server;
	const password = authentication.kind === 'password' ? authentication.password : undefined;
	const secrets = new Secrets([password, clientCertificate?.passphrase], authentication.user);
	secretsByServer.set(server, secrets);
	return secrets;
}

/** The imapflow options for one connection; `accessToken` in the place of a password when the account uses OAuth2. */
export function clientOptions(server: ImapServer, accessToken: string | null): ImapFlowOptions {
	const { authentication, clientCertificate, security } = server;
	return {
		host: server.host,
		port: server.port,
		secure: security === 'tls',
		...(security === 'tls' ? {} : { doSTARTTLS: security === 'starttls' }),
		...(server.servername === undefined ? {} : { servername: server.servername }),
		auth:
			authentication.kind === 'password'
				? { user: authentication.user, pass: authentication.password }
				: { user: authentication.user, accessToken: accessToken ?? '' },
		tls: {
			rejectUnauthorized: server.allowInvalidCertificate !== true,
			minVersion: 'TLSv1.2',
			...(server.ca === undefined ? {} : { ca: [...rootCertificates, server.ca] }),
			...clientCertificate,
		},
		clientInfo: { name: 'n8n-nodes-email-pipeline', vendor: false, version: false, 'support-url': false },
		// We enter IDLE ourselves, at once; imapflow would wait 15 s after the last command.
		disableAutoIdle: true,
		disableCompression: true,
		maxLiteralSize: MAX_LITERAL,
		maxResponseSize: 2 * MAX_LITERAL,
		connectionTimeout: server.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT,
		greetingTimeout: server.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT,
		// Only a backstop: ImapConnection watches the progress of every command itself.
		socketTimeout: 15 * 60_000,
	};
}
