import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeCertificate, type Certificate, type CertificateOptions } from './certificate';
import { freePorts, startDaemon, startLifetime, waitForGreeting, type Keep } from './daemon';
import { dovecotConfig } from './dovecotConfig';
import { deliverByLmtp } from './lmtp';
import { deliverToMaildir, mailOwner, makeFolder, makeMaildir } from './maildir';
import { defaultUsers } from './mailServer';

const run = promisify(execFile);

export interface DovecotOptions {
	/** Password by user name; default `{ 'alice@example.test': 'secret', 'bob@example.test': 'secret' }`. */
	users?: Readonly<Record<string, string>>;
	/** Seconds between the "still here" lines Dovecot sends in IDLE; default 120. */
	idleNotifySeconds?: number;
	/** mail_max_userip_connections; default 10. */
	maxConnectionsPerUser?: number;
	/** Capabilities the server does not announce, such as `IDLE`, `MOVE`, `UIDPLUS`, `CONDSTORE`. */
	withoutCapabilities?: readonly string[];
	/** False: neither STARTTLS nor a TLS port. */
	tls?: boolean;
	/** The server's certificate: self-signed for localhost and 127.0.0.1 unless told otherwise. */
	certificate?: CertificateOptions;
	/** An HTTP address of the test that answers token introspection (RFC 7662); switches XOAUTH2 and OAUTHBEARER on. */
	tokenIntrospectionUrl?: string;
	/** Lines added at the end of dovecot.conf. */
	config?: string;
}

export interface Delivery {
	/** `maildir` (default) writes the bytes as they are; `lmtp` adds Return-Path, Delivered-To and Received. */
	via?: 'maildir' | 'lmtp';
	/** Only with `maildir`; default INBOX. Created when missing. `/` separates levels. */
	mailbox?: string;
	/** Envelope sender, only with `lmtp`. */
	from?: string;
}

export interface Dovecot {
	readonly host: '127.0.0.1';
	/** IMAP in the clear, with STARTTLS. */
	readonly port: number;
	/** IMAP over implicit TLS. */
	readonly tlsPort: number;
	/** LMTP for Postfix or a test: every user is a recipient, with `+tag` too. */
	readonly lmtpPort: number;
	/** Dovecot's SASL protocol for Postfix: `smtpd_sasl_path = inet:127.0.0.1:<port>`. */
	readonly authPort: number;
	readonly users: Readonly<Record<string, string>>;
	readonly certificate: Certificate;
	/** The temporary folder that holds everything. */
	readonly folder: string;
	/** Puts a message into a mailbox in one atomic step; resolves when it is there. */
	deliver(user: string, raw: string | Uint8Array, delivery?: Delivery): Promise<void>;
	/** The user's Maildir; other mailboxes are `.Name` in it. */
	maildir(user: string): string;
	/** Runs `doveadm` on this instance and gives its standard output. */
	doveadm(...args: string[]): Promise<string>;
	/** The number of the user's IMAP connections that are logged in. */
	connections(user: string): Promise<number>;
	/** Ends every process at once, as a power cut does; the mail stays. */
	kill(): Promise<void>;
	/** Kills what runs and starts again on the same ports, mail and certificate, with changed options if given. */
	restart(changes?: DovecotOptions): Promise<void>;
	/** Ends every process and removes the folder. Idempotent. */
	stop(): Promise<void>;
	logs(): Promise<string>;
}

/**
 * Starts a Dovecot (Debian: dovecot-imapd, dovecot-lmtpd) of its own on free loopback ports, with configuration, users
 * and mail in a temporary folder. Runs as root (mail belongs to the user `mail`) and as any other user.
 */
export async function startDovecot(initial: DovecotOptions = {}): Promise<Dovecot> {
	let options = initial;
	const folder = await mkdtemp(join(tmpdir(), 'dovecot-'));
	const owner = await mailOwner();
	const users = () => options.users ?? defaultUsers;
	const maildir = (user: string) => join(folder, 'mail', user);
	const logs = () => readFile(join(folder, 'log'), 'utf8').catch(() => '');
	const configFile = join(folder, 'dovecot.conf');
	let certificate: Certificate | undefined;

	const start = async (keep: Keep) => {
		certificate ??= await makeCertificate(folder, 'server', options.certificate);
		const passwords = Object.entries(users()).map(([user, password]) => `${user}:{PLAIN}${password}`);
		await writeFile(join(folder, 'users'), `${passwords.join('\n')}\n`);
		for (const user of Object.keys(users())) await makeMaildir(maildir(user), owner);
		await writeFile(configFile, dovecotConfig({ folder, ports, owner, options, certificate }));
		if (options.tokenIntrospectionUrl !== undefined) {
			await writeFile(
				join(folder, 'oauth2.conf'),
				`introspection_mode = post\nintrospection_url = ${options.tokenIntrospectionUrl}\nusername_attribute = username\n` +
					'active_attribute = active\nactive_value = true\n',
			);
		}
		const daemon = keep(await startDaemon('dovecot', ['-F', '-c', configFile], folder));
		await waitForGreeting(ports.imap, '* OK', daemon, logs);
	};

	const [imap, imaps, lmtp, auth] = (await freePorts(4)) as [number, number, number, number];
	const ports = { imap, imaps, lmtp, auth };
	await chmod(folder, 0o755);
	await makeFolder(join(folder, 'mail'), owner);
	const lifetime = await startLifetime(folder, start);

	const doveadm = async (...args: string[]) => (await run('doveadm', ['-c', configFile, ...args])).stdout;
	return {
		...lifetime,
		host: '127.0.0.1',
		port: imap,
		tlsPort: imaps,
		lmtpPort: lmtp,
		authPort: auth,
		folder,
		get users() {
			return users();
		},
		get certificate() {
			return certificate!;
		},
		maildir,
		logs,
		doveadm,
		async connections(user) {
			const listed = await doveadm('who', '-1', user);
			return listed.split('\n').filter((line) => line.startsWith(`${user} `) && / imap /.test(line)).length;
		},
		async restart(changes = {}) {
			options = { ...options, ...changes };
			// The same unless another one is asked for.
			if (changes.certificate !== undefined) certificate = undefined;
			await lifetime.restart();
		},
		async deliver(user, raw, { via = 'maildir', mailbox = 'INBOX', from = '' } = {}) {
			if (via === 'lmtp') return deliverByLmtp(lmtp, from, user, raw);
			const target = mailbox === 'INBOX' ? maildir(user) : join(maildir(user), `.${mailbox.split('/').join('.')}`);
			await makeMaildir(target, owner);
			await deliverToMaildir(target, raw, owner);
		},
	};
}
