import { messageOf, PipelineError, TransportError } from '../../errors';
import { connectionError, type Peer } from '../connectionError';

/** What a server said when it refused a command: the tagged NO or BAD, or an untagged BYE. */
export interface Refusal {
	status: 'NO' | 'BAD' | 'BYE';
	/** The response code in brackets (RFC 9051 section 7.1), upper case, or null. */
	responseCode: string | null;
	text: string;
}

interface Rule {
	/** Response codes of RFC 5530 and RFC 9051 section 7.1, and those of providers. */
	codes?: readonly string[];
	/** The wording of servers that send no code, or a misleading one. */
	text?: RegExp;
	code: string;
	message: string;
	hint: string;
	retryable: boolean;
}

/** First match wins; wording comes before codes, since servers put several refusals behind `[UNAVAILABLE]` or `[ALERT]`. */
const rules: readonly Rule[] = [
	{
		// Dovecot: "NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)"
		// Gmail: "NO [ALERT] Too many simultaneous connections. (Failure)"; Courier: "BYE Maximum connection limit reached"
		text: /(too many|maximum number of|maximum) (simultaneous |concurrent |imap |open )?(connections?|sessions?)|connection limit/i,
		code: 'IMAP_TOO_MANY_CONNECTIONS',
		message: 'The mail server allows this account no further connection',
		hint: 'Close other mail programs of this account or raise the limit of the mail server; it is tried again.',
		retryable: true,
	},
	{
		// Yahoo: "NO [LIMIT] LOGIN Rate limit hit"; Outlook: "BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds"
		// Gmail: "NO [OVERQUOTA] Account exceeded command or bandwidth limits"
		codes: ['LIMIT', 'THROTTLED'],
		text: /throttled|rate limit|bandwidth limit|too many (login|authentication|failed)/i,
		code: 'IMAP_LIMIT_REACHED',
		message: 'The mail server asks for fewer requests',
		hint: 'It is tried again more slowly; poll fewer mailboxes of this account if it goes on.',
		retryable: true,
	},
	{
		// Dovecot: "NO [UNAVAILABLE] Temporary authentication failure."; Exchange Online: "BAD User is authenticated but not connected."
		codes: ['UNAVAILABLE', 'SERVERBUG', 'INUSE', 'CORRUPTION', 'SYS/TEMP'],
		text: /authenticated but not connected|temporar(il)?y|try again later|server (is )?(busy|shutting down|unavailable)/i,
		code: 'IMAP_UNAVAILABLE',
		message: 'The mail server cannot serve this request at the moment',
		hint: 'It is tried again; if it goes on, look into the log of the mail server.',
		retryable: true,
	},
	{
		codes: ['PRIVACYREQUIRED'],
		text: /log ?in is disabled|plaintext auth\w* (is )?(disallowed|disabled)/i,
		code: 'IMAP_LOGIN_NEEDS_TLS',
		message: 'The mail server takes no password over an unencrypted connection',
		hint: 'Choose TLS or STARTTLS as the connection security.',
		retryable: false,
	},
	{
		// Gmail: "NO [ALERT] Application-specific password required"; "NO [WEBALERT https://…] Web login required."
		text: /application-specific password|app password|web login required|log in via your web browser|basic ?auth\w* is (blocked|disabled)/i,
		code: 'IMAP_AUTHENTICATION_FAILED',
		message: 'The mail provider refuses a plain password for this account',
		hint: 'Create an app password, or use the OAuth2 credential of the provider.',
		retryable: false,
	},
	{
		codes: ['EXPIRED'],
		code: 'IMAP_AUTHENTICATION_FAILED',
		message: 'The password or token of this account has expired',
		hint: 'Set a new one in the credential.',
		retryable: false,
	},
	{
		codes: ['AUTHENTICATIONFAILED', 'AUTHORIZATIONFAILED', 'CONTACTADMIN'],
		code: 'IMAP_AUTHENTICATION_FAILED',
		message: 'The mail server refused the user name or password',
		hint: 'Check user and password in the credential; many providers need an app password or OAuth2.',
		retryable: false,
	},
	{
		codes: ['NONEXISTENT', 'TRYCREATE'],
		text: /(mailbox|folder) (doesn'?t|does not) exist|unknown (mailbox|folder)|no such (mailbox|folder)|mailbox not found/i,
		code: 'IMAP_MAILBOX_NOT_FOUND',
		message: 'The mailbox does not exist',
		hint: 'Pick the mailbox from the list; names are spelled as the server spells them.',
		retryable: false,
	},
	{
		codes: ['NOPERM', 'READ-ONLY'],
		text: /permission denied|not (permitted|allowed)/i,
		code: 'IMAP_NO_PERMISSION',
		message: 'This account may not do that in the mailbox',
		hint: 'Ask the administrator of the mail server for the right, or choose another mailbox.',
		retryable: false,
	},
	{
		codes: ['OVERQUOTA'],
		code: 'IMAP_OVER_QUOTA',
		message: 'The mailbox is full',
		hint: 'Delete mail or raise the quota.',
		retryable: false,
	},
];

/** The error for a refusal. The server's own words are kept, shortened and without control characters. */
export function refusalError(refusal: Refusal, peer: Peer, cause?: unknown): TransportError {
	const rule =
		rules.find(({ text }) => text?.test(refusal.text) === true) ??
		rules.find(({ codes }) => refusal.responseCode !== null && codes?.includes(refusal.responseCode) === true);
	const quoted = (text: string) => peer.secrets?.conceal(text) ?? text;
	const words = quoted(refusal.text)
		.replace(/[\u0000-\u001f\u007f]+/g, ' ')
		.trim();
	const said = words === '' ? '' : ` (the server said: ${words.length > 200 ? `${words.slice(0, 200)}…` : words})`;
	const fallback =
		refusal.status === 'BYE'
			? { code: 'IMAP_CONNECTION_LOST', message: 'The mail server ended the session', retryable: true }
			: { code: 'IMAP_COMMAND_REFUSED', message: 'The mail server refused a command', retryable: false };
	const { code, message, retryable } = rule ?? fallback;
	return new TransportError(`${message}${said}.`, {
		code,
		hint: rule?.hint ?? 'It is tried again; if it goes on, look into the log of the mail server.',
		retryable,
		record: {
			host: peer.host,
			port: peer.port,
			status: refusal.status,
			responseCode: refusal.responseCode === null ? null : quoted(refusal.responseCode),
		},
		cause,
	});
}

/** What imapflow puts on the errors of a refused command. */
interface ImapFlowError {
	code?: string;
	responseStatus?: string;
	serverResponseCode?: string;
	responseText?: string;
	/** The BYE with which the server closed the connection. */
	reason?: string;
	authenticationFailed?: boolean;
	tlsFailed?: boolean;
	/** Set when SELECT failed and LIST does not know the mailbox either. */
	mailboxMissing?: boolean;
}

/** The refusal behind an error of imapflow, or null when no server said anything. */
export function refusalOf(error: unknown): Refusal | null {
	if (typeof error !== 'object' || error === null) return null;
	const { code, responseStatus, serverResponseCode, responseText, reason, response } = error as ImapFlowError & {
		response?: unknown;
	};
	if (responseStatus === 'NO' || responseStatus === 'BAD') {
		// Some errors reach us before imapflow has read the response code out of the parsed response.
		const parsed = response as { attributes?: { section?: { value?: unknown }[] }[] } | undefined;
		const inner = typeof response === 'object' ? parsed?.attributes?.[0]?.section?.[0]?.value : undefined;
		const said = serverResponseCode ?? (typeof inner === 'string' ? inner : null);
		return { status: responseStatus, responseCode: said?.toUpperCase() ?? null, text: responseText ?? '' };
	}
	// OpenSSL's errors carry a `reason` as well.
	const gone = code === undefined || /^(NoConnection|EConnectionClosed|ClosedAfterConnect\w*)$/.test(code);
	if (gone && typeof reason === 'string' && reason !== '') return byeRefusal(reason);
	return null;
}

function byeRefusal(reason: string): Refusal {
	const code = /^\[([A-Z-]+)[^\]]*\]\s*/i.exec(reason);
	return {
		status: 'BYE',
		responseCode: code?.[1]?.toUpperCase() ?? null,
		text: code === null ? reason : reason.slice(code[0].length),
	};
}

