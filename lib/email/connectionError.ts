import { messageOf, TransportError } from '../errors';
import type { Secrets } from './secrets';

/** The server a connection was meant for. */
export interface Peer {
	protocol: 'IMAP' | 'SMTP' | 'API';
	host: string;
	port: number;
	/** What it was told in confidence, and is not to be quoted with. */
	secrets?: Secrets;
}

interface Rule {
	/** Codes of Node's net, dns and tls, of OpenSSL (X509_V_ERR_*), of imapflow and of nodemailer. */
	when: RegExp;
	/** Normalised code; `*` stands for the protocol. */
	code: string;
	message: (peer: Peer) => string;
	hint: string;
	retryable: boolean;
}

const at = (peer: Peer) => `${peer.host}:${peer.port}`;

/** First match wins. Every line names a failure that a user can tell from the others and act upon. */
const rules: readonly Rule[] = [
	{
		when: /^CERT_HAS_EXPIRED$/,
		code: 'TLS_CERTIFICATE_EXPIRED',
		message: (peer) => `The TLS certificate of ${at(peer)} has expired.`,
		hint: 'Renew the certificate on the mail server.',
		retryable: false,
	},
	{
		when: /^CERT_NOT_YET_VALID$/,
		code: 'TLS_CERTIFICATE_NOT_YET_VALID',
		message: (peer) => `The TLS certificate of ${at(peer)} is not valid yet.`,
		hint: 'Compare the clocks of this machine and of the mail server.',
		retryable: true,
	},
	{
		when: /^CERT_REVOKED$/,
		code: 'TLS_CERTIFICATE_REVOKED',
		message: (peer) => `The TLS certificate of ${at(peer)} was revoked.`,
		hint: 'Install a new certificate on the mail server.',
		retryable: false,
	},
	{
		when: /^ERR_TLS_CERT_ALTNAME_(INVALID|FORMAT)$|^HOSTNAME_MISMATCH$/,
		code: 'TLS_HOSTNAME_MISMATCH',
		message: (peer) => `The TLS certificate of ${at(peer)} was issued for another host name.`,
		hint: 'Use the host name that the certificate names, or set it as the TLS server name.',
		retryable: false,
	},
	{
		when: /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|^CERT_(UNTRUSTED|REJECTED|CHAIN_TOO_LONG|SIGNATURE_FAILURE)$|^INVALID_(CA|PURPOSE)$|^ERR_TLS_CERT_(?!ALTNAME)/,
		code: 'TLS_CERTIFICATE_UNTRUSTED',
		message: (peer) => `The TLS certificate of ${at(peer)} is not signed by an authority this machine trusts.`,
		hint: 'Give the certificate of the issuing authority as CA certificate.',
		retryable: false,
	},
	{
		when: /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL|HTTP_REQUEST/,
		code: 'TLS_NOT_SPOKEN',
		message: (peer) => `${at(peer)} does not answer in TLS.`,
		hint: 'Choose STARTTLS for this port, or the port for implicit TLS (IMAP 993, SMTP 465).',
		retryable: false,
	},
	{
		when: /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN)|ALERT_HANDSHAKE_FAILURE.*CERT/,
		code: 'TLS_CLIENT_CERTIFICATE_REFUSED',
		message: (peer) => `${at(peer)} refused the client certificate, or wants one.`,
		hint: 'Set the client certificate and key that the mail server expects.',
		retryable: false,
	},
	{
		when: /^ERR_OSSL_|^ERR_TLS_INVALID|^ERR_CRYPTO/,
		code: 'TLS_SETTINGS_INVALID',
		message: () => 'The CA certificate, client certificate or key cannot be read.',
		hint: 'Paste them in PEM form, with their BEGIN and END lines, and check the passphrase.',
		retryable: false,
	},
	{
		when: /^ERR_SSL_|^EPROTO$|^ERR_TLS_|^ETLS$|^STARTTLS_INJECTION$/,
		code: 'TLS_HANDSHAKE_FAILED',
		message: (peer) => `The TLS handshake with ${at(peer)} failed.`,
		hint: 'Check the port and that the mail server offers TLS 1.2 or later.',
		retryable: true,
	},
	{
		when: /^ENOTFOUND$|^EAI_NODATA$|^EAI_NONAME$/,
		code: '*_HOST_NOT_FOUND',
		message: (peer) => `The host name ${peer.host} does not exist.`,
		hint: 'Check the spelling of the host.',
		retryable: false,
	},
	{
		when: /^EAI_|^EDNS$|^ESERVFAIL$|^ETIMEOUT_DNS$/,
		code: '*_DNS_UNAVAILABLE',
		message: (peer) => `The host name ${peer.host} could not be looked up.`,
		hint: 'The name servers of this machine did not answer; it is tried again.',
		retryable: true,
	},
	{
		when: /^ECONNREFUSED$/,
		code: '*_CONNECTION_REFUSED',
		message: (peer) => `Nothing accepts connections at ${at(peer)}.`,
		hint: 'Check the port, and that the mail server is running and lets this machine in.',
		retryable: true,
	},
	{
		when: /^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL)$/,
		code: '*_UNREACHABLE',
		message: (peer) => `There is no route to ${at(peer)}.`,
		hint: 'Check the network and firewall of this machine.',
		retryable: true,
	},
	{
		when: /^(ETIMEDOUT|ETIMEOUT|ESOCKETTIMEDOUT|CONNECT_TIMEOUT|GREETING_TIMEOUT|UPGRADE_TIMEOUT)$/,
		code: '*_TIMEOUT',
		message: (peer) => `${at(peer)} did not answer in time.`,
		hint: 'Check the port, the firewall, and whether this port expects TLS from the start.',
		retryable: true,
	},
	{
		when: /^(ECONNRESET|ECONNABORTED|EPIPE|ECONNECTION|ESOCKET|ClosedAfterConnect\w*|NoConnection|EConnectionClosed|StateLogout)$/,
		code: '*_CONNECTION_LOST',
		message: (peer) => `${at(peer)} closed the connection.`,
		hint: 'It is tried again; if it goes on, look into the log of the mail server.',
		retryable: true,
	},
];

