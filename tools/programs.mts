import { spawn } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { step } from './progress.mjs';
import { SetupError } from './setup-error.mjs';

/** A program the tests run against, and the Debian package that brings it. */
export interface Program {
	readonly name: string;
	/** Where Debian puts it; may be a glob. */
	readonly file: string;
	readonly debianPackage: string;
}

/** The real servers and the browser of the test suite. */
export const programs: readonly Program[] = [
	{ name: 'Dovecot (IMAP)', file: '/usr/lib/dovecot/imap', debianPackage: 'dovecot-imapd' },
	{ name: 'Dovecot (LMTP)', file: '/usr/lib/dovecot/lmtp', debianPackage: 'dovecot-lmtpd' },
	{ name: 'Postfix', file: '/usr/sbin/postfix', debianPackage: 'postfix' },
	{ name: 'PostgreSQL', file: '/usr/lib/postgresql/*/bin/postgres', debianPackage: 'postgresql' },
	{ name: 'PgBouncer', file: '/usr/sbin/pgbouncer', debianPackage: 'pgbouncer' },
	{ name: 'ClamAV', file: '/usr/sbin/clamd', debianPackage: 'clamav-daemon' },
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
	const packages = missing.map(({ debianPackage }) => debianPackage);
	if (!canInstall()) {
		console.warn(installAdvice(missing));
		return;
	}
	await step(`Installing test programs: ${packages.join(', ')}`, async () => {
		await apt(['update']);
		await apt(['install', '--yes', '--no-install-recommends', ...packages]);
	});
	const still = missingPrograms();
	if (still.length > 0) console.warn(installAdvice(still));
}

/** What to tell somebody whose machine lacks programs that we cannot install. */
export function installAdvice(missing: readonly Program[]): string {
	const packages = missing.map(({ debianPackage }) => debianPackage).join(' ');
	return [
		`Missing: ${missing.map(({ name }) => name).join(', ')}. The tests that need them will be skipped.`,
		`To run them all, install them; on Debian or Ubuntu: sudo apt-get install --no-install-recommends ${packages}`,
	].join('\n');
}

function canInstall(): boolean {
	const isRoot = process.getuid?.() === 0;
	const isDebian =
		existsSync('/etc/os-release') && /^ID(?:_LIKE)?=.*\bdebian\b/m.test(readFileSync('/etc/os-release', 'utf8'));
	return isRoot && isDebian && existsSync('/usr/bin/apt-get');
}

async function apt(args: readonly string[]): Promise<void> {
	const child = spawn('/usr/bin/apt-get', ['-q', ...args], {
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
	throw new SetupError(`apt-get ${args.join(' ')} failed:\n${lastLines}`, {
		hint: 'Install the packages by hand, then run the tests again.',
	});
}
