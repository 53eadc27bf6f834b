/** What goes wrong with an SMTP server, as errors of ours with something to do about it. */
import { TransportError, messageOf } from '../../errors';
import { connectionError } from '../connectionError';
import { type SmtpReply, isAboutConversation } from './reply';

type Server = { host: string; port: number };

/** True when these settings cannot work: trying again without a person changes nothing. */
export function isConfigurationError(error: TransportError): boolean {
	return (
		!error.retryable &&
		/^(?:TLS_|OAUTH2_|SMTP_NOT_SPOKEN|(?:SMTP|API)_(?:AUTHENTICATION|STARTTLS|HOST)_)/.test(error.code)
	);
}

/** Normalises what Node's net and tls report. */
export function smtpError(error: unknown, { host, port }: Server): TransportError {
	if (error instanceof TransportError) return error;
	return (
		connectionError(error, { protocol: 'SMTP', host, port }) ??
		new TransportError(`The conversation with the SMTP server ${host} failed: ${messageOf(error)}`, {
			code: 'SMTP_FAILED',
			retryable: true,
			record: { host, port },
			cause: error,
		})
	);
}

/** Something answers, and not as an SMTP server does. */
export function notSpoken({ host, port }: Server, said: string): TransportError {
	const isImap = /^\* (?:OK|BYE|PREAUTH)\b/.test(said);
	const isTls = /^[\x14-\x17]\x03/.test(said);
	const begin = said
		.replace(/[^\x20-\x7e]+/g, ' ')
		.trim()
		.slice(0, 200);
	const what = isImap ? 'an IMAP server' : isTls ? 'a server that expects TLS from the start' : 'something else';
	return new TransportError(`${host}:${port} is ${what}, not an SMTP server in this mode. It said “${begin}”`, {
		code: 'SMTP_NOT_SPOKEN',
		hint: 'Check the port and Connection Security in the credential: usually 465 for TLS and 587 for STARTTLS.',
		record: { host, port },
	});
}

/** It lets nobody in at present: no verdict on any mail. */
export function sessionRefused(server: Server, reply: SmtpReply, command: string): TransportError {
	if (reply.replyCode === '421') return conversationError(server, reply, command);
	const { host } = server;
	return new TransportError(`The SMTP server ${host} refused the session at ${command}: ${brief(reply)}`, {
		code: 'SMTP_SESSION_REFUSED',
		hint: 'It is tried again. The reply tells why: often it is the address of this machine or the Client Host Name.',
		retryable: true,
		record: recordOf(server, reply),
	});
}

/** RFC 4954 section 6: 454 and 432 are temporary, 530 asks for a login, 534, 535 and 538 refuse this one. */
export function loginRefused(server: Server, reply: SmtpReply): TransportError {
	const { host } = server;
	if (!reply.replyCode.startsWith('5')) {
		return new TransportError(`The SMTP server ${host} cannot log in anyone right now: ${brief(reply)}`, {
			code: 'SMTP_UNAVAILABLE',
			retryable: true,
			record: recordOf(server, reply),
		});
	}
	return new TransportError(`The SMTP server ${host} refused the login: ${brief(reply)}`, {
		code: 'SMTP_AUTHENTICATION_FAILED',
		hint: 'Check user and password in the credential; many providers want an app password here.',
		record: recordOf(server, reply),
	});
}

/** There is no way to log in that both sides know. */
export function loginUnsupported({ host, port }: Server, offered: readonly string[]): TransportError {
	const offer = offered.length === 0 ? 'offers no login here' : `offers only ${offered.join(', ')} for the login`;
	return new TransportError(`The SMTP server ${host} ${offer}`, {
		code: 'SMTP_AUTHENTICATION_UNSUPPORTED',
		hint:
			offered.length === 0
				? 'Many servers offer it over TLS or STARTTLS only. For a relay without a login, clear User and Password.'
				: 'PLAIN, LOGIN, CRAM-MD5 and XOAUTH2 are supported. Ask the provider for one of them.',
		record: { host, port },
	});
}

/** RFC 3207 section 4: 454 is temporary, any other refusal means that the server has no STARTTLS here. */
export function starttlsRefused(server: Server, reply: SmtpReply | null): TransportError {
	const { host, port } = server;
	const said = reply === null ? '' : `: ${brief(reply)}`;
	return new TransportError(`The SMTP server ${host} does not offer STARTTLS on port ${port}${said}`, {
		code: 'SMTP_STARTTLS_UNAVAILABLE',
		hint: 'Choose TLS with port 465, or ask the provider for the right port.',
		retryable: reply?.replyCode.startsWith('4') === true,
		record: reply === null ? { host, port } : recordOf(server, reply),
	});
}

/** A reply about the conversation, or one that does not belong there. */
export function conversationError(server: Server, reply: SmtpReply, command: string): TransportError {
	const { host } = server;
	if (reply.replyCode === '421') {
		return new TransportError(`The SMTP server ${host} ended the session at ${command}: ${brief(reply)}`, {
			code: 'SMTP_SERVER_CLOSING',
			hint: 'It is tried again later; the reply tells why, such as too many connections or a restart.',
			retryable: true,
			record: recordOf(server, reply),
		});
	}
	const isAboutName = /\b(?:helo|ehlo)\b/i.test(reply.text);
	return new TransportError(`The SMTP server ${host} did not go on at ${command}: ${brief(reply)}`, {
		code: 'SMTP_OUT_OF_STEP',
		hint: isAboutName
			? 'It does not like the name that this machine gives: set Client Host Name in the credential.'
			: 'The reply is about the conversation and not about the email. It is tried again in a new session.',
		retryable: true,
		record: recordOf(server, reply),
	});
}

/** A refusal of MAIL, RCPT, DATA or the content. */
export function refusalError(server: Server, reply: SmtpReply, stage: string): TransportError {
	const { host } = server;
	if (isAboutConversation(reply)) return conversationError(server, reply, stage);
	if (isLoginWanted(reply)) {
		return new TransportError(`The SMTP server ${host} wants a login or encryption first: ${brief(reply)}`, {
			code: 'SMTP_AUTHENTICATION_REQUIRED',
			hint: 'Fill in user and password in the credential, and choose TLS or STARTTLS.',
			record: recordOf(server, reply),
		});
	}
	const forNow = reply.replyCode.startsWith('4');
	return new TransportError(`The SMTP server ${host} refused the mail: ${brief(reply)}`, {
		code: forNow ? 'SMTP_REFUSED_FOR_NOW' : 'SMTP_REFUSED',
		retryable: forNow,
		record: recordOf(server, reply),
	});
}

/** RFC 4954 section 6, RFC 3207 section 4: they are about who we are. */
function isLoginWanted({ replyCode }: SmtpReply): boolean {
	return /^53[0458]$/.test(replyCode);
}

function brief({ text }: SmtpReply): string {
	return text.replace(/\s+/g, ' ').slice(0, 300);
}

function recordOf({ host, port }: Server, { replyCode }: SmtpReply) {
	return { host, port, replyCode: Number(replyCode) };
}
