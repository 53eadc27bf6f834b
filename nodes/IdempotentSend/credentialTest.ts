import type { ICredentialTestFunctions, ICredentialsDecrypted, INodeCredentialTestResult } from 'n8n-workflow';
import { openSmtpSession } from '../../lib/email/smtp/connection';
import { openApiSession } from '../../lib/email/api/session';
import { checkKey } from '../../lib/email/smtp/dkim';
import { apiAccountOf, dkimOf, sandboxOf } from '../emailProvider';
import { failureOf } from '../nodeFailure';
import { passwordSmtpServer } from '../mailServer';

const PATIENCE = 10_000;

/** Connects, secures and logs in; sends nothing. */
export async function smtpServerTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		checkSettings(credential);
		// Somebody waits for it, though not for the minutes that a server may take.
		const timeouts = { connect: PATIENCE, greeting: PATIENCE, command: PATIENCE };
		const session = await openSmtpSession({ ...passwordSmtpServer(credential.data ?? {}), timeouts });
		session.close();
		return { status: 'OK', message: 'Connected and logged in' };
	} catch (error) {
		return failed(error);
	}
}

/** Asks for something that only the right key may; sends nothing. */
export async function emailProviderTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		checkSettings(credential);
		const options = { connectTimeout: PATIENCE, answerTimeout: PATIENCE };
		const session = openApiSession(apiAccountOf(credential.data ?? {}), options);
		try {
			await session.probe();
		} finally {
			session.close();
		}
		return { status: 'OK', message: 'The provider accepts the key' };
	} catch (error) {
		return failed(error);
	}
}

/** What would otherwise show only when something is sent. */
function checkSettings({ data }: ICredentialsDecrypted): void {
	sandboxOf(data ?? {});
	const key = dkimOf(data ?? {});
	if (key !== null) checkKey(key);
}

function failed(error: unknown): INodeCredentialTestResult {
	const { message, hint } = failureOf(error);
	return { status: 'Error', message: hint === null ? message : `${message}. ${hint}` };
}
