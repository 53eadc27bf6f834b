import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeCertificate, type Certificate, type CertificateOptions } from './certificate';
import { freePorts, startDaemon, startLifetime, waitForGreeting, type Keep } from './daemon';

const run = promisify(execFile);

export interface PostfixOptions {
	/** Domains whose mail is delivered here, to `lmtpPort`; default `['example.test']`. */
	domains?: readonly string[];
	/** Dovecot's LMTP port; without it all mail for the domains is discarded after it was accepted. */
	lmtpPort?: number;
	/** Dovecot's SASL port: AUTH PLAIN and LOGIN are offered. */
	authPort?: number;
	/** Only who has authenticated may send (needs `authPort`). */
	requireAuth?: boolean;
	/** The reply to RCPT TO by recipient address or domain, such as `{ 'gone@example.test': '550 5.1.1 No such user' }`. */
	recipients?: Readonly<Record<string, string>>;
	/** transport(5) by domain or address, such as `{ 'down.test': 'smtp:[127.0.0.1]:1' }`; `error:5.1.2 text` is refused at RCPT TO. */
	transports?: Readonly<Record<string, string>>;
	/** True: every other domain is refused with `554 5.7.1 Relay access denied`, else it is relayed (see `transports`). */
	refuseRelay?: boolean;
	tls?: boolean;
	certificate?: CertificateOptions;
	/** More main.cf parameters. */
	main?: Readonly<Record<string, string>>;
}

export interface Postfix {
	readonly host: '127.0.0.1';
	/** SMTP, with STARTTLS unless switched off. */
	readonly port: number;
	/** SMTP over implicit TLS (smtps). */
	readonly tlsPort: number;
	readonly certificate: Certificate;
	readonly queueDir: string;
	/** The temporary folder that holds everything. */
	readonly folder: string;
	/** The messages in the queue, as `postqueue -j` says. */
	queue(): Promise<QueuedMessage[]>;
	/** Tries every deferred message again now. */
	flush(): Promise<void>;
	/** Ends every process at once, as a power cut does; the queue stays. */
	kill(): Promise<void>;
	/** Kills what runs and starts again on the same ports and queue, with changed options if given. */
	restart(changes?: PostfixOptions): Promise<void>;
	/** Ends every process and removes the folder. Idempotent. */
	stop(): Promise<void>;
	logs(): Promise<string>;
}

export interface QueuedMessage {
	queue_name: string;
	queue_id: string;
	sender: string;
	recipients: { address: string; delay_reason?: string }[];
}

/**
 * Starts a Postfix of its own on free loopback ports, with configuration, queue and log in a temporary folder.
 * Postfix's master must run as root; for anyone else this throws.
 */
