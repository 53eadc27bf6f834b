import type { ImapFlow, ListResponse } from 'imapflow';

/** The paths of an account's mailboxes, from the names that people use. */
export class MailboxPaths {
	/** What the account's own mailboxes begin with, such as `INBOX.` (RFC 2342). */
	#prefix = '';
	readonly #known = new Map<string, string>();

	/** imapflow would put the prefix before every path, those of shared mailboxes included. */
	takeOverPrefix(client: ImapFlow): void {
		const own = client.namespace;
		if (own === undefined) return;
		this.#prefix = own.prefix;
		client.namespace = { ...own, prefix: '' };
	}

	/** The path without what the account's own mailboxes begin with; that of a shared one as it is. */
	ownPathOf(path: string): string {
		return path.startsWith(this.#prefix) ? path.slice(this.#prefix.length) : path;
	}

	/**
	 * The path of a mailbox as the server spells it, from a name that may lack what the account's own mailboxes begin with:
	 * on Courier, `Support` is `INBOX.Support`. A shared mailbox or another user's has its name from another place, so what
	 * the server lists under the name as it is, is meant.
	 *
	 * @param list asks the server for its mailboxes
	 */
	async pathOf(name: string, list: () => Promise<ListResponse[]>): Promise<string> {
		if (this.#prefix === '' || name.toUpperCase() === 'INBOX' || name.startsWith(this.#prefix)) return name;
		const known = this.#known.get(name);
		if (known !== undefined) return known;
		const folders = await list();
		const path = folders.some((folder) => folder.path === name) ? name : this.#prefix + name;
		this.#known.set(name, path);
		return path;
	}
}
