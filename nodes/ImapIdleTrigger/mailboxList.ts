import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { listMailboxes } from '../../lib/email/imap/account';
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
				.map(({ path }) => ({ name: path, value: path })),
		};
	} catch (error) {
		throw toNodeError(this, error);
	}
}
