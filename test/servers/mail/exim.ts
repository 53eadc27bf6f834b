import { appendFile, chmod, chown, copyFile, mkdir, mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eximTree } from '../../../tools/programs.mts';
import { freePorts, startDaemon, startLifetime, waitForGreeting, type Keep } from './daemon';
import type { Certificate } from './certificate';
import { greylistedFor } from './greylist';
import { mailOwner } from './maildir';
import { copyPrograms } from './unpacked';

export interface EximOptions {
	/** Bytes a message may have; 0: no limit. */
	sizeLimit?: number;
	/** Whether the limit stands in the reply to EHLO as well. */
	announcesSize?: boolean;
	/** TLS by STARTTLS, and AUTH PLAIN for this one login. */
	submission?: { certificate: Pick<Certificate, 'certFile' | 'keyFile'>; user: string; password: string };
	/** Delivers to this LMTP server what is in the queue, every few seconds. */
	delivery?: { lmtpPort: number; aliases: Readonly<Record<string, string>> };
	/** More main configuration. */
	main?: Readonly<Record<string, string>>;
}

export interface Exim {
	readonly host: '127.0.0.1';
	readonly port: number;
	/** Ends the greylisting of a local part. */
	know(localPart: string): Promise<void>;
	/** The envelope recipients of the messages in the queue, where all that is taken stays. */
	queued(): Promise<string[]>;
	logs(): Promise<string>;
	/** Ends every process at once; the queue stays. */
	kill(): Promise<void>;
	restart(): Promise<void>;
	stop(): Promise<void>;
}

/**
 * Starts an Exim (Debian: exim4-daemon-light, unpacked by tools/programs.mts, since it conflicts with Postfix) on a free
 * loopback port. By the local part of the recipient it refuses (`gone…`), defers (`grey…` until it is known, `young-…` for a
 * while (greylist.ts), `later…` always),
 * or refuses after the content (`spam…`, `loaded…` for now). It wants a user of its own in /etc/passwd, so it gets a root
 * folder (chroot), which takes root; for anyone else this throws.
 */
export async function startExim(options: EximOptions = {}): Promise<Exim> {
	if (process.getuid?.() !== 0) throw new Error('Exim runs as root only: run these tests as root, as CI does.');
	const folder = await mkdtemp(join(tmpdir(), 'exim-'));
	const owner = await mailOwner();
	const [port] = (await freePorts(1)) as [number];
	const logs = () => readFile(join(folder, 'var/log/exim/mainlog'), 'utf8').catch(() => '');
	const known = join(folder, 'etc/exim4/known');
	const input = join(folder, 'var/spool/exim/input');

	await chmod(folder, 0o755);
	await copyPrograms(eximTree, ['usr/sbin/exim4'], folder, true);
	for (const part of ['dev', 'tmp', 'etc/exim4', 'var/log/exim', 'var/spool/exim']) {
		await mkdir(join(folder, part), { recursive: true });
	}
	for (const part of ['var/log/exim', 'var/spool/exim']) await chown(join(folder, part), owner.uid, owner.gid);
	await writeFile(join(folder, 'dev/null'), '');
	await writeFile(
		join(folder, 'etc/passwd'),
		`root:x:0:0::/:/bin/false\nDebian-exim:x:${owner.uid}:${owner.gid}::/:/bin/false\n`,
	);
	await writeFile(join(folder, 'etc/group'), `root:x:0:\nDebian-exim:x:${owner.gid}:\n`);
	await writeFile(known, '');
	if (options.submission !== undefined) {
		const { certFile, keyFile } = options.submission.certificate;
		await copyFile(certFile, join(folder, 'etc/exim4/server.crt'));
		await copyFile(keyFile, join(folder, 'etc/exim4/server.key'));
		await chmod(join(folder, 'etc/exim4/server.key'), 0o644);
	}
	await writeFile(join(folder, 'etc/exim4/exim4.conf'), configuration(port, options));

	const start = async (keep: Keep) => {
		const args = [
			folder,
			'/usr/sbin/exim4',
			'-C',
			'/etc/exim4/exim4.conf',
			'-bdf',
			...(options.delivery ? ['-q2s'] : []),
		];
		const daemon = keep(await startDaemon('chroot', args, folder, { log: join(folder, 'output') }));
		await waitForGreeting(
			port,
			'220',
			daemon,
			async () => (await readFile(join(folder, 'output'), 'utf8')) + (await logs()),
		);
	};
	const lifetime = await startLifetime(folder, start);
	return {
		...lifetime,
		host: '127.0.0.1',
		port,
		logs,
		know: (localPart) => appendFile(known, `${localPart}: yes\n`),
		async queued() {
			const names = (await readdir(input)).filter((name) => name.endsWith('-H'));
			const headers = await Promise.all(names.map((name) => readFile(join(input, name), 'latin1')));
			// spec: "the number of recipients", then one a line, before the empty line and the header.
			return headers.map((text) => /\n1\n([^\s@]+@[^\s@]+)\n/.exec(text)?.[1] ?? '').sort();
		},
	};
}

