import { once } from 'node:events';
import { hostname } from 'node:os';
import { SMTPServer, type Session } from 'smtp-server';
import type { Account } from './imap.mts';

const MAX_SIZE_BYTES = 25 * 1024 ** 2;

export interface SmtpOptions {
	readonly accounts: readonly Account[];
	/** The domain whose addresses are known one by one; every other domain is caught by `catchAll`. */
	readonly domain: string;
	/** The account that gets the mail for all other domains: nothing ever leaves this machine. */
	readonly catchAll: string;
	/** Called once per message and account; the message is accepted when it has returned. */
	readonly deliver: (address: string, raw: Buffer) => void;
}

/** SMTP that delivers into the demo's own mailboxes, whomever the mail is for. */
export class SmtpService {
	private readonly server: SMTPServer;
	private readonly options: SmtpOptions;

	constructor(options: SmtpOptions) {
		this.options = options;
		this.server = new SMTPServer({
			name: options.domain,
			disabledCommands: ['STARTTLS'],
			authOptional: true,
			allowInsecureAuth: true,
			disableReverseLookup: true,
			size: MAX_SIZE_BYTES,
			closeTimeout: 1000,
			onAuth: ({ username, password }, _session, callback) => {
				const isKnown = options.accounts.some(
					(account) => account.address === username && account.password === password,
				);
				if (isKnown) callback(null, { user: username ?? '' });
				else callback(replyError(535, '5.7.8 Authentication credentials invalid'));
			},
			onRcptTo: ({ address }, _session, callback) => {
				if (this.accountFor(address) === null)
					callback(replyError(550, `5.1.1 <${address}>: no such mailbox in this demo`));
				else callback();
			},
			onData: (stream, session, callback) => {
				const chunks: Buffer[] = [];
				stream.on('data', (chunk: Buffer) => chunks.push(chunk));
				stream.on('end', () => {
					if (stream.sizeExceeded) callback(replyError(552, '5.3.4 Message too big for this demo'));
					else callback(null, this.accept(Buffer.concat(chunks), session));
				});
			},
		});
		// A client that hangs up is no reason for the demo to end.
		this.server.on('error', () => undefined);
	}

	async listen(port: number, host: string): Promise<void> {
		await once(this.server.listen(port, host), 'listening');
	}

	async close(): Promise<void> {
		await new Promise<void>((resolve) => this.server.close(resolve));
	}

	private accept(raw: Buffer, session: Session): string {
		const recipients = new Set(session.envelope.rcptTo.map(({ address }) => this.accountFor(address)));
		for (const account of recipients) {
			if (account !== null) this.options.deliver(account, Buffer.concat([traceFields(session, account), raw]));
		}
		return `2.0.0 Delivered, queued as ${session.id}`;
	}

	/** The account an address belongs to (RFC 5233 subaddresses included), or null when it is unknown. */
	private accountFor(address: string): string | null {
		const [, local = '', domain = ''] = /^(.*)@([^@]*)$/.exec(address.toLowerCase()) ?? [];
		if (domain !== this.options.domain) return this.options.catchAll;
		const wanted = `${local.split('+')[0] ?? ''}@${domain}`;
		return this.options.accounts.some((account) => account.address === wanted) ? wanted : null;
	}
}

/** What the last server adds: Return-Path and Received (RFC 5321, section 4.4), and Delivered-To. */
function traceFields(session: Session, account: string): Buffer {
	const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
	return Buffer.from(
		[
			`Return-Path: <${from}>`,
			`Delivered-To: ${account}`,
			`Received: from ${session.hostNameAppearsAs || 'unknown'} ([${session.remoteAddress}])`,
			`\tby ${hostname()} (demo) with ESMTP id ${session.id}`,
			`\tfor <${account}>; ${new Date().toUTCString().replace('GMT', '+0000')}`,
			'',
		].join('\r\n'),
	);
}

function replyError(responseCode: number, message: string): Error {
	return Object.assign(new Error(message), { responseCode });
}
