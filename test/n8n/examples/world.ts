/** Everything around the examples: mail servers, the systems they call, and one n8n in which all of them run. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser, type ParsedMail } from 'mailparser';
import { openStore, type Store } from '../../../lib/store';
import { type Dovecot, startDovecot } from '../../servers/mail/dovecot';
import { startPostfix } from '../../servers/mail/postfix';
import { type N8nClient, sharedN8n } from '../driver/start.ts';
import { activateNew, imapCredential, readExample, smtpCredential, withCredentials } from '../mailWorkflow';
import { type StandIn, startStandIn } from './standIn';

export const webhookSecret = 'a-secret-that-only-the-sender-knows';
export const linkSecret = 'a-secret-that-only-the-links-know';
export const login = { username: 'ops', password: 'let-me-in' };

const mailboxes = [
	'support', // also the account that may send
	'customer',
	'codes',
	'invoices',
	'accounts',
	'hello',
	'bounces',
	'bouncer',
	'later',
	'approvals',
	'boss',
	'reports',
	'alerts',
];

export interface World {
	readonly client: N8nClient;
	readonly url: string;
	/** What the nodes of that n8n keep. */
	readonly store: Store;
	readonly api: StandIn;
	/** Imports an example, sets what its note says is to be set, and publishes it. */
	readonly publish: (example: string, set: { mailbox?: string; settings?: Record<string, unknown> }) => Promise<string>;
	/** Puts a mail into a mailbox: header lines, then the text. */
	readonly deliver: (mailbox: string, headers: readonly string[], text: string) => Promise<void>;
	/** What is in a mailbox, oldest first. */
	readonly mail: (mailbox: string) => Promise<ParsedMail[]>;
	/** A request to one of n8n's production webhooks, with the login. */
	readonly call: (path: string, init?: RequestInit) => Promise<Response>;
	readonly dispose: () => Promise<void>;
}

export async function startWorld(): Promise<World> {
	const address = (mailbox: string): string => `${mailbox}@example.test`;
	const dovecot: Dovecot = await startDovecot({
		users: Object.fromEntries(mailboxes.map((name) => [address(name), 'secret'])),
	});
	const postfix = await startPostfix({
		lmtpPort: dovecot.lmtpPort,
		authPort: dovecot.authPort,
		requireAuth: true,
	});
	const api = await startStandIn();
	const { client, url, userFolder } = await sharedN8n();
	const store = await openStore({
		driver: 'sqlite',
		file: join(userFolder, '.n8n', 'email-pipeline', 'store.sqlite'),
	});
	const workflows: string[] = [];
	const credentials = [
		await client.createCredential('Examples: outgoing', 'smtpServerApi', smtpCredential(postfix)),
		await client.createCredential('Examples: sender', 'webhookSigningApi', { kind: 'secret', secret: webhookSecret }),
		await client.createCredential('Examples: login', 'httpBasicAuth', {
			user: login.username,
			password: login.password,
		}),
		await client.createCredential('Examples: links', 'crypto', { hmacSecret: linkSecret }),
	];
	return {
		client,
		url,
		store,
		api,
		async publish(example, { mailbox, settings = {} }) {
			const own =
				mailbox === undefined
					? []
					: [
							await client.createCredential(
								`Examples: ${mailbox}`,
								'imapMailboxApi',
								imapCredential(dovecot, address(mailbox)),
							),
						];
			const workflow = withCredentials(await readExample(example), [...credentials, ...own]);
			const open = new Set(Object.keys(settings));
			for (const { parameters } of workflow.nodes) {
				const assigned = parameters.assignments as { assignments: Array<{ name: string; value: unknown }> } | undefined;
				for (const assignment of assigned?.assignments ?? []) {
					if (!open.delete(assignment.name)) continue;
					assignment.value = settings[assignment.name];
				}
			}
			if (open.size > 0) throw new Error(`${example} has no setting ${[...open].join(', ')}`);
			const { id } = await activateNew(client, workflow);
			workflows.push(id);
			return id;
		},
		async deliver(mailbox, headers, text) {
			const date = `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`;
			await dovecot.deliver(address(mailbox), [date, ...headers, '', text, ''].join('\r\n'));
		},
		async mail(mailbox) {
			const mails: ParsedMail[] = [];
			for (const folder of ['new', 'cur']) {
				const path = join(dovecot.maildir(address(mailbox)), folder);
				const names = await readdir(path).catch(() => []);
				for (const name of names.sort()) mails.push(await simpleParser(await readFile(join(path, name))));
			}
			return mails;
		},
		call: (path, init = {}) =>
			fetch(`${url}/webhook/${path}`, {
				redirect: 'manual',
				...init,
				headers: {
					authorization: `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`,
					...(init.headers as Record<string, string> | undefined),
				},
			}),
		async dispose() {
			for (const id of workflows) {
				await client.deactivate(id);
				await client.deleteWorkflow(id);
			}
			await store.close();
			await api.stop();
			await postfix.stop();
			await dovecot.stop();
		},
	};
}

/** Generous: a loaded machine is slow, and a condition that holds is seen at once. */
export const soon = { timeout: 60_000, interval: 200 };