function configuration(port: number, options: EximOptions): string {
	const { sizeLimit = 0, announcesSize = true, submission, delivery, main = {} } = options;
	const parameters: Record<string, string> = {
		primary_hostname: 'mx.example.test',
		local_interfaces: '127.0.0.1',
		daemon_smtp_ports: String(port),
		spool_directory: '/var/spool/exim',
		log_file_path: '/var/log/exim/%slog',
		exim_user: 'Debian-exim',
		exim_group: 'Debian-exim',
		never_users: '',
		host_lookup: '',
		rfc1413_query_timeout: '0s',
		...(submission === undefined
			? { tls_advertise_hosts: '' }
			: {
					tls_advertise_hosts: '*',
					tls_certificate: '/etc/exim4/server.crt',
					tls_privatekey: '/etc/exim4/server.key',
					auth_advertise_hosts: '*',
				}),
		queue_only: 'true',
		message_size_limit: announcesSize ? String(sizeLimit) : '0',
		acl_smtp_rcpt: 'check_rcpt',
		acl_smtp_data: 'check_data',
		...main,
	};
	const text = Object.entries(parameters).map(([name, value]) => `${name} = ${value}`);
	const tooLarge = `
  deny condition = \${if >{$message_size}{${sizeLimit}}}
       message = Message is too large`;
	return `${text.join('\n')}

begin acl

check_rcpt:
  deny local_parts = \\N^gone\\N
       message = No such user here
  defer local_parts = \\N^later\\N
       message = Mailbox is busy
  defer local_parts = \\N^grey\\N
       condition = \${lookup{$local_part}lsearch{/etc/exim4/known}{no}{yes}}
       message = Greylisted, try again
  defer local_parts = \\N^young-\\N
       condition = \${if <{\$tod_epoch}{\${eval:\${extract{2}{-}{\$local_part}}+${greylistedFor}}}}
       message = Greylisted, try again
  accept

check_data:${sizeLimit > 0 && !announcesSize ? tooLarge : ''}
  deny condition = \${if match{$recipients}{\\N^spam\\N}}
       message = This looks like spam
  defer condition = \${if match{$recipients}{\\N^loaded\\N}}
       message = Too busy to look at it
  accept

begin routers
${delivery === undefined ? blackhole : deliveryRouters(delivery)}
begin transports
${delivery === undefined ? '' : lmtpTransport(delivery.lmtpPort)}
begin retry
* * F,2h,5s

begin authenticators
${submission === undefined ? '' : authenticator(submission)}`;
}

const blackhole = `
all:
  driver = redirect
  data = :blackhole:
`;

function deliveryRouters({ aliases }: NonNullable<EximOptions['delivery']>): string {
	const redirects = Object.entries(aliases).map(
		([prefix, address], index) => `
alias${index}:
  driver = redirect
  local_parts = \\N^${prefix}\\N
  data = ${address}
`,
	);
	return `${redirects.join('')}
mailboxes:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = lmtp
`;
}

function lmtpTransport(port: number): string {
	return `
lmtp:
  driver = smtp
  protocol = lmtp
  port = ${port}
  allow_localhost
`;
}

function authenticator({ user, password }: NonNullable<EximOptions['submission']>): string {
	return `
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{\$auth2}{${user}}}{eq{\$auth3}{${password}}}}}
  server_set_id = \$auth2
`;
}
