import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { courierTree } from '../../../tools/programs.mts';
import { makeCertificate } from './certificate';
import { freePorts, startDaemon, startLifetime, waitForGreeting, type Keep } from './daemon';
import { deliverToMaildir, mailOwner, makeMaildir } from './maildir';
import { defaultUsers, type MailServer } from './mailServer';
import { copyPrograms } from './unpacked';

const execute = promisify(execFile);
const users = defaultUsers;

/** What is copied into the root folder of the server, with the libraries that it needs. */
const programs = [
	'usr/sbin/couriertcpd',
	'usr/lib/courier/courier/imaplogin',
	'usr/bin/imapd',
	'usr/bin/couriertls',
	'usr/lib/courier/courier-authlib/authdaemond',
	'usr/lib/courier/courier-authlib/makedatprog',
	'usr/lib/courier-authlib/libauthuserdb.so.0',
	'usr/libexec/gam_server',
] as const;

export interface Courier extends MailServer {
	/** The user's Maildir; other mailboxes are `.Name` in it. */
	maildir(user: string): string;
}

/**
 * Starts a Courier (Debian: courier-imap, unpacked by tools/programs.mts) of its own on free loopback ports. Its paths are
 * compiled in, so it gets a root folder (chroot) of its own, which takes root; for anyone else this throws.
 */
export async function startCourier(): Promise<Courier> {
	if (process.getuid?.() !== 0) throw new Error('Courier runs as root only: run these tests as root, as CI does.');
	const folder = await mkdtemp(join(tmpdir(), 'courier-'));
	const owner = await mailOwner();
	const [port, tlsPort] = (await freePorts(2)) as [number, number];
	const maildir = (user: string) => join(folder, 'mail', user, 'Maildir');
	const logs = () => readFile(join(folder, 'log'), 'utf8').catch(() => '');

	await chmod(folder, 0o755);
	await copyPrograms(courierTree, programs, folder, true);
	for (const part of ['dev', 'tmp', 'run/courier/authdaemon', 'etc/courier']) {
		await mkdir(join(folder, part), { recursive: true });
	}
	await writeFile(join(folder, 'dev/null'), '');
	await writeFile(join(folder, 'etc/courier/authdaemonrc'), 'authmodulelist="authuserdb"\ndaemons=2\n');
	// Courier's own user, whom couriertls turns into, is the owner of the mail as well.
	await writeFile(join(folder, 'etc/passwd'), `courier:x:${owner.uid}:${owner.gid}::/:/bin/false\n`);
	await writeFile(join(folder, 'etc/group'), `courier:x:${owner.gid}:\n`);
	const certificate = await makeCertificate(folder, 'server');
	await writeFile(join(folder, 'etc/courier/imapd.pem'), certificate.key + certificate.cert);
	for (const user of Object.keys(users)) await makeMaildir(maildir(user), owner);

	/** A program inside of the root folder. */
	const inside = (program: string, args: readonly string[]) => [folder, join('/', program), ...args];
	const writeTable = async (name: string, rows: string[]) => {
		const target = join('/etc/courier', name);
		const args = inside('usr/lib/courier/courier-authlib/makedatprog', ['-', `${target}.tmp`, `${target}.dat`]);
		const maker = spawn('chroot', args, { stdio: ['pipe', 'ignore', 'ignore'] });
		maker.stdin.end(`${rows.join('\n')}\n.\n`);
		const code = await new Promise((resolve) => maker.once('close', resolve));
		if (code !== 0) throw new Error(`Courier's table ${name} could not be made.`);
	};
	const hash = (await execute('openssl', ['passwd', '-1', 'secret'])).stdout.trim();
	const home = (user: string) => `uid=${owner.uid}|gid=${owner.gid}|home=/mail/${user}|mail=/mail/${user}/Maildir|_=`;
	const table = (row: (user: string) => string) => Object.keys(users).map((user) => `${user}\t${row(user)}`);
	await writeTable('userdb', table(home));
	await writeTable(
		'userdbshadow',
		table(() => `systempw=${hash}`),
	);

	const launch = (program: string, args: readonly string[], user: readonly string[] = []) =>
		startDaemon('chroot', [...user, ...inside(program, args)], folder, {
			// What tells apart the file monitors of several Couriers.
			env: { ...environment, GAM_CLIENT_ID: basename(folder) },
			log: join(folder, 'log'),
		});
	const start = async (keep: Keep) => {
		await rm(join(folder, 'run/courier/authdaemon/socket'), { force: true });
		keep(await launch('usr/lib/courier/courier-authlib/authdaemond', []));
		const monitor = ['--notimeout', basename(folder)];
		keep(await launch('usr/libexec/gam_server', monitor, [`--userspec=${owner.uid}:${owner.gid}`]));
		const listen = ['-address=127.0.0.1', '-maxprocs=40', '-maxperip=20', '-nodnslookup', '-noidentlookup'];
		const login = ['/usr/lib/courier/courier/imaplogin', '/usr/bin/imapd', 'Maildir'];
		const tls = ['/usr/bin/couriertls', '-server', '-tcpd'];
		keep(await launch('usr/sbin/couriertcpd', [...listen, String(tlsPort), ...tls, ...login]));
		const daemon = keep(await launch('usr/sbin/couriertcpd', [...listen, String(port), ...login]));
		await waitForGreeting(port, '* OK', daemon, logs);
	};
	const lifetime = await startLifetime(folder, start);
	return {
		...lifetime,
		host: '127.0.0.1',
		port,
		tlsPort,
		users,
		certificate,
		maildir,
		logs,
		async deliver(user, raw, { mailbox = 'INBOX' } = {}) {
			// Courier keeps lines as the system does, and ends them with CRLF when it sends them.
			const lines = Buffer.from(raw).toString('latin1').replaceAll('\r\n', '\n');
			await deliverToMaildir(join(maildir(user), mailbox.replace(/^INBOX/, '')), Buffer.from(lines, 'latin1'), owner);
		},
	};
}

/** As Debian's /etc/courier/imapd and imapd-ssl have it, except that IDLE is told of new mail instead of looking every minute. */
const environment: Readonly<Record<string, string>> = {
	IMAP_CAPABILITY:
		'IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA AUTH=PLAIN IDLE',
	IMAP_KEYWORDS: '1',
	IMAP_ACL: '1',
	IMAP_IDLE_TIMEOUT: '60',
	IMAP_ENHANCEDIDLE: '1',
	IMAP_MAILBOX_SANITY_CHECK: '1',
	IMAP_USELOCKS: '1',
	IMAP_UMASK: '022',
	IMAP_TRASHFOLDERNAME: 'Trash',
	IMAP_EMPTYTRASH: 'Trash:7',
	IMAP_STARTTLS: 'YES',
	IMAPDSTARTTLS: 'YES',
	COURIERTLS: '/usr/bin/couriertls',
	TLS_CERTFILE: '/etc/courier/imapd.pem',
	TLS_VERIFYPEER: 'NONE',
};
