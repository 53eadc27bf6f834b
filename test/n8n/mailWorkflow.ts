import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dovecot } from '../servers/mail/dovecot';
import type { Postfix } from '../servers/mail/postfix';
import type { N8nClient, SavedCredential, SavedWorkflow, WorkflowFile } from './driver/start.ts';

/** Reads an example of the repository, as a user imports it. */
export async function readExample(name: string): Promise<WorkflowFile> {
	return JSON.parse(await readFile(join(__dirname, '..', '..', 'workflows', `${name}.json`), 'utf8')) as WorkflowFile;
}

/** Puts the saved credentials in the place of those the file names, by type. */
export function withCredentials(workflow: WorkflowFile, saved: readonly SavedCredential[]): WorkflowFile {
	const nodes = workflow.nodes.map((node) => ({
		...node,
		...(node.credentials && {
			credentials: Object.fromEntries(
				Object.keys(node.credentials).map((type) => {
					const found = saved.find((credential) => credential.type === type);
					if (!found) throw new Error(`The test has no credential of type ${type}`);
					return [type, { id: found.id, name: found.name }];
				}),
			),
		}),
	}));
	return { ...workflow, nodes };
}

export function imapCredential(dovecot: Dovecot, user: string, change: Record<string, unknown> = {}) {
	return {
		host: dovecot.host,
		port: dovecot.tlsPort,
		security: 'tls',
		user,
		password: dovecot.users[user],
		ca: dovecot.certificate.cert,
		...change,
	};
}

export function smtpCredential(postfix: Postfix, change: Record<string, unknown> = {}) {
	return {
		host: postfix.host,
		port: postfix.port,
		security: 'starttls',
		user: 'support@example.test',
		password: 'secret',
		ca: postfix.certificate.cert,
		...change,
	};
}

export async function activateNew(client: N8nClient, workflow: WorkflowFile): Promise<SavedWorkflow> {
	const saved = await client.createWorkflow(workflow);
	await client.activate(saved.id);
	return saved;
}
