import { join } from 'node:path';
import type { Certificate } from './certificate';
import type { DovecotOptions } from './dovecot';
import type { MailOwner } from './maildir';

interface Instance {
	folder: string;
	ports: { imap: number; imaps: number; lmtp: number; auth: number };
	owner: MailOwner;
	options: DovecotOptions;
	certificate: Certificate;
}

/** What Dovecot 2.3 announces by itself after the login. */
const capabilities =
	'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS ' +
	'THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED ' +
	'I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE ' +
	'SNIPPET=FUZZY PREVIEW=FUZZY STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE';

/** The dovecot.conf (2.3 syntax) of one test instance: nothing outside the folder is read or written. */
export function dovecotConfig({ folder, ports, owner, options, certificate }: Instance): string {
	const tls = options.tls ?? true;
	const missing = options.withoutCapabilities ?? [];
	const announced = capabilities.split(' ').filter((name) => !missing.includes(name));
	const oauth2 = options.tokenIntrospectionUrl !== undefined;
	// Without root nothing can change its user or its root folder.
	const users = owner.root
		? ''
		: `default_internal_user = ${owner.name}\ndefault_login_user = ${owner.name}\ndefault_internal_group =\n`;
	return `
base_dir = ${join(folder, 'run')}
state_dir = ${join(folder, 'state')}
log_path = ${join(folder, 'log')}
instance_name = ${folder}
protocols = imap lmtp
listen = 127.0.0.1
${users}
mail_location = maildir:${join(folder, 'mail')}/%u
mail_uid = ${owner.uid}
mail_gid = ${owner.gid}
first_valid_uid = 1
first_valid_gid = 1
mail_fsync = never
mail_max_userip_connections = ${options.maxConnectionsPerUser ?? 10}
imap_idle_notify_interval = ${options.idleNotifySeconds ?? 120} secs
recipient_delimiter = +
shutdown_clients = yes
${missing.length > 0 ? `imap_capability = ${announced.join(' ')}` : ''}

auth_mechanisms = plain login ${oauth2 ? 'xoauth2 oauthbearer' : ''}
auth_failure_delay = 0
auth_cache_size = 0
disable_plaintext_auth = no
${
	oauth2
		? `passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${join(folder, 'oauth2.conf')}
}`
		: ''
}
passdb {
  driver = passwd-file
  args = ${join(folder, 'users')}
}
userdb {
  driver = static
  args = uid=${owner.uid} gid=${owner.gid} home=${join(folder, 'mail')}/%u
}

ssl = ${tls ? 'yes' : 'no'}
ssl_cert = <${certificate.certFile}
ssl_key = <${certificate.keyFile}

service imap-login {
  chroot =
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${tls ? ports.imaps : 0}
  }
}
service lmtp {
  ${owner.root ? '' : `user = ${owner.name}`}
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
service auth {
  inet_listener {
    address = 127.0.0.1
    port = ${ports.auth}
  }
}
service anvil {
  chroot =
  # Without the penalty for earlier failures from the same address.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service ipc {
  chroot =
}

namespace inbox {
  inbox = yes
  separator = /
  mailbox Drafts {
    auto = create
    special_use = \\Drafts
  }
  mailbox Sent {
    auto = create
    special_use = \\Sent
  }
  mailbox Junk {
    auto = create
    special_use = \\Junk
  }
  mailbox Trash {
    auto = create
    special_use = \\Trash
  }
  mailbox Archive {
    auto = create
    special_use = \\Archive
  }
}
${options.config ?? ''}
`;
}
