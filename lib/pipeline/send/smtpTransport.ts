import { createHash } from 'node:crypto';
import { type SmtpServer, type SmtpSession, type Transmission, openSmtpSession } from '../../email/smtp/connection';
import { isSessionLimit } from '../../email/smtp/reply';
import { TransportError } from '../../errors';
import type { Millis } from '../../store/store';
import type { SendTransport } from './sendRequest';

/** How long a session that is kept waits for its next user, in ms. Servers wait for minutes (RFC 5321 4.5.3.2.7). */
const IDLE: Millis = 5_000;
/** Sessions that wait at one server; what is more is ended. */
const MOST_IDLE = 5;
/** Mails of one session: some servers refuse to go on for ever. */
const MOST_MAILS = 100;

/**
 * Refusals in a row after which a session is replaced: Postfix slows down after 10 errors and hangs up after 20
 * (smtpd_soft_error_limit, smtpd_hard_error_limit), Exim hangs up after 10 RSETs without a mail (smtp_accept_max_nonmail).
 */
const MOST_REFUSALS = 8;

interface Held {
	session: SmtpSession;
	mails: number;
	/** Since the last mail that was taken. */
	refusals: number;
}

/** Sessions that wait, by the settings they were opened with. */
const waiting = new Map<string, Array<Held & { end: NodeJS.Timeout }>>();

/**
 * Sends over one SMTP session at a time, which is replaced when it breaks. A session that was used before may have been
 * ended by the server meanwhile, or have had enough: where that shows before the body was asked for, a fresh one takes
 * over at once, and once. So it does for 503, which says that the two sides are out of step.
 * @param keep leaves the session on `close` to the next transport with the same settings, for a few seconds
 */
export function createSmtpTransport(
	server: SmtpServer,
	{ keep = false }: { keep?: boolean } = {},
): SendTransport & { close(): void } {
	const settings = keep ? settingsOf(server) : null;
	let current: Held | null = null;
	const open = async (): Promise<Held> => {
		current?.session.close();
		current = null;
		return (current = { session: await openSmtpSession(server), mails: 0, refusals: 0 });
	};
	return {
		name: server.host,
		async session() {
			const used = current && (await isReady(current)) ? current : await takeWaiting(settings);
			if (used !== current) current?.session.close();
			const held = (current = used ?? (await open()));
			return {
				async transmit(envelope, message, beforeBody) {
					const body = { begun: false };
					const transmission = await transmitOver(held, envelope, message, () => {
						body.begun = true;
						return beforeBody();
					});
					if (body.begun || !isWorthAnotherSession(transmission, used !== null)) return transmission;
					return await openAnd(open, (fresh) => transmitOver(fresh, envelope, message, beforeBody));
				},
			};
		},
		close() {
			if (settings !== null && current && isGood(current)) leaveWaiting(settings, current);
			else current?.session.close();
			current = null;
		},
	};
}

async function transmitOver(held: Held, ...mail: Parameters<SmtpSession['transmit']>): Promise<Transmission> {
	held.mails++;
	const transmission = await held.session.transmit(...mail);
	held.refusals = transmission.outcome === 'accepted' ? 0 : held.refusals + 1;
	return transmission;
}

async function openAnd(
	open: () => Promise<Held>,
	transmit: (fresh: Held) => Promise<Transmission>,
): Promise<Transmission> {
	let fresh: Held;
	try {
		fresh = await open();
	} catch (error) {
		if (!(error instanceof TransportError)) throw error;
		return { outcome: 'not-sent', error };
	}
	return await transmit(fresh);
}

function isGood({ session, mails, refusals }: Held): boolean {
	return session.usable && mails < MOST_MAILS && refusals < MOST_REFUSALS;
}

async function isReady(held: Held): Promise<boolean> {
	return isGood(held) && (await held.session.ready());
}

function isWorthAnotherSession(transmission: Transmission, wasUsed: boolean): boolean {
	switch (transmission.outcome) {
		case 'not-sent':
			return wasUsed || transmission.reply?.replyCode === '503';
		case 'refused':
			return wasUsed && isSessionLimit(transmission.reply);
		default:
			return false;
	}
}

async function takeWaiting(settings: string | null): Promise<Held | null> {
	if (settings === null) return null;
	const held = waiting.get(settings) ?? [];
	for (let last = held.pop(); last !== undefined; last = held.pop()) {
		clearTimeout(last.end);
		if (await isReady(last)) return last;
		last.session.close();
	}
	if (waiting.get(settings)?.length === 0) waiting.delete(settings);
	return null;
}

function leaveWaiting(settings: string, { session, mails, refusals }: Held): void {
	const held = waiting.get(settings) ?? [];
	if (held.length >= MOST_IDLE) {
		session.close();
		return;
	}
	const end = setTimeout(() => {
		const rest = (waiting.get(settings) ?? []).filter((one) => one.session !== session);
		if (rest.length > 0) waiting.set(settings, rest);
		else waiting.delete(settings);
		session.close();
	}, IDLE);
	held.push({ session, mails, refusals, end });
	waiting.set(settings, held);
}

/** Whoever has other settings, a password too, gets a session of his own. */
function settingsOf(server: SmtpServer): string {
	return createHash('sha256').update(JSON.stringify(server)).digest('hex');
}
