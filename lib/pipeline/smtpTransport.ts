import { type SmtpServer, type SmtpSession, openSmtpSession } from '../email/smtp/connection';
import type { SendTransport } from './sendRequest';

/** Keeps one SMTP session open across several sends; a broken one is replaced at the next. */
export function createSmtpTransport(server: SmtpServer): SendTransport & { close(): void } {
	let current: SmtpSession | null = null;
	return {
		name: server.host,
		async session() {
			if (current?.usable) return current;
			current?.close();
			current = null;
			current = await openSmtpSession(server);
			return current;
		},
		close() {
			current?.close();
			current = null;
		},
	};
}
