import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Draft } from '../../../../lib/email/smtp/compose';
import type { SmtpServer } from '../../../../lib/email/smtp/connection';
import { sendOnce } from '../../../../lib/pipeline/send/sendOnce';
import type { RecipientOutcome } from '../../../../lib/pipeline/send/sendOutcome';
import type { SendOptions, SendRequest } from '../../../../lib/pipeline/send/sendRequest';
import { createSmtpTransport } from '../../../../lib/pipeline/send/smtpTransport';
import { type Store, type StoreOptions, openStore } from '../../../../lib/store/index';
import { type Script, type ScriptedServer, startScriptedServer } from '../../email/smtp/scriptedServer';

/** A mail of one line from support@example.com to ann@example.com, unless `change` says otherwise. */
export function draftWith(change: Partial<Draft> = {}): Draft {
	return {
		from: { name: '', address: 'support@example.com' },
		to: [{ name: '', address: 'ann@example.com' }],
		cc: [],
		bcc: [],
		replyTo: [],
		subject: 'Hello',
		text: 'Hello.',
		html: null,
		attachments: [],
		inReplyTo: null,
		references: [],
		headers: [],
		...change,
	};
}

export interface AskedSend extends Partial<Omit<SendRequest, 'draft'>> {
	draft?: Partial<Draft>;
	/** What the server does meanwhile; it works unless set. */
	script?: Script;
	/** How it is connected to, in the clear and without a login unless set. */
	smtp?: Partial<SmtpServer>;
	options?: SendOptions;
}

export interface Sending {
	readonly store: Store;
	readonly server: ScriptedServer;
	/** Scope `default`, key `order-7`, and no delay between attempts, unless asked otherwise. */
	send: (asked?: AskedSend) => Promise<RecipientOutcome[]>;
	/** The states a record went through. */
	historyOf: (outcome: RecipientOutcome) => Promise<string[]>;
	stop(): Promise<void>;
}

/** A store of its own and a scripted server; to be stopped after the test. */
export async function startSending(parts: { store?: StoreOptions; server?: ScriptedServer } = {}): Promise<Sending> {
	const folder = await mkdtemp(join(tmpdir(), 'sending-'));
	const store = await openStore(parts.store ?? { driver: 'sqlite', file: join(folder, 'store.sqlite'), linger: 0 });
	const server = parts.server ?? (await startScriptedServer());
	return {
		store,
		server,
		async send({ draft, script = {}, smtp, options, ...request } = {}) {
			server.script = script;
			const transport = createSmtpTransport({ ...plainServer(server.port), ...smtp });
			try {
				const asked = { scope: 'default', key: 'order-7', ...request, draft: draftWith(draft) };
				return await sendOnce(store, transport, asked, { backoff: () => 0, ...options });
			} finally {
				transport.close();
			}
		},
		async historyOf({ record }) {
			const events = await store.sends.history(record.scope, record.id);
			return events.flatMap(({ to }) => (to === null ? [] : [to]));
		},
		async stop() {
			await server.stop();
			await store.close();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

export function plainServer(port: number): SmtpServer {
	return {
		host: '127.0.0.1',
		port,
		security: 'none',
		authentication: { kind: 'none' },
		connectTimeout: 20_000,
		socketTimeout: 20_000,
	};
}
