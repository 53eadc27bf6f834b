import { ImapService, type Account } from './imap.mts';
import { MailStore } from './mail-store.mts';
import { SmtpService } from './smtp.mts';

export interface MailServerOptions {
	readonly accounts: readonly Account[];
	readonly domain: string;
	readonly catchAll: string;
	readonly host: string;
	readonly imapPort: number;
	readonly smtpPort: number;
	/** The SQLite file that keeps the mailboxes. */
	readonly file: string;
}

/**
 * A mail server in this process: SMTP in, IMAP with IDLE out. Plaintext, so for 127.0.0.1 only.
 *
 * @returns a function that ends it
 */
export async function startMailServer(options: MailServerOptions): Promise<() => Promise<void>> {
	const store = new MailStore(options.file);
	const imap = new ImapService(options.accounts, store);
	const smtp = new SmtpService({ ...options, deliver: (address, raw) => imap.deliver(address, raw) });
	await imap.listen(options.imapPort, options.host);
	await smtp.listen(options.smtpPort, options.host);
	return async () => {
		await Promise.all([smtp.close(), imap.close()]);
		store.close();
	};
}
