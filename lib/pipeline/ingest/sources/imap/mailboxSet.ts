/** The mailboxes that one trigger watches: each a feed with a cursor, a lease and one connection of its own. */
import { listMailboxes, matchMailboxes, pathMeant } from '../../../../email/imap/account';
import { fullJitter } from '../../../../retry';
import type { ImapServer } from '../../../../email/imap/server';
import { InputError, PipelineError, messageOf } from '../../../../errors';
import type { Millis } from '../../../../store/store';
import { createSlots } from '../../slots';
import { loginIsKnown, loginMark } from './loginMark';
import { type MailboxQueue, type MailboxQueueOptions, watchIntoQueue } from './mailboxQueue';

export interface MailboxSetOptions extends Omit<MailboxQueueOptions, 'mailbox' | 'newSince' | 'slots'> {
	/** Paths, patterns as in LIST (`Support/*`), and special uses (`\Junk`). */
	mailboxes: readonly string[];
	/** Executions in flight at once, over all mailboxes; 4 unless given. */
	executions?: number;
	/** Pause between two looks for mailboxes that a pattern fits by now, in ms; ten minutes unless given. */
	lookInterval?: Millis;
}

/** Providers close the door on an account with more connections (Gmail: 15). */
export const MAX_MAILBOXES = 10;

const LOOK_AGAIN = { first: 1_000, longest: 60_000 };
const LOOK_INTERVAL: Millis = 10 * 60_000;

/** Needs the server's list: a pattern, or a special use. */
const isPattern = (name: string): boolean => /[*%]/.test(name) || name.startsWith('\\');

/**
 * Watches them all. Plain names are watched at once; what patterns and special uses mean is asked of the server, again and
 * again, so that a mailbox made later is watched as well.
 */
export function watchMailboxes(options: MailboxSetOptions): MailboxQueue {
	const { log, server } = options;
	const { plain, patterns } = sorted(options.mailboxes);
	const slots = createSlots(options.executions ?? 4);
	const feeds = new Map<string, MailboxQueue>();
	let stopped = false;
	let timer: NodeJS.Timeout | null = null;
	let failures = 0;
	const began = Date.now();

	function add(mailbox: string, newSince?: Millis): MailboxQueue {
		const feed = watchIntoQueue({ ...options, mailbox, newSince, slots });
		feeds.set(mailbox, feed);
		return feed;
	}

	/** Watches what fits and is not watched yet, and lets go what is gone. @returns the new ones */
	async function look(newSince?: Millis): Promise<MailboxQueue[]> {
		const wanted = await resolveMailboxes(server, options.mailboxes);
		if (wanted.length > MAX_MAILBOXES) throw tooMany(wanted.length);
		if (stopped) return [];
		for (const [mailbox, feed] of feeds) {
			if (wanted.includes(mailbox)) continue;
			feeds.delete(mailbox);
			log.info('A mailbox is no longer there, or no longer fits', { mailbox });
			await feed.stop();
		}
		return wanted.filter((mailbox) => !feeds.has(mailbox)).map((mailbox) => add(mailbox, newSince));
	}

	function lookLater(pause: Millis): void {
		if (stopped) return;
		timer = setTimeout(() => {
			// What is found now may have mail already that came after the workflow was published.
			look(began).then(
				() => {
					failures = 0;
					lookLater(options.lookInterval ?? LOOK_INTERVAL);
				},
				(error: unknown) => {
					log.warn('The mailboxes could not be listed, trying again', {
						reason: error instanceof PipelineError ? error.code : messageOf(error),
					});
					lookLater(fullJitter(failures++, LOOK_AGAIN));
				},
			);
		}, pause).unref();
	}

	async function loginWorked(): Promise<boolean> {
		const { store, scope } = options;
		return await loginIsKnown(store, scope, await loginMark(store, scope, server));
	}

	async function begin(): Promise<void> {
		if (plain.length > MAX_MAILBOXES) throw tooMany(plain.length);
		const first = plain.map((mailbox) => add(mailbox));
		if (patterns.length > 0) {
			try {
				first.push(...(await look()));
				lookLater(options.lookInterval ?? LOOK_INTERVAL);
			} catch (error) {
				// A server that is away comes back; anything else is for a person to mend.
				if (!(error instanceof PipelineError)) throw error;
				const refused = error.code === 'IMAP_AUTHENTICATION_FAILED';
				const passes = refused ? await loginWorked() : error.retryable || options.resumed === true;
				if (!passes) throw error;
				log.warn('The mailboxes could not be listed, trying again', { reason: error.code });
				lookLater(fullJitter(failures++, LOOK_AGAIN));
			}
		}
		await Promise.all(first.map(({ ready }) => ready));
	}

	const ready = begin();
	// The node may be closed before anybody waits for it.
	ready.catch(() => undefined);
	return {
		ready,
		async stop() {
			stopped = true;
			if (timer) clearTimeout(timer);
			await Promise.all([...feeds.values()].map((feed) => feed.stop()));
		},
		async idle() {
			await Promise.all([...feeds.values()].map((feed) => feed.idle()));
		},
	};
}

/**
 * Paths of the mailboxes that are meant, plain names first; the server is asked only where there are patterns.
 *
 * @throws InputError `INPUT_NO_MAILBOX` when nothing fits; TransportError
 */
export async function resolveMailboxes(server: ImapServer, names: readonly string[]): Promise<string[]> {
	const { plain, patterns } = sorted(names);
	if (patterns.length === 0) return plain;
	const listing = await listMailboxes(server);
	// A plain name keeps its spelling, which is what its cursor is known by.
	const named = new Set(plain.map((name) => pathMeant(listing, name)));
	const wanted = [...plain, ...matchMailboxes(listing, patterns).filter((path) => !named.has(path))];
	if (wanted.length === 0) throw nothingFits(patterns);
	return wanted;
}

function sorted(names: readonly string[]): { plain: string[]; patterns: string[] } {
	const plain = [...new Set(names.filter((name) => !isPattern(name)).map(spelled))];
	const doubtful = plain.filter((name) => plain.some((other) => mayBeShortFor(name, other)));
	return {
		plain: plain.filter((name) => !doubtful.includes(name)),
		patterns: [...doubtful, ...names.filter(isPattern)],
	};
}

/** `Support` and `INBOX.Support` are one mailbox on some servers: only their list tells. */
function mayBeShortFor(name: string, other: string): boolean {
	return other.length > name.length && other.endsWith(name) && /[^\p{L}\p{N}]/u.test(other.at(-name.length - 1) ?? '');
}

/** INBOX is one mailbox in whatever case (RFC 9051, 5.1). */
function spelled(name: string): string {
	return name.toUpperCase() === 'INBOX' ? 'INBOX' : name;
}

function tooMany(count: number): InputError {
	return new InputError(`${count} mailboxes fit, and one trigger watches at most ${MAX_MAILBOXES}`, {
		code: 'INPUT_TOO_MANY_MAILBOXES',
		hint: 'Each takes a connection of its own, and mail servers allow few. Narrow the pattern, or use several triggers.',
	});
}

function nothingFits(patterns: readonly string[]): InputError {
	return new InputError(`The mail account has no mailbox that fits ${patterns.join(', ')}`, {
		code: 'INPUT_NO_MAILBOX',
		hint: 'Choose from the list, or check the pattern: * is anything, % anything within one level, \\Junk a special use.',
	});
}