export async function startPostfix(initial: PostfixOptions = {}): Promise<Postfix> {
	if (process.getuid?.() !== 0) throw new Error('Postfix runs as root only: run these tests as root, as CI does.');
	let options = initial;
	const folder = await mkdtemp(join(tmpdir(), 'postfix-'));
	const configDir = join(folder, 'etc');
	const queueDir = join(folder, 'queue');
	const [port, tlsPort] = (await freePorts(2)) as [number, number];
	const logs = () => readFile(join(folder, 'log'), 'utf8').catch(() => '');
	let certificate: Certificate | undefined;

	const start = async (keep: Keep) => {
		certificate ??= await makeCertificate(folder, 'server', options.certificate);
		const text = (table: Readonly<Record<string, string>> = {}) =>
			Object.entries(table)
				.map(([key, value]) => `${key} ${value}\n`)
				.join('');
		await writeFile(join(configDir, 'recipients'), text(options.recipients));
		await writeFile(join(configDir, 'transports'), text(options.transports));
		await writeFile(join(configDir, 'main.cf'), mainConfig(folder, options, certificate));
		await writeFile(join(configDir, 'master.cf'), masterConfig(port, tlsPort, options.tls ?? true));
		// Makes the queue's folders with the owners Postfix wants.
		await run('postfix', ['-c', configDir, 'check']);
		const { stdout } = await run('postconf', ['-h', 'daemon_directory']);
		const daemon = keep(await startDaemon(join(stdout.trim(), 'master'), ['-d', '-c', configDir], folder));
		await waitForGreeting(port, '220', daemon, logs);
	};

	await chmod(folder, 0o755);
	await mkdir(configDir);
	await mkdir(queueDir);
	const lifetime = await startLifetime(folder, start);

	return {
		...lifetime,
		host: '127.0.0.1',
		port,
		tlsPort,
		folder,
		queueDir,
		get certificate() {
			return certificate!;
		},
		logs,
		async queue() {
			const { stdout } = await run('postqueue', ['-c', configDir, '-j']);
			return stdout
				.split('\n')
				.filter((line) => line !== '')
				.map((line) => JSON.parse(line) as QueuedMessage);
		},
		async flush() {
			await run('postqueue', ['-c', configDir, '-f']);
		},
		async restart(changes = {}) {
			options = { ...options, ...changes };
			// The same unless another one is asked for.
			if (changes.certificate !== undefined) certificate = undefined;
			await lifetime.restart();
		},
	};
}

function mainConfig(folder: string, options: PostfixOptions, certificate: Certificate): string {
	const domains = options.domains ?? ['example.test'];
	const known = `check_recipient_access texthash:${join(folder, 'etc', 'recipients')}`;
	const relay = 'permit_sasl_authenticated, reject_unauth_destination';
	const parameters: Record<string, string> = {
		compatibility_level: '3.6',
		queue_directory: join(folder, 'queue'),
		data_directory: join(folder, 'data'),
		maillog_file: join(folder, 'log'),
		maillog_file_prefixes: '/var, /dev/stdout, ' + folder,
		myhostname: 'mx.example.test',
		mydestination: '',
		mynetworks: '127.0.0.0/8',
		inet_interfaces: '127.0.0.1',
		inet_protocols: 'ipv4',
		alias_maps: '',
		local_recipient_maps: '',
		virtual_mailbox_domains: domains.join(', '),
		virtual_mailbox_maps: 'static:all',
		virtual_transport: options.lmtpPort === undefined ? 'discard:' : `lmtp:inet:127.0.0.1:${options.lmtpPort}`,
		transport_maps: `texthash:${join(folder, 'etc', 'transports')}`,
		recipient_delimiter: '+',
		smtp_host_lookup: 'native',
		smtp_dns_support_level: 'disabled',
		smtpd_peername_lookup: 'no',
		biff: 'no',
		minimal_backoff_time: '300s',
		smtpd_relay_restrictions: options.refuseRelay ? relay : `permit_mynetworks, ${relay}`,
		smtpd_recipient_restrictions: options.requireAuth ? `${known}, permit_sasl_authenticated, reject` : known,
		smtpd_tls_security_level: (options.tls ?? true) ? 'may' : 'none',
		smtpd_tls_cert_file: certificate.certFile,
		smtpd_tls_key_file: certificate.keyFile,
		smtpd_tls_loglevel: '0',
		...(options.authPort === undefined
			? {}
			: {
					smtpd_sasl_auth_enable: 'yes',
					smtpd_sasl_type: 'dovecot',
					smtpd_sasl_path: `inet:127.0.0.1:${options.authPort}`,
					smtpd_sasl_security_options: 'noanonymous',
				}),
		...options.main,
	};
	return Object.entries(parameters)
		.map(([name, value]) => `${name} = ${value}\n`)
		.join('');
}

/** master(5): the services of an ordinary Postfix, none in a chroot. */
function masterConfig(port: number, tlsPort: number, tls: boolean): string {
	const smtps = `127.0.0.1:${tlsPort} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes`;
	return `127.0.0.1:${port} inet n - n - - smtpd
${tls ? smtps : ''}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;
}
