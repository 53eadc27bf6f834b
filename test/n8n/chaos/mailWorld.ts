/** The mail servers around n8n, each behind a bad network. */
import { type Dovecot, startDovecot } from '../../servers/mail/dovecot';
import { type Postfix, startPostfix } from '../../servers/mail/postfix';
import { type FaultyProxy, startProxy } from '../../servers/mail/proxy';
import { imapCredential, smtpCredential } from '../mailWorkflow';
import type { MailPlaces } from '../queue/pipeline';

export const support = 'support@example.test';
export const customer = 'customer@example.test';

export interface MailWorld {
	dovecot: Dovecot;
	postfix: Postfix;
	imapProxy: FaultyProxy;
	smtpProxy: FaultyProxy;
	/** Credentials that lead through the proxies. */
	places: Omit<MailPlaces, 'scope'>;
	stop(): Promise<void>;
}

export async function startMailWorld(): Promise<MailWorld> {
	const dovecot = await startDovecot({ users: { [support]: 'secret', [customer]: 'secret' } });
	const postfix = await startPostfix({
		lmtpPort: dovecot.lmtpPort,
		authPort: dovecot.authPort,
		requireAuth: true,
		main: {
			// A name for each transaction that is never used again, so that what was sent twice can be told.
			enable_long_queue_ids: 'yes',
			// Dovecot is restarted as well: what Postfix has accepted is to reach the mailbox soon after.
			minimal_backoff_time: '5s',
			maximal_backoff_time: '15s',
			queue_run_delay: '5s',
		},
	});
	const imapProxy = await startProxy({ host: dovecot.host, port: dovecot.tlsPort });
	const smtpProxy = await startProxy({ host: postfix.host, port: postfix.port });
	return {
		dovecot,
		postfix,
		imapProxy,
		smtpProxy,
		places: {
			imap: imapCredential(dovecot, support, { port: imapProxy.port }),
			smtp: smtpCredential(postfix, { port: smtpProxy.port }),
			from: support,
		},
		async stop() {
			await imapProxy.stop();
			await smtpProxy.stop();
			await postfix.stop();
			await dovecot.stop();
		},
	};
}