/**
 * Turns what Node's dns, net and tls, imapflow or nodemailer throw about a connection into one of the normalised codes
 * above (`IMAP_…`, `SMTP_…` or `API_…` for the protocol, `TLS_…` for both).
 *
 * @returns null when the error is not about the connection (an SMTP reply, an IMAP NO, a bug)
 */
export function connectionError(error: unknown, peer: Peer): TransportError | null {
	for (const code of codesOf(error)) {
		const rule = rules.find(({ when }) => when.test(code));
		if (rule === undefined) continue;
		return new TransportError(rule.message(peer), {
			code: rule.code.replace('*', peer.protocol),
			hint: rule.hint,
			retryable: rule.retryable,
			record: { host: peer.host, port: peer.port },
			cause: error,
		});
	}
	return null;
}

/**
 * Every code the error carries, most telling first: a library's own code (nodemailer's ESOCKET) often hides the one of
 * the system, which is then found in the cause or in the text (`connect ECONNREFUSED 127.0.0.1:25`).
 */
function codesOf(error: unknown, depth = 0): string[] {
	if (typeof error !== 'object' || error === null || depth > 4) return [];
	const { code, cause, _err, errors } = error as {
		code?: unknown;
		cause?: unknown;
		_err?: unknown;
		errors?: unknown;
	};
	const inner = [cause, _err, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
	const inText = messageOf(error).match(/\b(?:E[A-Z]{5,}|ERR_[A-Z_]+)\b/g) ?? [];
	return [...inner.flatMap((one) => codesOf(one, depth + 1)), ...inText, ...(typeof code === 'string' ? [code] : [])];
}
