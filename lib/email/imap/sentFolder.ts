/** Looks for sent mails where the server files copies of them. */
import { mailboxesOf } from './account';
import { ImapConnection, type ImapServer } from './connection';
import { searchUids } from './search';

/** Names of the folder where the server does not mark it (RFC 6154), likeliest first. */
const USUAL_NAMES = ['Sent', 'INBOX.Sent', 'INBOX/Sent', 'Sent Items', 'Sent Messages', 'Sent Mail'];

export interface SentFolder {
	/** Its path; null when the account has none. */
	path: string | null;
	/** Those of the Message-IDs (without angle brackets) that are in it. */
	found: Set<string>;
}

/**
 * @param path the folder; null finds it by its \Sent mark, else by its usual names
 * @throws TransportError `IMAP_*`, `TLS_*`
 */
export async function findInSentFolder(
	server: ImapServer,
	messageIds: readonly string[],
	path: string | null = null,
): Promise<SentFolder> {
	const connection = await ImapConnection.open(server);
	try {
		const folder = path ?? (await sentPath(connection));
		const found = new Set<string>();
		if (folder === null) return { path: null, found };
		await connection.select(folder, true);
		for (const id of messageIds) {
			const uids = await searchUids(connection, { header: { 'Message-ID': `<${id}>` } });
			if (uids.length > 0) found.add(id);
		}
		return { path: folder, found };
	} finally {
		connection.close();
	}
}

async function sentPath(connection: ImapConnection): Promise<string | null> {
	const folders = await mailboxesOf(connection);
	const marked = folders.find(({ specialUse }) => specialUse === '\\Sent');
	if (marked) return marked.path;
	return USUAL_NAMES.find((name) => folders.some(({ path }) => path.toLowerCase() === name.toLowerCase())) ?? null;
}
