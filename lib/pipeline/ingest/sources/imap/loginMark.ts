/** Whether a login has worked before, known in the store: then a refusal is an outage, and no wrong password. */
import { createHmac } from 'node:crypto';
import type { ImapServer } from '../../../../email/imap/server';
import type { Store } from '../../../../store/store';

/** Tells a login from any other, a changed password included, and gives nothing of it away: keyed by a secret of the scope. */
export async function loginMark(store: Store, scope: string, server: ImapServer): Promise<string> {
	const { host, port, authentication } = server;
	const secret = authentication.kind === 'password' ? authentication.password : '';
	const login = [host.toLowerCase(), port, authentication.kind, authentication.user, secret];
	return createHmac('sha256', await store.secrets.get(scope, 'login'))
		.update(JSON.stringify(login))
		.digest('hex');
}

/** Has it worked for any mailbox of the scope? */
export async function loginIsKnown(store: Store, scope: string, mark: string): Promise<boolean> {
	return (await store.mailboxes.statuses(scope)).some(({ status }) => status.login === mark);
}
