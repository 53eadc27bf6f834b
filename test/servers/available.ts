import { missingPrograms, programs } from '../../tools/programs.mts';

/** Whether this machine has the programs, by their names in tools/programs.mts; what it lacks is skipped, and told. */
function available(...names: string[]): boolean {
	const wanted = programs.filter(({ name }) => names.includes(name));
	if (wanted.length !== names.length) throw new Error(`tools/programs.mts does not know all of ${names.join(', ')}`);
	return missingPrograms(wanted).length === 0;
}

export const hasDovecot = available('Dovecot (IMAP)', 'Dovecot (LMTP)');
export const hasCyrus = available('Cyrus');
/** Courier gets a root folder of its own. */
export const hasCourier = available('Courier') && process.getuid?.() === 0;
/** Exim gets a root folder of its own, too. */
export const hasExim = available('Exim') && process.getuid?.() === 0;
/** Postfix's master runs as root only. */
export const hasMailServers = hasDovecot && available('Postfix') && process.getuid?.() === 0;
export const hasPostgres = available('PostgreSQL');
export const hasPgBouncer = hasPostgres && available('PgBouncer');
/** What n8n's queue mode needs. */
export const hasQueueServers = hasPostgres && available('Redis');
/** A clock of its own for one process. */
export const hasFakeClock = available('libfaketime');
export const hasClamd = available('ClamAV');
export const hasChromium = available('Chromium');
