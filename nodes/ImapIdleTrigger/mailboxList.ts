import type { ILoadOptionsFunctions, INodeListSearchResult, INodePropertyOptions } from 'n8n-workflow';
import { type MailboxListing, listMailboxes } from '../../lib/email/imap/account';
import { imapServerOf } from '../mailServer';
import { toNodeError } from '../nodeFailure';

/** The folders of the account, for the picker. */
export async function getMailboxes(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	try {
		const mailboxes = await listMailboxes(await imapServerOf(this));
		const wanted = filter?.toLowerCase() ?? '';
		return {
			results: mailboxes
				.filter(({ path, selectable }) => selectable && path.toLowerCase().includes(wanted))
				.map((mailbox) => ({ name: shownName(mailbox), value: mailbox.path })),
		};
	} catch (error) {
		throw toNodeError(this, error);
	}
}

/** The folders of the account, for a list of several. */
export async function getMailboxOptions(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const { results } = await getMailboxes.call(this);
	return results.map(({ name, value }) => ({ name, value }));
}

/** With what the folder is for, where its name does not say it (`Gesendet (Sent)`). */
function shownName({ path, specialUse }: MailboxListing): string {
	const use = specialUse?.replace('\\', '') ?? '';
	return use === '' || path.toLowerCase().includes(use.toLowerCase()) ? path : `${path} (${use})`;
}
