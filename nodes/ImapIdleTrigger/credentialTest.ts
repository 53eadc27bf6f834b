import type { ICredentialTestFunctions, ICredentialsDecrypted, INodeCredentialTestResult } from 'n8n-workflow';
import { testConnection } from '../../lib/email/imap/account';
import { passwordImapServer } from '../mailServer';
import { failureOf } from '../nodeFailure';

/** Logs in and lists the mailboxes; opens none. */
export async function imapMailboxTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const { push, mailboxes } = await testConnection({
			...passwordImapServer(credential.data ?? {}),
			connectTimeout: 10_000,
		});
		const notice = push ? 'new mail is pushed (IDLE)' : 'new mail is polled, as the server has no IDLE';
		return { status: 'OK', message: `Logged in: ${mailboxes} mailboxes, ${notice}` };
	} catch (error) {
		const { message, hint } = failureOf(error);
		return { status: 'Error', message: hint === null ? message : `${message} ${hint}` };
	}
}
