import { once } from 'node:events';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cyrusTree } from '../../../tools/programs.mts';
import { makeCertificate } from './certificate';
import { freePorts, startDaemon, startLifetime, waitForGreeting, type Keep } from './daemon';
import { mailOwner, makeFolder, own, type MailOwner } from './maildir';
import { defaultUsers, withClient, type MailServer } from './mailServer';
import { copyPrograms, libraryFolders } from './unpacked';

const users = defaultUsers;
const bin = 'usr/lib/cyrus/bin';
const programs = ['master', 'imapd', 'idled', 'ctl_cyrusdb'].map((name) => join(bin, name));
/** A user who may make shared mailboxes. */
const admin = 'admin';

export interface Cyrus extends MailServer {
	/** Makes a mailbox that belongs to no user and that all may use. */
	createShared(name: string): Promise<void>;
}

/**
 * Starts a Cyrus (Debian: cyrus-imapd, unpacked by tools/programs.mts) of its own on free loopback ports, with
 * everything it writes in a temporary folder. As Debian ships it: levels are separated by `.` and a user's mailboxes are
 * below `INBOX.`
 */
export async function startCyrus(): Promise<Cyrus> {
	const folder = await mkdtemp(join(tmpdir(), 'cyrus-'));
	const owner = await mailOwner();
	const logs = () => readFile(join(folder, 'log'), 'utf8').catch(() => '');
	const [port, tlsPort] = (await freePorts(2)) as [number, number];

	await chmod(folder, 0o755);
	await copyPrograms(cyrusTree, programs, folder, false);
	for (const part of ['config', 'config/socket', 'spool', 'run']) await makeFolder(join(folder, part), owner);
	const certificate = await makeCertificate(folder, 'server');
	await own(certificate.keyFile, owner);
	const passwords = await answerPasswords(join(folder, 'run', 'mux'));
	await chmod(join(folder, 'run', 'mux'), 0o777);
	const configFile = join(folder, 'imapd.conf');
	await writeFile(configFile, imapdConfig(folder, owner, certificate.certFile, certificate.keyFile));
	await writeFile(join(folder, 'cyrus.conf'), cyrusConfig(folder, port, tlsPort));

	const start = async (keep: Keep) => {
		const daemon = await startDaemon(
			join(folder, bin, 'master'),
			['-D', '-C', configFile, '-M', join(folder, 'cyrus.conf'), '-p', join(folder, 'pid')],
			folder,
			{
				env: { LD_LIBRARY_PATH: libraryFolders.map((part) => join(folder, part)).join(':') },
				log: join(folder, 'log'),
			},
		);
		await waitForGreeting(port, '* OK', keep(daemon), logs);
	};
	const server = { host: '127.0.0.1', port } as const;
	const lifetime = await startLifetime(folder, start, () => passwords.close());
	return {
		...server,
		...lifetime,
		tlsPort,
		users,
		certificate,
		logs,
		deliver: (user, raw, { mailbox = 'INBOX' } = {}) =>
			withClient(server, user, async (client) => {
				await client.append(mailbox, Buffer.from(raw));
			}),
		async createShared(name) {
			// By hand: imapflow does not get along with a user who has no mailboxes of their own.
			const socket = connect(port, '127.0.0.1');
			socket.write(`1 LOGIN ${admin} secret\r\n2 CREATE ${name}\r\n3 LOGOUT\r\n`);
			const said = await text(socket);
			if (!said.includes('\r\n2 OK')) throw new Error(`Cyrus made no mailbox ${name}: ${said}`);
		},
	};
}

/** The other end of Cyrus' password check (saslauthd's protocol): four counted strings in, `OK` or `NO` out. */
async function answerPasswords(path: string): Promise<Server> {
	const known: Readonly<Record<string, string>> = { ...users, [admin]: 'secret' };
	const server = createServer((socket) => {
		let received = Buffer.alloc(0);
		socket.on('error', () => undefined);
		socket.on('data', (bytes) => {
			received = Buffer.concat([received, bytes]);
			const fields: string[] = [];
			for (let at = 0; at + 2 <= received.length; at += 2 + received.readUInt16BE(at)) {
				fields.push(received.toString('utf8', at + 2, at + 2 + received.readUInt16BE(at)));
			}
			if (fields.length < 4) return;
			const [name = '', password, , realm = ''] = fields;
			const answer = known[realm === '' ? name : `${name}@${realm}`] === password ? 'OK' : 'NO';
			socket.end(Buffer.concat([Buffer.from([0, answer.length]), Buffer.from(answer)]));
		});
	});
	server.listen(path);
	await once(server, 'listening');
	server.unref();
	return server;
}

function imapdConfig(folder: string, owner: MailOwner, certFile: string, keyFile: string): string {
	const parameters: Record<string, string> = {
		configdirectory: join(folder, 'config'),
		defaultpartition: 'default',
		'partition-default': join(folder, 'spool'),
		cyrus_user: owner.name,
		admins: admin,
		// Of shared mailboxes.
		defaultacl: 'anyone lrswipkxtecd',
		failedloginpause: '0',
		altnamespace: 'no',
		unixhierarchysep: 'no',
		virtdomains: 'userid',
		autocreate_quota: '0',
		// One of them by another name than people guess.
		autocreate_inbox_folders: 'Drafts|Sent|Quarantine|Trash',
		'xlist-drafts': 'Drafts',
		'xlist-sent': 'Sent',
		'xlist-junk': 'Quarantine',
		'xlist-trash': 'Trash',
		allowplaintext: 'yes',
		sasl_pwcheck_method: 'saslauthd',
		sasl_saslauthd_path: join(folder, 'run', 'mux'),
		sasl_mech_list: 'PLAIN',
		tls_server_cert: certFile,
		tls_server_key: keyFile,
		tls_session_timeout: '0',
		skiplist_unsafe: 'yes',
		lmtpsocket: join(folder, 'run', 'lmtp'),
		idlesocket: join(folder, 'run', 'idle'),
		notifysocket: join(folder, 'run', 'notify'),
	};
	return Object.entries(parameters)
		.map(([name, value]) => `${name}: ${value}\n`)
		.join('');
}

function cyrusConfig(folder: string, port: number, tlsPort: number): string {
	const command = (name: string, ...args: string[]) =>
		[join(folder, bin, name), '-C', join(folder, 'imapd.conf'), ...args].join(' ');
	return `START {
  recover cmd="${command('ctl_cyrusdb', '-r')}"
}
SERVICES {
  imap cmd="${command('imapd')}" listen="127.0.0.1:${port}" prefork=1
  imaps cmd="${command('imapd', '-s')}" listen="127.0.0.1:${tlsPort}" prefork=0
}
DAEMON {
  idled cmd="${command('idled')}"
}
`;
}
