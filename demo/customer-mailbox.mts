import { ImapFlow } from 'imapflow';
import { simpleParser, type ParsedMail } from 'mailparser';
import { customerAddress, host } from './settings.mts';

/** The demo customer's INBOX, seen over IMAP as the customer would. */
export class CustomerMailbox {
	private readonly client: ImapFlow;

	private constructor(client: ImapFlow) {
		this.client = client;
	}

	static async open(port: number, password: string): Promise<CustomerMailbox> {
		const client = new ImapFlow({
			host,
			port,
			secure: false,
			doSTARTTLS: false,
			auth: { user: customerAddress, pass: password },
			logger: false,
		});
		await client.connect();
		await client.mailboxOpen('INBOX', { readOnly: true });
		return new CustomerMailbox(client);
	}

	/** The mails that name `messageId` in their In-Reply-To or References, oldest first. */
	async repliesTo(messageId: string | undefined): Promise<ParsedMail[]> {
		if (messageId === undefined) return [];
		await this.client.noop();
		const { mailbox } = this.client;
		if (mailbox === false || mailbox.exists === 0) return [];
		const messages = await this.client.fetchAll('1:*', { source: true });
		const mails = await Promise.all(messages.flatMap(({ source }) => (source ? [simpleParser(source)] : [])));
		return mails.filter(({ inReplyTo, references }) => [inReplyTo, references].flat().includes(messageId));
	}

	async close(): Promise<void> {
		await this.client.logout();
	}
}
