/** The mail servers around n8n, each behind a bad network. */
import { type Dovecot, startDovecot } from '../../servers/mail/dovecot';
import { type Exim, startExim } from '../../servers/mail/exim';
import { startGreylist } from '../../servers/mail/greylist';
import { type Postfix, startPostfix } from '../../servers/mail/postfix';
import { type FaultyProxy, startProxy } from '../../servers/mail/proxy';
import { imapCredential, smtpCredential } from '../mailWorkflow';
import type { MailPlaces } from '../queue/pipeline';

export const support = 'support@example.test';
export const customer = 'customer@example.test';

export interface MailWorld {
	dovecot: Dovecot;
	/** Two servers behind one name: connections go to one and the other in turn. */
	postfix: Postfix;
	exim: Exim;
	imapProxy: FaultyProxy;
	smtpProxy: FaultyProxy;
	/** Credentials that lead through the proxies. */
	places: Omit<MailPlaces, 'scope'>;
	stop(): Promise<void>;
}

export async function startMailWorld(): Promise<MailWorld> {
	const dovecot = await startDovecot({ users: { [support]: 'secret', [customer]: 'secret' } });
	const greylist = await startGreylist();
	const postfix = await startPostfix({
		lmtpPort: dovecot.lmtpPort,
		authPort: dovecot.authPort,
		requireAuth: true,
		main: {
			// Refused, and put off for a while; Exim has the same rules.
			smtpd_recipient_restrictions: `check_recipient_access regexp:{ { /^gone-/ 550 5.1.1 No such user here } }, check_policy_service inet:127.0.0.1:${greylist.port}, permit_sasl_authenticated, reject`,
			virtual_alias_maps: `regexp:{ { /^young-/ ${customer} } }`,
			// A name for each transaction that is never used again, so that what was sent twice can be told.
			enable_long_queue_ids: 'yes',
			// Dovecot is restarted as well: what Postfix has accepted is to reach the mailbox soon after.
			minimal_backoff_time: '5s',
			maximal_backoff_time: '15s',
			queue_run_delay: '5s',
		},
	});
	const imapProxy = await startProxy({ host: dovecot.host, port: dovecot.tlsPort });
	const exim = await startExim({
		submission: { certificate: postfix.certificate, user: support, password: 'secret' },
		delivery: { lmtpPort: dovecot.lmtpPort, aliases: { 'young-': customer } },
	});
	const smtpProxy = await startProxy({ host: postfix.host, port: postfix.port }, { host: exim.host, port: exim.port });
	return {
		dovecot,
		postfix,
		exim,
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
			await exim.stop();
			await postfix.stop();
			await greylist.stop();
			await dovecot.stop();
		},
	};
}
