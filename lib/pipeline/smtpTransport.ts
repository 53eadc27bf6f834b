import { createHash } from 'node:crypto';
import { type SmtpServer, type SmtpSession, type Transmission, openSmtpSession } from '../email/smtp/connection';
import { TransportError } from '../errors';
import type { Millis } from '../store/store';
import type { SendTransport } from './sendRequest';

/** How long a session that is kept waits for its next user, in ms. Servers wait for minutes (RFC 5321 4.5.3.2.7). */
const IDLE: Millis = 5_000;
/** Sessions that wait at one server; what is more is ended. */
const MOST_IDLE = 5;
/** Mails of one session: some servers refuse to go on for ever. */
const MOST_MAILS = 100;

interface Held {
	session: SmtpSession;
	mails: number;
}

/** Sessions that wait, by the settings they were opened with. */
const waiting = new Map<string, Array<Held & { end: NodeJS.Timeout }>>();

/**
 * Sends over one SMTP session at a time, which is replaced when it breaks. A session that was used before may have been
 * ended by the server meanwhile: where that shows before the body was asked for, a fresh one takes over at once.
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
		return (current = { session: await openSmtpSession(server), mails: 0 });
	};
	return {
		name: server.host,
		async session() {
			const used = current && isGood(current) ? current : takeWaiting(settings);
			const held = (current = used ?? (await open()));
			return {
				async transmit(envelope, message, beforeBody) {
					held.mails++;
					const body = { begun: false };
					const transmission = await held.session.transmit(envelope, message, () => {
						body.begun = true;
						return beforeBody();
					});
					if (!used || body.begun || !wasEnded(transmission)) return transmission;
					return await openAnd(open, (fresh) => fresh.session.transmit(envelope, message, beforeBody));
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
	fresh.mails++;
	return await transmit(fresh);
}

function isGood({ session, mails }: Held): boolean {
	return session.usable && mails < MOST_MAILS;
}

/** RFC 5321 3.8: a server that ends a session says 421, if it has the time. */
function wasEnded(transmission: Transmission): boolean {
	if (transmission.outcome === 'refused') return transmission.reply.replyCode === '421';
	return transmission.outcome === 'not-sent';
}

function takeWaiting(settings: string | null): Held | null {
	if (settings === null) return null;
	const held = waiting.get(settings) ?? [];
	for (let last = held.pop(); last !== undefined; last = held.pop()) {
		clearTimeout(last.end);
		if (isGood(last)) return last;
		last.session.close();
	}
	waiting.delete(settings);
	return null;
}

function leaveWaiting(settings: string, { session, mails }: Held): void {
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
	held.push({ session, mails, end });
	waiting.set(settings, held);
}

/** Whoever has other settings, a password too, gets a session of his own. */
function settingsOf(server: SmtpServer): string {
	return createHash('sha256').update(JSON.stringify(server)).digest('hex');
}
