import { spawn } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedFolder } from './cached-folder.mts';
import { cacheFolder } from './checkout.mts';
import { step } from './progress.mjs';
import { SetupError } from './setup-error.mjs';

/** A program the tests run against, and the Debian package that brings it. */
export interface Program {
	readonly name: string;
	/** Where Debian puts it; may be a glob. */
	readonly file: string;
	readonly debianPackage: string;
	/**
	 * Set where the package cannot be installed beside the others (it conflicts with Dovecot or Postfix): a folder of its own
	 * that it and what it depends on are unpacked into. `file` is in there.
	 */
	readonly unpackedInto?: string;
}

/** Where Cyrus, Courier and Exim are unpacked: a file system tree with `usr`, `lib` and `etc`. */
export const cyrusTree = join(cacheFolder(), 'debian-cyrus-imapd');
export const courierTree = join(cacheFolder(), 'debian-courier-imap');
export const eximTree = join(cacheFolder(), 'debian-exim4');

/** The real servers and the browser of the test suite. */
export const programs: readonly Program[] = [
	{ name: 'Dovecot (IMAP)', file: '/usr/lib/dovecot/imap', debianPackage: 'dovecot-imapd' },
	{ name: 'Dovecot (LMTP)', file: '/usr/lib/dovecot/lmtp', debianPackage: 'dovecot-lmtpd' },
	{
		name: 'Cyrus',
		file: join(cyrusTree, 'usr/lib/cyrus/bin/master'),
		debianPackage: 'cyrus-imapd',
		unpackedInto: cyrusTree,
	},
	{
		name: 'Courier',
		file: join(courierTree, 'usr/lib/courier/courier/imaplogin'),
		debianPackage: 'courier-imap',
		unpackedInto: courierTree,
	},
	{
		name: 'Exim',
		file: join(eximTree, 'usr/sbin/exim4'),
		debianPackage: 'exim4-daemon-light',
		unpackedInto: eximTree,
	},
	{ name: 'Postfix', file: '/usr/sbin/postfix', debianPackage: 'postfix' },
	{ name: 'PostgreSQL', file: '/usr/lib/postgresql/*/bin/postgres', debianPackage: 'postgresql' },
	{ name: 'PgBouncer', file: '/usr/sbin/pgbouncer', debianPackage: 'pgbouncer' },
	{ name: 'ClamAV', file: '/usr/sbin/clamd', debianPackage: 'clamav-daemon' },
	{ name: 'libfaketime', file: '/usr/lib/*/faketime/libfaketimeMT.so.1', debianPackage: 'faketime' },
	{ name: 'Redis', file: '/usr/bin/redis-server', debianPackage: 'redis-server' },
	{ name: 'Chromium', file: '/usr/bin/chromium', debianPackage: 'chromium' },
];

export function missingPrograms(wanted: readonly Program[] = programs): Program[] {
	return wanted.filter(({ file }) => globSync(file).length === 0);
}

/**
 * Installs what is missing where that is possible without asking (root on Debian or Ubuntu), and otherwise says what
 * to install. Suites whose programs are missing then skip themselves, and the caller counts them.
 */
export async function ensurePrograms(): Promise<void> {
	const missing = missingPrograms();
	if (missing.length === 0) return;
	if (!canInstall()) {
		console.warn(installAdvice(missing));
		return;
	}
	await step(`Installing test programs: ${missing.map(({ name }) => name).join(', ')}`, async () => {
		await apt(['update']);
		const packages = installable(missing);
		if (packages.length > 0) await apt(['install', '--yes', '--no-install-recommends', ...packages]);
	});
	for (const program of missing) {
		try {
			await unpack(program);
		} catch (error) {
			// The tests that need it are skipped, and counted.
			console.warn(error instanceof SetupError ? error.message : error);
		}
	}
	const still = missingPrograms();
	if (still.length > 0) console.warn(installAdvice(still));
}

/** Downloads a package and all it depends on that is not installed, and unpacks it; the system stays as it is. */
async function unpack({ name, file, debianPackage, unpackedInto }: Program): Promise<void> {
	if (unpackedInto === undefined) return;
	await cachedFolder({
		path: unpackedInto,
		title: `Unpacking ${name}`,
		findFault: (folder) => Promise.resolve(existsSync(file.replace(unpackedInto, folder)) ? null : `no ${name} in it`),
		async make(folder) {
			const archives = join(folder, 'archives');
			await mkdir(join(archives, 'partial'), { recursive: true });
			// Nothing is installed or removed, whatever apt says that it would.
			const download = ['install', '--download-only', '--yes', '--no-install-recommends'];
			await apt([...download, '-o', `Dir::Cache::archives=${archives}`, debianPackage]);
			for (const archive of await readdir(archives)) {
				if (archive.endsWith('.deb')) await run('/usr/bin/dpkg-deb', ['-x', join(archives, archive), folder]);
			}
			await rm(archives, { recursive: true });
		},
	});
}

function installable(programs: readonly Program[]): string[] {
	return programs.filter(({ unpackedInto }) => unpackedInto === undefined).map(({ debianPackage }) => debianPackage);
}

/** What to tell somebody whose machine lacks programs that we cannot install. */
export function installAdvice(missing: readonly Program[]): string {
	const packages = installable(missing).join(' ');
	const unpacked = missing.filter(({ unpackedInto }) => unpackedInto !== undefined).map(({ name }) => name);
	const command = `sudo apt-get install --no-install-recommends ${packages}`;
	return [
		`Missing: ${missing.map(({ name }) => name).join(', ')}. The tests that need them will be skipped.`,
		...(packages === '' ? [] : [`To run them all, install them; on Debian or Ubuntu: ${command}`]),
		...(unpacked.length === 0 ? [] : [`${unpacked.join(' and ')}: run the tests as root on Debian or Ubuntu once.`]),
	].join('\n');
}

function canInstall(): boolean {
	const isRoot = process.getuid?.() === 0;
	const isDebian =
		existsSync('/etc/os-release') && /^ID(?:_LIKE)?=.*\bdebian\b/m.test(readFileSync('/etc/os-release', 'utf8'));
	return isRoot && isDebian && existsSync('/usr/bin/apt-get');
}

async function apt(args: readonly string[]): Promise<void> {
	await run('/usr/bin/apt-get', ['-q', ...args], 'Install the packages by hand, then run the tests again.');
}

async function run(command: string, args: readonly string[], hint?: string): Promise<void> {
	const child = spawn(command, args, {
		env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	});
	if (code === 0) return;
	const lastLines = output.trimEnd().split('\n').slice(-10).join('\n');
	throw new SetupError(`${command} ${args.join(' ')} failed:\n${lastLines}`, hint === undefined ? {} : { hint });
}
