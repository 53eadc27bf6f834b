import type { ICredentialTestFunctions, ICredentialsDecrypted, INodeCredentialTestResult } from 'n8n-workflow';
import { openSmtpSession } from '../../lib/email/smtp/connection';
import { failureOf } from '../nodeFailure';
import { passwordSmtpServer } from '../mailServer';

/** Connects, secures and logs in; sends nothing. */
export async function smtpServerTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const session = await openSmtpSession({ ...passwordSmtpServer(credential.data ?? {}), connectTimeout: 10_000 });
		session.close();
		return { status: 'OK', message: 'Connected and logged in' };
	} catch (error) {
		const { message, hint } = failureOf(error);
		return { status: 'Error', message: hint === null ? message : `${message}. ${hint}` };
	}
}
