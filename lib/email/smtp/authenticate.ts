/** Logs in to an SMTP server (RFC 4954). */
import { createHmac } from 'node:crypto';
import { PipelineError, TransportError } from '../../errors';
import { type AccessTokenSource, accessTokenFrom } from '../accessToken';
import type { Secrets } from '../secrets';
import type { SmtpChannel } from './channel';
import type { ServerReply } from './reply';
import type { SmtpServer } from './server';
import { conversationError, loginRefused, loginUnsupported } from './smtpError';

/** How long the OAuth2 provider may take, in ms. */
const TOKEN_TIMEOUT = 20_000;

/** Those that can be run with a user and a password, in order of preference. */
const PASSWORD_MECHANISMS = ['PLAIN', 'LOGIN', 'CRAM-MD5'] as const;

/**
 * @param offered the mechanisms that the server announced, in capitals
 * @param secrets learns the access token
 * @throws TransportError `SMTP_*`, `OAUTH2_*`
 */
export async function authenticate(
	channel: SmtpChannel,
	server: SmtpServer,
	offered: readonly string[],
	secrets: Secrets,
): Promise<void> {
	const { authentication } = server;
	switch (authentication.kind) {
		case 'none':
			return;
		case 'password':
			await loginByPassword(channel, server, offered, authentication);
			return;
		case 'oauth2':
			await loginByToken(channel, server, authentication.user, authentication.accessToken, secrets);
	}
}

async function loginByPassword(
	channel: SmtpChannel,
	server: SmtpServer,
	offered: readonly string[],
	{ user, password }: { user: string; password: string },
): Promise<void> {
	const known = PASSWORD_MECHANISMS.find((mechanism) => offered.includes(mechanism));
	// A server that announces none may know the simplest; a password goes unasked over an encrypted line only.
	if (known === undefined && (offered.length > 0 || !channel.encrypted)) throw loginUnsupported(server, offered);
	switch (known) {
		case 'LOGIN':
			await converse(channel, server, 'AUTH LOGIN', [() => base64(user), () => base64(password)]);
			return;
		case 'CRAM-MD5':
			await converse(channel, server, 'AUTH CRAM-MD5', [(challenge) => cramMd5(challenge, user, password)]);
			return;
		default: {
			const credentials = base64(`\0${user}\0${password}`);
			// RFC 4954 section 4: a server that does not take them with the command asks for them.
			await converse(channel, server, `AUTH PLAIN ${credentials}`, [() => credentials]);
		}
	}
}

/** Answers the challenges in turn. @throws TransportError what the refusal means */
async function converse(
	channel: SmtpChannel,
	server: SmtpServer,
	command: string,
	answers: ReadonlyArray<(challenge: string) => string>,
): Promise<void> {
	let reply = await channel.command(command, 'command');
	for (const answer of answers) {
		if (reply.replyCode !== '334') break;
		reply = await channel.command(answer(reply.lines.at(-1) ?? ''), 'command');
	}
	checkLogin(server, reply);
}

function checkLogin(server: SmtpServer, reply: ServerReply): void {
	const { replyCode } = reply;
	if (replyCode.startsWith('2')) return;
	// 503 is not among them: it says that there is nothing to log in to here.
	if (replyCode === '421' || replyCode.startsWith('3')) throw conversationError(server, reply, 'AUTH');
	throw loginRefused(server, reply);
}

/** RFC 2195. */
function cramMd5(challenge: string, user: string, password: string): string {
	const digest = createHmac('md5', password).update(Buffer.from(challenge, 'base64')).digest('hex');
	return base64(`${user} ${digest}`);
}

/** A token that the server turns down is replaced once: it may have been revoked, or be older than it says. */
async function loginByToken(
	channel: SmtpChannel,
	server: SmtpServer,
	user: string,
	source: AccessTokenSource,
	secrets: Secrets,
): Promise<void> {
	let reply: ServerReply | null = null;
	for (const refused of [false, true]) {
		const token = await tokenOf(source, refused);
		secrets.learn(token);
		reply = await xoauth2(channel, user, token);
		if (reply.replyCode !== '535') break;
	}
	if (reply !== null) checkLogin(server, reply);
}

/** https://developers.google.com/workspace/gmail/imap/xoauth2-protocol#the_sasl_xoauth2_mechanism */
async function xoauth2(channel: SmtpChannel, user: string, token: string): Promise<ServerReply> {
	const response = base64(`user=${user}\x01auth=Bearer ${token}\x01\x01`);
	const reply = await channel.command(`AUTH XOAUTH2 ${response}`, 'command');
	// A refusal comes as a challenge, with its reason; the empty answer makes it one.
	return reply.replyCode === '334' ? await channel.command('', 'command') : reply;
}

/** What is wrong with the credential is wrong with the way out, not with the mail. */
async function tokenOf(source: AccessTokenSource, refused: boolean): Promise<string> {
	try {
		return await accessTokenFrom(source, { refused, timeout: TOKEN_TIMEOUT });
	} catch (error) {
		if (error instanceof TransportError || !(error instanceof PipelineError)) throw error;
		const { message, code, hint } = error;
		throw new TransportError(message, { code, hint: hint ?? undefined, cause: error });
	}
}

function base64(text: string): string {
	return Buffer.from(text, 'utf8').toString('base64');
}