/** Any error of imapflow or of the network as a TransportError; one of ours passes through. */
export function imapError(thrown: unknown, peer: Peer): PipelineError {
	if (thrown instanceof PipelineError) return thrown;
	const error = peer.secrets?.concealError(thrown) ?? thrown;
	const { authenticationFailed, tlsFailed, mailboxMissing, code } = (
		typeof error === 'object' && error !== null ? error : {}
	) as ImapFlowError;
	const text = messageOf(error);
	const record = { host: peer.host, port: peer.port };

	if (tlsFailed === true && /does not support STARTTLS/i.test(text)) {
		return new TransportError(`${peer.host}:${peer.port} does not offer STARTTLS.`, {
			code: 'IMAP_STARTTLS_UNAVAILABLE',
			hint: 'Use implicit TLS on its port (993), or have STARTTLS switched on; the password was not sent.',
			record,
			cause: error,
		});
	}
	const refusal = refusalOf(error);
	if (refusal === null && /^(unsupported|no matching) authentication m/i.test(text)) {
		return new TransportError('The mail server offers no way to log in that fits this credential.', {
			code: 'IMAP_AUTHENTICATION_UNSUPPORTED',
			hint: 'Use a password instead of OAuth2, or the other way round.',
			record,
			cause: error,
		});
	}
	if (authenticationFailed === true) {
		const said = refusal ?? { status: 'NO' as const, responseCode: null, text };
		const mapped = refusalError(said, peer, error);
		// BAD is no answer to a password: the server did not understand, or was in trouble.
		if (mapped.code !== 'IMAP_COMMAND_REFUSED' || said.status === 'BAD') return mapped;
		return refusalError({ ...said, responseCode: 'AUTHENTICATIONFAILED' }, peer, error);
	}
	if (refusal !== null) {
		return refusalError(mailboxMissing === true ? { ...refusal, responseCode: 'NONEXISTENT' } : refusal, peer, error);
	}
	const connection = connectionError(error, peer);
	if (connection !== null) return connection;
	if (
		typeof code === 'string' &&
		/^(ParserError|MAX_IMAP_NESTING|LineTooLarge|LiteralTooLarge|ResponseTooLarge|ResponseProcessing|UnexpectedTag|InvalidResponse)/.test(
			code,
		)
	) {
		return new TransportError('The mail server sent something that is not IMAP or too large to take.', {
			code: 'IMAP_PROTOCOL_ERROR',
			hint: 'It is tried again; if it goes on, look into the log of the mail server.',
			retryable: true,
			record,
			cause: error,
		});
	}
	return new TransportError(`The IMAP connection failed: ${text}`, {
		code: 'IMAP_FAILED',
		hint: 'It is tried again; if it goes on, please report it with the log.',
		retryable: true,
		record,
		cause: error,
	});
}

/** What a connection ends with that this side has closed. */
export function closedHere(): TransportError {
	return new TransportError('The IMAP connection was closed by this side.', { code: 'IMAP_ABORTED' });
}
