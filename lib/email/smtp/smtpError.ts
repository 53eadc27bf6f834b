import { TransportError, messageOf } from '../../errors';
import { connectionError } from '../connectionError';

/** True when these settings cannot work: trying again without a person changes nothing. */
export function isConfigurationError(error: TransportError): boolean {
	return !error.retryable && /^(?:TLS_|OAUTH2_|(?:SMTP|API)_(?:AUTHENTICATION|STARTTLS|HOST)_)/.test(error.code);
}

/** Normalises what nodemailer's smtp-connection reports (its codes: nodemailer/lib/errors). */
export function smtpError(error: unknown, { host, port }: { host: string; port: number }): TransportError {
	if (error instanceof TransportError) return error;
	const { code, response, responseCode } = (error ?? {}) as {
		code?: unknown;
		response?: unknown;
		responseCode?: unknown;
	};
	const record = { host, port, replyCode: typeof responseCode === 'number' ? responseCode : null };
	const said = typeof response === 'string' ? `: ${response.replace(/\s+/g, ' ').slice(0, 300)}` : '';

	if (code === 'EAUTH' || code === 'ENOAUTH' || code === 'EOAUTH2') {
		// RFC 4954 section 6: 454 is temporary, 530 asks for a login, 534 and 535 refuse this one.
		if (typeof responseCode === 'number' && responseCode < 500) {
			return new TransportError(`The SMTP server ${host} cannot log in anyone right now${said}`, {
				code: 'SMTP_UNAVAILABLE',
				retryable: true,
				record,
				cause: error,
			});
		}
		return new TransportError(`The SMTP server ${host} refused the login${said}`, {
			code: 'SMTP_AUTHENTICATION_FAILED',
			hint: 'Check user and password in the credential; many providers want an app password here.',
			record,
			cause: error,
		});
	}
	if (code === 'ETLS' && said !== '') {
		// RFC 3207 section 4: 454 is temporary, any other refusal means that the server has no STARTTLS here.
		return new TransportError(`The SMTP server ${host} does not offer STARTTLS on port ${port}${said}`, {
			code: 'SMTP_STARTTLS_UNAVAILABLE',
			hint: 'Choose TLS with port 465, or ask the provider for the right port.',
			retryable: responseCode === 454,
			record,
			cause: error,
		});
	}
	if (responseCode === 530) {
		return new TransportError(`The SMTP server ${host} wants a login or encryption first${said}`, {
			code: 'SMTP_AUTHENTICATION_REQUIRED',
			hint: 'Fill in user and password in the credential, and choose TLS or STARTTLS.',
			record,
			cause: error,
		});
	}
	if (typeof responseCode === 'number' && responseCode >= 400) {
		return new TransportError(`The SMTP server ${host} refused the mail${said}`, {
			code: responseCode < 500 ? 'SMTP_REFUSED_FOR_NOW' : 'SMTP_REFUSED',
			retryable: responseCode < 500,
			record,
			cause: error,
		});
	}
	return (
		connectionError(certificateFault(error) ?? error, { protocol: 'SMTP', host, port }) ??
		new TransportError(`The conversation with the SMTP server ${host} failed: ${messageOf(error)}`, {
			code: 'SMTP_FAILED',
			retryable: true,
			record,
			cause: error,
		})
	);
}

/** Node's codes for what its messages say: nodemailer puts its own code in their place. */
const certificateFaults: ReadonlyArray<readonly [RegExp, string]> = [
	[/certificate has expired/i, 'CERT_HAS_EXPIRED'],
	[/certificate is not yet valid/i, 'CERT_NOT_YET_VALID'],
	// "Hostname/IP does not match certificate's altnames: …"
	[/does not match certificate/i, 'ERR_TLS_CERT_ALTNAME_INVALID'],
	// "self-signed certificate; if the root CA is installed locally, …", "unable to verify the first certificate"
	[/self.signed certificate|unable to (?:verify|get) /i, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
];

function certificateFault(error: unknown): Error | null {
	const found = certificateFaults.find(([text]) => text.test(messageOf(error)));
	return found ? Object.assign(new Error(messageOf(error)), { code: found[1] }) : null;
}
