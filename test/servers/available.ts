import { missingPrograms, programs } from '../../tools/programs.mts';

/** Whether this machine has the programs, by their names in tools/programs.mts; what it lacks is skipped, and told. */
function available(...names: string[]): boolean {
	const wanted = programs.filter(({ name }) => names.includes(name));
	if (wanted.length !== names.length) throw new Error(`tools/programs.mts does not know all of ${names.join(', ')}`);
	return missingPrograms(wanted).length === 0;
}

export const hasDovecot = available('Dovecot (IMAP)', 'Dovecot (LMTP)');
/** Postfix's master runs as root only. */
export const hasMailServers = hasDovecot && available('Postfix') && process.getuid?.() === 0;
export const hasPostgres = available('PostgreSQL');
export const hasPgBouncer = hasPostgres && available('PgBouncer');
/** What n8n's queue mode needs. */
export const hasQueueServers = hasPostgres && available('Redis');
export const hasChromium = available('Chromium');
export const hasClamd = available('ClamAV');
