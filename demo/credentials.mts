import { host, supportAddress, type Ports } from './settings.mts';
import type { DemoState } from './state.mts';
import type { CredentialData } from './workflows.mts';

/** The demo's values for each credential type that an example may use. */
export function demoCredentials(
	{ imapPort, smtpPort }: Ports,
	{ ownerPassword, mailPassword, webhookSecret }: DemoState,
): CredentialData {
	const mailbox = { host, user: supportAddress, password: mailPassword, security: 'none' };
	const values: Readonly<Record<string, Record<string, unknown>>> = {
		imapMailboxApi: { ...mailbox, port: imapPort },
		smtpServerApi: { ...mailbox, port: smtpPort },
		webhookSigningApi: { kind: 'secret', secret: webhookSecret },
		httpBasicAuth: { user: supportAddress, password: ownerPassword },
		crypto: { hmacSecret: webhookSecret },
	};
	return (type) => values[type] ?? null;
}
