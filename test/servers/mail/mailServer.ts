import { ImapFlow } from 'imapflow';
import type { Certificate } from './certificate';

/** What the tests want of every IMAP server that they start. */
export interface MailServer {
	readonly host: '127.0.0.1';
	/** IMAP in the clear, with STARTTLS. */
	readonly port: number;
	/** IMAP over implicit TLS. */
	readonly tlsPort: number;
	/** Password by user name. */
	readonly users: Readonly<Record<string, string>>;
	readonly certificate: Certificate;
	/** Puts a message into a mailbox, byte for byte; resolves when it is there. */
	deliver(user: string, raw: string | Uint8Array, delivery?: { mailbox?: string }): Promise<void>;
	/** Ends every process at once, as a power cut does; the mail stays. */
	kill(): Promise<void>;
	/** Kills what runs and starts again on the same ports, with the same mail. */
	restart(): Promise<void>;
	/** Ends every process and removes what was made. Idempotent. */
	stop(): Promise<void>;
	logs(): Promise<string>;
}

export const defaultUsers = { 'alice@example.test': 'secret', 'bob@example.test': 'secret' };

/** Logs in as another mail program does, and out again. */
export async function withClient<T>(
	{ host, port }: Pick<MailServer, 'host' | 'port'>,
	user: string,
	work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
	const auth = { user, pass: 'secret' };
	const client = new ImapFlow({ host, port, secure: false, doSTARTTLS: false, auth, logger: false });
	await client.connect();
	// Every path is written as the server spells it.
	client.namespace = { ...client.namespace!, prefix: '' };
	try {
		return await work(client);
	} finally {
		await client.logout();
	}
}
