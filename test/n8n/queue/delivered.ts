/** What arrived in a mailbox, told apart by what sent it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Delivered {
	messageId: string;
	inReplyTo: string | null;
	/** The server's name for what it accepted in one SMTP transaction; a delivery that the server itself repeats keeps it. */
	queueId: string;
}

/** Every mail in a Maildir; its headers only. */
export async function deliveredTo(maildir: string): Promise<Delivered[]> {
	const mails: Delivered[] = [];
	for (const folder of ['new', 'cur']) {
		const path = join(maildir, folder);
		for (const name of await readdir(path)) mails.push(readHeaders(await readFile(join(path, name), 'latin1')));
	}
	return mails;
}

/** How many SMTP transactions brought each Message-ID: two mean that it was sent twice. */
export function transactionsById(mails: readonly Delivered[]): Map<string, number> {
	const seen = new Map<string, Set<string>>();
	for (const { messageId, queueId } of mails) seen.set(messageId, (seen.get(messageId) ?? new Set()).add(queueId));
	return new Map([...seen].map(([messageId, queueIds]) => [messageId, queueIds.size]));
}

function readHeaders(raw: string): Delivered {
	const headers = raw.slice(0, raw.search(/\r?\n\r?\n/)).replace(/\r?\n[ \t]+/g, ' ');
	const header = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(headers)?.[1]?.trim() ?? null;
	const transaction = /^Received:.*(?:\(Postfix\) with \S+|\(Exim [^\n]*) id ([^\s;]+)/im.exec(headers);
	return {
		messageId: bare(header('Message-ID')) ?? '',
		inReplyTo: bare(header('In-Reply-To')),
		queueId: transaction?.[1] ?? '',
	};
}

function bare(id: string | null): string | null {
	return id === null ? null : id.replace(/^<|>$/g, '');
}
